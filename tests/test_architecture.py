"""Who may import whom, and that a stage has one name everywhere: folder, command, rules, configuration, tests.

The rules are those of docs/architecture.md. They are read from the source, so that nothing is run. The viewer checks its own
(viewer/tests/imports.test.ts).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pixplot_steps import cli

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "pixplot_steps"
RULES = ROOT / "workflow" / "rules"
VIEWER = ROOT / "viewer" / "src"

STAGES = ("fetch", "catalog", "ingest", "features", "vectors", "neighbours", "layouts", "hotspots", "atlases", "deepzoom", "site")
"""All stages, in the order of the data."""

COMMANDS = ("command", "exchange")
"""Folders of commands that need several modules. They may import what stages share; no stage imports them."""

SHARED = {"store", "spec", "archive", "cells", "completed", "errors", "digest", "fit", "metric", "networks", "stories"}
"""What a stage may import from outside its folder."""

WITH_FILES = {
    "atlases/canvas.py": "keeps cells in a file without a name until their page is whole",
    "catalog/files.py": "walks the folders of pictures, which the workflow does too",
    "catalog/known.py": "reads the pictures' bytes, and keeps the index of what is known of them",
    "features/builtin.py": "reads the weights that come with the package",
    "fetch/cache.py": "keeps what servers gave, and the index of it",
    "fetch/sources.py": "reads lists and tables of manifests",
    "fetch/tasks.py": "the list of what is to be asked for, which must not lie in memory",
    "ingest/batch.py": "says where in the draft folder the spool's files are",
    "ingest/location.py": "reads files and members of archives, in the workers",
    "ingest/spool.py": "keeps on the disk what memory should not hold",
    "ingest/workers.py": "processes, their memory and their terminal",
    "site/checks.py": "reads what `pixplot verify` checks",
    "site/folder.py": "replaces a site in place; its one caller is the step",
    "site/gather.py": "streams pictures from the shards into the site",
    "site/publish.py": "a command of its own",
    "site/reading.py": "reads a finished site, for commands and notebooks",
    "site/serve.py": "a command of its own",
    "site/start.py": "a command of its own",
    "site/untrusted.py": "reads a site that nobody vouches for",
    "site/verify.py": "a command of its own",
}
"""Modules besides step.py that read or write files, and why."""

STEP_MODULES = sorted(PACKAGE.glob("*/step.py"))
MODULES = sorted(PACKAGE.rglob("*.py"))
PURE = [
    path
    for stage in STAGES
    for path in sorted((PACKAGE / stage).glob("*.py"))
    if path.name != "step.py" and path.relative_to(PACKAGE).as_posix() not in WITH_FILES
]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    """Dotted names that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own_imports(path: Path) -> set[str]:
    """First parts, below pixplot_steps, of what a module imports from it."""
    return {dotted.split(".")[1] for dotted in imports(path) if dotted.startswith("pixplot_steps.")} - {"__version__"}


