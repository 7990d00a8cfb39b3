"""What carries on from what: names stay once given, and an earlier state finds what it had."""

from __future__ import annotations

from pathlib import Path

import pytest

from pixplot_steps.errors import FormatError
from pixplot_steps.store import lineage


class Folder:
    """A work folder whose artefacts are names; `show` does what a run does."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.whole: set[str] = set()

    def link(self, state: str, line: str = "line") -> lineage.Link:
        return lineage.read(self.path, self.whole.__contains__).link(line, lambda former: f"{state}<{former}" if former else state)

    def make(self, state: str, line: str = "line") -> str:
        link = self.link(state, line)
        self.whole.add(link.path)
        return link.path

    def show(self, state: str, line: str = "line") -> str:
        link = self.link(state, line)
        self.whole.add(link.path)
        lineage.record(self.path, [link])
        return link.path


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "lineage.json")


def test_each_state_carries_on_from_the_last_that_was_shown(folder: Folder) -> None:
    assert folder.show("a") == "a"
    assert folder.show("b") == "b<a"
    assert folder.show("c") == "c<b<a"


@pytest.mark.parametrize("state", ["a", "b", "c"])
def test_shown_again_a_state_has_the_name_it_had(folder: Folder, state: str) -> None:
    names = {name: folder.show(name) for name in "abc"}
    assert folder.show(state) == names[state]
    assert folder.link(state).path == names[state], "nothing to do"


def test_what_was_made_but_not_shown_starts_nothing(folder: Folder) -> None:
    folder.show("a")
    assert folder.make("b") == "b<a"
    assert folder.make("b") == "b<a", "a killed run goes on with the same names"
    assert folder.show("c") == "c<a"


def test_lines_are_apart(folder: Folder) -> None:
    folder.show("a")
    assert folder.show("x", "other") == "x"
    assert folder.show("b") == "b<a"


def test_a_former_one_that_was_removed_is_none(folder: Folder) -> None:
    folder.show("a")
    folder.show("b")
    folder.whole -= {"a"}
    assert folder.link("b").path == "b<a", "what was made from it is still there"
    folder.whole -= {"b<a"}
    assert folder.link("b").path == "b"
    assert folder.link("c").path == "c"


def test_a_damaged_one_is_made_again_from_what_it_was_made_from(folder: Folder) -> None:
    folder.show("a")
    folder.show("b")
    folder.whole -= {"b<a"}
    assert folder.link("b").path == "b<a"


def test_links_pass_through_a_command_line(folder: Folder) -> None:
    links = [folder.link("a"), folder.link("ü b")]
    assert lineage.given(lineage.written(links)) == links


@pytest.mark.parametrize("text", ["", "{", '{"format": 2}', "[]"])
def test_a_record_that_cannot_be_read_is_told(folder: Folder, text: str) -> None:
    folder.path.write_text(text)
    with pytest.raises(FormatError, match="laid out afresh"):
        folder.link("a")
