"""The viewer in a browser: what is on the screen, pixel by pixel, and what the keys and the pointer do.

Needs a Chromium ($CHROMIUM, or one on the path) and a built viewer (`make viewer`). The page's own policy forbids the
evaluation of text, so waiting is done here and not by Playwright's wait_for_function.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import artefacts, site_fixture

VIEWER = Path(__file__).parents[2] / "viewer" / "dist"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--force-color-profile=srgb"]
IMAGES = 200
PATIENCE_S = 60.0
# JPEG, WebP and scaling each move a flat colour a little.
TOLERANCE = 14

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: install one, or name it in $CHROMIUM"),
    pytest.mark.skipif(not (VIEWER / "index.html").is_file(), reason="the viewer is not built: run `make viewer`"),
]


@dataclass(frozen=True)
class Collection:
    """A built site, and its arrays as the format describes them."""

    folder: Path
    manifest: dict[str, Any]
    table: pa.Table

    def array(self, reference: dict[str, Any]) -> NDArray[Any]:
        kind = {"u8": "u1", "u32": "<u4", "i32": "<i4", "f32": "<f4"}[reference["dtype"]]
        return np.frombuffer((self.folder / reference["file"]).read_bytes(), kind).reshape(reference["shape"])

    def positions(self, layout: str) -> NDArray[Any]:
        return self.array(next(entry["positions"] for entry in self.manifest["layouts"] if entry["name"] == layout))

    def value(self, column: str, row: int) -> Any:
        return self.table.column(column)[row].as_py()

    def row_where(self, column: str, value: Any) -> int:
        return int(self.table.column(column).to_pylist().index(value))


@dataclass
class Visit:
    """A page with the map on it, and all that it asked for or complained about."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def until(self, expression: str) -> None:
        end = time.monotonic() + PATIENCE_S
        while not self.page.evaluate(expression):
            if time.monotonic() > end:
                pytest.fail(f"not within {PATIENCE_S:.0f} s: {expression}; complaints: {self.complaints}")
            time.sleep(0.03)

    def settle(self) -> None:
        self.until("!!window.pixplot && window.pixplot.settled")

    def hook(self, name: str) -> Any:
        return self.page.evaluate(f"window.pixplot.{name}")

    def show(self, layout: str, label: str) -> None:
        """Travel to a layout and wait for the arrival."""
        frames = self.hook("frames")
        self.page.get_by_role("button", name=label, exact=True).click()
        self.until(f"window.pixplot.layout === {json.dumps(layout)} && window.pixplot.frames > {frames}")
        self.settle()

    def box(self, row: int) -> tuple[float, float, float, float]:
        """Left, top, width and height of a row's picture in CSS pixels."""
        found = self.hook(f"screenOf({row})")
        return found["x"], found["y"], found["width"], found["height"]

    def middle(self, row: int) -> tuple[float, float]:
        x, y, width, height = self.box(row)
        return x + width / 2, y + height / 2

    def look_at(self, place: NDArray[Any], k: float) -> None:
        """Put the camera over a place of the map."""
        camera = {"x": float(place[0]), "y": float(place[1]), "k": k}
        self.page.evaluate("camera => window.pixplot.setCamera(camera)", camera)
        self.settle()

    def pixels(self) -> NDArray[np.uint8]:
        return np.asarray(Image.open(io.BytesIO(self.page.screenshot())).convert("RGB"))

    def open_panel(self, row: int) -> None:
        x, y = self.middle(row)
        self.page.mouse.click(x, y)
        expect(self.page.get_by_role("dialog")).to_be_visible()


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    folder = tmp_path_factory.mktemp("viewer")
    found = artefacts.write(folder / "made", IMAGES)
    site_fixture.atlas(found)
    site_fixture.site(found, folder / "site", VIEWER)
    manifest = json.loads((folder / "site/data/manifest.json").read_text())
    with pa.memory_map(str(folder / "site" / manifest["table"]["file"])) as source:
        table = pa.ipc.open_file(source).read_all()
    return Collection(folder / "site", manifest, table)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


