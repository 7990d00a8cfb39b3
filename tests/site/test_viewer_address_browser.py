"""What the page's address does, in a browser: a part of another page, a collection elsewhere, the language, back and forward."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from pixplot_steps import cli
from tests import artefacts, site_fixture
from tests.artefacts import Artefacts
from tests.site.test_viewer_browser import VIEWER, Quiet, Visit, browser, pytestmark, ready, served, visiting
from tests.site.test_viewer_explore_browser import AXE, NO_WEBGL, violations

__all__ = ["browser", "pytestmark"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Artefacts:
    found = artefacts.write(tmp_path_factory.mktemp("made"), 40, broken=False)
    site_fixture.atlas(found)
    return found


@pytest.fixture(scope="module")
def folder(made: Artefacts) -> Path:
    """A server's folder with two collections: `one`, whose page is opened, and `two`."""
    for name in ("one", "two"):
        site_fixture.site(made, made.root / "www" / name, VIEWER)
    manifest = made.root / "www/two/data/manifest.json"
    manifest.write_text(manifest.read_text().replace("Synthetic <b>site</b>", "The other"))
    return made.root / "www"


@contextmanager
def serving(folder: Path, *, open_to_all: bool) -> Iterator[str]:
    """Another server; `open_to_all`: whether it lets other pages read its files."""

    class Handler(Quiet):
        def end_headers(self) -> None:
            if open_to_all:
                self.send_header("Access-Control-Allow-Origin", "*")
            super().end_headers()

    with served(folder, Handler) as address:
        yield address


def strangers(visit: Visit, *known: str) -> set[str]:
    origin = "{0.scheme}://{0.netloc}/".format(urlsplit(visit.address))
    return {url for url in visit.requests if not url.startswith((origin, "data:", "blob:", *known))}


def middle_row(visit: Visit, count: int) -> int:
    """A row whose picture lies in the middle of the window."""
    size = visit.page.viewport_size or {"width": 0, "height": 0}

    def distance(row: int) -> float:
        x, y = visit.middle(row)
        return abs(x - size["width"] / 2) + abs(y - size["height"] / 2)

    return min(range(count), key=distance)


def test_in_a_frame_there_are_the_pictures_alone_and_a_way_to_all(browser: Browser, folder: Path) -> None:
    options: dict[str, Any] = {"viewport": {"width": 500, "height": 360}, "bypass_csp": True}
    with ready(browser, folder, "one/?ui=0#layout=grid", reduced_motion="reduce", **options) as visit:
        page = visit.page
        for gone in ("header", "nav", ".panel", "dialog"):
            expect(page.locator(gone)).to_have_count(0)
        steps = page.evaluate("history.length")
        visit.page.mouse.click(*visit.middle(middle_row(visit, 40)))
        expect(page.locator(".embed .title")).to_be_visible()
        page.keyboard.press("/")
        expect(page.get_by_role("region", name="Find")).to_have_count(0)
        page.add_script_tag(path=AXE)
        assert violations(visit) == []
        assert page.evaluate("history.length") == steps, "the frame adds no steps to the page around it"
        link = page.get_by_role("link", name="Open the whole map")
        with page.context.expect_page() as opening:
            link.click()
        whole = opening.value
        expect(whole.get_by_role("toolbar")).to_be_visible()
        asked = urlsplit(whole.url)
        assert asked.query == ""
        assert parse_qs(asked.fragment)["layout"] == ["grid"]
        expect(whole.locator(".panel h2")).to_have_text(page.locator(".embed .title").inner_text())
        whole.close()
        assert visit.complaints == []


def test_a_page_in_a_page(browser: Browser, folder: Path) -> None:
    (folder / "around.html").write_text(
        '<link rel="icon" href="data:,"><h1>Our museum</h1><iframe src="one/?ui=0" width="480" height="320" title="Map"></iframe>'
    )
    with visiting(browser, folder, "around.html", reduced_motion="reduce") as visit:
        frame = visit.page.frame_locator("iframe")
        expect(frame.get_by_role("link", name="Open the whole map")).to_be_visible()
        expect(frame.locator("header")).to_have_count(0)
        assert visit.complaints == []


