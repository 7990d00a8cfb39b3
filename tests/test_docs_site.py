"""The documentation as a site: it builds without a warning, is whole, and asks nobody for anything."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(importlib.util.find_spec("sphinx") is None, reason="no Sphinx: run `make setup-docs`")


class Page(HTMLParser):
    """What a page of HTML loads by itself, where its links lead, and its places."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.places |= {given["id"]} if "id" in given else set()
        self.loaded += [given[name] for name in ("src", "srcset", "poster", "data") if name in given]
        if tag == "link" and given.get("rel") not in ("next", "prev", "search", "index"):
            self.loaded.append(given["href"])
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        self.loaded += re.findall(r"url\(\s*['\"]?([^'\")]+)", given.get("style", ""))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, made by the command of `make docs`."""
    folder = tmp_path_factory.mktemp("docs")
    command = re.search(r"-m sphinx (.+) docs/build$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert command
    flags = [flag.replace('"$(VENV)/doctrees"', str(folder / "doctrees")) for flag in command[1].split()]
    done = subprocess.run([sys.executable, "-m", "sphinx", *flags, folder / "site"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "site"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path.read_text("utf-8")) for path in sorted(site.rglob("*.html"))}


def test_every_page_of_the_docs_is_there(site: Path) -> None:
    wanted = [path.relative_to(ROOT).with_suffix(".html") for path in (ROOT / "docs").rglob("*.md") if "build" not in path.parts]
    assert len(wanted) > 40
    assert [path for path in wanted if not (site / path).is_file()] == []


def test_flags_keep_their_dashes(site: Path) -> None:
    page = (site / "docs/flags.html").read_text("utf-8")
    assert "--max_images" in page
    assert "–max_images" not in page


def test_it_loads_nothing_from_elsewhere(site: Path, pages: dict[Path, Page]) -> None:
    asked = {address for page in pages.values() for address in page.loaded if not address.startswith("data:")}
    assert len(asked) > 5, "the pages have style sheets and scripts"
    assert [address for address in asked if urlsplit(address).netloc or urlsplit(address).scheme] == []
    for sheet in site.rglob("*.css"):
        foreign = re.findall(r"(?:url\(\s*['\"]?|@import\s+['\"])(?:https?:)?//[^)\s]+", sheet.read_text("utf-8"))
        assert foreign == [], sheet.name


def test_links_within_lead_somewhere(pages: dict[Path, Page]) -> None:
    lost = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if parts.scheme or parts.netloc:
                continue
            if not target.is_file() or (parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].places):
                lost.append(f"{path.name}: {link}")
    assert lost == []


@pytest.mark.skipif(not CHROMIUM, reason="no Chromium: install one, or name it in $CHROMIUM")
def test_in_a_browser_it_asks_nobody_and_finds_what_is_searched(site: Path) -> None:
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto((site / "index.html").as_uri())
        page.wait_for_url("**/docs/index.html")
        page.goto((site / "search.html").as_uri() + "?q=hotspots")
        page.wait_for_selector("#search-results li a")
        titles = page.locator("#search-results li a").all_inner_texts()
        browser.close()
    assert "Hotspots" in titles
    assert [address for address in asked if not address.startswith(("file:", "data:"))] == []
