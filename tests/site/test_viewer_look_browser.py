"""The look that a collection gives its page, in a browser: sign, colours, the view that opens, and alt texts."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pyarrow as pa
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests import artefacts, site_fixture
from tests.site.test_viewer_browser import VIEWER, Collection, browser, pytestmark, ready
from tests.site.test_viewer_explore_browser import AXE, violations

__all__ = ["browser", "pytestmark"]

LIGHT, DARK = "#004466", "#99ddff"
OPENING = "layout=grid&at=0.2,0.1,0.8&q=category%3A3"


@pytest.fixture(scope="module")
def dressed(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    root = tmp_path_factory.mktemp("dressed")
    Image.new("RGBA", (400, 100), (0, 90, 60, 255)).save(root / "logo.png")
    found = artefacts.write(root, 60, broken=False)
    site_fixture.atlas(found)
    look = {"logo": str(root / "logo.png"), "light": LIGHT, "dark": DARK, "opening": OPENING, "alt": "note"}
    rights = {"credit": "Museum of <b>Prints</b>", "licence": "CC BY 4.0", "licence-url": "https://creativecommons.org/licenses/by/4.0/"}
    site_fixture.site(found, root / "site", VIEWER, look=look, rights=rights)
    manifest = json.loads((root / "site/data/manifest.json").read_text())
    with pa.memory_map(str(root / "site" / manifest["table"]["file"])) as source:
        return Collection(root / "site", manifest, pa.ipc.open_file(source).read_all())


@pytest.mark.parametrize(
    ("scheme", "width", "colour"),
    [("light", 1280, "rgb(0, 68, 102)"), ("dark", 1280, "rgb(153, 221, 255)"), ("light", 390, "rgb(0, 68, 102)")],
)
def test_the_page_wears_the_sign_and_the_colours(browser: Browser, dressed: Collection, scheme: str, width: int, colour: str) -> None:
    options: dict[str, Any] = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme, "bypass_csp": True}
    with ready(browser, dressed.folder, reduced_motion="reduce", **options) as visit:
        page = visit.page
        sign = page.locator("header img")
        expect(sign).to_be_visible()
        assert sign.evaluate("image => [image.complete, image.naturalWidth, image.naturalHeight]") == [True, 400, 100]
        # The title is beside it, so it has nothing of its own to say.
        expect(sign).to_have_attribute("alt", "")
        icon = page.locator("link[rel=icon]").get_attribute("href")
        assert icon == dressed.manifest["look"]["logo"]["file"]
        title = page.get_by_role("heading", level=1)
        assert (title.bounding_box() or {"width": 0})["width"] > 60, "the title keeps its place"
        page.get_by_role("button", name="Search and filter").click()
        link = page.get_by_role("button", name="Select these")
        assert link.evaluate("one => getComputedStyle(one).color") == colour
        page.add_script_tag(path=AXE)
        assert violations(visit) == []
        assert {url for url in visit.requests if not url.startswith((visit.address, "data:", "blob:"))} == set()
        assert visit.complaints == []


def test_the_opening_view_opens_and_can_be_left_and_come_back_to(browser: Browser, dressed: Collection) -> None:
    with ready(browser, dressed.folder, reduced_motion="reduce") as visit:
        page = visit.page
        assert visit.hook("layout") == "grid"
        # The address, once the camera rests, is the opening view's.
        visit.until("location.hash.length > 1")
        assert sorted(parse_qsl(urlsplit(page.url).fragment)) == sorted(parse_qsl(OPENING))
        page.get_by_role("button", name="Search and filter").click()
        expect(page.get_by_role("textbox", name="Search all texts")).to_have_value("category:3")
        page.get_by_role("button", name="Clear all").click()
        visit.show("umap", "Map")
        visit.until("location.hash.includes('layout=umap')")
        page.get_by_role("button", name="Show all pictures").click()
        visit.settle()
        page.reload()
        visit.until("!!window.pixplot")
        page.evaluate("window.pixplot.ready")
        assert visit.hook("layout") == "umap", "what was chosen stays, though it is the first layout as a whole"
        page.go_back()
        page.go_back()
        visit.until("window.pixplot && window.pixplot.layout === 'grid'")
        assert visit.complaints == []


def test_a_picture_without_a_title_is_told_by_the_column_chosen(browser: Browser, dressed: Collection) -> None:
    row = next(row for row, title in enumerate(dressed.table.column("title").to_pylist()) if not title)
    with ready(browser, dressed.folder, reduced_motion="reduce") as visit:
        visit.page.evaluate("item => { location.hash = `#item=${encodeURIComponent(item)}` }", dressed.value("item", row))
        picture = visit.page.locator(".panel figure img")
        expect(picture).to_have_attribute("alt", dressed.value("note", row))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_credit_and_licence_of_the_collection_are_told(browser: Browser, dressed: Collection, scheme: str) -> None:
    with ready(browser, dressed.folder, reduced_motion="reduce", color_scheme=scheme, bypass_csp=True) as visit:
        page = visit.page
        page.get_by_role("button", name="About this map").click()
        about = page.get_by_role("dialog")
        expect(about.get_by_role("heading", name="Credit and licence")).to_be_visible()
        expect(about.get_by_text("Museum of <b>Prints</b>", exact=True)).to_be_visible()
        expect(about.get_by_role("link", name="CC BY 4.0")).to_have_attribute("href", dressed.manifest["rights"]["address"])
        page.add_script_tag(path=AXE)
        assert violations(visit) == []
        page.keyboard.press("Escape")
        page.evaluate("item => { location.hash = `#item=${encodeURIComponent(item)}` }", dressed.value("item", 0))
        panel = page.locator(".panel")
        expect(panel.locator("dl")).to_contain_text("Credit Museum of <b>Prints</b>")
        expect(panel.get_by_role("link", name="CC BY 4.0")).to_have_attribute("rel", "noopener noreferrer")
        panel.get_by_role("button", name="Cite", exact=True).click()
        expect(panel.locator(".share p")).to_contain_text("Museum of <b>Prints</b>. CC BY 4.0. http")
        assert violations(visit) == []
        assert visit.complaints == []
