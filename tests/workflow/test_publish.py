"""What a site that has grown costs to publish: only what is new goes to the web server, and to a visitor who has been there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pixplot_steps import cli
from tests.workflow.collection import Collection


def test_pages_and_pictures_that_were_there_are_not_sent_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    collection, www = Collection(tmp_path), tmp_path / "www"
    collection.draw(range(80))
    collection.configure({"atlases": {"page": 1024}})
    assert collection.run().code == 0
    assert cli.main(["publish", str(collection.site), str(www)]) == 0
    before = _sizes(www)
    pages = {name for name in before if name.endswith(".webp")}
    assert len(pages) == 2, "64 cells, and 16"

    collection.draw([80])
    assert collection.run().code == 0
    capsys.readouterr()
    assert cli.main(["publish", str(collection.site), str(www)]) == 0
    told = capsys.readouterr().err

    # Files that keep their names, the page itself and the manifest, are written over.
    new = {name: size for name, size in _sizes(www).items() if name not in before}
    site = _sizes(collection.site)
    assert pages <= set(site), "pages of old images keep their names"
    assert {name for name in new if name.endswith(".webp")} == {name for name in site if name.endswith(".webp")} - pages
    assert len([name for name in new if name.endswith(".jpg")]) == 1
    assert not set(new) & {name for name in site if name.startswith("assets/")}
    match = re.search(r"([\d,]+) of ([\d,]+) bytes", told)
    assert match is not None, told
    sent, total = (int(text.replace(",", "")) for text in match.groups())
    assert total == sum(site.values())
    assert sum(new.values()) <= sent < total / 2


def _sizes(folder: Path) -> dict[str, int]:
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in folder.rglob("*") if path.is_file()}
