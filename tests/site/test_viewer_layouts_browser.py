"""The menu of layouts, their variants, labels and lines, in a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from playwright.sync_api import Browser, expect

from pixplot_steps.store import arrays, commit, tables
from tests import artefacts, site_fixture
from tests.site import test_viewer_browser as base
from tests.site.test_viewer_browser import Visit, ready
from tests.site.test_viewer_explore_browser import AXE, violations

pytestmark = base.pytestmark
browser = base.browser

LAYOUTS = ("umap", "jitter", "grid", "date", "category", "geographic", "colour", "colour-lightness", "alphabetical")


def lined(found: artefacts.Artefacts, count: int) -> None:
    """A layout of places with one line across, and a label where nothing is known."""
    positions = np.random.default_rng(0).uniform(-1, -0.2, (count, 2)).astype(np.float32)
    labels = [
        {"text": "", "x": -0.6, "y": -1.05, "level": 0, "anchor": "top"},
        {"text": "<b>日本</b>", "x": 0.5, "y": 0.5, "level": 0, "anchor": "top"},
    ]
    with commit.folder(found.layout("geographic")) as draft:
        arrays.write(draft.path, "positions", positions)
        arrays.write(draft.path, "lines", np.array([[-2, 0.2], [2, 0.2]], np.float32))
        arrays.write(draft.path, "line_ends", np.array([2], np.uint32))
        tables.write(draft.path / "labels.parquet", pa.Table.from_pylist(labels, tables.LABELS), tables.LABELS)
        tables.write(draft.path / "problems.parquet", tables.FAULTS.empty_table(), tables.FAULTS)
        draft.rows = count
        draft.summary = {"label": "Places", "kind": "map", "cell": 0.1, "quality": None, "labels": 2, "lines": 1, "columns": []}


def dated(found: artefacts.Artefacts, count: int) -> None:
    """Two columns of years, of which a person told: near each other as seen from afar."""
    positions = np.stack([np.where(np.arange(count) % 2, 0.1, -0.1), np.linspace(-0.9, 0.9, count)], axis=1).astype(np.float32)
    labels = [{"text": text, "x": x, "y": -1.0, "level": 0, "anchor": "top"} for text, x in (("1888", -0.1), ("1889", 0.1))]
    events = [
        {"year": 1888, "title": "Arles <b>", "text": "He moves to the south.\nIn spring.", "x": -0.1, "y": -1.0},
        {"year": 1889, "title": "Saint-Rémy", "text": "", "x": 0.1, "y": -1.0},
    ]
    with commit.folder(found.layout("date")) as draft:
        arrays.write(draft.path, "positions", positions)
        tables.write(draft.path / "labels.parquet", pa.Table.from_pylist(labels, tables.LABELS), tables.LABELS)
        tables.write(draft.path / "events.parquet", pa.Table.from_pylist(events, tables.EVENTS), tables.EVENTS)
        tables.write(draft.path / "problems.parquet", tables.FAULTS.empty_table(), tables.FAULTS)
        draft.rows = count
        marks = {"labels": 2, "lines": 0, "events": 2}
        draft.summary = {"label": "Date", "kind": "grid", "cell": 0.02, "quality": None, "columns": [], "variant": "year", **marks}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("layouts")
    found = artefacts.write(root / "made", 120)
    site_fixture.atlas(found)
    parts = ("--catalog", found.catalog, "--vectors", found.vectors)

    def arrange(kind: str, name: str, *flags: object) -> None:
        site_fixture.step("layouts", kind, *flags, "--out", found.layout(name))

    arrange("jitter", "jitter", "--map", found.layout("umap"), "--fill", 0.4, "--farthest", 0.1)
    arrange("category", "category", *parts, "--by", json.dumps(["category"]), "--aspect", 1.5)
    for order, name in (("hue", "colour"), ("lightness", "colour-lightness")):
        arrange("colour", name, *parts, "--images", found.images, "--order", order, "--aspect", 1.5)
    arrange("alphabetical", "alphabetical", *parts, "--by", json.dumps(["title"]), "--aspect", 1.5)
    for write in (lined, dated):
        write(found, len(arrays.read(found.layout("umap"), "positions")))
    site_fixture.site(found, root / "site", base.VIEWER, layouts=LAYOUTS)
    return root / "site"


@pytest.fixture
def visit(browser: Browser, folder: Path) -> Iterator[Visit]:
    with ready(browser, folder, reduced_motion="reduce") as one:
        yield one
        assert one.complaints == []


def choose(visit: Visit, name: str, layout: str) -> None:
    frames = visit.hook("frames")
    visit.page.get_by_role("button", name="Arrangement").click()
    visit.page.get_by_role("menuitemradio", name=name, exact=True).click()
    visit.until(f"window.pixplot.layout === {json.dumps(layout)} && window.pixplot.frames > {frames}")
    visit.settle()


def captions(visit: Visit) -> list[dict[str, Any]]:
    script = "all => all.map(one => ({text: one.textContent.trim(), ...one.getBoundingClientRect().toJSON()}))"
    found: list[dict[str, Any]] = visit.page.locator(".caption").evaluate_all(script)
    return found


def test_the_menu_names_every_layout_once(visit: Visit) -> None:
    visit.page.get_by_role("button", name="Arrangement: Map").click()
    names = visit.page.get_by_role("menuitemradio").all_inner_texts()
    assert names == ["Map", "Map without overlaps", "Grid", "Dates", "Categories", "Places", "A to Z", "Colour"]
    assert visit.page.get_by_role("menu").get_by_role("group").count() == 3
    visit.page.keyboard.press("Escape")
    expect(visit.page.get_by_role("menu")).to_have_count(0)
    expect(visit.page.get_by_role("button", name="Arrangement: Map")).to_be_focused()


def test_the_keyboard_chooses(visit: Visit) -> None:
    visit.page.get_by_role("button", name="Arrangement").focus()
    visit.page.keyboard.press("Enter")
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        visit.page.keyboard.press(key)
    visit.until("window.pixplot.layout === 'grid'")
    expect(visit.page.get_by_role("button", name="Arrangement: Grid")).to_be_focused()


def test_categories_have_their_names_and_none_lies_over_another(visit: Visit) -> None:
    choose(visit, "Categories", "category")
    expect(visit.page.locator(".caption")).to_have_count(5)
    found = captions(visit)
    assert {one["text"] for one in found} == {f"Category {i}" for i in range(5)}
    for i, a in enumerate(found):
        for b in found[:i]:
            apart = a["right"] <= b["left"] or b["right"] <= a["left"] or a["bottom"] <= b["top"] or b["bottom"] <= a["top"]
            assert apart, f"{a['text']} lies over {b['text']}"
    choose(visit, "Map", "umap")
    expect(visit.page.locator(".caption")).to_have_count(0)


def test_labels_are_text_and_what_is_not_known_has_words(visit: Visit) -> None:
    choose(visit, "Places", "geographic")
    expect(visit.page.locator(".caption")).to_have_count(2)
    assert {one["text"] for one in captions(visit)} == {"No place", "<b>日本</b>"}


def test_what_happened_stands_below_its_year_with_its_text_where_there_is_room(visit: Visit) -> None:
    choose(visit, "Dates", "date")
    events = visit.page.locator(".event")
    visit.look_at(np.array([0.0, -0.9]), 800.0)
    expect(events).to_have_text(["1888 Arles <b>", "1889 Saint-Rémy"])
    visit.look_at(np.array([0.0, -0.9]), 1600.0)
    expect(events).to_have_count(2)
    expect(events.first).to_contain_text("He moves to the south.\nIn spring.", use_inner_text=True)
    year = visit.page.locator(".caption", has_text=re.compile("^1888$")).bounding_box()
    event = events.first.bounding_box()
    assert year is not None
    assert event is not None
    assert abs(year["x"] + year["width"] / 2 - event["x"] - event["width"] / 2) < 2
    assert 0 <= event["y"] - (year["y"] + year["height"]) < 6
    # Who does not see the map hears all of it.
    told = visit.page.get_by_role("region", name="What happened when").get_by_role("listitem")
    expect(told).to_have_text(["1888 Arles <b>: He moves to the south. In spring.", "1889 Saint-Rémy"])
    choose(visit, "Map", "umap")
    expect(events).to_have_count(0)
    expect(told).to_have_count(0)


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: run `make viewer`")
@pytest.mark.parametrize(("scheme", "width", "height"), [("light", 1280, 800), ("dark", 1280, 800), ("dark", 390, 844)])
def test_a_timeline_breaks_no_rule_of_accessibility(browser: Browser, folder: Path, scheme: str, width: int, height: int) -> None:
    options: dict[str, Any] = {"viewport": {"width": width, "height": height}, "color_scheme": scheme, "bypass_csp": True}
    with ready(browser, folder, "#layout=date", reduced_motion="reduce", **options) as visit:
        page = visit.page
        page.add_script_tag(path=AXE)
        expect(page.locator(".caption").first).to_be_visible()
        found = {"all": violations(visit)}
        visit.look_at(np.array([0.0, -0.9]), 1600.0)
        expect(page.locator(".event").first).to_be_visible()
        found["events"] = violations(visit)
        page.get_by_role("button", name="Two maps side by side").click()
        expect(page.get_by_role("button", name="Close the second map").first).to_be_visible()
        found["two"] = violations(visit)
        assert found == {state: [] for state in found}
        assert visit.complaints == []


def test_lines_are_drawn(visit: Visit) -> None:
    choose(visit, "Places", "geographic")
    expect(visit.page.locator(".caption")).to_have_count(2)
    camera = visit.hook("camera")
    y = round(400 - (0.2 - camera["y"]) * camera["k"])
    column = visit.pixels()[y - 3 : y + 4, 640].astype(int)
    ground = visit.pixels()[y - 12, 640].astype(int)
    assert np.abs(column - ground).sum(axis=1).max() > 60


def test_variants_are_a_second_choice(visit: Visit) -> None:
    choose(visit, "Colour", "colour")
    variants = visit.page.get_by_role("combobox", name="Variant")
    assert variants.locator("option").all_inner_texts() == ["by hue", "by lightness"]
    variants.select_option("by lightness")
    visit.until("window.pixplot.layout === 'colour-lightness'")
    choose(visit, "Grid", "grid")
    expect(variants).to_have_count(0)
    choose(visit, "Colour", "colour-lightness")
    assert "layout=colour-lightness" in visit.page.url
