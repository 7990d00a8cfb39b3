"""Claims of the viewer: what a first view costs, and how smoothly one moves, with 10,000, 100,000 and 1,000,000 pictures.

Synthetic sites (`synthetic_site.py`) are served on this machine to a headless Chromium without a cache. For each size:

* `first_ms`, `bytes`: until the first frame that shows pictures at their true places in their true mean colours, or in pixels, is on the
  screen (every picture; above 200,000 every eighth, and the others in the next frame); the bytes that were sent by then.
* `base_ms`, `base_bytes`: until the base cells of all pictures are on the graphics card.
* `paint_ms`, `blocked_ms`: first contentful paint; total blocking time (what tasks took beyond 50 ms each) until `base_ms`.
* `heap_mib`: JavaScript memory of the page after the flight, arrays included. `gpu_mib`: graphics
  memory by the viewer's accounting, at its most after looks from three heights, so that all levels are in use.
* `frame_ms`: median time between frames of a flight: zoom in, pan, zoom out, then a change of layout. `worst_ms`: the slowest in twenty.

With `--pixplot PATH` (a site that PixPlot built) its first frame, its bytes and its frames while zooming by wheel are measured alike.
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

from benchmarks import synthetic_site

VIEWER = Path(__file__).parents[1] / "viewer" / "dist"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
SOFTWARE = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
FLAGS = ["--no-sandbox", "--enable-precise-memory-info"]
SIZES = (10_000, 100_000, 1_000_000)
PATIENCE_S = 120.0
ZOOM_FRAMES, PAN_FRAMES = 40, 30
NEAR = 24
"""The flight ends this many times nearer than the whole map."""
LOOKS, LOOK_S = (12.0, 60.0, 400.0), 2.0
MIB = 2**20

WATCH = """
window.seen = {tasks: [], first: null, frames: []};
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) window.seen.tasks.push([task.startTime, task.duration]);
}).observe({type: "longtask", buffered: true});
"""

FIRST_OF_PIXPLOT = "!!window.world && !!window.world.group && window.world.group.children.length > 0"

FLIGHT = """
async ([steps, near, pan]) => {
  const hook = window.pixplot;
  const from = hook.camera;
  const times = [];
  const next = () => new Promise((done) => requestAnimationFrame(done));
  let last = await next();
  const go = async (camera) => {
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
        if "/pictures/" not in self.path:
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
def visiting(browser: Browser, site: Path) -> Iterator[Visit]:
    """A page that has begun to load a site."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    visit = Visit(page)
    with served(site, visit.sent) as address:
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
        times = page.evaluate(FLIGHT, [ZOOM_FRAMES, NEAR, PAN_FRAMES])
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
    """First frame, bytes and frames of a site that PixPlot built."""
    with visiting(browser, site) as visit:
        first = visit.until(FIRST_OF_PIXPLOT)
        bytes_ = visit.bytes_until(first)
        visit.page.mouse.move(640, 400)
        count = "window.counted = 0; (function on(){ window.counted++; requestAnimationFrame(on) })()"
        visit.page.evaluate(f"() => {{ {count} }}")
        started = time.perf_counter()
        for _ in range(ZOOM_FRAMES):
            visit.page.mouse.wheel(0, -60)
        frames = visit.page.evaluate("window.counted")
        spent = time.perf_counter() - started
        return {"first_ms": round(first, 1), "bytes": bytes_, "frame_ms": round(1000 * spent / max(1, frames), 1)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="10,000 pictures only")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="pictures in each site")
    parser.add_argument("--cache", type=Path, help="folder that keeps the sites for another time")
    parser.add_argument("--gpu", action="store_true", help="draw on the graphics card instead of in software")
    parser.add_argument("--pixplot", type=Path, help="a site that PixPlot built, to compare with")
    options = parser.parse_args()
    flags = FLAGS + ([] if options.gpu else SOFTWARE)
    results: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        runs: list[tuple[str, Path, Callable[[Browser, Path], dict[str, float]]]] = [
            (f"{size}", synthetic_site.build(options.cache or Path(temporary), size, VIEWER), measure)
            for size in (SIZES[:1] if options.quick else options.sizes)
        ]
        if options.pixplot:
            runs.append(("pixplot", options.pixplot, measure_pixplot))
        else:
            print("pixplot: not compared, since no site that it built is given (--pixplot PATH)")
        for name, site, measured in runs:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
            figures = measured(browser, site)
            browser.close()
            for key, value in figures.items():
                print(f"{name:>10} {key:12} {value:14,.1f}")
                results[f"{key}_{name}"] = value
    print(json.dumps(results, sort_keys=True))


if __name__ == "__main__":
    main()
