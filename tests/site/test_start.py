"""The start page of several collections: what it says of each, that texts are text, and that nothing else is overwritten."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pyarrow as pa
import pytest

from pixplot_steps.cli import main
from pixplot_steps.site import start
from tests.site.conftest import Built


class Parsed(HTMLParser):
    """Links, pictures and texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.pictures: list[str] = []
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.add(tag)
        self.links += [found["href"] or ""] if tag == "a" else []
        self.pictures += [found["src"] or ""] if tag == "img" else []

    def handle_data(self, data: str) -> None:
        self.texts += [data.strip()] if data.strip() else []


@pytest.fixture
def www(built: Built, tmp_path: Path) -> Path:
    """A server's folder with two sites, one of a name that addresses do not hold."""
    for name, title in (("birds", "Zebra <finches>"), ("a b&é", "Ähren")):
        site = Path(shutil.copytree(built.site, tmp_path / "www" / name))
        manifest = json.loads((site / "data/manifest.json").read_bytes())
        (site / "data/manifest.json").write_text(json.dumps(manifest | {"title": title}))
    return tmp_path / "www"


def _start(www: Path, *more: str) -> int:
    return main(["start", str(www), *more, "--title", 'Our "maps" & more'])


def test_the_page_leads_to_every_collection(www: Path, built: Built) -> None:
    assert _start(www) == 0
    page = Parsed((www / "index.html").read_text("utf-8"))
    assert page.links == ["birds/?start", "a%20b%26%C3%A9/?start"], "by their titles, as casefold has them"
    manifest = json.loads((built.site / "data/manifest.json").read_bytes())
    with pa.memory_map(str(built.site / manifest["table"]["file"])) as source:
        image = pa.ipc.open_file(source).read_all()["image"][manifest["hotspots"]["list"][0]["item"]].as_py()
    assert page.pictures[0] == f"birds/pictures/{image[:2]}/{image}.jpg"
    assert (www / page.pictures[0]).is_file()
    assert "Zebra <finches>" in page.texts
    assert f"{manifest['counts']['items']} pictures" in page.texts
    assert "script" not in page.tags
    assert "finches" not in page.tags


def test_sites_that_are_named_come_in_their_order(www: Path) -> None:
    assert _start(www, "a b&é", "birds") == 0
    assert Parsed((www / "index.html").read_text("utf-8")).links == ["a%20b%26%C3%A9/?start", "birds/?start"]
    assert _start(www, "birds") == 0
    assert Parsed((www / "index.html").read_text("utf-8")).links == ["birds/?start"]


@pytest.mark.parametrize(
    ("items", "language", "told"),
    [(1, "en", "1 picture"), (3786, "en", "3,786 pictures"), (1_000_000, "de", "1.000.000 Bilder"), (3786, "fr", "3\u202f786 images")],
)
def test_numbers_are_written_as_the_language_does(items: int, language: str, told: str) -> None:
    assert told in Parsed(start.page("x", [start.Collection("a", "A", items, "p.jpg")], language)).texts


@pytest.mark.parametrize("text", ["</title><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "\u202eabc", ""])
def test_texts_are_text(text: str) -> None:
    page = Parsed(start.page(text, [start.Collection("a", text, 1, "p.jpg")], "en"))
    assert page.pictures == ["a/p.jpg"]
    assert "script" not in page.tags


def test_the_style_is_the_one_that_the_policy_allows() -> None:
    page = start.page("x", [], "en")
    assert re.search(r"style-src 'sha256-[\w+/]{43}='", page)
    assert page.count("<style>") == 1


def test_what_is_no_site_is_told(www: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases: list[tuple[Path, list[str], str]] = [
        (tmp_path / "nothing", [], "there are no collections"),
        (www, ["fish"], "this is no finished site"),
        (www, ["../www/birds/../.."], "this is no finished site"),
        (www / "birds", [], "this folder is a site itself"),
    ]
    (tmp_path / "nothing").mkdir()
    for folder, names, told in cases:
        assert _start(folder, *names) == 1
        assert told in capsys.readouterr().err
    (www / "index.html").write_text("my own page")
    assert _start(www) == 1
    assert "there is another page already" in capsys.readouterr().err
    assert (www / "index.html").read_text() == "my own page"


def test_written_again_it_is_the_same(www: Path) -> None:
    assert _start(www) == 0
    before = (www / "index.html").read_bytes()
    assert _start(www) == 0
    assert (www / "index.html").read_bytes() == before
