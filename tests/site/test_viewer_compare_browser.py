"""Two maps side by side: the same pictures at places of their own, linked by what is pointed at, opened, selected and searched."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.site import test_viewer_browser as base
from tests.site.test_viewer_browser import Collection, Visit, alone, cut, ready, with_a_second_model
from tests.site.test_viewer_explore_browser import AXE, violations

pytestmark = base.pytestmark
browser = base.browser
collection = base.collection

BUTTON = "Two maps side by side"
MIB = 2**20


@pytest.fixture(scope="module")
def folder(collection: Collection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of two models; the second one's map is the grid."""
    copied = Path(shutil.copytree(collection.folder, tmp_path_factory.mktemp("compare") / "site"))
    with_a_second_model(copied)
    # The second model agrees with the first in the four nearest, which it has in the opposite order.
    path = copied / "data/manifest.json"
    manifest = json.loads(path.read_text())
    reference = manifest["neighbours"]
    near = collection.array(reference)[:, 3::-1].astype("<u4")
    (copied / "data/near.u32").write_bytes(near.tobytes())
    rows = {**reference, "file": "data/near.u32", "bytes": near.nbytes, "shape": list(near.shape)}
    manifest["more_neighbours"] = [{"model": "second", "rows": rows}]
    path.write_text(json.dumps(manifest))
    return copied


@pytest.fixture
def visit(browser: Browser, folder: Path) -> Iterator[Visit]:
    with ready(browser, folder, reduced_motion="reduce") as one:
        yield one
        assert one.complaints == []


def split(visit: Visit) -> None:
    visit.page.get_by_role("button", name=BUTTON).click()
    visit.until("window.pixplot.beside !== null && window.pixplot.settled")


def bounds(locator: Locator) -> dict[str, float]:
    found = locator.bounding_box()
    assert found is not None
    return {"x": found["x"], "y": found["y"], "width": found["width"], "height": found["height"]}


def second(visit: Visit) -> Locator:
    return visit.page.get_by_role("application", name="Second map")


def box(visit: Visit, row: int) -> tuple[float, float, float, float]:
    """Left, top, width and height of a row's picture on the second map, in CSS pixels of the page."""
    found = visit.hook(f"beside.screenOf({row})")
    return found["x"], found["y"], found["width"], found["height"]


def middle(visit: Visit, row: int) -> tuple[float, float]:
    x, y, width, height = box(visit, row)
    return x + width / 2, y + height / 2


def free(visit: Visit, collection: Collection) -> list[int]:
    """Rows that lie alone on the grid, and so large on the second map that their colour can be told."""
    return [row for row in alone(collection) if min(box(visit, row)[2:]) >= 8]


def lit(visit: Visit, collection: Collection, rows: list[int]) -> list[int]:
    """Those of the rows that the second map shows in their own colours, and not dimmed."""
    frame, stated = visit.pixels(), collection.array(collection.manifest["colours"]).astype(float)
    return [row for row in rows if np.abs(cut(frame, box(visit, row)).mean((0, 1)) - stated[row]).max() <= base.TOLERANCE]


def test_each_map_shows_every_picture_at_its_own_place(visit: Visit, collection: Collection) -> None:
    asked = len([url for url in visit.requests if url.endswith(".webp")])
    split(visit)
    # The same by the other model is what one wants to see first.
    assert visit.hook("beside.layout") == "umap-second"
    edge = bounds(second(visit))
    assert abs(edge["x"] - 640) <= 1
    assert edge["width"] + edge["x"] == 1280
    rows = range(collection.manifest["counts"]["items"])
    assert max(visit.box(row)[0] + visit.box(row)[2] for row in rows) <= edge["x"]
    assert min(box(visit, row)[0] for row in rows) >= edge["x"]
    seen = free(visit, collection)
    assert len(seen) > 50
    assert lit(visit, collection, seen) == seen
    # All textures are those of the first map.
    assert len([url for url in visit.requests if url.endswith(".webp")]) == asked
    assert visit.hook("gpuBytes()") <= 256 * MIB


