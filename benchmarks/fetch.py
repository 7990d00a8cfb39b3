"""How fast pictures are fetched from a server on this machine, what that takes, and whether a limit is kept and used.

    python benchmarks/fetch.py [--images 1000 20000] [--minutes 3]

Prints one JSON object. `images_per_s`: of the largest number of images, with limits off; two requests each, `info.json` and picture.
`mib`: peak memory of the step for each number. `repeats`: requests for something that was answered before. For a limit of 200 a minute,
in `minutes` of fetching: `limit_breaches`, windows of 60 seconds with more requests than that, and `limit_used`, the share of the
limit that was used. Server and step share the machine's cores.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import multiprocessing
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

LIMIT = 200
CANVASES = 500
FLAGS = {
    "contact": "benchmark@example.org",
    "canvases": "all",
    "language": "",
    "side": "600",
    "info": "always",
    "hosts": "{}",
    "cool-down": "60",
    "longest-wait": "60",
    "retries": "2",
    "timeout": "60",
    "max-mib": "64",
    "max-failures": "0",
    "private-addresses": "true",
    "refresh": "false",
    "attempt": "0",
}


def _jpeg() -> bytes:
    """A picture of 600 x 450 pixels that takes as many bytes as a scan: some 60 KB."""
    chance = np.random.default_rng(0)
    pixels = np.clip(np.cumsum(chance.normal(0, 6, (450, 600, 3)), axis=1) + 128, 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=75)
    return buffer.getvalue()


class _Museum:
    """Answers with prepared bytes, each picture made different by a few of them."""

    def __init__(self, images: int) -> None:
        self.images = images
        self.log: list[tuple[float, str]] = []
        self.jpeg = _jpeg()
        self.root = ""

    def body(self, path: str) -> bytes:
        kind, number = path.split("/")[1:3]
        if kind == "collection":
            manifests = range((self.images + CANVASES - 1) // CANVASES)
            members = [{"id": f"{self.root}/manifest/{m}", "type": "Manifest"} for m in manifests]
            return json.dumps({"type": "Collection", "items": members}).encode()
        if kind == "manifest":
            first = int(number) * CANVASES
            return json.dumps(
                {"type": "Manifest", "items": [self.canvas(n) for n in range(first, min(first + CANVASES, self.images))]}
            ).encode()
        if path.endswith("info.json"):
            told = {"type": "ImageService3", "profile": "level2", "width": 4000, "height": 3000}
            return json.dumps({"id": f"{self.root}/i/{number}", **told}).encode()
        return self.jpeg[:-2] + number.encode() + self.jpeg[-2:]

    def canvas(self, number: int) -> dict[str, Any]:
        body = {"type": "Image", "id": f"{self.root}/i/{number}", "service": [{"id": f"{self.root}/i/{number}", "type": "ImageService3"}]}
        return {"type": "Canvas", "items": [{"items": [{"motivation": "painting", "body": body}]}]}

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path = head.split(b" ", 2)[1].decode()
                self.log.append((time.time(), path))
                body = self.body(path)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()


def _serve(images: int, pipe: Connection) -> None:
    async def serve() -> None:
        museum = _Museum(images)
        server = await asyncio.start_server(museum.answer, "127.0.0.1", 0)
        museum.root = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        pipe.send(museum.root)
        await asyncio.get_running_loop().run_in_executor(None, pipe.recv)
        server.close()
        pipe.send(museum.log)

    asyncio.run(serve())


def _fetch(images: int, root: Path, per_minute: int, concurrency: int, seconds: float | None) -> dict[str, Any]:
    """Run the step, or so many seconds of it; returns the server's log, the time taken and the peak memory in MiB."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=_serve, args=(images, theirs))
    server.start()
    address = ours.recv()
    flags = [f"--{name}={value}" for name, value in FLAGS.items()] + [f"--per-minute={per_minute}", f"--concurrency={concurrency}"]
    places = ["--cache", str(root / "cache"), "--index", str(root / "ledger/fetch.sqlite"), "--out", str(root / "fetched")]
    command = [sys.executable, "-m", "pixplot_steps.cli", "step", "fetch", "--manifests", f"{address}/collection/0", *flags, *places]
    started = time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    if seconds is not None:
        time.sleep(seconds)
        process.kill()
    _, status, usage = os.wait4(process.pid, 0)
    taken = time.perf_counter() - started
    assert seconds is not None or status == 0, "the step failed"
    ours.send("end")
    log = ours.recv()
    server.join()
    return {"log": log, "seconds": taken, "mib": _mib(usage)}


def _mib(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1 << 20)


def _repeats(log: list[tuple[float, str]]) -> int:
    return sum(count - 1 for count in Counter(path for _, path in log).values())


def main() -> None:
    """Measure, and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, nargs="+", default=[1000, 20000], help="pictures of the server, ascending")
    parser.add_argument("--minutes", type=float, default=3, help="how long the limit is watched; 0: not at all")
    args = parser.parse_args()
    result: dict[str, Any] = {"images": args.images, "mib": []}
    for images in args.images:
        with tempfile.TemporaryDirectory() as folder:
            run = _fetch(images, Path(folder), 0, 16, None)
            result["mib"].append(round(run["mib"]))
            result["images_per_s"] = round(images / run["seconds"], 1)
            result["repeats"] = _repeats(run["log"])
            assert sum("default.jpg" in path for _, path in run["log"]) == images
    if args.minutes:
        root = Path(tempfile.mkdtemp())
        times = sorted(moment for moment, _ in _fetch(10_000, root, LIMIT, 2, 60 * args.minutes)["log"])
        shutil.rmtree(root)
        windows = [bisect_left(times, start + 60) - place for place, start in enumerate(times)]
        result["limit_breaches"] = sum(count > LIMIT for count in windows)
        result["limit_used"] = round((len(times) - 1) / (times[-1] - times[0]) * 60 / LIMIT, 4)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
