"""Golden screenshots of the main states, from the software renderer; letters are left out, since each machine has its own.

`UPDATE_GOLDEN=1` writes those anew that differ (tests/golden/screen-*.webp).
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests import artefacts, golden_screen, site_fixture
from tests.site.test_viewer_browser import VIEWER, Visit, browser, pytestmark, ready

__all__ = ["browser", "pytestmark"]

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

# Icons keep their colour. Names on the map are put where there is room for them, which is a matter of letters too.
WITHOUT_LETTERS = """
    *, ::placeholder { -webkit-text-fill-color: transparent !important; caret-color: transparent !important; }
    a { text-decoration: none !important; }
    .marks .caption, .marks .title { visibility: hidden !important; }
"""
RENDERER = """() => {
    const gl = document.createElement("canvas").getContext("webgl2");
    const info = gl && gl.getExtension("WEBGL_debug_renderer_info");
    return info ? gl.getParameter(info.UNMASKED_RENDERER_WEBGL) : "none";
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of drawn pictures, whose places do not depend on the machine."""
    root = tmp_path_factory.mktemp("golden")
    found = artefacts.write(root, 160, broken=False, texts={("about", "description"): lambda row: f"Picture {row}, *drawn*."})
    site_fixture.atlas(found)
    site_fixture.site(found, root / "site", VIEWER)
    return root / "site"


def nothing(_: Visit) -> None:
    return


def panel(visit: Visit) -> None:
    visit.page.locator("canvas").focus()
    visit.page.keyboard.press("Enter")
    expect(visit.page.get_by_role("region", name="Most alike")).to_be_attached()
    visit.page.evaluate("document.activeElement.blur()")


def listed(visit: Visit) -> None:
    visit.page.get_by_role("button", name="Search and filter").click()
    visit.page.get_by_role("textbox", name="Search all texts").fill("category:3")
    expect(visit.page.locator(".status p")).to_contain_text("of")
    expect(visit.page.locator(".entry").first).to_be_visible()


def filters(visit: Visit) -> None:
    listed(visit)
    visit.page.get_by_role("button", name="Filters").click()
    visit.page.get_by_label("Colour the frames by").select_option("category")
    expect(visit.page.get_by_role("group", name="Category").first).to_be_visible()


STATES: list[tuple[str, str, str, dict[str, int], Callable[[Visit], None]]] = [
    ("map-light", "light", "", DESK, nothing),
    ("map-dark", "dark", "", DESK, nothing),
    ("grid-light", "light", "#layout=grid", DESK, nothing),
    ("panel-dark", "dark", "#layout=grid", DESK, panel),
    ("list-light", "light", "#layout=grid", DESK, listed),
    ("filters-dark", "dark", "#layout=grid", DESK, filters),
    ("phone-light", "light", "#layout=grid", PHONE, panel),
    ("embed-light", "light", "?ui=0", {"width": 560, "height": 360}, nothing),
]


@pytest.mark.parametrize(("name", "scheme", "below", "size", "act"), STATES, ids=[state[0] for state in STATES])
def test_the_page_looks_as_it_did(
    browser: Browser, folder: Path, tmp_path: Path, name: str, scheme: str, below: str, size: dict[str, int], act: Callable[[Visit], None]
) -> None:
    options: dict[str, Any] = {"viewport": size, "color_scheme": scheme, "bypass_csp": True}
    with ready(browser, folder, below, reduced_motion="reduce", **options) as visit:
        renderer = visit.page.evaluate(RENDERER)
        if "SwiftShader" not in renderer:
            pytest.skip(f"golden screenshots are of the software renderer SwiftShader; here is {renderer}")
        act(visit)
        visit.page.add_style_tag(content=WITHOUT_LETTERS)
        # Where there is neither a picture nor an entry of a list.
        visit.page.mouse.move(2, size["height"] / 2)
        visit.settle()
        visit.until("[...document.images].every(image => image.complete)")
        visit.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))")
        screen = Image.open(io.BytesIO(visit.page.screenshot()))
        golden_screen.check(name, screen, tmp_path)
        assert visit.complaints == []
