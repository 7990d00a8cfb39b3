"""The page of very many rows: it never fetches the table whole, and finds, counts, opens and saves as any other."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path
from urllib.parse import urlencode

import pyarrow as pa
import pytest
from PIL import Image
from playwright.sync_api import Browser, Route, expect

from pixplot_steps.site import search, terms
from tests import artefacts, site_fixture
from tests.site import test_viewer_browser as base
from tests.site import test_viewer_explore_browser as explore
from tests.site.test_viewer_browser import VIEWER, Collection, Visit, ready

pytestmark = base.pytestmark
browser = base.browser
visit = explore.visit


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Collection:
    """A small collection, written as a large one is."""
    folder = tmp_path_factory.mktemp("large")
    found = artefacts.write(folder / "made", 120)
    site_fixture.atlas(found)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "FROM", 10)
        patch.setattr(search, "PART", 8)
        patch.setattr(terms, "BLOCK", 400)
        site_fixture.site(found, folder / "site", VIEWER)
    manifest = json.loads((folder / "site/data/manifest.json").read_text())
    with pa.memory_map(str(folder / "site" / manifest["table"]["file"])) as source:
        table = pa.ipc.open_file(source).read_all()
    return Collection(folder / "site", manifest, table)


def table_asked(visit: Visit, collection: Collection) -> bool:
    return any(collection.manifest["table"]["file"] in url for url in visit.requests)


def saved(visit: Visit, name: str) -> bytes:
    visit.page.locator("summary", has_text="Save").click()
    with visit.page.expect_download() as download:
        visit.page.get_by_role("button", name=name).click()
    return Path(download.value.path()).read_bytes()


def title_of(collection: Collection, row: int) -> str:
    """As the page writes it."""
    title = collection.value("title", row) or Path(collection.value("item", row)).stem
    return title if len(title) <= 240 else f"{title[:240]}…"


def test_a_search_finds_what_the_table_has_and_fetches_little(visit: Visit, collection: Collection) -> None:
    explore.find(visit, "category:3 year<1950")
    years, categories = collection.table.column("year").to_pylist(), collection.table.column("category").to_pylist()
    every = explore.items(collection)
    hits = [row for row in range(every) if categories[row] == "Category 3" and years[row] is not None and years[row] < 1950]
    assert hits
    explore.expect_found(visit, len(hits), every)
    for place, row in enumerate(hits[:3]):
        expect(explore.entries(visit).nth(place).locator(".title")).to_have_text(title_of(collection, row))
    expect(explore.entries(visit).first.locator("img")).to_have_js_property("complete", True)
    assert not table_asked(visit, collection)
    blocks = list(collection.folder.glob("data/*.terms"))
    asked = {url for url in visit.requests if url.endswith(".terms")}
    assert 0 < len(asked) < len(blocks) / 2


def test_facets_are_counted_when_they_are_shown(visit: Visit, collection: Collection) -> None:
    explore.find(visit, "")
    expect(visit.page.locator(".status p")).to_have_text(f"{explore.items(collection)} pictures")
    index = json.loads((collection.folder / collection.manifest["search"]["file"]).read_bytes())
    codes = index["values"]["category"]["codes"]["file"]
    assert not any(codes in url for url in visit.requests)
    visit.page.get_by_role("group", name="Find").get_by_role("button", name="Filters").click()
    box = visit.page.get_by_role("group", name="Category").first
    name = min(value for value in collection.table.column("category").to_pylist() if value)
    count = collection.table.column("category").to_pylist().count(name)
    option = box.get_by_role("checkbox", name=name).first
    expect(box).to_contain_text(str(count))
    option.check()
    explore.expect_found(visit, count, explore.items(collection))
    assert any(codes in url for url in visit.requests)
    assert not table_asked(visit, collection)


def test_filters_opened_while_a_search_is_on_its_way_are_counted(browser: Browser, collection: Collection) -> None:
    index = Path(collection.manifest["search"]["file"]).name
    held: list[Route] = []
    with ready(browser, collection.folder, reduced_motion="reduce") as visit:
        visit.page.route(f"**/{index}", lambda route: held.append(route))
        visit.page.get_by_role("button", name="Search and filter").click()
        visit.page.get_by_role("group", name="Find").get_by_role("button", name="Filters").click()
        expect(visit.page.get_by_role("region", name="Find")).to_contain_text("Counting")
        assert held
        for route in held:
            route.continue_()
        expect(visit.page.get_by_role("group", name="Category").first.get_by_role("checkbox").first).to_be_visible()
        assert visit.complaints == []


def test_a_link_opens_its_picture_without_the_table(browser: Browser, collection: Collection) -> None:
    row = explore.items(collection) - 3
    link = urlencode({"item": collection.value("item", row)})
    with ready(browser, collection.folder, f"#{link}", reduced_motion="reduce") as visit:
        expect(visit.page.get_by_role("dialog")).to_contain_text(title_of(collection, row))
        assert not table_asked(visit, collection)
        assert len([url for url in visit.requests if url.endswith(".arrow")]) < len(collection.table) / 8
        assert visit.complaints == []


def test_pictures_are_saved_with_their_names_and_their_table(visit: Visit, collection: Collection) -> None:
    explore.find(visit, "category:3")
    visit.page.get_by_role("button", name="Select these").click()
    rows = explore.rows_where(collection, "category", lambda value: value == "Category 3")
    explore.expect_selected(visit, len(rows))
    archive = zipfile.ZipFile(io.BytesIO(saved(visit, "Pictures (ZIP)")))
    assert archive.testzip() is None
    *names, table = archive.namelist()
    stems = [str(Path(collection.value("item", row)).with_suffix("")) for row in rows]
    assert [str(Path(name).with_suffix("")).removesuffix(".tif").removesuffix(".png") for name in names] == stems
    for name, row in zip(names, rows, strict=True):
        image = collection.value("image", row)
        assert archive.read(name) == (collection.folder / f"pictures/{image[:2]}/{image}.jpg").read_bytes()
        assert Image.open(io.BytesIO(archive.read(name))).format == "JPEG"
        assert name.lower().endswith((".jpg", ".jpeg"))
    told = list(csv.DictReader(io.StringIO(archive.read(table).decode("utf-8-sig"), newline="")))
    assert [row["filename"] for row in told] == names
    assert {row["category"] for row in told} == {"Category 3"}


def test_pictures_that_cannot_be_had_are_told(visit: Visit, collection: Collection) -> None:
    explore.find(visit, "category:3")
    visit.page.get_by_role("button", name="Select these").click()
    first = explore.rows_where(collection, "category", lambda value: value == "Category 3")[0]
    visit.page.route(f"**/{collection.value('image', first)}.jpg", lambda route: route.abort())
    archive = zipfile.ZipFile(io.BytesIO(saved(visit, "Pictures (ZIP)")))
    told = list(csv.DictReader(io.StringIO(archive.read("metadata.csv").decode("utf-8-sig"), newline="")))
    assert len(archive.namelist()) == len(told) + 1
    expect(visit.page.locator(".notes")).to_contain_text("could not be loaded")
    visit.complaints.clear()


def test_the_view_is_saved_as_a_drawing(visit: Visit, collection: Collection) -> None:
    explore.find(visit, "category:3")
    visit.page.get_by_role("button", name="Select these").click()
    root = ElementTree.fromstring(saved(visit, "View (SVG)"))  # noqa: S314
    space = "{http://www.w3.org/2000/svg}"
    assert (root.get("width"), root.get("height")) == ("1280", "800")
    assert root.findtext(f"{space}title") == collection.manifest["title"]
    (picture,) = root.findall(f"{space}image")
    assert (picture.get("href") or "").startswith("data:image/png;base64,")


def test_a_cluster_is_saved_as_a_table(visit: Visit, collection: Collection) -> None:
    explore.find(visit, "")
    visit.page.get_by_role("group", name="Find").get_by_role("button", name="Clusters").click()
    with visit.page.expect_download() as download:
        visit.page.get_by_role("button", name="Save the table of Cluster 1").click()
    told = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"), newline="")))
    members = collection.array(collection.manifest["hotspots"]["members"])
    assert [row["filename"] for row in told] == [collection.value("item", row) for row in (members == 0).nonzero()[0].tolist()]
    assert "cluster-1" in download.value.suggested_filename


def test_a_cluster_of_ones_own_stays(visit: Visit, collection: Collection) -> None:
    page = visit.page
    explore.find(visit, "category:3")
    page.get_by_role("button", name="Select these").click()
    page.get_by_role("button", name="New cluster").first.click()
    expect(page.get_by_role("textbox", name="Name of My cluster 1")).to_be_focused()
    page.reload()
    visit.until("!!window.pixplot")
    page.evaluate("window.pixplot.ready")
    count = len(explore.rows_where(collection, "category", lambda value: value == "Category 3"))
    strip = page.get_by_role("navigation", name="Clusters")
    expect(strip.get_by_role("button").first).to_contain_text("My cluster 1")
    expect(strip.get_by_role("button").first).to_contain_text(str(count))
    assert not table_asked(visit, collection)
