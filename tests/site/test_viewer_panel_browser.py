"""The panel in a browser: a safe description, a link and a citation to take away, the next picture by finger and by key."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pyarrow as pa
import pytest
from playwright.sync_api import Browser, Page, expect

from tests import artefacts, site_fixture
from tests.site.test_viewer_browser import VIEWER, Collection, Visit, browser, pytestmark, ready

__all__ = ["browser", "pytestmark"]

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True, "device_scale_factor": 1}

DESCRIPTION = """# About it
*Found* in **1890**, see [the file](https://example.org/file?a=1&b=2) or https://example.org/plain.

- <img src=x onerror=alert(1)>
- [do not](javascript:alert(1))
"""


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """A site whose rows have a description in Markdown and an artist."""
    root = tmp_path_factory.mktemp("described")
    texts = {("about", "description"): lambda _: DESCRIPTION, ("artist", ""): lambda row: f"Artist {row}"}
    found = artefacts.write(root, 40, broken=False, texts=texts)
    site_fixture.atlas(found)
    site_fixture.site(found, root / "site", VIEWER)
    manifest = json.loads((root / "site/data/manifest.json").read_text())
    with pa.memory_map(str(root / "site" / manifest["table"]["file"])) as source:
        return Collection(root / "site", manifest, pa.ipc.open_file(source).read_all())


@pytest.fixture
def visit(browser: Browser, described: Collection) -> Iterator[Visit]:
    allowed = ["clipboard-read", "clipboard-write"]
    with ready(browser, described.folder, reduced_motion="reduce", permissions=allowed) as opened:
        yield opened
        assert opened.complaints == []
        assert {url for url in opened.requests if not url.startswith((opened.address, "data:", "blob:"))} == set()


def open_row(visit: Visit, collection: Collection, row: int) -> None:
    """Open the panel of a row by its address, whatever lies over its picture."""
    item = collection.value("item", row)
    visit.page.evaluate("hash => { location.hash = hash }", "#" + urlencode({"item": item}, quote_via=quote))
    expect(visit.page.locator(".panel footer")).to_contain_text(f"{row + 1} of ")


def titled(collection: Collection) -> int:
    """A row whose title is an ordinary text."""
    return collection.row_where("title", artefacts.HOSTILE[7])


def test_a_description_is_markdown_made_safe(visit: Visit, described: Collection) -> None:
    open_row(visit, described, titled(described))
    text = visit.page.locator(".panel .description")
    expect(text.locator("em")).to_have_text("Found")
    expect(text.locator("p > strong").last).to_have_text("1890")
    expect(text.locator("li")).to_have_text(["<img src=x onerror=alert(1)>", "[do not](javascript:alert(1))"])
    links = [link.get_attribute("href") for link in text.locator("a").all()]
    assert links == ["https://example.org/file?a=1&b=2", "https://example.org/plain"]
    expect(text.locator("a").first).to_have_attribute("rel", "noopener noreferrer")
    assert text.locator("img, script").count() == 0


def test_the_link_to_a_view_opens_the_same_view(browser: Browser, visit: Visit, described: Collection) -> None:
    page, row = visit.page, titled(described)
    open_row(visit, described, row)
    visit.show("grid", "Grid")
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    expect(page.locator("[aria-live]")).to_have_text("The link to this view is copied.")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.url
    page.goto("about:blank")
    page.goto(link)
    visit.until("!!window.pixplot")
    page.evaluate("window.pixplot.ready")
    expect(page.get_by_role("dialog").get_by_role("heading", level=2)).to_have_text(artefacts.HOSTILE[7])
    assert visit.hook("layout") == "grid"


def test_a_citation_names_maker_title_year_collection_and_address(visit: Visit, described: Collection) -> None:
    page, row = visit.page, titled(described)
    open_row(visit, described, row)
    page.get_by_text("Cite", exact=True).click()
    year, item = int(described.value("year", row)), described.value("item", row)
    shown = page.locator(".share p")
    expect(shown).to_have_text(re.compile(rf"^Artist {row}\. “.+”, {year}\. Synthetic <b>site</b>\. http://127\.0\.0\.1:\d+/#item="))
    page.get_by_role("button", name="Copy citation").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == shown.inner_text()
    page.goto("about:blank")
    page.goto(copied.rpartition(" ")[2])
    expect(page.get_by_role("dialog").get_by_role("heading", level=2)).to_have_text(artefacts.HOSTILE[7])
    assert item in page.evaluate("decodeURIComponent(location.hash.replaceAll('+', ' '))")


def test_without_a_clipboard_the_reader_is_told_what_to_copy(browser: Browser, described: Collection) -> None:
    with ready(browser, described.folder, reduced_motion="reduce") as visit:
        visit.page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error()); document.execCommand = () => false")
        open_row(visit, described, 5)
        visit.page.get_by_role("button", name="Copy link").click()
        expect(visit.page.locator(".notes")).to_contain_text(visit.page.url)


def test_arrow_keys_step_through_the_pictures(visit: Visit, described: Collection) -> None:
    open_row(visit, described, 5)
    footer = visit.page.locator(".panel footer")
    visit.page.locator(".panel button.close").focus()
    visit.page.keyboard.press("ArrowRight")
    expect(footer).to_contain_text("7 of ")
    visit.page.keyboard.press("ArrowLeft")
    visit.page.keyboard.press("ArrowLeft")
    expect(footer).to_contain_text("5 of ")
    visit.page.locator(".panel footer input").focus()
    visit.page.keyboard.press("ArrowRight")
    expect(footer).to_contain_text("5 of ")


def swipe(page: Page, dx: int, dy: int = 0) -> None:
    """A finger that lands on the open picture and moves."""
    box: Any = page.locator(".panel figure").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    session = page.context.new_cdp_session(page)
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for part in range(1, 6):
        point = {"x": x + dx * part / 5, "y": y + dy * part / 5}
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_finger_wipes_to_the_next_picture(browser: Browser, described: Collection) -> None:
    with ready(browser, described.folder, reduced_motion="reduce", **PHONE) as visit:
        open_row(visit, described, 5)
        footer = visit.page.locator(".panel footer")
        swipe(visit.page, -120)
        expect(footer).to_contain_text("7 of ")
        swipe(visit.page, 120)
        expect(footer).to_contain_text("6 of ")
        swipe(visit.page, -20)
        swipe(visit.page, 30, -90)
        expect(footer).to_contain_text("6 of ")
        assert visit.complaints == []


def test_a_picture_without_a_title_is_told_by_its_cluster_and_place(visit: Visit, described: Collection) -> None:
    members = described.array(described.manifest["hotspots"]["members"])
    titles = described.table.column("title").to_pylist()
    row = next(row for row, title in enumerate(titles) if not title and members[row] >= 0)
    spot = described.manifest["hotspots"]["list"][members[row]]
    place = int((members[:row] == members[row]).sum()) + 1
    open_row(visit, described, row)
    expect(visit.page.locator(".panel figure img")).to_have_attribute("alt", f"Picture {place} of {spot['count']} in {spot['label']}")
    open_row(visit, described, titled(described))
    expect(visit.page.locator(".panel figure img")).to_have_attribute("alt", artefacts.HOSTILE[7])
