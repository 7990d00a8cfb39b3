"""Claims of the viewer: what a first view costs, and how smoothly one moves, with 10,000, 100,000 and 1,000,000 pictures.

Synthetic sites (`synthetic_site.py`) are served on this machine to a headless Chromium without a cache. For each size:

* `first_ms`, `bytes`: until the first frame that shows pictures at their true places in their true mean colours, or in pixels, is on the
  screen (every picture; above 200,000 every eighth, and the others in the next frame); the bytes that were sent by then.
* `base_ms`, `base_bytes`: until the base cells of all pictures are on the graphics card.
* `paint_ms`, `blocked_ms`: first contentful paint; total blocking time (what tasks took beyond 50 ms each) until `base_ms`.
* `heap_mib`: JavaScript memory of the page after the flight, arrays included. `gpu_mib`: graphics
  memory by the viewer's accounting, at its most after looks from three heights, so that all levels are in use.
* `frame_ms`: median time between frames of a flight: zoom in, pan, zoom out, then a change of layout. `worst_ms`: the slowest in twenty.

With `--pixplot PATH` PixPlot's page is measured beside it. PATH is a site that PixPlot built, or its folder `web`, which is then given
the same pictures (`synthetic_pixplot.py`) in each size up to 100,000. Its reader is as quick as can be: Enter is pressed in the moment
in which it may be (`enter_ms`), and fonts and trackers of other hosts fail at once. The flight is the same, and ends in its grid.
`first_times_<n>` and `bytes_times_<n>` say how many times as much it needed.
Prints a table and, last, one JSON object.

    python benchmarks/viewer.py [--quick] [--sizes 10000 ...] [--cache FOLDER] [--gpu] [--pixplot PATH]
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from benchmarks import synthetic_pixplot, synthetic_site

VIEWER = Path(__file__).parents[1] / "viewer" / "dist"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
SOFTWARE = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
FLAGS = ["--no-sandbox", "--enable-precise-memory-info"]
SIZES = (10_000, 100_000, 1_000_000)
PATIENCE_S = 120.0
MOST_MS = 60_000
"""A flight that takes longer is broken off; what was flown counts."""

ZOOM_FRAMES, PAN_FRAMES = 40, 30
NEAR = 24
"""The flight ends this many times nearer than the whole map."""
LOOKS, LOOK_S = (12.0, 60.0, 400.0), 2.0
MOST_OF_PIXPLOT = 100_000
"""Its own figure for what it can show."""

MIB = 2**20

WATCH = """
window.seen = {tasks: [], first: null, frames: []};
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) window.seen.tasks.push([task.startTime, task.duration]);
}).observe({type: "longtask", buffered: true});
"""

CAN_ENTER = "document.querySelector('#enter-button.active') !== null"
ENTERED = "window.world?.state.displayed && window.world.renderer.info.render.frame > 0"

FLIGHT_OF_PIXPLOT = """
async ([steps, near, pan, most]) => {
  const {camera, controls} = window.world;
  const [times, from] = [[], camera.position.z];
  const next = () => new Promise((done) => requestAnimationFrame(done));
  let last = await next();
  const until = last + most;
  const go = async (x, z) => {
    if (last > until) return;
    camera.position.set(x, 0, z);
    controls.target.set(x, 0, 0);
    const now = await next();
    times.push(now - last);
    last = now;
  };
  for (let i = 1; i <= steps; i++) await go(0, from / near ** (i / steps));
  // As wide as 600 pixels of a page that is 800 high, with a field of view of 75 degrees.
  const wide = (600 / 800) * 2 * Math.tan((75 / 360) * Math.PI) * (from / near);
  for (let i = 1; i <= pan; i++) await go((wide * i) / pan, from / near);
  for (let i = steps - 1; i >= 0; i--) await go(0, from / near ** (i / steps));
  return times;
}
"""

TRAVEL_OF_PIXPLOT = """
async () => {
  const times = [];
  const next = () => new Promise((done) => requestAnimationFrame(done));
  document.querySelector("#layout-grid").click();
  let last = await next();
  const until = last + 60_000;
  while (last < until && window.world.state.transitioning) {
    const now = await next();
    times.push(now - last);
    last = now;
  }
  return times;
}
"""

FLIGHT = """
async ([steps, near, pan, most]) => {
  const hook = window.pixplot;
  const from = hook.camera;
  const times = [];
  const next = () => new Promise((done) => requestAnimationFrame(done));
  let last = await next();
  const until = last + most;
  const go = async (camera) => {
    if (last > until) return;
    hook.setCamera(camera);
    const now = await next();
    times.push(now - last);
    last = now;
  };
  const [x, y] = [from.x, from.y];
  const zoom = (share) => go({x, y, k: from.k * near ** share});
  for (let i = 1; i <= steps; i++) await zoom(i / steps);
  const wide = 600 / (from.k * near);
  for (let i = 1; i <= pan; i++) await go({x: x + (wide * i) / pan, y, k: from.k * near});
  for (let i = steps - 1; i >= 0; i--) await zoom(i / steps);
  return times;
}
"""

TRAVEL = """
async () => {
  const times = [];
  const next = () => new Promise((done) => requestAnimationFrame(done));
  let last = await next();
  const until = last + 20000;
  let [frames, still] = [window.pixplot.frames, 0];
  while (last < until && still < 3) {
    const now = await next();
    if (window.pixplot.frames > frames) times.push(now - last);
    still = window.pixplot.frames > frames || !window.pixplot.settled ? 0 : still + 1;
    frames = window.pixplot.frames;
    last = now;
  }
  return times;
}
"""


class Serving(SimpleHTTPRequestHandler):
    """Any static host; the single pictures, which a synthetic site does not have, are made up. It notes what it sends, and when."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *connection: Any, sent: list[tuple[float, int]], **options: Any) -> None:
        self.sent = sent
        super().__init__(*connection, **options)

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """Send a file in pieces."""
        while data := source.read(1 << 16):
            outputfile.write(data)
            self.sent.append((time.time(), len(data)))

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def send_head(self) -> Any:
        """A file, or a picture made up."""
        if "/pictures/" not in self.path and "/thumbs/" not in self.path:
            return super().send_head()
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg")
        data = _picture(int(self.path[-12:-4], 16) % 64)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        return io.BytesIO(data)


