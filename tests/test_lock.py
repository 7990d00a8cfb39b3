"""The pins: one set for pip, uv and conda, with digests, and without the address of any registry."""

from __future__ import annotations

import json
import re
import tomllib
from itertools import combinations
from pathlib import Path
from typing import TypeAlias

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "models.lock", "cluster.lock", "docs.lock")
NPM_LOCKS = ("viewer/package-lock.json", "demo/package-lock.json")

PYTHONS = re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text("utf-8"))

Pins: TypeAlias = dict[str, set[tuple[str, str]]]


def entries(path: Path) -> list[str]:
    """The requirements of a lock file, each with its continuation lines."""
    joined = path.read_text("utf-8").replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]


def pins(lines: list[str]) -> Pins:
    """Package -> its (specifier, marker) pairs; a package may have one version for each Python."""
    found: Pins = {}
    for line in lines:
        requirement = Requirement(line.split(" --hash")[0].strip())
        found.setdefault(canonicalize_name(requirement.name), set()).add((str(requirement.specifier), str(requirement.marker)))
    return found


@pytest.fixture(scope="module")
def locked() -> Pins:
    return pins(entries(ROOT / "requirements.lock"))


@pytest.fixture(scope="module")
def models() -> Pins:
    return pins(entries(ROOT / "models.lock"))


@pytest.fixture(scope="module")
def cluster() -> Pins:
    return pins(entries(ROOT / "cluster.lock"))


@pytest.fixture(scope="module")
def docs() -> Pins:
    return pins(entries(ROOT / "docs.lock"))


@pytest.fixture(scope="module")
def project() -> dict[str, list[str]]:
    content = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return {
        "use": content["project"]["dependencies"],
        "development": content["dependency-groups"]["dev"],
        "models": content["project"]["optional-dependencies"]["models"],
        "cluster": content["project"]["optional-dependencies"]["cluster"],
        "docs": content["dependency-groups"]["docs"],
        "building": content["build-system"]["requires"],
        "python": [content["project"]["requires-python"]],
    }


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_is_exact_and_has_digests(name: str) -> None:
    loose = [line[:60] for line in entries(ROOT / name) if not re.match(r"[\w.-]+==[^\s;]+ .*--hash=sha256:[0-9a-f]{64}", line)]
    assert loose == []


@pytest.mark.parametrize("name", LOCKS)
def test_no_address(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    # An address, or an option that names an index, a folder of wheels or a host.
    assert re.findall(r"https?:|file:|^-\S+|^\s+--(?!hash)\S+", text, re.MULTILINE) == []


@pytest.mark.parametrize("group", ["use", "development", "building"])
def test_pins_are_what_the_project_asks_for(group: str, project: dict[str, list[str]], locked: Pins) -> None:
    wrong = []
    for requirement in map(Requirement, project[group]):
        versions = [specifier.removeprefix("==") for specifier, _ in locked.get(canonicalize_name(requirement.name), set())]
        if not versions or not all(requirement.specifier.contains(version) for version in versions):
            wrong.append(f"{requirement}: locked {versions}")
    assert wrong == [], "run make lock"


@pytest.mark.parametrize("extra", ["models", "cluster", "docs"])
def test_extras_add_to_the_rest_and_change_none_of_it(
    request: pytest.FixtureRequest, project: dict[str, list[str]], locked: Pins, extra: str
) -> None:
    added: Pins = request.getfixturevalue(extra)
    assert locked.keys() & added.keys() == set()
    both = {**locked, **added}
    missing = [text for text in project[extra] if canonicalize_name(Requirement(text).name) not in both]
    assert missing == [], "run make lock"


def test_extras_agree(models: Pins, cluster: Pins, docs: Pins) -> None:
    for one, other in combinations((models, cluster, docs), 2):
        assert {name for name in one.keys() & other.keys() if one[name] != other[name]} == set()


def test_conda_users_get_the_same_set(project: dict[str, list[str]], locked: Pins, models: Pins) -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    conda = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    through_pip = [line for entry in environment["dependencies"] if isinstance(entry, dict) for line in entry["pip"]]
    assert pins(through_pip) == {**locked, **models}, "run make lock"
    # What conda itself brings must not be a second version of something pinned.
    assert {re.split("[=<>]", entry)[0] for entry in conda} & locked.keys() == set()
    python = next(entry.removeprefix("python=") for entry in conda if entry.startswith("python="))
    assert SpecifierSet(project["python"][0]).contains(python)


@pytest.mark.parametrize("version", PYTHONS)
def test_every_python_gets_one_version_of_each_package(version: str) -> None:
    """A universal lock may have a pin for each of several Pythons: none of them may be left with two."""
    where = {"python_version": version, "python_full_version": f"{version}.0", "sys_platform": "linux", "platform_machine": "x86_64"}
    twice = []
    for name in LOCKS:
        seen: dict[str, str] = {}
        for line in entries(ROOT / name):
            requirement = Requirement(line.split(" --hash")[0].strip())
            if requirement.marker is None or requirement.marker.evaluate(where):
                twice += [requirement.name] if requirement.name in seen else []
                seen[requirement.name] = str(requirement.specifier)
        assert seen, name
    assert twice == []


def test_ci_has_every_python_that_is_promised() -> None:
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))["jobs"]
    assert jobs["wheel"]["strategy"]["matrix"]["python"] == PYTHONS
    first = [step["with"]["python-version"] for step in jobs["all"]["steps"] if "python-version" in step.get("with", {})]
    assert [*first, *jobs["python"]["strategy"]["matrix"]["python"]] == PYTHONS
    assert f"Python {', '.join(PYTHONS[:-1])} or {PYTHONS[-1]}" in (ROOT / "docs/tutorial-folder.md").read_text("utf-8")


@pytest.mark.parametrize("path", NPM_LOCKS)
def test_npm_pins_have_digests_and_no_address(path: str) -> None:
    packages = json.loads((ROOT / path).read_text("utf-8"))["packages"]
    wanted = json.loads((ROOT / path).with_name("package.json").read_text("utf-8"))
    root = packages.pop("")
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if not package.get("integrity", "").startswith("sha512-")] == []
    # `npm ci` refuses a lock without the binaries of other platforms.
    optional = {name for package in packages.values() for name in package.get("optionalDependencies", {})}
    assert {name for name in optional if f"node_modules/{name}" not in packages} == set()
    for group in ("dependencies", "devDependencies"):
        assert root.get(group) == wanted.get(group), f"run make lock: {path} is older than package.json"
        assert [f"{name} {version}" for name, version in wanted.get(group, {}).items() if not version[0].isdigit()] == []
