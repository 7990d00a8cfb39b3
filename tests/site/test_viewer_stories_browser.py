"""Stories, the tour, the kiosk and the clusters' levels, in a browser, as a visitor meets them."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from playwright.sync_api import Browser, Locator, expect

from tests import artefacts, site_fixture
from tests.site import test_stories
from tests.site import test_viewer_browser as base
from tests.site import test_viewer_explore_browser as explore
from tests.site.test_viewer_browser import VIEWER, Collection, Visit, ready

pytestmark = base.pytestmark
browser = base.browser
visit = explore.visit

HOSTILE = """
- title: <b>Hostile</b>
  slides:
    - title: "<script>alert(1)</script>"
      text: |
        <img src=x onerror=alert(1)> [here](javascript:alert(1)) **strong**
"""


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """A site with the story of the documentation, and a hostile one."""
    folder = tmp_path_factory.mktemp("told")
    found = artefacts.write(folder / "made", 60)
    site_fixture.atlas(found)
    told = test_stories.given(folder, test_stories.example() + HOSTILE)
    site_fixture.site(found, folder / "site", VIEWER, stories=told)
    manifest = json.loads((folder / "site/data/manifest.json").read_text())
    with pa.memory_map(str(folder / "site" / manifest["table"]["file"])) as source:
        table = pa.ipc.open_file(source).read_all()
    return Collection(folder / "site", manifest, table)


def menu(visit: Visit) -> Locator:
    visit.page.locator("summary[aria-label='Stories and tours']").click()
    return visit.page.locator("header details ul")


def card(visit: Visit) -> Locator:
    return visit.page.locator("section.story")


def test_a_story_leads_through_the_map(visit: Visit, collection: Collection) -> None:
    note = collection.value("note", collection.row_where("item", "pictures/00007.jpg"))
    menu(visit).get_by_role("button", name="Two ways of seeing").click()
    expect(card(visit)).to_be_focused()
    expect(card(visit).get_by_role("heading")).to_have_text("Everything at once")
    expect(card(visit).locator("em")).to_have_text("lie together")
    expect(card(visit)).to_contain_text("1 of 4")
    expect(visit.page.get_by_role("navigation", name="Clusters")).to_have_count(0)
    card(visit).get_by_role("button", name="Next slide").click()
    spot = collection.manifest["hotspots"]["list"][0]
    expect(visit.page).to_have_url(re.compile(f"hotspot={spot['id']}.*story=1.2"))
    visit.settle()
    x, y = visit.middle(spot["item"])
    assert 0 < x < 1280
    assert 0 < y < 800
    visit.page.keyboard.press("ArrowRight")
    expect(visit.page.get_by_role("dialog")).to_contain_text(note)
    expect(card(visit).get_by_role("link")).to_have_attribute("href", "https://example.org/about")
    expect(card(visit).locator("li")).to_have_count(2)
    card(visit).get_by_role("button", name="Next slide").click()
    expect(visit.page.get_by_role("dialog")).to_have_count(0)
    visit.until("window.pixplot.layout === 'grid'")
    expect(visit.page).to_have_url(re.compile("layout=grid.*q=category%3A3.*story=1.4"))
    expect(card(visit).get_by_role("button", name="Next slide")).to_be_disabled()
    visit.page.go_back()
    expect(card(visit)).to_contain_text("3 of 4")
    expect(visit.page.get_by_role("dialog")).to_contain_text(note)


def test_a_slide_has_a_link_of_its_own(browser: Browser, collection: Collection) -> None:
    with ready(browser, collection.folder, "#story=1.4", reduced_motion="reduce") as visit:
        expect(card(visit)).to_contain_text("In order")
        visit.until("window.pixplot.layout === 'grid'")
        card(visit).get_by_role("button", name="Close the story").click()
        expect(card(visit)).to_have_count(0)
        expect(visit.page).not_to_have_url(re.compile("story"))
        assert visit.complaints == []


def test_a_hostile_story_is_text(visit: Visit) -> None:
    menu(visit).get_by_role("button", name="<b>Hostile</b>").click()
    expect(card(visit).get_by_role("heading")).to_have_text("<script>alert(1)</script>")
    expect(card(visit)).to_contain_text("<img src=x onerror=alert(1)>")
    expect(card(visit).locator("a")).to_have_count(0)
    expect(card(visit).locator("strong")).to_have_text("strong")


def test_the_tour_goes_from_cluster_to_cluster_by_the_keys_alone(visit: Visit, collection: Collection) -> None:
    page = visit.page
    page.locator("summary[aria-label='Stories and tours']").focus()
    page.keyboard.press("Enter")
    tour = page.get_by_role("button", name="Tour of the clusters")
    tour.focus()
    page.keyboard.press("Enter")
    spots = collection.manifest["hotspots"]["list"]
    expect(card(visit).get_by_role("heading")).to_have_text(spots[0]["label"])
    page.keyboard.press("PageDown")
    expect(card(visit).get_by_role("heading")).to_have_text(spots[1]["label"])
    expect(page).to_have_url(re.compile(f"hotspot={spots[1]['id']}.*story=tour.2"))
    expect(page.locator("[aria-live]")).to_have_text(re.compile("Slide 2 of 2|Cluster 2"))
    page.keyboard.press("ArrowLeft")
    expect(card(visit).get_by_role("heading")).to_have_text(spots[0]["label"])
    page.keyboard.press("Escape")
    expect(card(visit)).to_have_count(0)


def test_a_kiosk_wanders_until_it_is_touched(browser: Browser, collection: Collection) -> None:
    with ready(browser, collection.folder, "?kiosk=2", reduced_motion="reduce") as visit:
        page = visit.page
        kiosk = page.locator(".kiosk")
        expect(kiosk).to_contain_text("Touch to explore")
        expect(page.get_by_role("toolbar")).to_have_count(0)
        for spot in (*collection.manifest["hotspots"]["list"], collection.manifest["hotspots"]["list"][0]):
            expect(kiosk.get_by_role("heading")).to_have_text(spot["label"])
        assert page.evaluate("history.length") <= 2
        page.mouse.click(640, 400)
        expect(kiosk).to_have_count(0)
        expect(page.get_by_role("toolbar")).to_be_visible()
        time.sleep(1)
        expect(page.get_by_role("dialog")).to_have_count(0)
        visit.open_panel(collection.manifest["hotspots"]["list"][0]["item"])
        assert visit.complaints == []


def test_a_kiosk_can_be_started_from_the_page_and_stopped_by_a_key(visit: Visit) -> None:
    explore.find(visit, "category:3")
    menu(visit).get_by_role("button", name="Kiosk").click()
    expect(visit.page.locator(".kiosk")).to_be_visible()
    expect(visit.page.get_by_role("region", name="Find")).to_have_count(0)
    visit.page.keyboard.press("a")
    expect(visit.page.locator(".kiosk")).to_have_count(0)


def groups(visit: Visit) -> Locator:
    explore.find(visit, "")
    visit.page.get_by_role("group", name="Find").get_by_role("button", name="Clusters").click()
    return visit.page.locator(".panel ol > li")


def test_the_list_of_clusters_has_two_levels(visit: Visit, collection: Collection) -> None:
    listed = groups(visit)
    expect(listed).to_have_count(len(collection.manifest["hotspots"]["list"]))
    visit.page.get_by_role("group", name="Level").get_by_role("button", name="Coarse").click()
    region = collection.manifest["hotspots"]["regions"]["list"][0]
    expect(listed).to_have_count(1)
    expect(listed).to_contain_text(str(region["count"]))
    expect(visit.page).to_have_url(re.compile("level=coarse"))
    expect(listed.get_by_role("textbox")).to_have_count(0)
    listed.get_by_role("button", name="Select the pictures").click()
    explore.expect_selected(visit, region["count"])


def test_the_pictures_of_a_cluster_can_be_hidden(visit: Visit, collection: Collection) -> None:
    spot = collection.manifest["hotspots"]["list"][0]
    members = collection.array(collection.manifest["hotspots"]["members"])
    row = int(np.flatnonzero(members == 0)[0])
    visit.show("grid", "Grid")
    listed = groups(visit)
    before = explore.brightness(visit, [row])[0]
    button = listed.first.get_by_role("button", name=f"Hide the pictures of {spot['label']}")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(visit.page).to_have_url(re.compile(f"off={spot['id']}"))
    visit.page.mouse.move(2, 400)
    visit.settle()
    assert explore.brightness(visit, [row])[0] < before / 3
    button.click()
    visit.page.mouse.move(2, 400)
    visit.settle()
    assert explore.brightness(visit, [row])[0] == pytest.approx(before, rel=0.2)


@pytest.mark.parametrize(("scheme", "width"), [("dark", 1280), ("light", 390)])
def test_stories_break_no_rule_of_accessibility(browser: Browser, collection: Collection, scheme: str, width: int) -> None:
    options = {"color_scheme": scheme, "viewport": {"width": width, "height": 844}, "bypass_csp": True}
    with ready(browser, collection.folder, "#story=1.3", reduced_motion="reduce", **options) as visit:
        visit.page.add_script_tag(path=str(explore.AXE))
        expect(card(visit)).to_be_visible()
        assert explore.violations(visit) == []
        visit.page.keyboard.press("Escape")
        menu(visit)
        assert explore.violations(visit) == []


def test_the_page_of_stories_names_what_there_is() -> None:
    page = test_stories.PAGE.read_text("utf-8")
    words = (Path(__file__).parents[2] / "viewer/src/ui/catalogue/en.ts").read_text("utf-8")
    assert "?kiosk=1" in page
    assert '"Kiosk' in words
