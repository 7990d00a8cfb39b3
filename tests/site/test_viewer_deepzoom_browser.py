"""The grid as one large picture in the browser: on a stock OpenSeadragon page, pixel by pixel, and from the page about the map."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser, Route, expect

from pixplot_steps import fit
from tests import artefacts, site_fixture
from tests.site.test_viewer_browser import TOLERANCE, VIEWER, Collection, Visit, browser, pytestmark, ready, visiting

__all__ = ["browser", "pytestmark"]

STOCK = VIEWER.parent / "node_modules/openseadragon/build/openseadragon/openseadragon.min.js"
ADDRESS = "http://map.test/somewhere"
PAGE = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><style>body { margin: 0 }</style>
<div id="grid" style="width: 100vw; height: 100vh; background: #888"></div>
<script src="openseadragon.min.js"></script>
<script>
window.zoom = OpenSeadragon({ element: document.querySelector("#grid"), tileSources: "SOURCE", drawer: "canvas",
  showNavigationControl: false, animationTime: 0, immediateRender: true, maxZoomPixelRatio: 4, minZoomImageRatio: 0.1 });
</script>"""


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    folder = tmp_path_factory.mktemp("large")
    found = artefacts.write(folder / "made", 150)
    site_fixture.atlas(found)
    site_fixture.deepzoom(found, mosaic="pdf")
    site_fixture.site(found, folder / "site", VIEWER, address=ADDRESS)
    return Collection(folder / "site", json.loads((folder / "site/data/manifest.json").read_bytes()), None)


@pytest.fixture(params=["dzi", "iiif"])
def stock(request: pytest.FixtureRequest, browser: Browser, large: Collection) -> Iterator[Visit]:
    """A page that knows nothing but OpenSeadragon, as somebody else would write it, on the site's address."""

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path.removeprefix("/somewhere/")
        if path == "stock.html":
            [told] = [one["deepzoom"] for one in large.manifest["layouts"] if "deepzoom" in one]
            route.fulfill(body=PAGE.replace("SOURCE", told[request.param]), content_type="text/html")
        elif path == "openseadragon.min.js":
            route.fulfill(path=STOCK)
        elif (file := large.folder / path).is_file():
            route.fulfill(path=file)
        else:
            route.fulfill(status=404)

    page = browser.new_page(viewport={"width": 900, "height": 700})
    visit = Visit(page, f"{ADDRESS}/")
    page.on("console", lambda message: visit.complaints.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("requestfailed", lambda asked: visit.complaints.append(asked.url))
    page.on("request", lambda asked: visit.requests.append(asked.url))
    page.route("**/*", answer)
    page.goto(f"{ADDRESS}/stock.html")
    visit.until("!!window.zoom && window.zoom.isOpen()")
    yield visit
    page.close()
    assert visit.complaints == []


def test_a_stock_page_shows_each_picture_at_its_place_on_all_levels(stock: Visit, large: Collection) -> None:
    colours, sizes = (large.array(large.manifest[key]).astype(int) for key in ("colours", "sizes"))
    positions, [spacing] = large.positions("grid"), [one["cell"] for one in large.manifest["layouts"] if one["name"] == "grid"]
    column = np.rint((positions[:, 0] - positions[:, 0].min()) / spacing).astype(int)
    row = np.rint((positions[:, 1].max() - positions[:, 1]) / spacing).astype(int)
    for scale in (1, 0.5, 0.25):
        for item in range(0, len(positions), 41):
            middle = {"x": float(column[item] * 128 + 64), "y": float(row[item] * 128 + 64)}
            stock.page.evaluate(
                "([at, scale]) => { const item = zoom.world.getItemAt(0); "
                "zoom.viewport.zoomTo(item.imageToViewportZoom(scale), null, true); "
                "zoom.viewport.panTo(item.imageToViewportCoordinates(at.x, at.y), true); }",
                [middle, scale],
            )
            stock.until("zoom.world.getItemAt(0).getFullyLoaded()")
            stock.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            at = stock.page.evaluate(
                "at => zoom.world.getItemAt(0).imageToViewerElementCoordinates(new OpenSeadragon.Point(at.x, at.y))", middle
            )
            width, height = fit.fitted(int(sizes[item, 0]), int(sizes[item, 1]), 128)
            left, top = at["x"] - width * scale / 2, at["y"] - height * scale / 2
            inside = stock.pixels()[
                round(top) + 1 : round(top + height * scale) - 1, round(left) + 1 : round(left + width * scale) - 1
            ].astype(float)
            if min(inside.shape[:2]) >= 8:
                np.testing.assert_allclose(inside.mean((0, 1)), colours[item], atol=TOLERANCE, err_msg=f"item {item} at {scale}")
    assert len({url for url in stock.requests if url.endswith(".jpg")}) > 20


def test_the_page_about_the_map_opens_it_and_gives_the_mosaic(browser: Browser, large: Collection) -> None:
    with ready(browser, large.folder, reduced_motion="reduce") as visit:
        visit.page.get_by_role("button", name="About this map").click()
        expect(visit.page.get_by_role("heading", name="As one large picture")).to_be_visible()
        assert not any("openseadragon" in url for url in visit.requests)
        visit.page.get_by_role("button", name="Open: Grid").click()
        zoomed = visit.page.get_by_role("dialog", name="Zoom: Grid")
        expect(zoomed.locator("canvas").first).to_be_visible()
        visit.until("performance.getEntriesByType('resource').some(one => one.name.endsWith('.jpg') && one.name.includes('_files/'))")
        visit.page.keyboard.press("Escape")
        expect(zoomed).to_have_count(0)
        link = visit.page.get_by_role("link", name="PDF, ")
        with visit.page.expect_download() as waiting:
            link.click()
        assert waiting.value.suggested_filename == "grid.pdf"
        assert Path(waiting.value.path()).read_bytes().startswith(b"%PDF")
        # Tiles that come after the zoom was closed.
        assert [text for text in visit.complaints if "loaded before reset" not in text] == []


def test_a_site_without_one_says_nothing_of_it(browser: Browser, tmp_path: Path) -> None:
    found = artefacts.write(tmp_path / "made", 12)
    site_fixture.atlas(found)
    site_fixture.site(found, tmp_path / "site", VIEWER)
    with visiting(browser, tmp_path / "site") as visit:
        visit.page.get_by_role("button", name="About this map").click()
        expect(visit.page.get_by_role("dialog")).to_be_visible()
        assert visit.page.get_by_role("heading", name="As one large picture").count() == 0
