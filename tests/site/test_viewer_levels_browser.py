"""The viewer in a browser, with an atlas of several levels: at each of them, what is at a picture's place is that picture."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from playwright.sync_api import Browser, Route, expect

from pixplot_steps.site import coarse
from tests import artefacts, site_fixture
from tests.site import test_viewer_browser as base
from tests.site.test_viewer_browser import Collection, Visit, alone, assert_colours, ready

IMAGES = 150

OWN_FILE = 512
SIDES = {32: 40, 128: 120, OWN_FILE: 300}
"""Sides in pixels at which each source is the right one."""

LEAST_LIMITS = """
const real = WebGL2RenderingContext.prototype.getParameter;
WebGL2RenderingContext.prototype.getParameter = function (name) {
  return {[this.MAX_TEXTURE_SIZE]: 4096, [this.MAX_ARRAY_TEXTURE_LAYERS]: 16}[name] ?? real.call(this, name);
};
"""

pytestmark = base.pytestmark
browser = base.browser


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """A site with three levels and coarse positions."""
    folder = tmp_path_factory.mktemp("levels")
    found = artefacts.write(folder / "made", IMAGES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coarse, "FROM", 10)
        site_fixture.atlas(found, page=256, budget_mib=1, per_job=100, groups=1, levels=(128,))
        site_fixture.site(found, folder / "site", base.VIEWER)
    manifest = json.loads((folder / "site/data/manifest.json").read_text())
    with pa.memory_map(str(folder / "site" / manifest["table"]["file"])) as source:
        table = pa.ipc.open_file(source).read_all()
    return Collection(folder / "site", manifest, table)


@pytest.fixture(scope="module")
def steady(browser: Browser, collection: Collection) -> Iterator[Visit]:
    """One page for all tests that leave it with a settled grid; quiet to the end."""
    with ready(browser, collection.folder, reduced_motion="reduce") as visit:
        visit.show("grid", "Grid")
        yield visit
        assert visit.complaints == []


def base_cell(collection: Collection) -> int:
    return int(collection.manifest["atlas"]["levels"][0]["cell"])


def go(visit: Visit, collection: Collection, row: int, side: float, source: int, layout: str = "grid") -> None:
    """Show a row with its square so many pixels wide, and wait until it is drawn from a source."""
    visit.look_at(collection.positions(layout)[row], 100.0)
    k = 100.0 * side / max(visit.box(row)[2:])
    visit.look_at(collection.positions(layout)[row], k)
    visit.until(f"window.pixplot.sourceOf({row}) === {source} && window.pixplot.settled")


def in_view(visit: Visit, collection: Collection, source: int) -> list[int]:
    """Rows of the grid wholly in the free part of the view, drawn from a source, with their cell for themselves."""
    ask = "rows => rows.map((row) => [row, window.pixplot.sourceOf(row), window.pixplot.screenOf(row)])"
    return [
        row
        for row, drawn_from, box in visit.page.evaluate(ask, alone(collection))
        if min(box["x"], box["y"] - 80) >= 0 and box["x"] + box["width"] <= 1280 and box["y"] + box["height"] <= 640
        if drawn_from == source and min(box["width"], box["height"]) >= 10
    ]


def middles(collection: Collection, count: int) -> list[int]:
    """Rows across the grid."""
    rows = alone(collection)
    return rows[:: max(1, len(rows) // count)]


def test_the_site_has_several_levels(collection: Collection) -> None:
    cells = [level["cell"] for level in collection.manifest["atlas"]["levels"]]
    assert cells == [32, 128]
    assert all("coarse" in layout["positions"] for layout in collection.manifest["layouts"])


@pytest.mark.parametrize("source", SIDES)
def test_each_level_shows_each_picture_at_its_place(steady: Visit, collection: Collection, source: int) -> None:
    seen = set()
    for row in middles(collection, 4):
        go(steady, collection, row, SIDES[source], source)
        rows = in_view(steady, collection, source)
        assert row in rows or source == OWN_FILE
        assert_colours(steady, collection, rows)
        seen |= {*rows}
    assert len(seen) > (2 if source == OWN_FILE else 20)


def test_pictures_come_back_after_others_took_their_place(steady: Visit, collection: Collection) -> None:
    rows = middles(collection, 24)
    for row in rows:
        go(steady, collection, row, SIDES[OWN_FILE], OWN_FILE)
    assert steady.hook(f"sourceOf({rows[0]})") != OWN_FILE, "the pool is larger than this test thinks"
    go(steady, collection, rows[0], SIDES[OWN_FILE], OWN_FILE)
    assert_colours(steady, collection, [rows[0]])


def test_levels_are_right_after_a_change_of_layout(steady: Visit, collection: Collection) -> None:
    steady.show("umap", "Map")
    steady.show("grid", "Grid")
    row = middles(collection, 7)[3]
    go(steady, collection, row, SIDES[128], 128)
    assert_colours(steady, collection, in_view(steady, collection, 128))


def test_levels_are_right_after_a_lost_context(browser: Browser, collection: Collection) -> None:
    with ready(browser, collection.folder, reduced_motion="reduce") as visit:
        visit.show("grid", "Grid")
        row = middles(collection, 7)[3]
        go(visit, collection, row, SIDES[128], 128)
        visit.page.evaluate(
            """async () => {
                const lose = document.querySelector('#map').getContext('webgl2').getExtension('WEBGL_lose_context');
                lose.loseContext();
                await new Promise((resolve) => setTimeout(resolve, 200));
                lose.restoreContext();
            }"""
        )
        time.sleep(0.5)
        visit.until(f"window.pixplot.sourceOf({row}) === 128 && window.pixplot.settled")
        assert_colours(visit, collection, in_view(visit, collection, 128))
        assert visit.hook("gpuBytes()") <= 256 * 2**20


def test_the_least_that_webgl2_promises_is_enough(browser: Browser, collection: Collection, tmp_path: Path) -> None:
    with base.visiting(browser, collection.folder, reduced_motion="reduce") as visit:
        visit.page.add_init_script(LEAST_LIMITS)
        visit.page.reload()
        visit.until("!!window.pixplot")
        visit.page.evaluate("window.pixplot.ready")
        visit.settle()
        visit.show("grid", "Grid")
        for source in (32, 128):
            go(visit, collection, middles(collection, 5)[2], SIDES[source], source)
            rows = in_view(visit, collection, source)
            assert rows
            assert_colours(visit, collection, rows)
        assert visit.complaints == []


def test_only_pages_of_what_is_looked_at_are_loaded(browser: Browser, collection: Collection) -> None:
    sharper = [page["file"] for page in collection.manifest["atlas"]["levels"][1]["pages"]]
    with ready(browser, collection.folder, reduced_motion="reduce") as visit:
        assert not any(url.endswith(file) for url in visit.requests for file in sharper)
        visit.show("grid", "Grid")
        go(visit, collection, middles(collection, 7)[3], SIDES[128], 128)
        loaded = [file for file in sharper if any(url.endswith(file) for url in visit.requests)]
        assert 0 < len(loaded) < len(sharper)


def test_a_page_that_does_not_come_at_once_is_asked_for_again(browser: Browser, collection: Collection) -> None:
    sharper = [page["file"] for page in collection.manifest["atlas"]["levels"][1]["pages"]]
    owed: set[str] = set()
    with ready(browser, collection.folder, reduced_motion="reduce") as visit:

        def answer(route: Route) -> None:
            url = route.request.url
            if url in owed or not url.endswith(tuple(sharper)):
                route.continue_()
            else:
                owed.add(url)
                route.fulfill(status=503)

        visit.page.route("**/data/*", answer)
        visit.show("grid", "Grid")
        go(visit, collection, middles(collection, 7)[3], SIDES[128], 128)
        assert owed
        assert all("503" in complaint for complaint in visit.complaints)


def test_a_layout_whose_places_are_still_to_come_is_not_settled(browser: Browser, collection: Collection) -> None:
    """Else a test that waits for it would look at the layout before."""
    held: list[Route] = []
    holding = True

    def answer(route: Route) -> None:
        if holding:
            held.append(route)
        else:
            route.continue_()

    with ready(browser, collection.folder, reduced_motion="reduce") as visit:
        visit.page.route("**/data/*.bin", answer)
        with visit.page.expect_request("**/data/*.bin"):
            visit.page.get_by_role("button", name="Grid", exact=True).click()
        before = visit.hook("camera")
        assert visit.hook("layout") == "grid"
        assert not visit.hook("settled")
        holding = False
        for route in held:
            route.continue_()
        visit.settle()
        assert visit.hook("camera") != before


def test_the_account_of_graphics_memory_is_shown_on_request(browser: Browser, collection: Collection) -> None:
    with ready(browser, collection.folder, "?debug", reduced_motion="reduce") as visit:
        shown = visit.page.get_by_label("Graphics memory, MiB")
        expect(shown).to_contain_text("Together, of 256")
        stated = re.search(r"Together, of 256([\d.]+)", shown.inner_text().replace("\t", "").replace("\n", ""))
        assert stated is not None
        assert float(stated[1]) == pytest.approx(visit.hook("gpuBytes()") / 2**20, abs=0.06)


def test_coarse_positions_become_exact(steady: Visit, collection: Collection) -> None:
    camera = {"x": 0.0, "y": 0.0, "k": 500.0}
    steady.page.evaluate("camera => window.pixplot.setCamera(camera)", camera)
    steady.settle()
    exact, camera = collection.positions("grid"), steady.hook("camera")
    for row in middles(collection, 20):
        across, down = steady.middle(row)
        assert (
            np.hypot(across - 640 - (exact[row][0] - camera["x"]) * camera["k"], 400 - down - (exact[row][1] - camera["y"]) * camera["k"])
            < 0.01
        )