def test_a_page_can_be_scrolled_past_the_map_in_it(browser: Browser, folder: Path) -> None:
    frame = '<iframe src="one/?ui=0" width="480" height="320" title="Map"></iframe>'
    (folder / "long.html").write_text(f'<link rel="icon" href="data:,">{frame}<p style="height: 3000px">Below</p>')
    with visiting(browser, folder, "long.html", reduced_motion="reduce") as visit:
        page = visit.page
        expect(page.frame_locator("iframe").get_by_role("link", name="Open the whole map")).to_be_visible()
        inner = page.frames[1]
        expect(page.frame_locator("iframe").get_by_role("progressbar")).to_have_count(0)
        inner.evaluate("window.pixplot.ready")
        before = inner.evaluate("window.pixplot.camera.k")
        page.mouse.move(200, 150)
        page.mouse.wheel(0, 100)
        visit.until("scrollY > 50")
        assert inner.evaluate("window.pixplot.camera.k") == before
        page.evaluate("scrollTo(0, 0)")
        page.keyboard.down("Control")
        page.mouse.wheel(0, -100)
        page.keyboard.up("Control")
        visit.until("frames[0].pixplot.camera.k > " + str(before))
        assert page.evaluate("scrollY") == 0


def test_in_a_frame_without_webgl_there_is_the_list(browser: Browser, folder: Path) -> None:
    context = browser.new_context(viewport={"width": 500, "height": 400})
    context.add_init_script(NO_WEBGL)
    page = context.new_page()
    with serving(folder, open_to_all=False) as address:
        page.goto(f"{address}one/?ui=0")
        expect(page.locator(".entry").first).to_be_visible()
    context.close()


@pytest.mark.parametrize("asked", ["../two/", "/two/data/manifest.json"])
def test_a_collection_of_the_same_server(browser: Browser, folder: Path, asked: str) -> None:
    with ready(browser, folder, f"one/?data={asked}", reduced_motion="reduce") as visit:
        expect(visit.page.get_by_role("heading", level=1)).to_have_text("The other")
        visit.page.mouse.click(*visit.middle(middle_row(visit, 40)))
        picture = visit.page.locator(".panel figure img")
        expect(picture).to_be_visible()
        visit.until("document.querySelector('.panel figure img').naturalWidth > 0")
        assert "/two/pictures/" in picture.evaluate("image => image.src")
        assert [url for url in visit.requests if "/one/data/" in url or "/one/pictures/" in url] == []
        assert (visit.complaints, strangers(visit)) == ([], set())


def test_a_collection_of_a_server_that_the_page_allows(browser: Browser, made: Artefacts, folder: Path, tmp_path: Path) -> None:
    with serving(folder, open_to_all=True) as other:
        site_fixture.site(made, tmp_path / "site", VIEWER, data_from=[f"{other}two/"])
        with ready(browser, tmp_path / "site", f"?data={other}two", reduced_motion="reduce") as visit:
            expect(visit.page.get_by_role("heading", level=1)).to_have_text("The other")
            visit.page.mouse.click(*visit.middle(middle_row(visit, 40)))
            visit.until("document.querySelector('.panel figure img')?.naturalWidth > 0")
            assert (visit.complaints, strangers(visit, f"{other}two/")) == ([], set())
        with visiting(browser, tmp_path / "site", f"?data={other}one/") as visit:
            expect(visit.page.get_by_role("alert")).to_contain_text(f'its own server, {other}two/, got "{other}one/"')
            expect(visit.page.get_by_role("alert")).to_contain_text("site.data_from")
            assert strangers(visit) == set()


def test_a_server_that_lets_no_page_read_is_told(browser: Browser, made: Artefacts, folder: Path, tmp_path: Path) -> None:
    with serving(folder, open_to_all=False) as other:
        site_fixture.site(made, tmp_path / "site", VIEWER, data_from=[other])
        with visiting(browser, tmp_path / "site", f"?data={other}two/") as visit:
            expect(visit.page.get_by_role("alert")).to_contain_text("Access-Control-Allow-Origin")