def test_what_one_map_marks_the_other_marks_too(visit: Visit, collection: Collection) -> None:
    split(visit)
    row = free(visit, collection)[0]
    visit.page.mouse.move(*middle(visit, row))
    marks = visit.page.locator(".hovered")
    expect(marks).to_have_count(2)
    for place, where in zip(range(2), (visit.box(row), box(visit, row)), strict=True):
        found = bounds(marks.nth(place))
        assert abs(found["x"] - where[0]) < 1.5
        assert abs(found["y"] - where[1]) < 1.5
    visit.page.mouse.click(*middle(visit, row))
    expect(visit.page.get_by_role("dialog")).to_be_visible()
    visit.settle()
    expect(visit.page.locator(".selected")).to_have_count(2)
    # The panel takes its room from both, once it has come.
    half = "document.querySelector('[role=application][aria-label^=Second]')"
    visit.until(f"Math.abs({half}.getBoundingClientRect().x - {(1280 - 420) / 2}) <= 8")
    visit.settle()
    edge = bounds(second(visit))
    visit.page.get_by_role("button", name="Show on the map").last.click()
    visit.settle()
    for x, y, width, height in (visit.box(row), box(visit, row)):
        assert max(width, height) > 100
        assert x >= 0
        assert x + width <= 860
        assert y >= 58
        assert y + height <= 800
    assert visit.box(row)[0] < edge["x"] <= box(visit, row)[0]


def test_a_search_and_a_selection_are_of_both(visit: Visit, collection: Collection) -> None:
    split(visit)
    seen = free(visit, collection)
    visit.page.keyboard.press("/")
    visit.page.get_by_label("Search all texts").fill('category:"Category 1"')
    visit.until("location.hash.includes('q=')")
    visit.settle()
    wanted = [row for row in seen if collection.value("category", row) == "Category 1"]
    assert wanted
    assert len(wanted) < len(seen)
    visit.page.mouse.move(2, 400)
    assert set(wanted) <= set(lit(visit, collection, seen))
    assert len(lit(visit, collection, seen)) < len(seen) / 2
    visit.page.get_by_role("button", name="Clear all").click()
    visit.page.keyboard.press("Escape")
    visit.settle()
    # A rectangle on the second map holds the rows that lie there, not those at that place of the first.
    visit.page.get_by_role("button", name="Select pictures").click()
    visit.page.get_by_role("button", name="Rectangle").click()
    rows = range(collection.manifest["counts"]["items"])
    places = [middle(visit, row) for row in rows]
    right, bottom = (max(place[at] for place in places) for at in (0, 1))
    x, y = right - 150, bottom - 110
    visit.page.mouse.move(right + 6, bottom + 6)
    visit.page.mouse.down()
    visit.page.mouse.move(x, y, steps=4)
    visit.page.mouse.up()
    inside = [row for row in rows if places[row][0] > x and places[row][1] > y]
    assert len(inside) > 4
    expect(visit.page.get_by_text(f"{len(inside)} selected").first).to_be_visible()


def test_each_camera_is_its_own_and_keys_move_the_one_with_the_focus(visit: Visit) -> None:
    split(visit)
    first, other = visit.hook("camera"), visit.hook("beside.camera")
    visit.page.locator("#map").focus()
    visit.page.keyboard.press("Tab")
    expect(second(visit)).to_be_focused()
    for key in ("+", "ArrowRight"):
        visit.page.keyboard.press(key)
    visit.settle()
    assert visit.hook("camera") == first
    assert visit.hook("beside.camera")["k"] > other["k"]
    expect(visit.page.locator(".hovered")).to_have_count(2)
    visit.page.keyboard.press("Enter")
    expect(visit.page.get_by_role("dialog")).to_be_visible()
    visit.page.keyboard.press("Escape")
    # The wheel over the first moves the first.
    before = visit.hook("beside.camera")
    visit.page.mouse.move(300, 400)
    visit.page.mouse.wheel(0, -300)
    visit.until(f"window.pixplot.camera.k > {first['k'] * 1.05}")
    visit.settle()
    assert visit.hook("beside.camera") == before


