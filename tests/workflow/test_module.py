"""The workflow as a module of another one (config/README.md)."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workflow.collection import ROOT, Collection

[EXAMPLE] = re.findall(r"```snakemake\n(.*?)```", (ROOT / "config" / "README.md").read_text("utf-8"), re.DOTALL)


@pytest.fixture
def other(twelve: Collection, tmp_path: Path) -> Path:
    """A work folder with the finished twelve, and the Snakefile of the documentation in it."""
    shutil.copytree(twelve.work, tmp_path / "work")
    text = EXAMPLE.replace("path/to/pixplot-steps", str(ROOT)).replace("scans/posters", str(twelve.pictures))
    own = f'"metadata": "{twelve.root / "metadata.csv"}", "catalog": {{"shard_size": 8}}, "features"'
    assert text != EXAMPLE
    (tmp_path / "work" / "Snakefile").write_text(text.replace('"features"', own).replace('"builtin"', '"descriptor"'))
    return tmp_path / "work"


def run(folder: Path, *flags: str) -> dict[str, int]:
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "--nolock", "--rerun-triggers", "mtime", "params", *flags]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    started = re.findall(r"^(?:local)?(?:rule|checkpoint) (\w+):$", done.stdout + done.stderr, re.MULTILINE)
    return {rule: started.count(rule) for rule in sorted(set(started))}


def test_another_workflow_can_use_it(other: Path) -> None:
    jobs = run(other)
    assert jobs["report"] == 1
    assert set(jobs) <= {"report", "pixplot_site"}, "what is there under the same configuration is found again"
    assert (other / "report.txt").read_text().split() == ["12", "pictures"]
    assert run(other) == {}


def test_its_keys_are_checked(other: Path) -> None:
    path = other / "Snakefile"
    path.write_text(path.read_text().replace('"catalog"', '"catalogue": {}, "catalog"'))
    done = subprocess.run([sys.executable, "-m", "snakemake", "-n"], cwd=other, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode != 0
    assert "did you mean 'catalog'?" in done.stdout + done.stderr
