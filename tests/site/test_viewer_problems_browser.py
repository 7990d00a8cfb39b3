"""The page of what was left out or repaired: by kind, by the keys alone, in any number, as a table to take away."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from playwright.sync_api import Browser, Page, expect

from pixplot_steps.site import hashed, table
from pixplot_steps.store import tables
from tests.site.test_viewer_browser import (  # noqa: F401 - fixtures
    Collection,
    Visit,
    browser,
    collection,
    pytestmark,
    ready,
)

KINDS = {"picture without row": 1500, "unreadable": 21, "=1+1 <b>": 1}


def rows() -> list[dict[str, Any]]:
    made = []
    for kind, count in KINDS.items():
        for number in range(count):
            path = f"<i>{kind}</i>/{number:05}.jpg"
            made.append({"path": path, "stage": "catalog", "kind": kind, "reason": f"reason {number}", "action": f"mend {kind}"})
    return made


@pytest.fixture(scope="module")
def troubled(collection: Collection, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: F811
    folder = Path(shutil.copytree(collection.folder, tmp_path_factory.mktemp("troubled") / "site"))
    manifest = json.loads((folder / "data/manifest.json").read_bytes())
    made = hashed.file(table.encode(pa.Table.from_pylist(rows(), tables.PROBLEMS)), "arrow", rows=len(rows()))
    (folder / made.path).write_bytes(made.data)
    manifest["problems"] = made.reference
    manifest["counts"]["problems"] = len(rows())
    (folder / "data/manifest.json").write_text(json.dumps(manifest))
    return folder


def open_by_keys(page: Page) -> None:
    page.get_by_role("button", name="About this map").focus()
    page.keyboard.press("Enter")
    show = page.get_by_role("button", name="Show the list")
    for _ in range(12):
        if show.evaluate("element => element === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def sheet(visit: Visit) -> Any:
    return visit.page.get_by_role("dialog", name="What was left out or repaired")


def test_the_keys_alone_open_look_through_and_close_it(browser: Browser, troubled: Path) -> None:  # noqa: F811
    with ready(browser, troubled, reduced_motion="reduce") as visit:
        page = visit.page
        open_by_keys(page)
        expect(sheet(visit)).to_contain_text("1,522 files needed attention while this map was made. They are of 3 kinds.")
        headings = sheet(visit).get_by_role("heading", level=3)
        assert headings.all_text_contents() == ["Picture without a row in the metadata", "Unreadable", "=1+1 <b>"], "most frequent first"
        expect(sheet(visit)).to_contain_text("What to do: mend picture without row")
        first = sheet(visit).get_by_role("region", name="Picture without a row in the metadata")
        expect(first.get_by_role("row")).to_have_count(1 + 20)
        expect(first).to_contain_text("<i>picture without row</i>/00000.jpg")
        sheet(visit).get_by_role("button", name="Show 200 more of 1,500").press("Enter")
        expect(first.get_by_role("row")).to_have_count(1 + 220)
        second = sheet(visit).get_by_role("region", name="Unreadable")
        expect(second).to_be_hidden()
        sheet(visit).locator("summary").nth(1).press("Enter")
        expect(second.get_by_role("row")).to_have_count(1 + 20)
        sheet(visit).get_by_role("button", name="Show 1 more of 21").press("Enter")
        expect(second.get_by_role("row")).to_have_count(1 + 21)
        page.keyboard.press("Escape")
        expect(sheet(visit)).to_have_count(0)
        expect(page.get_by_role("button", name="Show the list")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert visit.complaints == []


def test_all_of_it_can_be_taken_away(browser: Browser, troubled: Path) -> None:  # noqa: F811
    with ready(browser, troubled, reduced_motion="reduce") as visit:
        open_by_keys(visit.page)
        with visit.page.expect_download() as download:
            sheet(visit).get_by_role("button", name="Download as CSV").click()
        assert download.value.suggested_filename.endswith("-problems.csv")
        found = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
        expected = [{**row, "kind": f"'{row['kind']}" if row["kind"].startswith("=") else row["kind"]} for row in rows()]
        assert found == expected, "a spreadsheet runs none of it"


@pytest.mark.parametrize(("language", "kind"), [("de", "Unlesbar"), ("fr", "Illisible")])
def test_kinds_are_told_in_other_languages(browser: Browser, troubled: Path, language: str, kind: str) -> None:  # noqa: F811
    with ready(browser, troubled, f"?lang={language}", reduced_motion="reduce", viewport={"width": 390, "height": 844}) as visit:
        visit.page.evaluate("document.querySelector('header .last > button:last-child').click()")
        visit.page.get_by_role("dialog").locator("button.plain").last.click()
        expect(visit.page.get_by_role("heading", name=kind)).to_be_visible()
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_list_that_is_lost_is_told_and_asked_for_again(browser: Browser, troubled: Path, tmp_path: Path) -> None:  # noqa: F811
    folder = Path(shutil.copytree(troubled, tmp_path / "site"))
    path = folder / json.loads((folder / "data/manifest.json").read_bytes())["problems"]["file"]
    data = path.read_bytes()
    path.unlink()
    with ready(browser, folder, reduced_motion="reduce") as visit:
        open_by_keys(visit.page)
        expect(sheet(visit).get_by_role("alert")).to_contain_text("could not be loaded")
        visit.page.keyboard.press("Escape")
        path.write_bytes(data)
        visit.page.get_by_role("button", name="Show the list").click()
        expect(sheet(visit).get_by_role("row")).to_have_count(1 + 20)
