"""Serve a built site on this machine, for looking at it: `pixplot serve SITE`. Any static host does the same for others.

It listens on 127.0.0.1 only, lists no folder, and prints one line: the address. Parts of files are sent on request (RFC 9110, 14), and
compressed copies where the site has them (`site: gzip`).
"""

from __future__ import annotations

import argparse
import io
import re
import socketserver
import sys
import webbrowser
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pixplot_steps.errors import SiteError

HOST = "127.0.0.1"
TRIES = 100
"""Ports tried, from the one asked for upwards."""

# Files whose name holds a digest of their bytes never change (docs/format.md); the viewer's build names its assets so too.
_IMMUTABLE = re.compile(r"/(data/[0-9a-f]{32}\.\w+|pictures/[0-9a-f]{2}/[0-9a-f]{32}\.jpg|assets/[^/]+)")

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
"""One part; several at once are answered with the whole, as the rule allows."""

_GZIP = re.compile(r"(?:^|,)gzip(?:;q=(?!0(?:\.0*)?(?:,|$))[^,]*)?(?:,|$)")
"""Among what a browser takes, and not with the weight 0."""

_TYPES = {
    "": "application/octet-stream",
    ".arrow": "application/vnd.apache.arrow.file",
    ".avif": "image/avif",
    ".css": "text/css; charset=utf-8",
    ".dzi": "application/xml",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("site", type=Path, help="folder of the built site")
    parser.add_argument("--port", type=int, default=8000, help="first port to try (default: 8000)")
    parser.add_argument("--open", action="store_true", help="open the browser")


def run(args: argparse.Namespace) -> None:
    """Serve until interrupted. Raises SiteError where there is no site or no free port."""
    with server(args.site, args.port) as serving:
        address = f"http://{HOST}:{serving.server_port}/"
        print(address, flush=True)
        if args.open:
            webbrowser.open(address)
        try:
            serving.serve_forever()
        except KeyboardInterrupt:
            print(file=sys.stderr)


def server(site: Path, port: int) -> ThreadingHTTPServer:
    """A server for `site`, bound to `port` or the next free one (0: any), not serving yet. Raises SiteError."""
    if not (site / "data" / "manifest.json").is_file():
        inside = site / "site" / "data" / "manifest.json"
        raise SiteError(
            "there is no site to serve",
            expected="a folder with data/manifest.json",
            where=str(site),
            action=f"name the folder in it: pixplot serve {site / 'site'}"
            if inside.is_file()
            else "build it first: pixplot --images FOLDER",
        )

    def handler(*connection: Any) -> _Handler:
        return _Handler(*connection, directory=str(site))

    for candidate in range(port, port + TRIES):
        try:
            return _Server((HOST, candidate), handler)
        except (OSError, OverflowError):
            continue
    raise SiteError("no free port", expected=f"one from {port} to {port + TRIES - 1}", action="choose another with --port")


def _takes_gzip(accepted: str) -> bool:
    return _GZIP.search(accepted.lower().replace(" ", "")) is not None


class _Server(ThreadingHTTPServer):
    # A second server on the same port would take half of the requests unseen.
    allow_reuse_port = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A browser that leaves in the middle of an answer is no fault.
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            socketserver.BaseServer.handle_error(self, request, client_address)


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60
    extensions_map = _TYPES
    _status = 0

    def send_response(self, code: int, message: str | None = None) -> None:
        self._status = code
        super().send_response(code, message)

    def end_headers(self) -> None:
        lasting = self._status == HTTPStatus.OK and _IMMUTABLE.fullmatch(urlsplit(self.path).path)
        self.send_header("Cache-Control", "public, max-age=31536000, immutable" if lasting else "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def send_head(self) -> Any:
        """The file, a part of it, or its compressed copy; None after an error."""
        path = Path(self.translate_path(self.path))
        asked = _RANGE.fullmatch(self.headers.get("Range", ""))
        if path.is_file() and asked:
            return self._part(path, *asked.groups())
        copy = path.with_name(f"{path.name}.gz")
        if path.is_file() and copy.is_file() and _takes_gzip(self.headers.get("Accept-Encoding", "")):
            return self._whole(copy, self.guess_type(path), packed=True)
        return super().send_head()

    def _whole(self, path: Path, kind: str, *, packed: bool) -> Any:
        file = path.open("rb")
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(path.stat().st_size))
        if packed:
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Vary", "Accept-Encoding")
        self.end_headers()
        return file

    def _part(self, path: Path, first: str, last: str) -> Any:
        size = path.stat().st_size
        start = int(first) if first else max(0, size - int(last or 0))
        end = min(int(last), size - 1) if first and last else size - 1
        if start > end or not (first or last):
            self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            self.send_header("Content-Range", f"bytes */{size}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        self.send_response(HTTPStatus.PARTIAL_CONTENT)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Range", f"bytes {start}-{end}/{size}")
        self.send_header("Content-Length", str(end - start + 1))
        self.end_headers()
        with path.open("rb") as file:
            file.seek(start)
            return io.BytesIO(file.read(end - start + 1))

    def list_directory(self, path: Any) -> None:  # noqa: ARG002 - the base class's signature
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, *_: Any) -> None:
        """Say nothing: the address is the one line printed."""
