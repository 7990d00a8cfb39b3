"""A museum on loopback: manifests, image services and every fault that a server on the web has, with a log of what was asked when."""

from __future__ import annotations

import gzip
import io
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from PIL import Image

SIZE = (900, 600)


@dataclass(frozen=True)
class Reply:
    """`promised`: the Content-Length, if it is not the truth; `pause`: seconds before each half of the body."""

    body: bytes = b""
    code: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    promised: int | None = None
    pause: float = 0.0


@dataclass(frozen=True)
class Asked:
    """A request: when it came, for what path, with which headers, and the code of the answer."""

    time: float
    path: str
    headers: Mapping[str, str]
    code: int


Answer = Callable[[int, Mapping[str, str]], Reply]
"""Gives the reply to the n-th request (from 0) for a path, with these headers."""


class Museum:
    """`faults`: by path, what is answered instead. `log`: all requests."""

    def __init__(self) -> None:
        self.faults: dict[str, Answer] = {}
        self.log: list[Asked] = []
        self.open = self.most_open = 0
        self.lock = threading.Lock()
        self.counts: Counter[str] = Counter()
        self.routes: list[tuple[re.Pattern[str], Callable[[re.Match[str]], Reply]]] = [
            (re.compile(r"/manifest/(\d+)"), lambda found: self.json(self.manifest(int(found[1])))),
            (re.compile(r"/v2/(\d+)"), lambda found: self.json(self.manifest_2(int(found[1])))),
            (re.compile(r"/collection/(\d+)-(\d+)"), lambda found: self.json(self.collection(range(int(found[1]), int(found[2]))))),
            (re.compile(r"/iiif/(\d+)/info\.json"), lambda found: self.json(self.info(int(found[1])))),
            (re.compile(r"/iiif/(\d+)/full/(?:!(\d+),\d+|(\d+),\d*|max|full)/0/default\.jpg"), self.scaled),
            (re.compile(r"/iiif/(\d+)/\d+,\d+,\d+,\d+/(\d+),(\d*)/0/default\.jpg"), self.tile),
            (re.compile(r"/static/(\d+)\.jpg"), lambda found: Reply(picture(int(found[1]), SIZE), headers={"Content-Type": "image/jpeg"})),
        ]
        self.root = ""

    def url(self, path: str) -> str:
        return self.root + path

    def asked(self, pattern: str = "") -> list[str]:
        """Paths asked for, in order."""
        return [one.path for one in self.log if re.search(pattern, one.path)]

    # --- what it has ---

    def manifest(self, number: int, canvases: int = 1) -> dict[str, Any]:
        """A manifest of version 3, with an image service."""
        return {
            "@context": "http://iiif.io/api/presentation/3/context.json",
            "id": self.url(f"/manifest/{number}"),
            "type": "Manifest",
            "label": {"en": [f"Picture <i>{number}</i>"], "de": [f"Bild {number}"]},
            "metadata": [
                {"label": {"en": ["Maker"]}, "value": {"en": [f"Artist {number % 3}"]}},
                {"label": {"en": ["Date"]}, "value": {"en": [str(1800 + number)]}},
            ],
            "rights": "http://creativecommons.org/publicdomain/zero/1.0/",
            "homepage": [{"id": self.url(f"/page/{number}"), "type": "Text", "label": {"en": ["Page"]}}],
            "items": [self.canvas(number, which) for which in range(canvases)],
        }

    def canvas(self, number: int, which: int) -> dict[str, Any]:
        image = number + 1000 * which
        service = {"id": self.url(f"/iiif/{image}"), "type": "ImageService3", "profile": "level2"}
        address = self.url(f"/iiif/{image}/full/max/0/default.jpg")
        body = {"id": address, "type": "Image", "width": SIZE[0], "height": SIZE[1], "service": [service]}
        page = {"type": "AnnotationPage", "items": [{"type": "Annotation", "motivation": "painting", "body": body}]}
        return {"id": self.url(f"/canvas/{image}"), "type": "Canvas", "width": SIZE[0], "height": SIZE[1], "items": [page]}

    def manifest_2(self, number: int) -> dict[str, Any]:
        """A manifest of version 2, with a picture that has no service."""
        resource = {"@id": self.url(f"/static/{number}.jpg"), "@type": "dctypes:Image"}
        canvas = {"@id": self.url(f"/c/{number}"), "@type": "sc:Canvas", "images": [{"motivation": "sc:painting", "resource": resource}]}
        return {
            "@id": self.url(f"/v2/{number}"),
            "@type": "sc:Manifest",
            "label": f"Old {number}",
            "sequences": [{"canvases": [canvas]}],
        }

    def collection(self, numbers: range) -> dict[str, Any]:
        items = [{"id": self.url(f"/manifest/{number}"), "type": "Manifest", "label": {}} for number in numbers]
        return {"id": self.url(f"/collection/{numbers.start}-{numbers.stop}"), "type": "Collection", "items": items}

    def info(self, number: int) -> dict[str, Any]:
        service = {"id": self.url(f"/iiif/{number}"), "type": "ImageService3", "protocol": "http://iiif.io/api/image", "profile": "level2"}
        return {"@context": "http://iiif.io/api/image/3/context.json", **service, "width": SIZE[0], "height": SIZE[1]}

    def scaled(self, found: re.Match[str]) -> Reply:
        width = int(found[2] or found[3] or SIZE[0])
        size = (width, max(1, round(SIZE[1] * width / SIZE[0])))
        return Reply(picture(int(found[1]), size), headers={"Content-Type": "image/jpeg", "ETag": f'"{found[1]}"'})

    @staticmethod
    def tile(found: re.Match[str]) -> Reply:
        size = (int(found[2]), int(found[3] or found[2]))
        return Reply(picture(int(found[1]), size), headers={"Content-Type": "image/jpeg"})

    @staticmethod
    def json(value: Any) -> Reply:
        return Reply(json.dumps(value).encode(), headers={"Content-Type": "application/json", "ETag": '"one"'})

    # --- how it answers ---

    def reply(self, path: str, headers: Mapping[str, str]) -> Reply:
        with self.lock:
            count = self.counts[path]
            self.counts[path] += 1
        fault = self.faults.get(path)
        found = fault(count, headers) if fault else self.right(path)
        etag = found.headers.get("ETag")
        return Reply(code=304, headers={"ETag": etag}) if etag and headers.get("If-None-Match") == etag and found.code == 200 else found

    def right(self, path: str) -> Reply:
        """What is answered where there is no fault."""
        for pattern, answer in self.routes:
            if found := pattern.fullmatch(path):
                return answer(found)
        return Reply(b"<html>not here</html>", 404)


