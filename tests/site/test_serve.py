"""The local server: types, caching, and nothing beyond the site."""

from __future__ import annotations

import argparse
import gzip
import http.client
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pixplot_steps.errors import SiteError
from pixplot_steps.site import serve

DIGEST = "0123456789abcdef" * 2


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "site"
    files = [
        "index.html",
        "assets/main-x1.js",
        "data/manifest.json",
        f"data/{DIGEST}.arrow",
        f"data/{DIGEST}.bin",
        f"pictures/01/{DIGEST}.jpg",
    ]
    for name in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (folder.parent / "secret.txt").write_text("secret")
    return folder


@pytest.fixture(scope="module")
def port(site: Path) -> Iterator[int]:
    with serve.server(site, 0) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield serving.server_port
        serving.shutdown()
        thread.join()


def get(port: int, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(serve.HOST, port, timeout=10)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


@pytest.mark.parametrize(
    ("path", "kind", "lasting"),
    [
        pytest.param("/", "text/html; charset=utf-8", False, id="the page"),
        pytest.param("/data/manifest.json", "application/json", False, id="the one data file that changes"),
        pytest.param(f"/data/{DIGEST}.arrow", "application/vnd.apache.arrow.file", True, id="a table"),
        pytest.param(f"/data/{DIGEST}.bin", "application/octet-stream", True, id="an array"),
        pytest.param(f"/pictures/01/{DIGEST}.jpg", "image/jpeg", True, id="a picture"),
        pytest.param("/assets/main-x1.js?x=1", "text/javascript; charset=utf-8", True, id="a script; a query changes nothing"),
    ],
)
def test_files(port: int, path: str, kind: str, lasting: bool) -> None:
    answer, body = get(port, path)
    assert (answer.status, answer.headers["Content-Type"]) == (200, kind)
    assert ("immutable" in answer.headers["Cache-Control"]) is lasting
    assert body


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/data/", id="no list of a folder"),
        pytest.param("/../secret.txt", id="nothing above the site"),
        pytest.param("/%2e%2e/secret.txt", id="nothing above the site, encoded"),
        pytest.param(f"/data/{'f' * 32}.bin", id="absent, and not for ever"),
    ],
)
def test_nothing_else(port: int, path: str) -> None:
    answer, body = get(port, path)
    assert answer.status == 404
    assert b"secret" not in body
    assert answer.headers["Cache-Control"] == "no-cache"


def test_next_free_port(site: Path) -> None:
    with serve.server(site, 0) as first, serve.server(site, first.server_port) as second:
        assert second.server_port > first.server_port


def test_no_site(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="no site to serve"):
        serve.server(tmp_path, 0)


def test_flags() -> None:
    parser = argparse.ArgumentParser()
    serve.configure(parser)
    assert parser.parse_args(["some/site"]) == argparse.Namespace(site=Path("some/site"), port=8000, open=False)


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        ("bytes=0-3", 206, 0, 4),
        ("bytes=5-", 206, 5, None),
        ("bytes=-4", 206, -4, None),
        ("bytes=2-9999", 206, 2, None),
        ("bytes=9999-", 416, 0, 0),
        ("bytes=5-2", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
        ("bytes=-", 416, 0, 0),
        ("bytes=0-1,4-5", 200, 0, None),
        ("lines=0-1", 200, 0, None),
    ],
)
def test_parts_of_files(port: int, asked: str, status: int, start: int, end: int | None) -> None:
    name = f"data/{DIGEST}.bin"
    answer, body = get(port, f"/{name}", Range=asked)
    assert (answer.status, body) == (status, name.encode()[start:end])
    if status == 206:
        first = start % len(name)
        assert answer.headers["Content-Range"] == f"bytes {first}-{first + len(body) - 1}/{len(name)}"


def test_no_part_of_what_lies_outside(port: int) -> None:
    answer, body = get(port, "/../secret.txt", Range="bytes=0-3")
    assert answer.status == 404
    assert b"secr" not in body.replace(b"secret", b"")


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True),
        ("br, GZIP ;q=0.5", True),
        ("gzip;q=x", True),
        ("gzip;q=0.0, br", False),
        ("xgzip", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("", False),
    ],
)
def test_compressed_copies_where_there_are_any(port: int, site: Path, accepted: str, packed: bool) -> None:
    copy = site / f"data/{DIGEST}.arrow.gz"
    copy.write_bytes(gzip.compress(b"packed"))
    try:
        answer, body = get(port, f"/data/{DIGEST}.arrow", Accept_Encoding=accepted)
    finally:
        copy.unlink()
    assert answer.headers["Content-Encoding"] == ("gzip" if packed else None)
    assert (gzip.decompress(body) if packed else body) == (b"packed" if packed else f"data/{DIGEST}.arrow".encode())
    assert answer.headers["Content-Type"] == "application/vnd.apache.arrow.file"
    assert "immutable" in str(answer.headers["Cache-Control"])
