"""Pictures of servers in the browser: a large one in the panel, deep zoom, a selection as a manifest, and nobody else is asked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import pyarrow as pa
import pytest
from playwright.sync_api import Browser, expect

from pixplot_steps.site import services
from tests import artefacts, site_fixture
from tests.fetch.museum import Museum, open_museum
from tests.site.test_viewer_browser import VIEWER, Visit, browser, pytestmark, ready

__all__ = ["browser", "pytestmark"]


@dataclass(frozen=True)
class Remote:
    """A site whose pictures a museum on loopback has in large, but for those of even rows."""

    folder: Path
    museum: Museum

    def open(self, visit: Visit, row: int) -> None:
        """Open the panel of a row, whatever lies over its picture."""
        manifest = json.loads((self.folder / "data/manifest.json").read_bytes())
        with pa.memory_map(str(self.folder / manifest["table"]["file"])) as source:
            item = pa.ipc.open_file(source).read_all()["item"][row].as_py()
        visit.page.evaluate("hash => { location.hash = hash }", "#" + urlencode({"item": item}, quote_via=quote))
        expect(visit.page.locator(".panel")).to_be_visible()


@pytest.fixture(scope="module")
def remote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Remote]:
    root = tmp_path_factory.mktemp("remote")
    with open_museum() as museum:

        def service(row: int) -> str | None:
            base = museum.url(f"/iiif/{row}")
            told = {"version": 3, "level": 2, "width": 900, "height": 600, "region": "full", "large": f"{base}/full/!800,534/0/default.jpg"}
            return json.dumps({"id": base, **told}) if row % 2 else None

        found = artefacts.write(root, 12, broken=False, service=service)
        site_fixture.atlas(found)
        site_fixture.site(found, root / "site", VIEWER)
        yield Remote(root / "site", museum)


def test_the_panel_asks_the_server_for_a_large_picture(browser: Browser, remote: Remote) -> None:
    with ready(browser, remote.folder, reduced_motion="reduce") as visit:
        remote.open(visit, 3)
        picture = visit.page.locator(".panel figure img")
        expect(picture).to_have_attribute("src", remote.museum.url("/iiif/3/full/!800,534/0/default.jpg"))
        visit.page.keyboard.press("Escape")
        remote.open(visit, 2)
        expect(picture).to_have_attribute("src", re.compile(r"^pictures/"))
        expect(visit.page.get_by_role("button", name="Zoom in deep")).to_have_count(0)
        assert visit.complaints == []


def test_deep_zoom_loads_its_viewer_when_it_is_opened(browser: Browser, remote: Remote) -> None:
    with ready(browser, remote.folder, reduced_motion="reduce") as visit:
        remote.open(visit, 3)
        assert not any("openseadragon" in url for url in visit.requests)
        visit.page.get_by_role("button", name="Zoom in deep").click()
        expect(visit.page.get_by_role("dialog").locator("canvas").first).to_be_visible()
        tiles = f"e.name.startsWith('{remote.museum.url('/iiif/3/')}') && !e.name.endsWith('info.json')"
        visit.until(f"performance.getEntriesByType('resource').filter(e => {tiles}).length > 1")
        assert remote.museum.url("/iiif/3/info.json") in visit.requests
        assert any("openseadragon" in url for url in visit.requests)
        visit.page.keyboard.press("Escape")
        expect(visit.page.locator("dialog")).to_have_count(0)
        expect(visit.page.locator(".panel")).to_be_visible()
        strange = [url for url in visit.requests if not url.startswith((visit.address, remote.museum.root, "data:", "blob:"))]
        # Tiles that come after the zoom was closed.
        complaints = [text for text in visit.complaints if "loaded before reset" not in text]
        assert (complaints, strange) == ([], [])


def test_a_server_that_does_not_answer_is_told(browser: Browser, remote: Remote) -> None:
    with ready(browser, remote.folder, reduced_motion="reduce") as visit:
        visit.page.route("**/iiif/3/info.json", lambda route: route.abort())
        remote.open(visit, 3)
        visit.page.get_by_role("button", name="Zoom in deep").click()
        expect(visit.page.get_by_role("alert")).to_have_text("The server of this picture does not answer.")


def test_the_policy_lets_the_page_ask_nobody_else(browser: Browser, remote: Remote) -> None:
    with ready(browser, remote.folder, reduced_motion="reduce") as visit:
        other = "http://127.0.0.1:9/"
        assert visit.page.evaluate("url => fetch(url).then(() => 'asked', error => error.name)", other) == "TypeError"
        assert any("Content Security Policy" in text for text in visit.complaints)


def test_a_selection_as_a_manifest(browser: Browser, remote: Remote, tmp_path: Path) -> None:
    with ready(browser, remote.folder, reduced_motion="reduce") as visit:
        remote.open(visit, 3)
        visit.page.locator(".panel footer input[type=checkbox]").check()
        visit.page.locator(".bar summary").click()
        with visit.page.expect_download() as waiting:
            visit.page.get_by_role("button", name="IIIF manifest").click()
        waiting.value.save_as(tmp_path / "m.json")
        value = json.loads((tmp_path / "m.json").read_text("utf-8"))
        assert value["id"].startswith(f"{visit.address}iiif/selection-")
        (canvas,) = value["items"]
        body = canvas["items"][0]["items"][0]["body"]
        assert body["id"] == remote.museum.url("/iiif/3/full/!800,534/0/default.jpg")
        assert body["service"] == [{"id": remote.museum.url("/iiif/3"), "type": "ImageService3", "profile": "level2"}]
        prezi = pytest.importorskip("iiif_prezi3", reason="iiif-prezi3 is not installed; it asks for an older Pillow (see docs/decisions)")
        assert len(prezi.Manifest(**value).items) == 1


def test_hosts_of_the_page_are_those_of_the_services(remote: Remote) -> None:
    page = (remote.folder / "index.html").read_bytes()
    assert page == services.allowed((VIEWER / "index.html").read_bytes(), [remote.museum.root])
