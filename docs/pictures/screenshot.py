"""Make the README's pictures of a built site, light and dark: docs/pictures/demo-light.png and demo-dark.png.

    python docs/pictures/screenshot.py [--site results/demo/site]

Needs a Chromium: $CHROMIUM, or `chromium` or `google-chrome` on the path.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import threading
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

from pixplot_steps.site import serve

HERE = Path(__file__).resolve().parent
SIZE = (1280, 800)
# WebGL2 by Chromium's software renderer, so that a machine without a graphics card makes the same picture.
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--force-color-profile=srgb"]
PATIENCE_MS = 120_000


def main() -> None:
    """Serve the site, open it in both colour schemes, and write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--site", type=Path, default=Path("results/demo/site"), help="folder of a built site")
    site = parser.parse_args().site
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        sys.exit("no Chromium: install one, or name it in $CHROMIUM")
    with serve.server(site, 0) as serving, sync_playwright() as playwright:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        address = f"http://{serve.HOST}:{serving.server_port}/"
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for scheme in ("light", "dark"):
            _take(browser, address, scheme, HERE / f"demo-{scheme}.png")
        browser.close()
        serving.shutdown()


def _take(browser: Browser, address: str, scheme: Literal["light", "dark"], path: Path) -> None:
    # The page's own policy forbids the evaluation of text that waiting needs.
    page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]}, color_scheme=scheme, reduced_motion="reduce", bypass_csp=True)
    page.goto(address)
    page.wait_for_function("window.pixplot", timeout=PATIENCE_MS)
    page.evaluate("window.pixplot.ready")
    page.wait_for_function("window.pixplot.settled", timeout=PATIENCE_MS)
    page.screenshot(path=path)
    page.close()
    print(f"{path.relative_to(HERE.parents[1])}: {path.stat().st_size / 1024:.0f} KiB", file=sys.stderr)


if __name__ == "__main__":
    main()