@pytest.mark.parametrize("asked", ["https://evil.example/", "//evil.example/x", "javascript:alert(1)", "data:application/json,{}"])
def test_no_other_place_is_asked(browser: Browser, folder: Path, asked: str) -> None:
    with visiting(browser, folder, f"one/?data={asked}") as visit:
        alert = visit.page.get_by_role("alert")
        expect(alert).to_contain_text("expected a folder on its own server")
        expect(alert).to_contain_text(asked)
        assert (visit.complaints, strangers(visit)) == ([], set())


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_the_start_page_leads_to_each_collection(browser: Browser, folder: Path, scheme: str, width: int) -> None:
    assert cli.main(["start", str(folder), "one", "two", "--title", "Our <maps>"]) == 0
    options: dict[str, Any] = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme, "bypass_csp": True}
    with visiting(browser, folder, reduced_motion="reduce", **options) as visit:
        page = visit.page
        expect(page.get_by_role("heading", level=1)).to_have_text("Our <maps>")
        visit.until("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.add_script_tag(path=AXE)
        assert violations(visit) == []
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("The other")
        # Whatever one did there, a link leads back.
        visit.until("!!window.pixplot")
        visit.page.evaluate("window.pixplot.ready")
        page.get_by_role("button", name="Grid", exact=True).click()
        expect(page).to_have_url(re.compile(r"/two/\?start#.*layout=grid"))
        back = page.get_by_role("link", name="All collections")
        back.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("link")).to_have_count(2)
        expect(page.get_by_role("heading", level=1)).to_have_text("Our <maps>")
        assert (visit.complaints, strangers(visit)) == ([], set())


def test_the_start_page_keeps_its_own_policy(browser: Browser, folder: Path) -> None:
    assert cli.main(["start", str(folder), "--title", "Maps"]) == 0
    with visiting(browser, folder, color_scheme="dark") as visit:
        assert visit.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 20, 19)"
        assert visit.complaints == []


def test_a_link_keeps_the_theme_chosen_and_the_open_panel(browser: Browser, folder: Path) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    with ready(browser, folder, "one/", reduced_motion="reduce", color_scheme="light") as visit:
        page = visit.page
        assert "#" not in page.url
        page.get_by_role("button", name="Switch to dark").click()
        page.get_by_role("button", name="Search and filter").click()
        page.get_by_role("group", name="Find").get_by_role("button", name="Filters").click()
        expect(page).to_have_url(re.compile("#find=filters&theme=dark$"))
        view = page.url.split("/", 3)[3]
        assert visit.complaints == []
    with ready(browser, folder, view, reduced_motion="reduce", color_scheme="light") as visit:
        page = visit.page
        assert page.evaluate(ground) == "rgb(21, 20, 19)"
        expect(page.get_by_role("button", name="Filters", exact=True)).to_have_attribute("aria-pressed", "true")
        # It is the link's wish, which is not kept as the reader's own.
        assert page.evaluate("localStorage.getItem('pixplot-theme')") is None
        page.get_by_role("button", name="Close", exact=True).click()
        expect(page).to_have_url(re.compile("#theme=dark$"))
        page.evaluate("location.hash = '#find=pictures'")
        expect(page.get_by_label("Search all texts")).to_be_visible()
        assert visit.complaints == []


def test_back_brings_back_the_language(browser: Browser, folder: Path) -> None:
    with ready(browser, folder, "one/#layout=grid", reduced_motion="reduce") as visit:
        page = visit.page
        page.get_by_role("button", name="About this map").click()
        page.get_by_label("Language").select_option("de")
        expect(page.get_by_role("button", name="Über diese Karte")).to_be_visible()
        assert (parse_qs(urlsplit(page.url).query)["lang"], "layout=grid" in page.url) == (["de"], True)
        page.go_back()
        expect(page.get_by_role("button", name="About this map")).to_be_visible()
        page.go_forward()
        expect(page.get_by_role("button", name="Über diese Karte")).to_be_visible()


def test_a_link_keeps_the_size_of_the_pictures(browser: Browser, folder: Path) -> None:
    with ready(browser, folder, "one/#layout=grid", reduced_motion="reduce") as visit:
        before = visit.box(5)[2]
        slider = visit.page.get_by_role("slider", name="Picture size")
        slider.focus()
        for _ in range(5):
            visit.page.keyboard.press("ArrowRight")
        visit.until("location.hash.includes('size=1.4')")
        visit.page.reload()
        visit.until("!!window.pixplot")
        visit.page.evaluate("window.pixplot.ready")
        visit.settle()
        assert visit.box(5)[2] == pytest.approx(before * 2**0.5, rel=0.03)
        expect(slider).to_have_value("0.5")
