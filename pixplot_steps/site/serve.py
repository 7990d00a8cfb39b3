"""Serve a built site on this machine, for looking at it: `pixplot serve SITE`. Any static host does the same for others.

It listens on 127.0.0.1 only, lists no folder, and prints one line: the address.
"""

from __future__ import annotations

import argparse
import re
import socketserver
import sys
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


def run(args: argparse.Namespace) -> None:
    """Serve until interrupted. Raises SiteError where there is no site or no free port."""
    with server(args.site, args.port) as serving:
        print(f"http://{HOST}:{serving.server_port}/", flush=True)
        try:
            serving.serve_forever()
        except KeyboardInterrupt:
            print(file=sys.stderr)


def server(site: Path, port: int) -> ThreadingHTTPServer:
    """A server for `site`, bound to `port` or the next free one (0: any), not serving yet. Raises SiteError."""
    if not (site / "data" / "manifest.json").is_file():
        raise SiteError("there is no site to serve", expected="data/manifest.json", where=str(site), action="build it first: make demo")

    def handler(*connection: Any) -> _Handler:
        return _Handler(*connection, directory=str(site))

    for candidate in range(port, port + TRIES):
        try:
            return _Server((HOST, candidate), handler)
        except (OSError, OverflowError):
            continue
    raise SiteError("no free port", expected=f"one from {port} to {port + TRIES - 1}", action="choose another with --port")


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

    def list_directory(self, path: Any) -> None:  # noqa: ARG002 - the base class's signature
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, *_: Any) -> None:
        """Say nothing: the address is the one line printed."""
