"""The local server: types, caching, and nothing beyond the site."""

from __future__ import annotations

import argparse
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


def get(port: int, path: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(serve.HOST, port, timeout=10)
    connection.request("GET", path)
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
    assert parser.parse_args(["some/site"]) == argparse.Namespace(site=Path("some/site"), port=8000)