def picture(number: int, size: tuple[int, int]) -> bytes:
    """A JPEG file of a colour and a lighter square, by its number."""
    colour = (60 + number * 53 % 180, 60 + number * 101 % 180, 60 + number * 29 % 180)
    image = Image.new("RGB", size, colour)
    side = 20 + number % 7 * 10
    image.paste((255, 255, number % 256), (number % 5 * 10, 10, number % 5 * 10 + side, 10 + side))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=70)
    return buffer.getvalue()


def zipped(reply: Reply) -> Reply:
    """The same, compressed."""
    return Reply(gzip.compress(reply.body), reply.code, {**reply.headers, "Content-Encoding": "gzip"})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    museum: ClassVar[Museum]

    def do_GET(self) -> None:
        museum, now = self.museum, time.time()
        with museum.lock:
            museum.open += 1
            museum.most_open = max(museum.most_open, museum.open)
        try:
            reply = museum.reply(self.path, dict(self.headers.items()))
            with museum.lock:
                museum.log.append(Asked(now, self.path, dict(self.headers.items()), reply.code))
            self._send(reply)
        except OSError:
            self.close_connection = True
        finally:
            with museum.lock:
                museum.open -= 1

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.code)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        length = len(reply.body) if reply.promised is None else reply.promised
        if length >= 0:
            self.send_header("Content-Length", str(length))
        # Image servers let pages of other hosts read their info.json.
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        half = len(reply.body) // 2
        for part in (reply.body[:half], reply.body[half:]):
            time.sleep(reply.pause)
            self.wfile.write(part)
        # A body that is not as long as was promised ends with the connection.
        self.close_connection = self.close_connection or length != len(reply.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that go away are what is tested."""


@contextmanager
def open_museum() -> Iterator[Museum]:
    """A museum that answers until the block ends."""
    museum = Museum()
    handler = type("Handler", (_Handler,), {"museum": museum})
    server = _Server(("127.0.0.1", 0), handler)
    museum.root = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=lambda: server.serve_forever(0.05), daemon=True)
    thread.start()
    try:
        yield museum
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def always(reply: Reply) -> Answer:
    return lambda count, headers: reply


def at_first(reply: Reply, times: int, then: Reply) -> Answer:
    return lambda count, headers: reply if count < times else then
