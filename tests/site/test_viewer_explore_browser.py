"""Searching, filtering, selecting, naming and passing on, in a browser, as a person does it: by mouse, by touch, by the keys alone."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, expect

from pixplot_steps.hotspots import edited
from tests.site import test_viewer_browser as base
from tests.site.test_viewer_browser import Collection, Visit, alone, ready

pytestmark = base.pytestmark
browser = base.browser
collection = base.collection

AXE = Path(__file__).parents[2] / "viewer/node_modules/axe-core/axe.min.js"
NO_WEBGL = """
    const original = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
        return kind.startsWith('webgl') ? null : original.call(this, kind, ...rest);
    };
"""


@pytest.fixture
def visit(browser: Browser, collection: Collection) -> Iterator[Visit]:
    """A fresh page, without motion, that complains of nothing and asks nobody else."""
    with ready(browser, collection.folder, reduced_motion="reduce") as opened:
        yield opened
        assert opened.complaints == []
        assert {url for url in opened.requests if not url.startswith((opened.address, "data:", "blob:"))} == set()


def find(visit: Visit, text: str) -> None:
    """Open the search, if it is not, and type."""
    if visit.page.get_by_role("region", name="Find").count() == 0:
        visit.page.get_by_role("button", name="Search and filter").click()
    visit.page.get_by_role("textbox", name="Search all texts").fill(text)


def entries(visit: Visit) -> Locator:
    return visit.page.locator(".entry")


def expect_found(visit: Visit, count: int, all_of: int) -> None:
    expect(visit.page.locator(".status p")).to_have_text(f"{count} of {all_of} pictures")


def rows_where(collection: Collection, column: str, accept: Any) -> list[int]:
    values = collection.table.column(column).to_pylist()
    return [row for row, value in enumerate(values) if accept(value)]


def expect_selected(visit: Visit, count: int) -> None:
    """What the interface tells of the selection; nothing where there is none."""
    told = visit.page.get_by_role("region", name="Select pictures").locator(".count")
    if count:
        expect(told).to_have_text(f"{count} selected")
    else:
        expect(told).to_have_count(0)


def items(collection: Collection) -> int:
    return int(collection.manifest["counts"]["items"])


def brightness(visit: Visit, rows: list[int]) -> list[float]:
    """How far the middle of each picture is from the ground, summed over the channels."""
    shown = visit.pixels().astype(int)
    places = [visit.middle(row) for row in rows]
    return [float(np.abs(shown[round(y), round(x)] - shown[100, 8]).sum()) for x, y in places]


def test_a_search_lights_its_hits_and_lists_them(visit: Visit, collection: Collection) -> None:
    visit.show("grid", "Grid")
    find(visit, "category:3 year<1950")
    years, categories = collection.table.column("year").to_pylist(), collection.table.column("category").to_pylist()
    hits = [row for row in range(items(collection)) if categories[row] == "Category 3" and years[row] is not None and years[row] < 1950]
    expect_found(visit, len(hits), items(collection))
    visit.settle()
    seen = set(alone(collection))
    lit = brightness(visit, [row for row in hits if row in seen])
    others = [row for row in seen - set(hits) if visit.middle(row)[0] < 800][:12]
    assert np.median(lit) > 60
    assert max(brightness(visit, others)) < 120
    entries(visit).first.click()
    panel = visit.page.get_by_role("dialog")
    expect(panel).to_contain_text("Category 3")
    expect(panel.locator("footer")).to_contain_text(f"1 of {len(hits)}")
    visit.page.get_by_role("button", name="Back to the list").click()
    expect(panel).to_have_count(0)
    expect(entries(visit).first).to_be_focused()


def test_by_the_keys_alone_a_word_finds_a_picture(visit: Visit, collection: Collection) -> None:
    page = visit.page
    page.keyboard.press("/")
    expect(page.get_by_role("textbox", name="Search all texts")).to_be_focused()
    page.keyboard.type("famil")
    hits = rows_where(collection, "title", lambda value: value is not None and "family" in value)
    expect_found(visit, len(hits), items(collection))
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("heading", level=2)).to_contain_text("family")
    page.keyboard.press("Escape")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className").startswith("entry"):
            break
    expect(entries(visit).first).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    expect(page.locator(f'[aria-posinset="{len(hits)}"] .entry')).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").locator("footer")).to_contain_text(f"{len(hits)} of {len(hits)}")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_role("region", name="Find")).to_have_count(0)
    expect(page.get_by_role("button", name="Search and filter")).to_be_focused()


def test_a_long_list_holds_few_entries_and_reaches_all(visit: Visit, collection: Collection) -> None:
    find(visit, "")
    expect(entries(visit).first).to_be_visible()
    assert entries(visit).count() < 40
    entries(visit).first.focus()
    visit.page.keyboard.press("End")
    last = visit.page.locator(f'[aria-posinset="{items(collection)}"]')
    expect(last.locator(".entry")).to_be_focused()
    assert last.get_attribute("aria-setsize") == str(items(collection))


def test_a_list_that_scrolls_can_be_closed(visit: Visit) -> None:
    find(visit, "")
    expect(entries(visit).first).to_be_visible()
    closed = visit.page.evaluate(
        """async () => {
            document.querySelector('.scrolling').scrollTop = 900;
            document.querySelector('[aria-label="Find"] search > button').click();
            // That it scrolled is told with the next frame.
            await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
            return document.querySelector('.scrolling') === null;
        }"""
    )
    assert closed


def test_the_list_can_follow_the_view(visit: Visit, collection: Collection) -> None:
    visit.show("grid", "Grid")
    find(visit, "")
    visit.page.get_by_role("button", name="In view").click()
    row = alone(collection)[20]
    visit.look_at(collection.positions("grid")[row], 4000.0)
    expect(visit.page.locator("[aria-setsize]").first).to_have_attribute("aria-setsize", re.compile(r"^\d$"))


def test_facets_filter_count_and_combine(visit: Visit, collection: Collection) -> None:
    page = visit.page
    find(visit, "")
    page.get_by_role("button", name="Filters").click()
    tags = page.get_by_role("group", name="Tags", exact=True).first
    tags.get_by_role("checkbox", name="tag 1").check()
    expect_found(visit, len(rows_where(collection, "tags", lambda value: value and "tag 1" in value)), items(collection))
    tags.get_by_role("checkbox", name="tag 2").check()
    tags.get_by_role("button", name="All of them").click()
    both = rows_where(collection, "tags", lambda value: value and {"tag 1", "tag 2"} <= set(value))
    expect_found(visit, len(both), items(collection))
    in_category = [row for row in both if collection.value("category", row) == "Category 3"]
    option = page.get_by_role("group", name="Category", exact=True).locator("label", has_text="Category 3")
    expect(option.locator(".count")).to_have_text(str(len(in_category)))
    option.get_by_role("checkbox").check()
    expect_found(visit, len(in_category), items(collection))
    page.get_by_role("button", name="Clear all").click()
    expect(page.locator(".status p")).to_have_text(f"{items(collection)} pictures")


def test_a_brush_over_the_histogram_and_its_fields_filter_by_year(visit: Visit, collection: Collection) -> None:
    page = visit.page
    find(visit, "")
    page.get_by_role("button", name="Filters").click()
    year = page.get_by_role("group", name="Year")
    box = year.locator("svg").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 20, steps=4)
    page.mouse.up()
    low, high = (int(year.get_by_label(f"Year, {end}").input_value()) for end in ("from", "to"))
    assert 1940 < low < 1960 < high < 2010
    expect_found(visit, len(rows_where(collection, "year", lambda value: value is not None and low <= value <= high)), items(collection))
    year.get_by_label("Year, from").fill("1990")
    year.get_by_label("Year, from").press("Tab")
    expect_found(visit, len(rows_where(collection, "year", lambda value: value is not None and 1990 <= value <= high)), items(collection))


def test_what_does_not_match_can_be_hidden_and_is_not_pointed_at(visit: Visit, collection: Collection) -> None:
    visit.show("grid", "Grid")
    find(visit, "category:3")
    visit.page.get_by_label("Hide the others").check()
    visit.settle()
    others = [row for row in alone(collection) if collection.value("category", row) != "Category 3" and visit.middle(row)[0] < 800]
    assert max(brightness(visit, others[:20])) < 12
    visit.page.mouse.click(*visit.middle(others[3]))
    visit.page.wait_for_timeout(500)
    expect(visit.page.get_by_role("dialog")).to_have_count(0)


def draw(visit: Visit, points: list[tuple[float, float]]) -> None:
    visit.page.mouse.move(*points[0])
    visit.page.mouse.down()
    for point in points[1:]:
        visit.page.mouse.move(*point, steps=6)
    visit.page.mouse.up()


def inside(visit: Visit, collection: Collection, points: list[tuple[float, float]]) -> set[int]:
    """Rows in a polygon that does not cross itself: the angles to its corners, seen from inside, add up to a whole turn."""
    places = np.array([visit.middle(row) for row in range(items(collection))])
    to = np.array(points)[None] - places[:, None]
    angles = np.arctan2(to[..., 1], to[..., 0])
    turns = np.diff(angles, axis=1, append=angles[:, :1])
    turned = ((turns + np.pi) % (2 * np.pi) - np.pi).sum(axis=1)
    return set(np.flatnonzero(np.abs(turned) > np.pi).tolist())


def test_a_lasso_of_any_shape_selects_exactly_what_is_in_it(visit: Visit, collection: Collection) -> None:
    page = visit.page
    page.get_by_role("button", name="Select pictures").click()
    ell = [(400.0, 200.0), (900.0, 200.0), (900.0, 330.0), (560.0, 330.0), (560.0, 620.0), (400.0, 620.0), (400.0, 201.0)]
    draw(visit, ell)
    expected = inside(visit, collection, ell)
    assert len(expected) > 5
    expect_selected(visit, len(expected))
    page.get_by_role("button", name="Rectangle").click()
    page.get_by_role("button", name="Add", exact=True).click()
    box = [(700.0, 400.0), (900.0, 400.0), (900.0, 600.0), (700.0, 600.0)]
    draw(visit, [box[0], box[2]])
    more = expected | inside(visit, collection, box)
    assert len(more) > len(expected)
    expect_selected(visit, len(more))
    page.keyboard.down("Alt")
    draw(visit, [box[0], box[2]])
    page.keyboard.up("Alt")
    expect_selected(visit, len(more - inside(visit, collection, box)))
    page.get_by_role("button", name="Invert").click()
    expect_selected(visit, items(collection) - len(more - inside(visit, collection, box)))
    page.get_by_role("button", name="Select none").click()
    expect_selected(visit, 0)


def test_shift_selects_without_a_tool(visit: Visit, collection: Collection) -> None:
    visit.show("grid", "Grid")
    first, second = alone(collection)[30], alone(collection)[31]
    for row in (first, second):
        visit.page.mouse.move(*visit.middle(row))
        visit.page.keyboard.down("Shift")
        visit.page.mouse.click(*visit.middle(row))
        visit.page.keyboard.up("Shift")
    expect_selected(visit, 2)
    expect(visit.page.get_by_role("dialog")).to_have_count(0)
    visit.open_panel(first)
    expect(visit.page.get_by_role("dialog").locator("footer")).to_contain_text("1 of 2")


def saved(visit: Visit, name: str) -> bytes:
    visit.page.locator("summary", has_text="Save").click()
    with visit.page.expect_download() as download:
        visit.page.get_by_role("button", name=name).click()
    return Path(download.value.path()).read_bytes()


def test_a_selection_is_saved_as_table_data_and_picture(visit: Visit, collection: Collection) -> None:
    find(visit, "category:3")
    visit.page.get_by_role("button", name="Select these").click()
    rows = rows_where(collection, "category", lambda value: value == "Category 3")
    expect_selected(visit, len(rows))
    table = list(csv.DictReader(io.StringIO(saved(visit, "Table (CSV)").decode("utf-8-sig"), newline="")))
    assert [row["filename"] for row in table] == [collection.value("item", row) for row in rows]
    assert [row["category"] for row in table] == ["Category 3"] * len(rows)
    assert [row["tags"] for row in table] == ["|".join(collection.value("tags", row) or []) for row in rows]
    data = json.loads(saved(visit, "Data (JSON)"))
    assert [entry.get("title") for entry in data] == [collection.value("title", row) for row in rows]
    picture = Image.open(io.BytesIO(saved(visit, "View (PNG)")))
    assert picture.size == (1280, 800)
    assert len(picture.convert("RGB").getcolors(2**20) or []) > 20


def test_the_pictures_most_alike_are_those_of_feature_space(visit: Visit, collection: Collection) -> None:
    visit.show("grid", "Grid")
    row = alone(collection)[12]
    visit.open_panel(row)
    similar = visit.page.get_by_role("dialog").get_by_role("region", name="Most alike")
    wanted = collection.array(collection.manifest["neighbours"])[row].tolist()
    expect(similar.locator("img")).to_have_count(len(wanted))
    shown = [image.get_attribute("src") for image in similar.locator("img").all()]
    assert shown == [f"pictures/{image[:2]}/{image}.jpg" for image in (collection.value("image", other) for other in wanted)]
    expect(similar).to_contain_text("Of these 10,")
    # The marks come with the sentence.
    far = similar.locator(".far").count()
    assert f"{10 - far} are also" in similar.inner_text()
    similar.get_by_role("button", name="Show on the map").click()
    visit.settle()
    near = [other for other in wanted if other in set(alone(collection)) and visit.middle(other)[0] < 820]
    assert np.median(brightness(visit, near)) > 60
    similar.get_by_role("listitem").first.get_by_role("button").click()
    expect(visit.page.get_by_role("dialog")).to_contain_text(collection.value("note", wanted[0]))


def test_a_panel_tells_of_copies_and_leads_to_them(visit: Visit, collection: Collection) -> None:
    visit.show("grid", "Grid")
    stacks = collection.array(collection.manifest["stacks"]).tolist()
    [row, mate] = next(rows for first in stacks if len(rows := [row for row, other in enumerate(stacks) if other == first]) == 2)
    single = next(row for row in alone(collection) if stacks.count(stacks[row]) == 1)
    visit.open_panel(single)
    copies = visit.page.get_by_role("dialog").get_by_role("region", name="The same, or nearly")
    expect(visit.page.get_by_role("region", name="Most alike")).to_be_visible()
    expect(copies).to_have_count(0)
    visit.page.keyboard.press("Escape")
    visit.page.goto(f"{visit.page.url.partition('#')[0]}#{urlencode({'item': collection.value('item', row)})}")
    expect(copies).to_contain_text("The same, or nearly (1)")
    copies.get_by_role("listitem").first.get_by_role("button").click()
    expect(visit.page.get_by_role("dialog")).to_contain_text(collection.value("note", mate))


def test_a_group_is_selected_named_kept_moved_deleted_and_taken_home(visit: Visit, collection: Collection) -> None:
    page = visit.page
    find(visit, "category:3")
    page.get_by_role("button", name="Select these").click()
    page.get_by_role("button", name="New cluster").first.click()
    name = page.get_by_role("textbox", name="Name of My cluster 1")
    expect(name).to_be_focused()
    name.fill("The <third> kind")
    name.press("Enter")
    strip = page.get_by_role("navigation", name="Clusters")
    expect(strip.get_by_role("button").first).to_contain_text("The <third> kind")
    page.get_by_role("textbox", name="Tags of The <third> kind").fill(" wings , <b>, wings,, ")
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Tags of Cluster 2").fill("wings")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Select all pictures tagged wings").first.click()
    listed = collection.manifest["hotspots"]
    place = [one["label"] for one in listed["list"]].index("Cluster 2")
    second = set(np.flatnonzero(collection.array(listed["members"]) == place).tolist())
    third = set(rows_where(collection, "category", lambda category: category == "Category 3"))
    expect_selected(visit, len(second | third))
    page.get_by_role("button", name="Move The <third> kind down").click()
    expect(strip.get_by_role("button").nth(1)).to_contain_text("The <third> kind")
    page.get_by_role("button", name="Delete Cluster 1").click()
    expect(strip.get_by_role("button")).to_have_count(2)
    page.reload()
    visit.until("!!window.pixplot")
    page.evaluate("window.pixplot.ready")
    expect(strip.get_by_role("button").first).to_contain_text("The <third> kind")
    strip.get_by_role("button").first.click()
    expect(page).to_have_url(re.compile("hotspot=own-"))
    # The panel stands where it stood before.
    expect(page.get_by_role("group", name="Find").get_by_role("button", name="Clusters")).to_have_attribute("aria-pressed", "true")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as file").click()
    value = json.loads(Path(download.value.path()).read_text())
    assert (value["format"], value["version"]) == ("pixplot-hotspots", 1)
    rows = rows_where(collection, "category", lambda category: category == "Category 3")
    assert value["hotspots"][0]["label"] == "The <third> kind"
    assert value["hotspots"][0]["images"] == sorted({collection.value("image", row) for row in rows})
    assert [hotspot["label"] for hotspot in value["hotspots"]] == ["The <third> kind", "Cluster 2"]
    assert [hotspot["tags"] for hotspot in value["hotspots"]] == [["wings", "<b>"], ["wings"]]
    assert [hotspot["label"] for hotspot in value["removed"]] == ["Cluster 1"]
    edited.read(json.dumps(value), "saved.json")
    page.get_by_role("button", name="Restore the original").click()
    expect(strip.get_by_role("button").first).to_contain_text("Cluster 1")


def test_a_link_brings_everything_back_and_history_goes_both_ways(browser: Browser, visit: Visit, collection: Collection) -> None:
    page = visit.page
    visit.show("grid", "Grid")
    find(visit, "category:3")
    hits = rows_where(collection, "category", lambda value: value == "Category 3")
    expect_found(visit, len(hits), items(collection))
    page.get_by_role("button", name="Filters").click()
    page.get_by_role("group", name="Tags", exact=True).first.get_by_role("checkbox", name="tag 1").check()
    fewer = [row for row in hits if "tag 1" in (collection.value("tags", row) or [])]
    expect_found(visit, len(fewer), items(collection))
    page.get_by_role("button", name="Select these").click()
    page.get_by_label("Colour the frames by").select_option("category")
    page.get_by_role("button", name="Pictures", exact=True).click()
    entries(visit).nth(1).click()
    visit.look_at(collection.positions("grid")[fewer[1]], 900.0)
    expect(page).to_have_url(re.compile("at="))
    told = parse_qs(urlsplit(page.url).fragment)
    assert set(told) == {"layout", "at", "q", "f.tags", "s", "colour", "item", "find"}
    with ready(browser, collection.folder, "#" + urlsplit(page.url).fragment, reduced_motion="reduce") as other:
        assert other.hook("layout") == "grid"
        expect(other.page.get_by_role("dialog")).to_contain_text(collection.value("note", fewer[1]))
        expect_selected(other, len(fewer))
        expect(other.page.get_by_label("Colours of the frames").first).to_be_visible()
        mine, theirs = visit.hook("camera"), other.hook("camera")
        assert theirs["k"] == pytest.approx(mine["k"], rel=1e-3)
        assert other.complaints == []
    for _ in range(2):
        page.go_back()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect_selected(visit, len(fewer))
    page.go_back()
    expect(page.get_by_role("region", name="Select pictures")).to_have_count(0)
    page.go_back()
    expect_found(visit, len(hits), items(collection))
    page.go_forward()
    expect_found(visit, len(fewer), items(collection))


def test_frames_take_the_colour_that_the_legend_tells(visit: Visit, collection: Collection) -> None:
    visit.show("grid", "Grid")
    find(visit, "")
    visit.page.get_by_role("button", name="Filters").click()
    visit.page.get_by_label("Colour the frames by").select_option("category")
    legend = visit.page.get_by_role("complementary", name="Colours of the frames")
    visit.settle()
    shown = visit.pixels().astype(int)
    rows = [row for row in alone(collection) if min(visit.box(row)[2:]) >= 10 and visit.box(row)[0] < 700 and visit.box(row)[1] > 80]
    for row in rows[:25]:
        entry = legend.get_by_role("listitem").filter(has_text=collection.value("category", row)).locator(".ink")
        colour = [int(part) for part in re.findall(r"\d+", entry.evaluate("node => getComputedStyle(node).backgroundColor"))[:3]]
        x, y, _, height = visit.box(row)
        edge = shown[round(y + height / 2), round(x) : round(x) + 3]
        assert np.abs(edge - colour).sum(axis=1).min() < 60, f"row {row}"


def test_without_webgl_the_list_the_search_and_the_panel_work(browser: Browser, collection: Collection) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_init_script(NO_WEBGL)

    class Without:
        """The browser, each page of which has no WebGL."""

        def new_page(self, **_: Any) -> Any:
            return context.new_page()

    with base.visiting(Without(), collection.folder) as visit:  # type: ignore[arg-type]
        page = visit.page
        expect(page.get_by_text("This browser cannot draw the map")).to_be_visible()
        expect(entries(visit).first).to_be_visible()
        find(visit, "category:3")
        hits = rows_where(collection, "category", lambda value: value == "Category 3")
        expect_found(visit, len(hits), items(collection))
        page.get_by_role("button", name="Filters").click()
        expect(page.get_by_role("group", name="Year")).to_be_visible()
        page.get_by_role("button", name="Pictures", exact=True).click()
        entries(visit).first.click()
        expect(page.get_by_role("dialog")).to_contain_text("Category 3")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert visit.complaints == []
    context.close()


@pytest.mark.parametrize(("language", "button", "count"), [("de", "Suchen und filtern", "Bilder"), ("fr", "Chercher et filtrer", "images")])
def test_the_interface_speaks_other_languages(browser: Browser, collection: Collection, language: str, button: str, count: str) -> None:
    with ready(browser, collection.folder, f"?lang={language}", reduced_motion="reduce") as visit:
        assert visit.page.evaluate("document.documentElement.lang") == language
        visit.page.get_by_role("button", name=button).click()
        expect(visit.page.locator(".status p")).to_have_text(f"{items(collection)} {count}")
        assert visit.complaints == []


def test_a_phone_draws_with_a_finger(browser: Browser, collection: Collection) -> None:
    options: dict[str, Any] = {"viewport": {"width": 360, "height": 780}, "has_touch": True, "is_mobile": True}
    with ready(browser, collection.folder, reduced_motion="reduce", **options) as visit:
        visit.page.get_by_role("button", name="Select pictures").tap()
        session = visit.page.context.new_cdp_session(visit.page)
        line = [(60, 250), (300, 250), (300, 520), (60, 520)]
        session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": 60, "y": 250}]})
        for x, y in line[1:]:
            session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y}]})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        expect_selected(visit, len(inside(visit, collection, [(float(x), float(y)) for x, y in line])))
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= 360
        assert visit.complaints == []


def violations(visit: Visit) -> list[str]:
    found = visit.page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [f"{one['id']}: {node['html'][:140]} {node['failureSummary'][:200]}" for one in found for node in one["nodes"]]


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: run `make viewer`")
@pytest.mark.parametrize(("scheme", "width", "height"), [("light", 1280, 800), ("dark", 390, 844)])
def test_no_state_breaks_a_rule_of_accessibility(browser: Browser, collection: Collection, scheme: str, width: int, height: int) -> None:
    options: dict[str, Any] = {"viewport": {"width": width, "height": height}, "color_scheme": scheme, "bypass_csp": True}
    with ready(browser, collection.folder, reduced_motion="reduce", **options) as visit:
        page = visit.page
        page.add_script_tag(path=AXE)
        found = {"map": violations(visit)}
        find(visit, "category:3")
        expect_found(visit, len(rows_where(collection, "category", lambda value: value == "Category 3")), items(collection))
        found["list"] = violations(visit)
        page.get_by_role("button", name="Filters").click()
        page.get_by_label("Colour the frames by").select_option("category")
        page.get_by_role("group", name="Tags", exact=True).first.get_by_role("checkbox", name="tag 1").check()
        found["filters"] = violations(visit)
        page.get_by_role("button", name="Select these").click()
        page.get_by_role("button", name="New cluster").first.click()
        expect(page.get_by_role("textbox", name="Name of My cluster 1")).to_be_focused()
        found["clusters"] = violations(visit)
        page.get_by_role("button", name="Pictures", exact=True).click()
        entries(visit).first.click()
        expect(page.get_by_role("region", name="Most alike")).to_be_visible()
        found["picture"] = violations(visit)
        page.get_by_role("button", name="About this map").click()
        found["about"] = violations(visit)
        page.get_by_role("button", name="Show the list").click()
        expect(page.get_by_role("dialog", name="What was left out or repaired").get_by_role("row").first).to_be_visible()
        found["problems"] = violations(visit)
        assert found == {state: [] for state in found}


def test_a_search_that_goes_on_is_told_when_its_panel_is_closed(visit: Visit, collection: Collection) -> None:
    page = visit.page
    find(visit, "category:3")
    found = len(rows_where(collection, "category", lambda category: category == "Category 3"))
    page.keyboard.press("Escape")
    bar = page.get_by_role("region", name="Select pictures")
    told = bar.get_by_role("button", name=f"{found} of {items(collection)} pictures")
    expect(told).to_be_visible()
    told.click()
    expect(page.get_by_label("Search all texts")).to_have_value("category:3")
    expect(bar).to_have_count(0)
    page.keyboard.press("Escape")
    bar.get_by_role("button", name="Clear all").click()
    expect(bar).to_have_count(0)
    expect(page).not_to_have_url(re.compile("q="))


def test_a_selection_has_a_link_of_its_own(browser: Browser, visit: Visit, collection: Collection) -> None:
    page = visit.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    find(visit, "category:3")
    page.get_by_role("button", name="Select these").click()
    page.get_by_role("button", name="Clear all").first.click()
    page.get_by_role("region", name="Select pictures").get_by_role("button", name="Copy link").click()
    expect(page.locator("[aria-live]")).to_have_text("The link to this view is copied.")
    view = page.evaluate("navigator.clipboard.readText()").split("/", 3)[3]
    with ready(browser, collection.folder, view, reduced_motion="reduce") as other:
        expect_selected(other, len(rows_where(collection, "category", lambda category: category == "Category 3")))
