"""The wheel carries all that a user needs, and works where there is no checkout."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import pixplot_steps
from docs.data import licences
from tests.workflow.collection import Collection

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (ROOT / "viewer/dist/index.html").is_file():
        pytest.skip("the viewer is not built: make viewer")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [found] = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def unpacked(wheel: Path) -> Path:
    folder = wheel.parent / "lib"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_it_carries_the_workflow_the_defaults_and_the_viewer(unpacked: Path) -> None:
    installed = unpacked / "pixplot_steps" / "installed"
    for name in ("workflow", "config", "viewer/dist"):
        wanted = {path.relative_to(ROOT).as_posix() for path in (ROOT / name).rglob("*") if path.is_file()}
        assert {path.relative_to(installed).as_posix() for path in (installed / name).rglob("*") if path.is_file()} == wanted
    assert (installed / "environment.yml").read_bytes() == (ROOT / "environment.yml").read_bytes()
    assert (unpacked / "snakemake_logger_plugin_pixplot" / "__init__.py").is_file()
    assert {path.name for path in unpacked.rglob("licenses/*")} == {"LICENSE", "LICENCES.md"}


def test_it_works_outside_the_checkout(unpacked: Path, tmp_path: Path) -> None:
    collection = Collection(tmp_path)
    collection.draw(range(3))
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    where = "import pixplot_steps.place as place; print(place.root())"
    found = subprocess.run([sys.executable, "-P", "-c", where], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert Path(found.stdout.strip()) == unpacked / "pixplot_steps" / "installed"
    words = ["-i", "pictures", "--model", "builtin", "--dry_run", "--json"]
    done = subprocess.run(
        [sys.executable, "-P", "-m", "pixplot_steps.cli", *words],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["jobs"]["catalog"] == 1


def test_it_builds_a_map_in_an_environment_of_its_own(wheel: Path, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    if not pytestconfig.getoption("--wheel"):
        pytest.skip("installs all packages again: --wheel")
    collection = Collection(tmp_path)
    collection.draw(range(12))
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--python", sys.executable, str(tmp_path / "env")], check=True, capture_output=True)
    python = tmp_path / "env" / "bin" / "python"
    subprocess.run([*uv, "pip", "install", "--quiet", "--python", str(python), str(wheel)], check=True)
    done = subprocess.run(
        [str(python.with_name("pixplot")), "-i", "pictures", "--model", "builtin"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    subprocess.run([str(python.with_name("pixplot")), "verify", "output/site"], cwd=tmp_path, check=True)


def test_the_version_is_everywhere_the_same(wheel: Path) -> None:
    version = pixplot_steps.__version__
    assert wheel.name.split("-")[1] == version
    assert re.findall(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text("utf-8"), re.MULTILINE) == [version]
    assert re.findall(r"^## ([\d.]+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)[0] == version
    assert json.loads((ROOT / "viewer/package.json").read_text("utf-8"))["version"] == version


def test_the_list_of_licences_is_current() -> None:
    lock = json.loads((ROOT / "viewer/package-lock.json").read_text("utf-8"))
    text = (ROOT / "LICENCES.md").read_text("utf-8")
    assert licences.table(lock) in text, "make it again: python docs/data/licences.py"
    assert [folder for folder, *_ in licences.parts(lock) if f"\n## {folder.rpartition('node_modules/')[2]} " not in text] == []