def test_each_half_has_its_own_choice_and_a_link_keeps_both(browser: Browser, visit: Visit, folder: Path) -> None:
    split(visit)
    visit.page.get_by_label("Arrangement of the second map").select_option("grid")
    visit.until("window.pixplot.beside.layout === 'grid'")
    visit.page.get_by_label("Arrangement", exact=True).select_option("umap-second")
    visit.until("window.pixplot.layout === 'umap-second'")
    visit.settle()
    second(visit).focus()
    visit.page.keyboard.press("+")
    visit.until("location.hash.includes('at2=')")
    view = visit.page.url.split("/", 3)[3]
    camera = visit.hook("beside.camera")
    with ready(browser, folder, view, reduced_motion="reduce") as other:
        other.until("window.pixplot.beside !== null && window.pixplot.settled")
        assert (other.hook("layout"), other.hook("beside.layout")) == ("umap-second", "grid")
        assert other.hook("beside.camera")["k"] == pytest.approx(camera["k"], rel=1e-3)
        assert other.complaints == []
    visit.page.get_by_role("button", name="Close the second map").click()
    visit.until("window.pixplot.beside === null")
    assert "beside" not in visit.page.url
    expect(visit.page.get_by_role("group", name="Arrangement")).to_be_visible()
    visit.page.go_back()
    visit.until("window.pixplot.beside !== null")
    assert visit.hook("beside.layout") == "grid"


def test_the_panel_tells_what_each_model_finds_most_alike(visit: Visit, collection: Collection) -> None:
    split(visit)
    row = free(visit, collection)[0]
    visit.page.mouse.click(*middle(visit, row))
    first, other = (visit.page.get_by_role("region", name=f"Most alike by {name}", exact=True) for name in ("pixels", "second"))
    expect(first.get_by_role("button")).to_have_count(10)
    expect(other.get_by_role("button")).to_have_count(4)
    shared = [near.get_by_role("button", name="found by other models too") for near in (first, other)]
    assert [found.count() for found in shared] == [4, 4]
    expect(visit.page.get_by_text("4 of them are found by both models.")).to_be_visible()
    # What is pointed at there is marked on both maps, and a click leads on.
    other.get_by_role("button").first.hover()
    expect(visit.page.locator(".hovered")).to_have_count(2)
    wanted = collection.value("title", int(collection.array(collection.manifest["neighbours"])[row][3]))
    other.get_by_role("button").first.click()
    expect(visit.page.get_by_role("dialog", name=wanted or None)).to_be_visible()


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: run `make viewer`")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height", "beside"), [(1280, 800, True), (390, 844, False), (844, 390, True)])
def test_halves_lie_where_there_is_room(browser: Browser, folder: Path, scheme: str, width: int, height: int, beside: bool) -> None:
    size = {"width": width, "height": height}
    with ready(browser, folder, viewport=size, reduced_motion="reduce", color_scheme=scheme, bypass_csp=True) as visit:
        split(visit)
        edge = bounds(second(visit))
        assert (edge["x"] > 0) == beside
        assert (edge["y"] > 0) != beside
        heads = [visit.page.get_by_label(name, exact=True) for name in ("Arrangement", "Arrangement of the second map")]
        for head in heads:
            found = bounds(head)
            assert found["x"] >= 0
            assert found["x"] + found["width"] <= width
            assert found["y"] + found["height"] <= height
        visit.page.add_script_tag(path=AXE)
        assert violations(visit) == []
        visit.page.evaluate("location.hash += '&item=' + encodeURIComponent('pictures/00008.jpg')")
        expect(visit.page.get_by_role("region", name="Most alike by second")).to_be_attached()
        assert violations(visit) == []
        assert visit.complaints == []


def test_a_lost_context_brings_both_maps_back(visit: Visit, collection: Collection) -> None:
    split(visit)
    seen = free(visit, collection)
    visit.page.evaluate(
        "() => { const lose = document.querySelector('#map').getContext('webgl2').getExtension('WEBGL_lose_context');"
        " lose.loseContext(); setTimeout(() => lose.restoreContext(), 100); }"
    )
    visit.until("!document.querySelector('#map').getContext('webgl2').isContextLost()")
    frames = visit.hook("frames")
    visit.until(f"window.pixplot.frames > {frames} && window.pixplot.settled")
    visit.until("window.pixplot.sourceOf(0) > 0")
    assert set(seen) - set(lit(visit, collection, seen)) == set()
    visit.complaints[:] = [told for told in visit.complaints if "CONTEXT_LOST" not in told]