def _picture(number: int, known: dict[int, bytes] = {}) -> bytes:  # noqa: B006 - a memory for the process
    if number not in known:
        buffer = io.BytesIO()
        Image.new("RGB", (1024, 768), (number * 3, 90, 255 - number * 3)).save(buffer, "JPEG")
        known[number] = buffer.getvalue()
    return known[number]


@contextmanager
def served(site: Path, sent: list[tuple[float, int]]) -> Iterator[str]:
    """A site's address while it is served; `sent` is told of all bytes."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Serving, directory=str(site), sent=sent)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


class Visit:
    """A page, and the bytes that were sent to it by when."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.sent: list[tuple[float, int]] = []
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.session.send("Network.enable")
        self.session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        page.add_init_script(WATCH)

    def bytes_until(self, moment_ms: float) -> int:
        """Bytes sent before a moment after the start of the navigation."""
        end = (float(self.page.evaluate("performance.timeOrigin")) + moment_ms) / 1000
        return sum(size for at, size in self.sent if at <= end)

    def until(self, expression: str) -> float:
        """Milliseconds after the start of the navigation at which it held."""
        end = time.monotonic() + PATIENCE_S
        while not self.page.evaluate(expression):
            if time.monotonic() > end:
                raise TimeoutError(f"not within {PATIENCE_S:.0f} s: {expression}")
            time.sleep(0.02)
        return float(self.page.evaluate("performance.now()"))

    def mark(self, name: str) -> float:
        """When the viewer set a mark."""
        self.until(f"performance.getEntriesByName({json.dumps(name)}).length > 0")
        return float(self.page.evaluate(f"performance.getEntriesByName({json.dumps(name)})[0].startTime"))

    def heap(self) -> float:
        """Bytes that scripts hold, in the page, arrays included."""
        self.session.send("HeapProfiler.collectGarbage")
        found = self.session.send("Runtime.getHeapUsage")
        page = found["usedSize"] + found.get("embedderHeapUsedSize", 0) + found.get("backingStorageSize", 0)
        return float(page)


