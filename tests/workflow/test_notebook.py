"""docs/python.md, run as it stands; and what is loaded when."""

from __future__ import annotations

import contextlib
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pixplot_steps as px
from tests.workflow.collection import ROOT, Collection

BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "docs/python.md").read_text("utf-8"), re.DOTALL)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], str]:
    """The names that the page's code leaves behind, and what it printed."""
    collection = Collection(tmp_path_factory.mktemp("notebook"))
    collection.draw(range(12))
    (collection.root / "metadata.csv").write_text("filename,title\n" + "".join(f"p{i:03}.png,Picture {i}\n" for i in range(12)))
    names: dict[str, Any] = {}
    out = io.StringIO()
    with contextlib.chdir(collection.root), contextlib.redirect_stdout(out):
        for block in BLOCKS:
            exec(block, names)  # noqa: S102 - the documentation's own code
    return names, out.getvalue()


def test_the_page_runs(ran: tuple[dict[str, Any], str]) -> None:
    names, _ = ran
    made: px.Map = names["made"]
    assert made.items["title"].to_pylist() == [f"Picture {i}" for i in range(12)]
    assert len(names["nearest"]) == made.neighbours.shape[1] > 0
    assert made.problems.num_rows == 0


def test_every_array_has_a_row_for_each_item(ran: tuple[dict[str, Any], str]) -> None:
    made: px.Map = ran[0]["made"]
    assert {len(values) for values in (*made.layouts.values(), made.vectors(), made.features(), made.neighbours)} == {12}
    assert len([name for name in made.layouts if name.startswith("umap~")]) == 1, "the second of two n_neighbors"


def test_vectors_and_neighbours_belong_to_the_rows(ran: tuple[dict[str, Any], str]) -> None:
    made: px.Map = ran[0]["made"]
    distances = np.linalg.norm(made.vectors()[:, None] - made.vectors()[None], axis=2)
    # The metric is correlation; on these pictures the nearest by it are not far by distance either.
    nearest = np.take_along_axis(distances, made.neighbours[:, :1].astype(np.int64), axis=1)[:, 0]
    assert (nearest <= np.median(distances, axis=1)).mean() > 0.9
    alike = np.asarray(np.corrcoef(made.features()))
    np.fill_diagonal(alike, -1)
    assert (made.neighbours[:, 0] == alike.argmax(axis=1)).mean() > 0.5


def test_a_map_is_found_again(ran: tuple[dict[str, Any], str]) -> None:
    made: px.Map = ran[0]["made"]
    assert px.load(made.workdir).items.equals(made.items)


def test_what_fails_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(px.RunError, match="There are no such pictures"):
        px.build(images=tmp_path / "absent", model="builtin", quiet=True)
    with pytest.raises(TypeError, match="no keyword 'neighbors'"):
        px.build(images="x", neighbors=5)


def loaded(code: str) -> set[str]:
    """First parts of the names of all modules that some code loads, in a process of its own."""
    told = (
        "import sys, json; before = set(sys.modules)\n" + code + "\nprint(json.dumps(sorted(set(sys.modules) - before)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in json.loads(done.stderr.splitlines()[-1])}


def not_python_s_own(code: str) -> set[str]:
    own = {name.lstrip("_") for name in sys.stdlib_module_names}
    return {name for name in loaded(code) if name.lstrip("_") not in own}


def test_importing_the_package_loads_nothing_else() -> None:
    assert not_python_s_own("import pixplot_steps") == {"pixplot_steps"}


@pytest.mark.parametrize("words", [["--help"], ["build", "--help"], ["--version"], ["step", "--help"]])
def test_help_loads_nothing_but_the_standard_library(words: list[str]) -> None:
    assert not_python_s_own(f"from pixplot_steps import cli\ntry:\n    cli.main({words!r})\nexcept SystemExit:\n    pass") == {
        "pixplot_steps"
    }
