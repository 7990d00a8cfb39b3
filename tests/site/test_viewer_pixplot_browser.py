"""What PixPlot's page did wrong and a person would notice, each done here as a person would."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.site import test_viewer_browser as base
from tests.site.test_viewer_browser import Collection, Visit, ready

pytestmark = base.pytestmark
browser = base.browser


collection = base.collection


@pytest.fixture
def visit(browser: Browser, collection: Collection) -> Iterator[Visit]:
    with ready(browser, collection.folder, reduced_motion="reduce") as one:
        yield one


def test_a_layout_that_cannot_be_had_does_not_lock_the_others(visit: Visit) -> None:
    """Any failed request for a layout locked PixPlot's menu, and the grid of a map in three dimensions always failed."""
    lost = True

    def answer(route: Route) -> None:
        route.abort() if lost else route.continue_()

    visit.page.route("**/data/*.bin", answer)
    grid = visit.page.get_by_role("button", name="Grid", exact=True)
    grid.click()
    expect(visit.page.get_by_role("button", name="Map", exact=True)).to_have_attribute("aria-pressed", "true")
    visit.until("window.pixplot.layout === 'umap'")
    lost = False
    grid.click()
    visit.until("window.pixplot.layout === 'grid'")


def test_the_first_picture_can_be_flown_to(visit: Visit, collection: Collection) -> None:
    """PixPlot took the index 0 for none."""
    visit.page.goto(f"{visit.page.url.partition('#')[0]}#{urlencode({'item': collection.value('item', 0)})}")
    expect(visit.page.get_by_role("dialog")).to_be_visible()
    visit.settle()
    x, y = visit.middle(0)
    assert 0 < x < 1280
    assert 0 < y < 800


def test_keys_are_letters_where_one_types(visit: Visit) -> None:
    """PixPlot's space bar changed the tool, and its arrows the picture, while a name was typed."""
    visit.page.keyboard.press("/")
    field = visit.page.get_by_role("textbox", name="Search all texts")
    expect(field).to_be_focused()
    before = visit.hook("camera")
    visit.page.keyboard.type("a b")
    for key in ("ArrowLeft", "ArrowRight", "+", "0"):
        visit.page.keyboard.press(key)
    expect(field).to_have_value("a b+0")
    visit.settle()
    assert visit.hook("camera") == before