@contextmanager
def visiting(browser: Browser, site: Path, *, own: bool = False) -> Iterator[Visit]:
    """A page that has begun to load a site; `own`: what it asks of other hosts fails at once."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    visit = Visit(page)
    with served(site, visit.sent) as address:
        if own:
            page.route(lambda url: not url.startswith((address, "blob:", "data:")), lambda route: route.abort())
        page.goto(address, wait_until="commit")
        try:
            yield visit
        finally:
            page.close()


def look(visit: Visit, factor: float) -> float:
    """Bytes on the graphics card after a look at the middle of the map, so many times nearer than the whole."""
    camera = visit.page.evaluate("window.pixplot.camera")
    visit.page.evaluate("camera => window.pixplot.setCamera(camera)", {**camera, "k": camera["k"] * factor})
    time.sleep(LOOK_S)
    visit.until("window.pixplot.settled")
    found = float(visit.page.evaluate("window.pixplot.gpuBytes()"))
    visit.page.evaluate("camera => window.pixplot.setCamera(camera)", camera)
    visit.until("window.pixplot.settled")
    return found


def measure(browser: Browser, site: Path) -> dict[str, float]:
    """All figures of one site."""
    with visiting(browser, site) as visit:
        first, base = visit.mark("pixplot-first"), visit.mark("pixplot-base")
        page = visit.page
        visit.until("window.pixplot.settled")
        blocked = page.evaluate("until => seen.tasks.filter(([at]) => at < until).reduce((sum, [, ms]) => sum + ms - 50, 0)", base)
        paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1")
        page.evaluate("window.pixplot.ready.then(() => null)")
        visit.until("window.pixplot.settled")
        times = page.evaluate(FLIGHT, [ZOOM_FRAMES, NEAR, PAN_FRAMES, MOST_MS])
        zoomed = len(times)
        gpu = max(look(visit, factor) for factor in LOOKS)
        page.get_by_role("button", name="Grid", exact=True).click()
        times += page.evaluate(TRAVEL)
        visit.until("window.pixplot.settled")
        figures = {
            "first_ms": first,
            "bytes": visit.bytes_until(first),
            "base_ms": base,
            "base_bytes": visit.bytes_until(base),
            "paint_ms": paint,
            "blocked_ms": blocked,
            "heap_mib": visit.heap() / MIB,
            "gpu_mib": gpu / MIB,
            "frame_ms": statistics.median(times),
            "travel_ms": statistics.median(times[zoomed:] or [0]),
            "worst_ms": statistics.quantiles(times, n=20)[-1],
        }
    return {name: round(value, 1) for name, value in figures.items()}


def measure_pixplot(browser: Browser, site: Path) -> dict[str, float]:
    """The same of a site with PixPlot's page, as far as it has it."""
    with visiting(browser, site, own=True) as visit:
        page = visit.page
        enter = visit.until(CAN_ENTER)
        page.evaluate("document.querySelector('#enter-button').click()")
        first = visit.until(ENTERED)
        loaded = visit.bytes_until(enter)
        times = page.evaluate(FLIGHT_OF_PIXPLOT, [ZOOM_FRAMES, NEAR, PAN_FRAMES, MOST_MS])
        zoomed = len(times)
        times += page.evaluate(TRAVEL_OF_PIXPLOT)
        figures = {
            "enter_ms": enter,
            "first_ms": first,
            "bytes": loaded,
            "heap_mib": visit.heap() / MIB,
            "frame_ms": statistics.median(times),
            "travel_ms": statistics.median(times[zoomed:] or [0]),
            "worst_ms": statistics.quantiles(times, n=20)[-1],
        }
    return {name: round(value, 1) for name, value in figures.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="10,000 pictures only")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="pictures in each site")
    parser.add_argument("--cache", type=Path, help="folder that keeps the sites for another time")
    parser.add_argument("--gpu", action="store_true", help="draw on the graphics card instead of in software")
    parser.add_argument("--pixplot", type=Path, help="PixPlot's folder web, or a site that it built, to compare with")
    options = parser.parse_args()
    flags = FLAGS + ([] if options.gpu else SOFTWARE)
    results: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        runs: list[tuple[str, Path, Callable[[Browser, Path], dict[str, float]]]] = [
            (f"{size}", synthetic_site.build(options.cache or Path(temporary), size, VIEWER), measure)
            for size in (SIZES[:1] if options.quick else options.sizes)
        ]
        if options.pixplot is None:
            print("pixplot: not compared, since neither its page nor a site that it built is given (--pixplot PATH)")
        elif not synthetic_pixplot.is_web(options.pixplot):
            runs.append(("pixplot", options.pixplot, measure_pixplot))
        else:
            for place, size in reversed([(place, size) for place, (size, _, _) in enumerate(runs) if int(size) <= MOST_OF_PIXPLOT]):
                site = synthetic_pixplot.build(options.cache or Path(temporary), int(size), options.pixplot)
                runs.insert(place + 1, (f"pixplot_{size}", site, measure_pixplot))
        for name, site, measured in runs:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
            figures = measured(browser, site)
            browser.close()
            for key, value in figures.items():
                print(f"{name:>10} {key:12} {value:14,.1f}")
                results[f"{key}_{name}"] = value
    for size in (name for name, _, _ in runs if f"bytes_pixplot_{name}" in results):
        for times, key in (("first_times", "first_ms"), ("bytes_times", "bytes")):
            results[f"{times}_{size}"] = round(results[f"{key}_pixplot_{size}"] / results[f"{key}_{size}"], 2)
            print(f"{size:>10} {times:12} {results[f'{times}_{size}']:14,.1f}")
    print(json.dumps(results, sort_keys=True))


if __name__ == "__main__":
    main()