class Quiet(SimpleHTTPRequestHandler):
    """Any static host will do, so the plainest one is used."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        return


@contextmanager
def served(folder: Path, handler: type[Quiet] = Quiet) -> Iterator[str]:
    """The address of a folder while it is served."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def visiting(browser: Browser, folder: Path, below: str = "", **options: Any) -> Iterator[Visit]:
    """Serve a folder and open the page in it; nothing is waited for."""
    options = {"viewport": {"width": 1280, "height": 800}, **options}
    with served(folder) as address:
        page = browser.new_page(**options)
        visit = Visit(page, f"{address}{below}")
        page.on("console", lambda message: visit.complaints.append(message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        page.on("dialog", lambda dialog: visit.complaints.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: visit.requests.append(request.url))
        page.goto(visit.address)
        try:
            yield visit
        finally:
            page.close()


@contextmanager
def ready(browser: Browser, folder: Path, below: str = "", **options: Any) -> Iterator[Visit]:
    """The same, once the atlas and the texts are in and nothing moves."""
    with visiting(browser, folder, below, **options) as visit:
        visit.until("!!window.pixplot")
        visit.page.evaluate("window.pixplot.ready")
        visit.settle()
        yield visit


@pytest.fixture(scope="module")
def steady(browser: Browser, collection: Collection) -> Iterator[Visit]:
    """One page for all tests that leave it as they found it: without motion, and quiet to the end."""
    with ready(browser, collection.folder, reduced_motion="reduce") as visit:
        yield visit
        assert visit.complaints == []
        assert {url for url in visit.requests if not url.startswith((visit.address, "data:", "blob:"))} == set()


@pytest.fixture
def visit(steady: Visit) -> Iterator[Visit]:
    yield steady
    steady.page.mouse.move(2, 400)
    for _ in range(3):
        steady.page.keyboard.press("Escape")
    if steady.hook("layout") != "umap":
        steady.show("umap", "Map")
    steady.page.get_by_role("button", name="Show all pictures").click()
    steady.settle()


def assert_colours(visit: Visit, collection: Collection, rows: list[int]) -> None:
    """The mean colour inside of each row's rectangle is the colour that the site states for it."""
    shown, stated = visit.pixels().astype(float), collection.array(collection.manifest["colours"]).astype(float)
    for row in rows:
        x, y, width, height = visit.box(row)
        inside = shown[round(y) + 1 : round(y + height) - 1, round(x) + 1 : round(x + width) - 1]
        assert inside.size > 0, f"row {row} is drawn at {x}, {y}, {width} x {height}"
        np.testing.assert_allclose(inside.mean((0, 1)), stated[row], atol=TOLERANCE, err_msg=f"row {row}")


def big_enough(visit: Visit, collection: Collection, share: int) -> list[int]:
    """Each `share`-th row whose picture is drawn at least 10 pixels wide and high."""
    rows = range(0, collection.manifest["counts"]["items"], share)
    return [row for row in rows if min(visit.box(row)[2:]) >= 10]


def alone(collection: Collection) -> list[int]:
    """Rows of the grid that share their cell with no other item."""
    cells, counts = np.unique(collection.positions("grid"), axis=0, return_counts=True)
    single = {tuple(cell) for cell in cells[counts == 1].tolist()}
    return [row for row, cell in enumerate(collection.positions("grid").tolist()) if tuple(cell) in single]


def test_the_page_names_the_collection(visit: Visit, collection: Collection) -> None:
    title, items = collection.manifest["title"], collection.manifest["counts"]["items"]
    expect(visit.page).to_have_title(title)
    expect(visit.page.get_by_role("heading", name=title)).to_be_visible()
    assert visit.page.get_by_label(f"Map of {items} pictures").count() == 1
    assert visit.page.get_by_role("toolbar").count() == 1


def test_pictures_lie_where_the_layout_says(visit: Visit, collection: Collection) -> None:
    for layout, label in (("grid", "Grid"), ("umap", "Map")):
        visit.show(layout, label)
        camera = visit.hook("camera")
        for row, (x, y) in enumerate(collection.positions(layout)):
            across, down = visit.middle(row)
            assert across == pytest.approx(640 + (x - camera["x"]) * camera["k"], abs=0.1)
            assert down == pytest.approx(400 - (y - camera["y"]) * camera["k"], abs=0.1)


def test_pictures_show_their_own_colours_with_their_own_aspect(visit: Visit, collection: Collection) -> None:
    visit.show("grid", "Grid")
    rows = [row for row in big_enough(visit, collection, 1) if row in set(alone(collection))]
    assert len(rows) > IMAGES / 3
    assert_colours(visit, collection, rows)
    sizes = collection.array(collection.manifest["sizes"])
    for row in rows:
        _, _, width, height = visit.box(row)
        assert width / height == pytest.approx(sizes[row][0] / sizes[row][1], rel=0.01)


def test_large_pictures_come_from_their_own_files(visit: Visit, collection: Collection) -> None:
    visit.show("grid", "Grid")
    row = alone(collection)[len(alone(collection)) // 2]
    visit.look_at(collection.positions("grid")[row], 3000.0)
    visit.until("window.pixplot.sharp > 0 && window.pixplot.settled")
    assert any("/pictures/" in url for url in visit.requests)
    assert_colours(visit, collection, [row])


def test_all_of_it_fits_in_the_graphics_memory_promised(visit: Visit) -> None:
    assert 0 < visit.hook("gpuBytes()") <= 256 * 2**20


def test_nothing_is_drawn_while_nothing_changes(visit: Visit) -> None:
    time.sleep(0.5)
    before = visit.hook("frames")
    time.sleep(1)
    assert visit.hook("frames") == before


def test_a_click_opens_the_picture_pointed_at(visit: Visit, collection: Collection) -> None:
    visit.show("grid", "Grid")
    row = alone(collection)[5]
    visit.open_panel(row)
    image, panel = collection.value("image", row), visit.page.get_by_role("dialog")
    assert panel.locator("figure img").get_attribute("src") == f"pictures/{image[:2]}/{image}.jpg"
    expect(panel).to_contain_text(collection.value("note", row))
    expect(panel).to_contain_text(collection.value("category", row))
    visit.page.get_by_role("button", name="Next picture").click()
    expect(panel).to_contain_text(collection.value("note", row + 1))
    visit.page.get_by_role("button", name="Previous picture").click()
    expect(panel).to_contain_text(collection.value("note", row))


def test_escape_closes_the_panel_and_gives_the_focus_back(visit: Visit, collection: Collection) -> None:
    visit.show("grid", "Grid")
    visit.page.focus("#map")
    visit.open_panel(alone(collection)[5])
    expect(visit.page.get_by_role("button", name="Close")).to_be_focused()
    visit.page.keyboard.press("Escape")
    expect(visit.page.get_by_role("dialog")).to_have_count(0)
    expect(visit.page.locator("#map")).to_be_focused()


def test_the_keyboard_does_what_the_pointer_does(visit: Visit, collection: Collection) -> None:
    visit.page.focus("#map")
    start = visit.hook("camera")
    visit.page.keyboard.press("+")
    visit.settle()
    near = visit.hook("camera")
    assert near["k"] > start["k"]
    visit.page.keyboard.press("ArrowRight")
    visit.page.keyboard.press("ArrowUp")
    visit.settle()
    assert visit.hook("camera")["x"] > near["x"]
    assert visit.hook("camera")["y"] > near["y"]
    visit.page.keyboard.press("Enter")
    expect(visit.page.get_by_role("dialog")).to_be_visible()
    visit.page.keyboard.press("Escape")
    visit.page.keyboard.press("0")
    visit.settle()
    assert visit.hook("camera")["k"] == pytest.approx(start["k"])


def test_every_control_can_be_reached_with_the_tab_key(visit: Visit) -> None:
    visit.page.focus("#map")
    controls = visit.page.locator("button:visible, input:visible").count()
    reached = set()
    for _ in range(controls + 2):
        visit.page.keyboard.press("Tab")
        reached.add(visit.page.evaluate("(document.activeElement.ariaLabel ?? '') + document.activeElement.textContent.trim()"))
    assert {"Map", "Grid", "Picture size", "Show all pictures", "About this map", "Clusters"} <= reached


def test_wheel_and_drag_move_the_map_under_the_pointer(visit: Visit) -> None:
    before = visit.hook("camera")
    visit.page.mouse.move(400, 300)
    visit.page.mouse.wheel(0, -300)
    visit.until(f"window.pixplot.camera.k > {before['k'] * 1.2}")
    after = visit.hook("camera")
    for axis, offset in (("x", 400 - 640), ("y", 400 - 300)):
        assert before[axis] + offset / before["k"] == pytest.approx(after[axis] + offset / after["k"], abs=1e-3)
    visit.page.mouse.down()
    visit.page.mouse.move(450, 330, steps=4)
    visit.page.mouse.up()
    visit.settle()
    moved = visit.hook("camera")
    assert (after["x"] - moved["x"]) * after["k"] == pytest.approx(50, abs=1)
    assert (moved["y"] - after["y"]) * after["k"] == pytest.approx(30, abs=1)
    expect(visit.page.get_by_role("dialog")).to_have_count(0)


def test_nobody_gets_lost(visit: Visit) -> None:
    visit.page.evaluate("window.pixplot.setCamera({ x: 99, y: -99, k: 1e12 })")
    visit.settle()
    camera = visit.hook("camera")
    assert abs(camera["x"]) < 1.2
    assert abs(camera["y"]) < 1.2
    assert camera["k"] < 1e5


@pytest.mark.parametrize("text", [text for text in artefacts.HOSTILE if text and len(text) < 200 and "\0" not in text])
def test_hostile_metadata_is_text(visit: Visit, collection: Collection, text: str) -> None:
    visit.show("grid", "Grid")
    rows = [row for row in alone(collection) if collection.value("title", row) == text]
    row = rows[0] if rows else collection.row_where("title", text)
    visit.open_panel(row)
    heading = visit.page.get_by_role("dialog").get_by_role("heading", level=2)
    if rows:
        assert heading.evaluate("node => node.textContent") == text
    assert visit.page.locator(".panel script, .panel dd img, .panel h2 *").count() == 0


def test_only_web_addresses_become_links(visit: Visit, collection: Collection) -> None:
    visit.show("grid", "Grid")
    links = {row: collection.value("link", row) for row in alone(collection)}
    good = next(row for row, link in links.items() if link.startswith("https:"))
    bad = next(row for row, link in links.items() if link.startswith("javascript:"))
    visit.open_panel(good)
    link = visit.page.get_by_role("dialog").get_by_role("link")
    assert link.get_attribute("href") == links[good]
    assert link.get_attribute("rel") == "noopener noreferrer"
    visit.page.keyboard.press("Escape")
    visit.open_panel(bad)
    expect(visit.page.get_by_role("dialog")).to_contain_text("javascript:")
    assert visit.page.get_by_role("dialog").get_by_role("link").count() == 0


def test_a_hotspot_lights_its_members_and_brings_its_map_back(visit: Visit, collection: Collection) -> None:
    visit.show("grid", "Grid")
    members = collection.array(collection.manifest["hotspots"]["members"])
    hotspot = visit.page.get_by_role("button", name="Show Cluster 1")
    hotspot.hover()
    visit.settle()
    inside = [row for row in big_enough(visit, collection, 1) if row in set(alone(collection)) and members[row] == 0]
    outside = [row for row in big_enough(visit, collection, 1) if row in set(alone(collection)) and members[row] != 0]
    assert_colours(visit, collection, inside[:10])
    ground = visit.pixels()[100, 8].astype(float)
    stated = collection.array(collection.manifest["colours"]).astype(float)
    shown = visit.pixels().astype(float)
    for row in outside[:10]:
        x, y = visit.middle(row)
        assert abs(shown[round(y), round(x)] - ground).max() <= 0.2 * 255, f"row {row} of colour {stated[row]} is not dimmed"
    hotspot.click()
    visit.until("window.pixplot.layout === 'umap' && window.pixplot.settled")


def test_about_tells_counts_quality_and_problems(visit: Visit, collection: Collection) -> None:
    visit.page.get_by_role("button", name="About this map").click()
    about = visit.page.get_by_role("dialog")
    expect(about).to_contain_text(f"{collection.manifest['counts']['items']} pictures")
    expect(about).to_contain_text("Trustworthiness 90%")
    expect(about).to_contain_text(f"{collection.manifest['counts']['problems']} files needed attention")
    visit.page.keyboard.press("Escape")
    expect(about).to_have_count(0)


def test_the_way_between_layouts_is_animated_and_ends_in_place(browser: Browser, collection: Collection) -> None:
    with ready(browser, collection.folder) as visit:
        before = visit.hook("frames")
        visit.show("grid", "Grid")
        # Not how many a second: a busy machine draws few.
        assert visit.hook("frames") - before > 2
        rows = [row for row in big_enough(visit, collection, 3) if row in set(alone(collection))]
        assert_colours(visit, collection, rows)


def test_a_lost_context_comes_back_with_all_pictures(browser: Browser, collection: Collection) -> None:
    with ready(browser, collection.folder, reduced_motion="reduce") as visit:
        visit.show("grid", "Grid")
        visit.page.evaluate(
            """async () => {
                const lose = document.querySelector('#map').getContext('webgl2').getExtension('WEBGL_lose_context');
                lose.loseContext();
                await new Promise((resolve) => setTimeout(resolve, 200));
                lose.restoreContext();
            }"""
        )
        frames = visit.hook("frames")
        visit.until(f"window.pixplot.frames > {frames} + 1")
        time.sleep(1)
        visit.settle()
        assert_colours(visit, collection, [row for row in big_enough(visit, collection, 5) if row in set(alone(collection))])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_follows_the_system_and_can_be_switched(browser: Browser, collection: Collection, scheme: str) -> None:
    with ready(browser, collection.folder, color_scheme=scheme) as visit:
        assert (visit.pixels()[400, 5].mean() > 128) == (scheme == "light")
        visit.page.get_by_role("button", name="Switch to").click()
        visit.settle()
        assert (visit.pixels()[400, 5].mean() > 128) == (scheme == "dark")
        visit.page.reload()
        visit.until("!!window.pixplot")
        visit.settle()
        assert (visit.pixels()[400, 5].mean() > 128) == (scheme == "dark")


@pytest.mark.parametrize("width", [360, 390])
def test_a_phone_shows_the_map_and_a_sheet_from_below(browser: Browser, collection: Collection, width: int) -> None:
    options: dict[str, Any] = {"viewport": {"width": width, "height": 844}, "has_touch": True, "device_scale_factor": 2}
    with ready(browser, collection.folder, reduced_motion="reduce", **options) as visit:
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
        for name in ("Map", "Grid", "Show all pictures", "About this map"):
            box = visit.page.get_by_role("button", name=name, exact=True).bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
        visit.show("grid", "Grid")
        x, y = visit.middle(alone(collection)[7])
        visit.page.touchscreen.tap(x, y)
        panel = visit.page.get_by_role("dialog")
        expect(panel).to_be_visible()
        box = panel.bounding_box()
        assert box is not None
        assert box["width"] == width
        assert box["y"] > 200
        assert visit.complaints == []


def test_any_path_will_do(browser: Browser, collection: Collection, tmp_path: Path) -> None:
    shutil.copytree(collection.folder, tmp_path / "a" / "b c")
    with ready(browser, tmp_path, "a/b%20c/") as visit:
        assert visit.complaints == []


def test_the_address_keeps_the_layout_and_the_picture(browser: Browser, collection: Collection) -> None:
    row = alone(collection)[9]
    address = "#" + urlencode({"layout": "grid", "item": collection.value("item", row)})
    with ready(browser, collection.folder, address, reduced_motion="reduce") as visit:
        assert visit.hook("layout") == "grid"
        expect(visit.page.get_by_role("dialog")).to_contain_text(collection.value("note", row))
        assert visit.middle(row)[0] - visit.middle(row + 1)[0] == pytest.approx(
            (collection.positions("grid")[row] - collection.positions("grid")[row + 1])[0] * visit.hook("camera")["k"], abs=0.1
        )
        visit.page.get_by_role("button", name="Next picture").click()
        following = urlencode({"item": collection.value("item", row + 1)})
        expect(visit.page).to_have_url(re.compile(re.escape(following)))
        visit.page.keyboard.press("Escape")
        visit.show("umap", "Map")
        expect(visit.page).to_have_url(visit.address.partition("#")[0])


def without_manifest(folder: Path) -> None:
    (folder / "data/manifest.json").unlink()


def later_version(folder: Path) -> None:
    manifest = json.loads((folder / "data/manifest.json").read_text())
    (folder / "data/manifest.json").write_text(json.dumps({**manifest, "version": 99}))


def without_positions(folder: Path) -> None:
    manifest = json.loads((folder / "data/manifest.json").read_text())
    (folder / manifest["layouts"][0]["positions"]["file"]).unlink()


def cut_colours(folder: Path) -> None:
    manifest = json.loads((folder / "data/manifest.json").read_text())
    path = folder / manifest["colours"]["file"]
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (without_manifest, "data/manifest.json: expected the file, got HTTP status 404"),
        (later_version, "manifest.version: expected version 1, got 99"),
        (without_positions, "expected the file, got HTTP status 404"),
        (cut_colours, "bytes, got"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_damaged_site_says_what_is_wrong_and_what_to_do(
    browser: Browser, collection: Collection, tmp_path: Path, damage: Any, message: str
) -> None:
    folder = Path(shutil.copytree(collection.folder, tmp_path / "site"))
    damage(folder)
    with visiting(browser, folder) as visit:
        alert = visit.page.get_by_role("alert")
        expect(alert).to_contain_text(message)
        expect(alert).to_contain_text("The map cannot be shown")


def test_missing_pages_leave_colours_and_a_note(browser: Browser, collection: Collection, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(collection.folder, tmp_path / "site"))
    for page in collection.manifest["atlas"]["levels"][0]["pages"]:
        (folder / page["file"]).unlink()
    with ready(browser, folder, reduced_motion="reduce") as visit:
        expect(visit.page.get_by_text("stay plain colours")).to_be_visible()
        visit.show("grid", "Grid")
        assert_colours(visit, collection, [row for row in big_enough(visit, collection, 5) if row in set(alone(collection))])


def with_a_second_model(folder: Path) -> NDArray[np.int32]:
    """Give a site's manifest a second model: its map is the grid, its hotspots the even and the odd rows. Returns who is in which."""
    path = folder / "data/manifest.json"
    manifest = json.loads(path.read_text())
    first = manifest["layouts"][0]
    second = {**first, "name": "umap-second", "model": "second", "positions": manifest["layouts"][1]["positions"]}
    members = (np.arange(manifest["counts"]["items"]) % 2).astype("<i4")
    (folder / "data/second.i32").write_bytes(members.tobytes())
    reference = {**manifest["hotspots"]["members"], "file": "data/second.i32"}
    entry = {"centre": [0, 0], "bounds": [-1, -1, 1, 1]}
    counts = np.bincount(members)
    listed = [
        {**entry, "id": f"id-{name}", "label": name, "count": int(counts[place]), "item": place}
        for place, name in enumerate(("even", "odd"))
    ]
    manifest["layouts"].append(second)
    manifest["more_hotspots"] = [{"layout": "umap-second", "members": reference, "list": listed}]
    path.write_text(json.dumps(manifest))
    return members


def test_another_model_brings_its_map_and_its_hotspots(browser: Browser, collection: Collection, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(collection.folder, tmp_path / "site"))
    members = with_a_second_model(folder)
    theirs = [one["label"] for one in collection.manifest["hotspots"]["list"]]
    with ready(browser, folder, reduced_motion="reduce") as visit:
        strip = visit.page.get_by_label("Clusters")
        expect(strip.get_by_role("button", name=theirs[0]).first).to_be_visible()
        visit.page.get_by_label("What likeness is measured by").select_option("second")
        visit.until("window.pixplot.layout === 'umap-second'")
        visit.settle()
        expect(strip.get_by_role("button", name=theirs[0])).to_have_count(0)
        strip.get_by_role("button", name="odd").click()
        visit.settle()
        visit.page.mouse.move(2, 400)
        # What is not in the hotspot steps back.
        rows = [row for row in big_enough(visit, collection, 1) if row in set(alone(collection))]
        assert_colours(visit, collection, [row for row in rows if members[row] == 1])
        frame, stated = visit.pixels(), collection.array(collection.manifest["colours"]).astype(float)
        back = [row for row in rows if members[row] == 0]
        assert all(np.abs(cut(frame, visit.box(row)).mean((0, 1)) - stated[row]).max() > TOLERANCE for row in back)
        assert back
        # An address holds the model's map and its hotspot.
        address = visit.page.url
        assert "umap-second" in address
        visit.page.get_by_label("What likeness is measured by").select_option(collection.manifest["model"]["name"])
        expect(strip.get_by_role("button", name=theirs[0]).first).to_be_visible()


def cut(frame: NDArray[np.uint8], box: tuple[float, float, float, float]) -> NDArray[np.uint8]:
    """The inside of a rectangle of a screenshot."""
    x, y, width, height = box
    return frame[round(y) + 1 : round(y + height) - 1, round(x) + 1 : round(x + width) - 1]
