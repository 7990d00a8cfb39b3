"""A reader's clusters in a browser: found by name and tag, sent in a link, kept by whom they are sent to; and what no link has room for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np
import pyarrow as pa
import pytest
from playwright.sync_api import Browser, Page, expect

from tests import artefacts, site_fixture
from tests.site import test_viewer_browser as base
from tests.site.test_viewer_browser import Collection, Visit, ready
from tests.site.test_viewer_explore_browser import AXE, entries, expect_found, expect_selected, find, items, rows_where, violations

pytestmark = base.pytestmark
browser = base.browser
collection = base.collection

NAME = "Mine: <b>3</b> & more"


@pytest.fixture
def visit(browser: Browser, collection: Collection) -> Iterator[Visit]:
    """A fresh page that complains of nothing."""
    with ready(browser, collection.folder, reduced_motion="reduce") as opened:
        yield opened
        assert opened.complaints == []


def third(collection: Collection) -> list[int]:
    return rows_where(collection, "category", lambda category: category == "Category 3")


def make(page: Page, visit: Visit, name: str, tags: str = "") -> None:
    """A cluster of what is found, with a name and tags."""
    find(visit, "category:3")
    page.get_by_role("button", name="Select these").click()
    page.get_by_role("button", name="New cluster").first.click()
    field = page.get_by_role("textbox", name=re.compile("Name of My cluster"))
    expect(field).to_be_focused()
    field.fill(name)
    field.press("Enter")
    page.get_by_role("textbox", name=f"Tags of {name}").fill(tags)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Select none").click()
    page.get_by_role("button", name="Pictures", exact=True).click()


def fragment(page: Page) -> str:
    return "#" + urlsplit(page.url).fragment


def test_clusters_are_found_by_name_and_tag_as_they_are_now(visit: Visit, collection: Collection) -> None:
    page, every = visit.page, items(collection)
    mine = third(collection)
    make(page, visit, NAME, "wings, red things")
    listed = collection.manifest["hotspots"]
    second = [one["label"] for one in listed["list"]].index("Cluster 2")
    members = np.flatnonzero(collection.array(listed["members"]) == second).tolist()
    tagged = set(rows_where(collection, "tags", lambda tags: "tag 1" in (tags or [])))
    cases = [
        ("cluster:mine", set(mine)),
        ('cluster="Cluster 2"', set(members)),
        ("tag:wing", set(mine)),
        ('tag="red things" OR cluster="Cluster 2"', set(mine) | set(members)),
        ("cluster:mine -category:3", set()),
        ('tag:"tag 1" cluster:mine', tagged & set(mine)),
    ]
    for text, rows in cases:
        find(visit, text)
        expect_found(visit, len(rows), every)
    find(visit, "cluster:mine")
    expect_found(visit, len(mine), every)
    page.get_by_role("group", name="Find").get_by_role("button", name="Clusters").click()
    page.get_by_role("textbox", name=f"Name of {NAME}").fill("Others")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Pictures", exact=True).click()
    expect_found(visit, 0, every)


def test_what_clusters_are_called_is_offered(visit: Visit, collection: Collection) -> None:
    page = visit.page
    make(page, visit, NAME, "wings")
    find(visit, "mine more")
    offers = page.get_by_role("group", name="Clusters of that name")
    offers.get_by_role("button", name=f"Cluster “{NAME}”: {len(third(collection))} pictures").click()
    expect_found(visit, len(third(collection)), items(collection))
    expect(page.get_by_role("textbox", name="Search all texts")).to_be_focused()
    expect(offers).to_have_count(0)
    find(visit, "wing")
    offers.get_by_role("button", name="Tag “wings”: 1 cluster").click()
    expect_found(visit, len(third(collection)), items(collection))
    find(visit, "nothing is called so")
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    expect(offers).to_have_count(0)


def test_a_link_shows_others_a_cluster_by_its_name_and_they_may_keep_it(browser: Browser, visit: Visit, collection: Collection) -> None:
    page = visit.page
    make(page, visit, NAME)
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("own="))
    link = fragment(page)
    with ready(browser, collection.folder, link, reduced_motion="reduce") as other:
        theirs = other.page
        strip = theirs.get_by_role("navigation", name="Clusters")
        expect(strip.get_by_role("button").first).to_contain_text(NAME)
        theirs.get_by_role("button", name="Search and filter").click()
        theirs.get_by_role("group", name="Find").get_by_role("button", name="Clusters").click()
        expect(theirs.get_by_text("Clusters of the link are shown as long as it is.")).to_be_visible()
        expect(theirs.get_by_role("textbox", name=f"Name of {NAME}")).to_have_count(0)
        theirs.get_by_role("button", name=f"Select the pictures of {NAME}").click()
        expect_selected(other, len(third(collection)))
        kept = "localStorage.getItem('pixplot-hotspots:' + location.pathname)"
        assert theirs.evaluate(kept) is None, "nothing is kept before it is asked for"
        theirs.get_by_role("button", name=f"Keep {NAME} in this browser").click()
        expect(theirs.get_by_role("textbox", name=f"Name of {NAME}")).to_be_visible()
        assert [one["label"] for one in json.loads(theirs.evaluate(kept))["own"]] == [NAME]
        theirs.get_by_role("textbox", name=f"Name of {NAME}").fill("Renamed")
        theirs.keyboard.press("Enter")
        theirs.evaluate("link => { location.hash = link }", link)
        # Only the link's own address names the cluster as it was sent.
        expect(strip.get_by_role("button").first).to_contain_text("Renamed")
        expect(strip.get_by_text(NAME)).to_have_count(0)
        assert other.complaints == []


def test_a_link_that_asks_for_tags_says_that_these_stay_here(visit: Visit) -> None:
    page = visit.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    make(page, visit, NAME, "wings")
    page.get_by_role("button", name="Select these").click()
    bar = page.get_by_role("region", name="Select pictures")
    bar.get_by_role("button", name="Copy link").click()
    expect(page.locator("[aria-live]")).to_have_text("The link to this view is copied.")
    expect(page.locator(".notes")).to_have_count(0)
    find(visit, "tag:wings")
    bar.get_by_role("button", name="Copy link").click()
    expect(page.locator(".notes")).to_contain_text("This search asks for clusters.")


def test_names_of_own_clusters_are_on_the_map_where_they_lie_together(visit: Visit, collection: Collection) -> None:
    page = visit.page
    rows = np.argsort(np.linalg.norm(collection.positions("umap") - collection.positions("umap")[0], axis=1))[:6].tolist()
    mark = collection.manifest["table"]["digest"][:6]
    far = np.argsort(collection.positions("umap")[:, 0])[[0, 1, -2, -1]].tolist()
    texts = [f"{mark}:near:{encoded(rows)}:Together", f"{mark}:far:{encoded(far)}:Apart"]
    page.evaluate("hash => { location.hash = hash }", urlencode([("own", text) for text in texts]))
    strip = page.get_by_role("navigation", name="Clusters")
    expect(strip.get_by_role("button").first).to_contain_text("Together")
    visit.settle()
    expect(page.locator(".caption.hotspot").filter(has_text="Together")).to_have_count(1)
    expect(page.locator(".caption.hotspot").filter(has_text="Apart")).to_have_count(0)


def encoded(rows: list[int]) -> str:
    """Rows as an address has them: of each its distance from the end of the one before."""
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"

    def base36(number: int) -> str:
        return (base36(number // 36) if number >= 36 else "") + digits[number % 36]

    ordered = sorted(rows)
    return "-".join(base36(row - before - 1) for before, row in zip([-1, *ordered[:-1]], ordered, strict=True))


@pytest.mark.parametrize(
    "text",
    ["MARK:1:0.3:<img src=x onerror=alert(1)>", "MARK:1:zzzzzzzz:Far", "MARK:__proto__:0:Proto", "MARK:1:0:" + "x" * 5000, ":::", "MARK"],
)
def test_a_hostile_link_shows_texts_and_breaks_nothing(browser: Browser, collection: Collection, text: str) -> None:
    mark = collection.manifest["table"]["digest"][:6]
    below = "#" + urlencode({"own": text.replace("MARK", mark)})
    with ready(browser, collection.folder, below, reduced_motion="reduce") as visit:
        strip = visit.page.get_by_role("navigation", name="Clusters")
        count = len(collection.manifest["hotspots"]["list"])
        expect(strip.get_by_role("button")).to_have_count(count + ("<img" in text))
        expect(strip.locator("img[onerror]")).to_have_count(0)
        assert visit.complaints == []


def test_a_link_of_another_state_says_so(browser: Browser, collection: Collection) -> None:
    for below in ("#s=ffffff%3A0.3", "#own=ffffff%3A1%3A0.3%3AOld"):
        with ready(browser, collection.folder, below, reduced_motion="reduce") as visit:
            expect(visit.page.get_by_text("This link is of another state of the collection.")).to_be_visible()
            expect_selected(visit, 0)


LARGE = 2400


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """So many that a scattered selection of them is longer than an address may be."""
    root = tmp_path_factory.mktemp("large")
    found = artefacts.write(root, LARGE, shard_size=600, broken=False)
    site_fixture.atlas(found, page=1024)
    site_fixture.site(found, root / "site", base.VIEWER)
    manifest = json.loads((root / "site/data/manifest.json").read_text())
    with pa.memory_map(str(root / "site" / manifest["table"]["file"])) as source:
        return Collection(root / "site", manifest, pa.ipc.open_file(source).read_all())


TOLD = {
    "en": ("Search and filter", "Select these", "too large for a link", "Save it as a table (CSV)", "New cluster", "Too large for a link"),
    "de": ("Suchen und filtern", "Diese auswählen", "zu groß für einen Link", "als Tabelle (CSV)", "Neue Gruppe", "Zu groß für einen Link"),
    "fr": (
        "Chercher et filtrer",
        "Les sélectionner",
        "trop grande pour un lien",
        "en tableau (CSV)",
        "Nouveau groupe",
        "Trop grands pour un lien",
    ),
}


@pytest.mark.parametrize("language", list(TOLD))
def test_what_no_link_has_room_for_is_told(browser: Browser, large: Collection, language: str) -> None:
    search, select, told, advice, cluster, group = TOLD[language]
    options: dict[str, Any] = {"viewport": {"width": 390, "height": 844}} if language == "de" else {}
    with ready(browser, large.folder, f"?lang={language}", reduced_motion="reduce", bypass_csp=True, **options) as visit:
        page = visit.page
        page.get_by_role("button", name=search).first.click()
        page.get_by_role("textbox").first.fill("category:1 OR category:3")
        found = len(rows_where(large, "category", lambda category: category in ("Category 1", "Category 3")))
        # Each language has a sign of its own between the thousands.
        expect(page.locator(".status p")).to_have_text(re.compile(rf"^{found // 1000}\D?{found % 1000:03d}\D"))
        page.locator(".status").get_by_role("button", name=re.compile(select)).click()
        bar = page.locator(".bar[role=region]")
        expect(bar).to_contain_text(told)
        expect(bar).to_contain_text(advice)
        assert "s" not in parse_qs(urlsplit(page.url).fragment)
        if AXE.is_file():
            page.add_script_tag(path=AXE)
            assert violations(visit) == []
        bar.get_by_role("button", name=cluster).click()
        expect(page.locator(".panel .tools")).to_contain_text(group)
        assert "own" not in parse_qs(urlsplit(page.url).fragment)
        page.get_by_role("textbox").first.fill("category:1")
        if AXE.is_file():
            assert violations(visit) == []
        assert visit.complaints == []


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: run `make viewer`")
@pytest.mark.parametrize(("scheme", "width", "height"), [("light", 1280, 800), ("dark", 390, 844), ("dark", 1280, 800)])
def test_no_state_of_clusters_breaks_a_rule_of_accessibility(
    browser: Browser, collection: Collection, scheme: str, width: int, height: int
) -> None:
    options: dict[str, Any] = {"viewport": {"width": width, "height": height}, "color_scheme": scheme, "bypass_csp": True}
    mark = collection.manifest["table"]["digest"][:6]
    below = "#" + urlencode({"own": f"{mark}:1:0.9:Brought along", "find": "hotspots"})
    with ready(browser, collection.folder, below, reduced_motion="reduce", **options) as visit:
        page = visit.page
        page.add_script_tag(path=AXE)
        expect(page.get_by_role("button", name="Keep Brought along in this browser")).to_be_visible()
        found = {"brought": violations(visit)}
        page.get_by_role("textbox", name="Tags of Cluster 2").fill("wings, red things")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Select all pictures tagged wings")).to_be_visible()
        found["tagged"] = violations(visit)
        page.get_by_role("button", name="Pictures", exact=True).click()
        find(visit, "wing")
        expect(page.get_by_role("group", name="Clusters of that name").get_by_role("button")).to_have_count(1)
        found["offered"] = violations(visit)
        find(visit, "tag:wing")
        expect(entries(visit).first).to_be_visible()
        found["found"] = violations(visit)
        assert found == {state: [] for state in found}