def rule_texts(path: Path) -> dict[str, str]:
    """Rule -> its text."""
    parts = re.split(r"^(?:rule|checkpoint) (\w+):\n", path.read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_nobody_imports_snakemake(path: Path) -> None:
    assert [dotted for dotted in imports(path) if dotted.split(".")[0] == "snakemake"] == []


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_imports_no_other(stage: str) -> None:
    foreign = {name(path): sorted(own_imports(path) - SHARED - {stage}) for path in (PACKAGE / stage).glob("*.py")}
    assert {path: found for path, found in foreign.items() if found} == {}


@pytest.mark.parametrize("path", [*sorted((PACKAGE / "store").glob("*.py")), *sorted(PACKAGE.glob("*.py"))], ids=name)
def test_what_stages_share_knows_no_stage(path: Path) -> None:
    assert own_imports(path) & set(STAGES) == set()


@pytest.mark.parametrize("path", PURE, ids=name)
def test_pure_modules_compute(path: Path) -> None:
    forbidden = {"argparse", "os", "pathlib", "shutil", "subprocess", "tempfile"}
    assert {dotted.split(".")[0] for dotted in imports(path)} & forbidden == set()
    assert "store" not in own_imports(path)
    calls = {
        node.func.id
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert calls & {"print", "open", "input"} == set()


def test_exceptions_exist() -> None:
    assert [path for path in WITH_FILES if not (PACKAGE / path).is_file()] == []


@pytest.mark.parametrize("path", STEP_MODULES, ids=name)
def test_a_step_configures_and_runs(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    public = [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
    assert public == ["configure", "run"]
    # config/config.yaml is the only home of defaults.
    defaults = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "default"]
    assert defaults == [], "a flag with a default"


def test_nothing_is_left_to_do() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    files = [*MODULES, *RULES.glob("*.smk"), *(path for path in VIEWER.rglob("*") if path.is_file())]
    assert [name(path) for path in files if marks.search(path.read_text("utf-8"))] == []


class TestOneName:
    """A stage is a folder, a command, a section of the configuration, a rule file and a folder of tests, in one order."""

    wanted = STAGES

    def test_folders(self) -> None:
        assert {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()} == {*STAGES, "store", *COMMANDS}
        assert tuple(stage for stage in STAGES if (PACKAGE / stage / "step.py").is_file()) == self.wanted

    def test_commands(self) -> None:
        assert self.wanted == cli.STEPS

    def test_configuration(self) -> None:
        content = yaml.safe_load((ROOT / "config" / "config.yaml").read_text("utf-8"))
        assert tuple(key for key, value in content.items() if isinstance(value, dict)) == self.wanted

    def test_rule_files(self) -> None:
        included = re.findall(r'^include: "rules/(\w+)\.smk"', (ROOT / "workflow" / "Snakefile").read_text("utf-8"), re.MULTILINE)
        assert tuple(included) == ("common", *self.wanted)
        assert {path.stem for path in RULES.glob("*.smk")} == {"common", *self.wanted}

    def test_tests(self) -> None:
        assert [stage for stage in (*self.wanted, "store") if not list((ROOT / "tests" / stage).glob("test_*.py"))] == []


@pytest.mark.parametrize("stage", TestOneName.wanted)
class TestRules:
    """Rules hold no logic: each passes values to one command, and says what it takes."""

    def test_head(self, stage: str) -> None:
        text = (RULES / f"{stage}.smk").read_text("utf-8")
        assert re.match(r'""".+\n\nNeeds .+\nMakes ', text, re.DOTALL), "a rule file opens with what it needs and what it makes"

    def test_every_rule_calls_one_command(self, stage: str) -> None:
        for rule, text in rule_texts(RULES / f"{stage}.smk").items():
            assert re.findall(r"^    (run|script|notebook|wrapper|cwl):", text, re.MULTILINE) == [], rule
            assert re.findall(r"^ +pixplot step (\w+)", text, re.MULTILINE) == [stage], rule

    def test_every_rule_says_what_it_takes(self, stage: str) -> None:
        rules = rule_texts(RULES / f"{stage}.smk")
        assert rules
        for rule, text in rules.items():
            missing = [
                key
                for key in ("input|params", "output", "log", "benchmark", "threads", "resources")
                if not re.search(rf"^    ({key}):", text, re.MULTILINE)
            ]
            missing += [key for key in ("mem_mb", "runtime") if not re.search(rf"^        {key}=", text, re.MULTILINE)]
            assert missing == [], rule
            for key in ("log", "benchmark"):
                assert re.search(rf'^    {key}:\s+"{key}s?s?/{stage}/', text, re.MULTILINE), f"{rule}: {key}s/{stage}/..."


def free_texts(schema: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Keys whose values anybody may write as they like, and that could hold braces."""
    if "properties" in schema:
        for key, child in schema["properties"].items():
            yield from free_texts(child, (*path, key))
        return
    kinds = schema.get("type", [])
    listed = [kinds] if isinstance(kinds, str) else kinds
    if "enum" not in schema and {"string", "object"} & set(listed) and not str(schema.get("pattern", "")).startswith(("^#", "^auto")):
        yield path


def test_texts_from_outside_are_handed_on_as_they_are() -> None:
    schema = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text("utf-8"))
    keys = {path[-1] for path in free_texts(schema)}
    assert {"images", "title", "columns", "hosts", "key"} <= keys
    bare = re.compile(r"^ +\w+=(?:json\.dumps\()?SPEC\.([\w.]+)", re.MULTILINE)
    found = [
        f"{path.stem}: {text}"
        for path in sorted(RULES.glob("*.smk"))
        for text in bare.findall(path.read_text("utf-8"))
        if set(text.split(".")) & keys
    ]
    assert found == [], "Snakemake would take their braces for wildcards: literally(...)"
