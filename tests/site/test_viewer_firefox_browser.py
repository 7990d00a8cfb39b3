"""The viewer in Firefox: the map is drawn, and one finds, opens and compares. All else is tried in Chromium.

Needs a stock Firefox ($FIREFOX, or one on the path), Xvfb, and a built viewer.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests import firefox
from tests.firefox import Firefox
from tests.site import test_viewer_browser as base
from tests.site.test_viewer_browser import TOLERANCE, VIEWER, Collection, served

collection = base.collection

pytestmark = [
    pytest.mark.skipif(firefox.FIREFOX is None, reason="no Firefox: install one, or name it in $FIREFOX"),
    pytest.mark.skipif(firefox.XVFB is None, reason="no Xvfb: without a screen Firefox draws no WebGL"),
    pytest.mark.skipif(not (VIEWER / "index.html").is_file(), reason="the viewer is not built: run `make viewer`"),
]

COMPLAINTS = """
window.complaints = [];
addEventListener("error", event => window.complaints.push(event.message));
addEventListener("unhandledrejection", event => window.complaints.push(`${event.reason}`));
"""


@pytest.fixture
def page(collection: Collection, tmp_path: Path) -> Iterator[Firefox]:
    with served(collection.folder) as address, firefox.opened(tmp_path / "profile", 1280, 900) as browser:
        browser.go(f"{address}#layout=grid")
        browser.run(COMPLAINTS)
        browser.until("!!window.pixplot")
        browser.run("return window.pixplot.ready")
        browser.until("window.pixplot.settled")
        yield browser
        assert browser.run("return window.complaints") == []


def test_firefox_draws_finds_opens_and_compares(page: Firefox, collection: Collection) -> None:
    assert page.run("return document.querySelector('#map').hidden") is False
    assert 0 < page.run("return window.pixplot.gpuBytes()") <= 256 * 2**20
    frame, stated = page.picture().astype(float), collection.array(collection.manifest["colours"]).astype(float)
    drawn = 0
    for row in base.alone(collection)[::7]:
        place = page.run("return window.pixplot.screenOf(arguments[0])", row)
        x, y, width, height = (round(place[key]) for key in ("x", "y", "width", "height"))
        if min(width, height) < 10:
            continue
        inside = frame[y + 1 : y + height - 1, x + 1 : x + width - 1]
        np.testing.assert_allclose(inside.mean((0, 1)), stated[row], atol=TOLERANCE, err_msg=f"row {row}")
        drawn += 1
    assert drawn > 5
    # A word leads to a picture.
    page.click("[aria-label='Search and filter']")
    page.until("!!document.querySelector('[aria-label=\"Search all texts\"]')")
    wanted = next(row for row in base.alone(collection) if collection.value("category", row) == "Category 2")
    page.type("[aria-label='Search all texts']", f'item:"{collection.value("item", wanted)}"\ue007')
    page.until("!!document.querySelector('[role=dialog] h2')")
    item = collection.value("item", wanted)
    assert item in page.run("return decodeURIComponent(location.hash.replaceAll('+', ' '))")
    # A second map stands beside the first.
    page.click("[aria-label='Two maps side by side']")
    page.until("window.pixplot.beside !== null && window.pixplot.settled")
    assert page.run("return window.pixplot.beside.layout") == "umap"
    assert page.run("return document.querySelectorAll('.selected').length") == 2
