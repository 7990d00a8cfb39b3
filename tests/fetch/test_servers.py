"""Real image servers on loopback: what they say in info.json is read, and what is then asked for is what they give.

IIPImage behind lighttpd (Debian packages `iipimage-server` and `lighttpd`; Image API 2), the test server of the package `iiif`
(Image API 3), and fixed tiles and sizes that libvips wrote (level 0, versions 2 and 3) behind the standard library's server.
"""

from __future__ import annotations

import functools
import io
import json
import shutil
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvips
from PIL import Image

from tests.fetch.test_step import Fetch

IIPSRV = Path("/usr/lib/iipimage-server/iipsrv.fcgi")
LIGHTTPD = shutil.which("lighttpd") or shutil.which("lighttpd", path="/usr/sbin")
OTHERS = Path(__file__).parents[2] / ".cache" / "iiif" / "bin"
"""An environment of its own, which continuous integration makes: the package `iiif` wants others that this project has no use for."""

TESTSERVER = OTHERS / "iiif_testserver.py"
SIZE = (3000, 2000)

LIGHTTPD_CONFIG = """
server.port = {port}
server.bind = "127.0.0.1"
server.document-root = "{root}"
server.errorlog = "{root}/lighttpd.log"
server.modules = ( "mod_fastcgi", "mod_accesslog" )
accesslog.filename = "{root}/access.log"
fastcgi.server = ( "/iiif/" => (( "host" => "127.0.0.1", "port" => {backend}, "check-local" => "disable" )) )
"""


def draw() -> pyvips.Image:
    """A ramp in each direction, so that a part, or another size, can be told."""
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    pixels = np.stack([x * 255 // SIZE[0], y * 255 // SIZE[1], np.full_like(x, 128)], axis=-1).astype(np.uint8)
    return pyvips.Image.new_from_memory(pixels.tobytes(), *SIZE, 3, "uchar")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def wait_for(url: str) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own server
                answer.read()
                return
        except OSError:
            assert time.monotonic() < until, f"{url} does not answer"
            time.sleep(0.1)


@contextmanager
def running(*command: str, **options: Any) -> Iterator[None]:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options) as process:
        try:
            yield
        finally:
            process.terminate()
            process.wait(20)


@contextmanager
def iipimage(root: Path) -> Iterator[str]:
    draw().tiffsave(str(root / "a b.tif"), tile=True, pyramid=True, compression="jpeg", Q=90, tile_width=256, tile_height=256)
    port, backend = free_port(), free_port()
    (root / "lighttpd.conf").write_text(LIGHTTPD_CONFIG.format(port=port, backend=backend, root=root))
    environment = {"FILESYSTEM_PREFIX": f"{root}/", "URI_MAP": "iiif=>IIIF", "LOGFILE": str(root / "iipsrv.log"), "MAX_CVT": "5000"}
    with (
        running(str(IIPSRV), "--bind", f"127.0.0.1:{backend}", env=environment),
        running(str(LIGHTTPD), "-D", "-f", str(root / "lighttpd.conf")),
    ):
        base = f"http://127.0.0.1:{port}/iiif/a%20b.tif"
        wait_for(f"{base}/info.json")
        yield base


@contextmanager
def server_of_iiif(root: Path) -> Iterator[str]:
    draw().pngsave(str(root / "plain.png"))
    port = free_port()
    flags = ["--host", "127.0.0.1", "--port", str(port), "--image-dir", str(root), "--api-versions", "3.0", "--manipulators", "pil"]
    with running(str(OTHERS / "python"), str(TESTSERVER), *flags, cwd=root):
        base = f"http://127.0.0.1:{port}/3.0_pil/plain"
        wait_for(f"{base}/info.json")
        yield base


@contextmanager
def static(root: Path, layout: str) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(root))) as server:
        base = f"http://127.0.0.1:{server.server_port}"
        draw().dzsave(str(root / "image"), layout=layout, tile_size=512, id=base)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"{base}/image"
        finally:
            server.shutdown()
            thread.join()


def fetched(root: Path, base: str, **flags: Any) -> tuple[Image.Image, dict[str, Any]]:
    (root / "list.csv").write_text(f"service\n{base}\n")
    fetch = Fetch(root)
    fetch.run(str(root / "list.csv"), **flags)
    (row,) = fetch.items()
    return Image.open(io.BytesIO(fetch.bytes_of(row))), json.loads(row["service"])


def check_whole(image: Image.Image) -> None:
    """It is the whole picture: its corners are those of the ramps."""
    colours = [image.convert("RGB").getpixel(place) for place in ((0, 0), (image.width - 1, image.height - 1))]
    assert np.abs(np.array(colours) - [(0, 0, 128), (255, 255, 128)]).max() < 12


@pytest.mark.skipif(not IIPSRV.is_file() or LIGHTTPD is None, reason="no iipimage-server or no lighttpd (Debian packages of these names)")
class TestIIPImage:
    def test_a_picture_of_the_size_that_is_wanted(self, tmp_path: Path) -> None:
        with iipimage(tmp_path) as base:
            image, service = fetched(tmp_path, base, side=600)
        assert image.size == (750, 500), "a size that it lists, and the least that is enough"
        check_whole(image)
        assert (service["version"], service["width"], service["height"]) == (2, *SIZE)
        asked = [line.split()[6] for line in (tmp_path / "access.log").read_text().splitlines() if "python" not in line.lower()]
        assert len(asked) == 2, "one info.json and one picture"

    def test_what_it_does_not_have_is_told(self, tmp_path: Path) -> None:
        with iipimage(tmp_path) as base:
            (tmp_path / "list.csv").write_text(f"service\n{base}\n{base.replace('a%20b', 'none')}\n")
            fetch = Fetch(tmp_path)
            fetch.run(str(tmp_path / "list.csv"))
        assert len(fetch.items()) == 1
        assert list(fetch.problems().values()) == ["the server answers 404 (it is not there)"]

    def test_the_large_picture_of_the_panel_is_one_that_it_gives(self, tmp_path: Path) -> None:
        with iipimage(tmp_path) as base:
            _, service = fetched(tmp_path, base)
            with urllib.request.urlopen(service["large"], timeout=30) as answer:  # noqa: S310 - our own server
                large = Image.open(io.BytesIO(answer.read()))
        assert max(large.size) == 2048
        check_whole(large)


@pytest.mark.skipif(not TESTSERVER.is_file(), reason="no test server of the package iiif in .cache/iiif (see .ci/run)")
def test_image_api_3(tmp_path: Path) -> None:
    with server_of_iiif(tmp_path) as base:
        image, service = fetched(tmp_path, base, side=600, timeout=60)
    assert max(image.size) == 600
    check_whole(image)
    assert (service["version"], service["width"], service["height"]) == (3, *SIZE)


@pytest.mark.parametrize(("layout", "version"), [("iiif", 2), ("iiif3", 3)])
def test_fixed_sizes(tmp_path: Path, layout: str, version: int) -> None:
    # libvips has tiles, and one picture that is the whole.
    with static(tmp_path, layout) as base:
        image, service = fetched(tmp_path, base, side=200)
    check_whole(image)
    assert max(image.size) >= 200
    assert (service["version"], service["level"], service["width"]) == (version, 0, SIZE[0])
