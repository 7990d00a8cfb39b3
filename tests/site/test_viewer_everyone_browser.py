"""For everyone, in a browser: large letters, narrow and low windows, the keyboard's focus, no motion, and no rule of axe-core broken."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.site import test_viewer_browser as base
from tests.site.test_viewer_browser import Collection, Visit, ready, visiting
from tests.site.test_viewer_explore_browser import AXE, violations

pytestmark = base.pytestmark
browser = base.browser
collection = base.collection

WINDOWS = {"200 % of 1280 px": (640, 400), "400 % of 1280 px": (320, 256), "a tall phone": (360, 780), "a desk": (1280, 800)}


def window(name: str) -> dict[str, Any]:
    """The browser's window; at 200 % a page of 1280 pixels has 640 of its own, each of two device pixels."""
    width, height = WINDOWS[name]
    return {"viewport": {"width": width, "height": height}, "device_scale_factor": 2 if "200" in name else 1, "bypass_csp": True}


def expect_in_window(visit: Visit, one: Locator) -> None:
    one.scroll_into_view_if_needed()
    box = one.bounding_box()
    size = visit.page.viewport_size
    assert box is not None, f"{one} is not shown"
    assert size is not None
    assert min(box["x"], box["y"]) >= -1, f"{one} begins outside: {box}"
    assert box["x"] + box["width"] <= size["width"] + 1, f"{one} ends outside: {box}"
    assert box["y"] + box["height"] <= size["height"] + 1, f"{one} ends below: {box}"


def open_first(visit: Visit) -> None:
    visit.page.locator("canvas").focus()
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator(".panel footer")).to_be_visible()


@pytest.mark.parametrize("name", WINDOWS)
def test_nothing_is_out_of_reach(browser: Browser, collection: Collection, name: str) -> None:
    with ready(browser, collection.folder, reduced_motion="reduce", **window(name)) as visit:
        page, width = visit.page, WINDOWS[name][0]
        for button in page.locator("header button:visible").all():
            expect_in_window(visit, button)
        open_first(visit)
        for one in page.locator(".panel button:visible, .panel input:visible").all():
            expect_in_window(visit, one)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Search and filter").click()
        for one in page.get_by_role("region", name="Find").get_by_role("tablist").or_(page.get_by_role("textbox")).all():
            expect_in_window(visit, one)
        expect_in_window(visit, page.locator(".entry").first)
        page.get_by_role("button", name="Close", exact=True).first.click()
        page.get_by_role("button", name="About this map").click()
        expect_in_window(visit, page.get_by_role("dialog").get_by_role("button", name="Close"))
        expect_in_window(visit, page.get_by_label("Language"))
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert visit.complaints == []


FOCUS = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const { x, y, width, height } = one.getBoundingClientRect();
    const top = document.elementFromPoint(x + width / 2, y + height / 2);
    const style = getComputedStyle(one);
    return {
        name: one.getAttribute("aria-label") || one.textContent.trim().slice(0, 40) || one.tagName,
        canvas: one.tagName === "CANVAS",
        shown: one.tagName === "CANVAS" || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2),
        free: one.contains(top) || (top !== null && top.contains(one)),
        size: Math.min(width, height),
    };
}"""


@pytest.mark.parametrize("name", ["200 % of 1280 px", "a desk"])
def test_the_focus_is_seen_wherever_it_goes(browser: Browser, collection: Collection, name: str) -> None:
    """WCAG 2.2, success criteria 2.4.7 and 2.4.11: an outline, and nothing that lies over the middle of what has the focus."""
    with ready(browser, collection.folder, reduced_motion="reduce", **window(name)) as visit:
        found = []
        open_first(visit)
        # What arrives late moves what has the focus.
        visit.page.wait_for_load_state("networkidle")
        visit.page.wait_for_function("[...document.images].every(one => one.complete || one.loading === 'lazy')")
        for _ in range(60):
            visit.page.keyboard.press("Tab")
            found.append(visit.page.evaluate(FOCUS))
        stops = [one for one in found if one]
        assert len({one["name"] for one in stops}) > 12
        assert [one["name"] for one in stops if not one["shown"]] == []
        assert [one["name"] for one in stops if not one["free"] and not one["canvas"]] == []


def test_the_focus_goes_along_with_what_opens_and_closes(browser: Browser, collection: Collection) -> None:
    with ready(browser, collection.folder, reduced_motion="reduce") as visit:
        page = visit.page
        page.locator("canvas").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog").get_by_role("button", name="Close")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator("canvas")).to_be_focused()
        about = page.get_by_role("button", name="About this map")
        about.focus()
        page.keyboard.press("Enter")
        assert page.evaluate("document.querySelector('dialog').contains(document.activeElement)")
        page.keyboard.press("Escape")
        expect(page.locator("dialog")).to_have_count(0)
        expect(about).to_be_focused()


PLACES = """() => new Promise(resolve => {
    const places = new Set();
    const end = performance.now() + 2500;
    const look = now => {
        places.add(Math.round(window.pixplot.screenOf(5).x));
        now < end ? requestAnimationFrame(look) : resolve(places.size);
    };
    [...document.querySelectorAll("header button")].find(one => one.textContent.trim() === "Grid").click();
    requestAnimationFrame(look);
})"""
"""At how many places a picture is seen on its way to another layout, which takes more than a second."""


@pytest.mark.parametrize(("motion", "moves"), [("reduce", False), ("no-preference", True)])
def test_nothing_moves_for_those_who_want_no_motion(browser: Browser, collection: Collection, motion: str, moves: bool) -> None:
    with ready(browser, collection.folder, reduced_motion=motion) as visit:
        assert (visit.page.evaluate(PLACES) > 2) == moves, "the pictures travel, or are there at once"
        visit.page.locator("canvas").focus()
        visit.page.keyboard.press("Enter")
        expect(visit.page.locator(".panel")).to_be_visible()
        longest = "parseFloat(getComputedStyle(document.querySelector('.panel')).animationDuration)"
        assert (visit.page.evaluate(longest) > 0.01) == moves


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: run `make viewer`")
@pytest.mark.parametrize(("scheme", "name"), [("dark", "200 % of 1280 px"), ("light", "400 % of 1280 px")])
def test_no_rule_is_broken_in_a_small_window(browser: Browser, collection: Collection, scheme: str, name: str) -> None:
    with ready(browser, collection.folder, reduced_motion="reduce", color_scheme=scheme, **window(name)) as visit:
        page = visit.page
        page.add_script_tag(path=AXE)
        found = {"map": violations(visit)}
        open_first(visit)
        page.get_by_role("button", name="Cite").click()
        expect(page.get_by_role("button", name="Copy citation")).to_be_visible()
        found["citation"] = violations(visit)
        page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error()); document.execCommand = () => false")
        page.get_by_role("button", name="Copy link").click()
        expect(page.locator(".notes")).to_be_visible()
        found["note"] = violations(visit)
        assert found == {state: [] for state in found}


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: run `make viewer`")
def test_no_rule_is_broken_where_a_collection_is_refused(browser: Browser, collection: Collection) -> None:
    with visiting(browser, collection.folder, "?data=https://evil.example/", bypass_csp=True) as visit:
        expect(visit.page.get_by_role("alert")).to_be_visible()
        visit.page.add_script_tag(path=AXE)
        assert violations(visit) == []
