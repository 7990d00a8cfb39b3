"""Every kind of problem has words in each language of the page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def kinds() -> set[str]:
    """The kinds that the code names: in faults, in rows of problems, and in the tables of what to do."""
    found = {kind for path in (ROOT / "pixplot_steps").rglob("*.py") for kind in _kinds(ast.parse(path.read_text("utf-8")))}
    checked = {kind for path in (ROOT / "pixplot_steps/site").glob("*.py") for kind in _faults(ast.parse(path.read_text("utf-8")))}
    # Those of `pixplot verify` are of a site, and not on its page.
    return found - checked


def _faults(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Fault":
            # Some faults have whose they are before their kind.
            yield from _texts(node.args[:2])[:1]


def _kinds(tree: ast.AST) -> Iterator[str]:
    yield from _faults(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict) and {"kind", "action"} <= {*_texts(node.keys)}:
            yield from _texts([value for key, value in zip(node.keys, node.values, strict=True) if _texts([key]) == ["kind"]])
        elif isinstance(node, ast.Assign) and [one.id for one in node.targets if isinstance(one, ast.Name)] == ["_ACTIONS"]:
            assert isinstance(node.value, ast.Dict)
            yield from _texts(node.value.keys)


def _texts(nodes: list[ast.expr] | list[ast.expr | None]) -> list[str]:
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def test_there_are_kinds() -> None:
    assert {"unreadable", "row not used", "not fetched", "hotspot not found", "setting not used", "neighbours missed"} <= kinds()


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_the_page_has_words_for_each(language: str) -> None:
    text = (ROOT / f"viewer/src/ui/catalogue/{language}.ts").read_text("utf-8")
    [listed] = re.findall(r"problemKinds: \{(.*?)\n    \}", text, re.DOTALL)
    named = {quoted or bare for quoted, bare in re.findall(r'^      (?:"([^"]+)"|(\w+)):', listed, re.MULTILINE)}
    assert sorted(kinds() - named) == []
