"""What a manifest says, as columns."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from pixplot_steps.fetch import items, plain, presentation
from pixplot_steps.fetch.presentation import Manifest


def manifest(canvases: int, more: Mapping[str, object]) -> Manifest:
    body = {"id": "http://a.org/{}.jpg", "type": "Image"}
    pages = [
        {
            "id": f"http://a.org/c{n}",
            "type": "Canvas",
            "label": {"en": [f"folio {n}"]},
            "items": [{"items": [{"motivation": "painting", "body": {**body, "id": f"http://a.org/{n}.jpg"}}]}],
        }
        for n in range(1, canvases + 1)
    ]
    found = presentation.read(json.dumps({"id": "http://a.org/m", "type": "Manifest", "items": pages, **more}).encode())
    assert isinstance(found, Manifest)
    return found


def cells(language: str, more: Mapping[str, object]) -> dict[str, list[str]]:
    return items.chosen(manifest(1, more), "m", "first", language).items[0].cells


PAIRS = [{"label": {"en": ["Maker"], "de": ["Künstler"]}, "value": {"en": ["Durer"], "de": ["Dürer"]}}]


@pytest.mark.parametrize(
    ("more", "column", "wanted"),
    [
        ({"label": {"en": ["A <b>bold</b> title"]}}, "title", ["A bold title"]),
        ({"summary": {"en": ["<p>One</p><p>Two</p>"]}}, "description", ["One Two"]),
        ({"requiredStatement": {"label": {"en": ["Credit"]}, "value": {"en": ["A museum"]}}}, "attribution", ["A museum"]),
        ({"rights": "http://creativecommons.org/licenses/by/4.0/"}, "rights", ["http://creativecommons.org/licenses/by/4.0/"]),
        ({"provider": [{"id": "http://a.org", "label": {"en": ["A museum"]}}]}, "provider", ["A museum"]),
        ({"homepage": [{"id": "http://a.org/p", "type": "Text"}]}, "permalink", ["http://a.org/p"]),
        ({"homepage": [{"id": "javascript:alert(1)", "type": "Text"}]}, "permalink", None),
        ({"provider": [{"homepage": [{"id": "http://a.org/"}]}]}, "permalink", ["http://a.org/"]),
        ({"navDate": "1905-01-01T00:00:00Z"}, "date", ["1905"]),
        ({"navDate": "1905-05-08T00:00:00Z"}, "date", ["1905-05-08"]),
        ({"navDate": "1949-01-01:T00:00:00Z"}, "date", ["1949"]),
        ({"navDate": "-0044-03-15T00:00:00Z"}, "date", ["-0044-03-15"]),
        ({"metadata": [{"label": "Date created", "value": "c. 1905"}]}, "date", ["c. 1905"]),
        ({"metadata": [{"label": "Datierung", "value": "um 1500"}]}, "date", ["um 1500"]),
        ({"metadata": [{"label": "Date", "value": "1851"}]}, "date", ["1851"]),
        ({"metadata": [{"label": "Publication date", "value": "Leipzig : Teubner & Sons, [1889]"}]}, "date", ["1889"]),
        ({"metadata": [{"label": "Date added", "value": "2020-01-01"}]}, "date", None),
        ({"metadata": [{"label": "Digitised date", "value": "2020"}, {"label": "Year", "value": "1700"}]}, "date", ["1700"]),
        ({"navDate": "1905-01-01T00:00:00Z", "metadata": [{"label": "Date", "value": "1906"}]}, "date", ["1905"]),
        ({"metadata": PAIRS}, "Maker", ["Durer"]),
        ({"metadata": PAIRS, "language": "de"}, "Künstler", ["Dürer"]),
        ({"metadata": PAIRS, "language": "de-CH"}, "Künstler", ["Dürer"]),
        ({"metadata": PAIRS, "language": "fr"}, "Maker", ["Durer"]),
        ({"metadata": [{"label": "Subject", "value": {"none": ["a", "b"]}}]}, "Subject", ["a", "b"]),
        ({"metadata": [{"label": "Subject", "value": "a"}, {"label": "subject", "value": "b"}]}, "Subject", ["a", "b"]),
        ({"metadata": [{"label": "Title", "value": "Other"}], "label": {"en": ["One"]}}, "Title (metadata)", ["Other"]),
        ({"metadata": [{"label": "Title", "value": "One"}], "label": {"en": ["One"]}}, "Title (metadata)", None),
        ({"metadata": [{"label": "image", "value": "x"}]}, "image (metadata)", ["x"]),
        ({"metadata": [{"label": "manifest", "value": "x"}]}, "manifest", ["http://a.org/m"]),
        ({}, "canvas", ["http://a.org/c1"]),
    ],
)
def test_columns(more: dict[str, object], column: str, wanted: list[str] | None) -> None:
    assert cells(str(more.get("language", "")), more).get(column) == wanted


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("plain", "plain"),
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        ("one<br/>two", "one two"),
        ("<script>alert(1)</script>words", "words"),
        ("<style>p{}</style>words<style>", "words"),
        ("a < b > c", "a < b > c"),
        ("<a href='http://x'>link</a>", "link"),
        ("  many \n spaces ", "many spaces"),
        ("\ud83d half", "? half"),
        ("x" * 30_000, "x" * 20_000),
        ("<![CDATA[x]]>", ""),
    ],
)
def test_markup_is_reduced_to_what_it_says(written: str, wanted: str) -> None:
    assert plain.text(written) == wanted


class TestWhichCanvases:
    def names(self, found: items.Chosen) -> list[str]:
        return [item.name for item in found.items]

    def test_the_first_stands_for_the_manifest(self) -> None:
        found = items.chosen(manifest(3, {"label": {"en": ["Book"]}}), "m", "first", "")
        assert (self.names(found), found.items[0].cells["title"]) == (["m"], ["Book"])

    def test_all_are_numbered_and_named_after_both(self) -> None:
        found = items.chosen(manifest(10, {"label": {"en": ["Book"]}}), "m", "all", "")
        assert self.names(found)[:2] == ["m#canvas=01", "m#canvas=02"]
        assert found.items[1].cells["title"] == ["Book, folio 2"]

    def test_one_of_one_needs_no_number(self) -> None:
        assert self.names(items.chosen(manifest(1, {}), "m", "all", "")) == ["m"]

    @pytest.mark.parametrize(
        "more",
        [
            {"start": {"id": "http://a.org/c2", "type": "Canvas"}},
            {"start": {"type": "SpecificResource", "source": "http://a.org/c2"}},
            {"thumbnail": [{"id": "http://a.org/2.jpg", "type": "Image"}]},
        ],
    )
    def test_the_one_to_start_with(self, more: dict[str, object]) -> None:
        assert items.chosen(manifest(3, more), "m", "start", "").items[0].canvas == "http://a.org/c2"

    def test_without_one_to_start_with_the_first(self) -> None:
        assert items.chosen(manifest(3, {}), "m", "start", "").items[0].canvas == "http://a.org/c1"

    def test_an_image_that_two_canvases_show_is_one_item(self) -> None:
        two = manifest(2, {})
        same = Manifest(two.id, two.described, (two.canvases[0], two.canvases[0]))
        assert self.names(items.chosen(same, "m", "all", "")) == ["m#canvas=1"]

    def test_a_canvas_without_an_image_is_told(self) -> None:
        video = {"id": "c", "type": "Canvas", "items": [{"items": [{"motivation": "painting", "body": {"type": "Video", "id": "v"}}]}]}
        found = presentation.read(json.dumps({"id": "m", "type": "Manifest", "items": [video]}).encode())
        assert isinstance(found, Manifest)
        for which in ("first", "start", "all"):
            assert items.chosen(found, "m", which, "") == items.Chosen([], [("m", "it holds Video, and no image")])

    def test_a_manifest_without_canvases_is_told(self) -> None:
        found = items.chosen(manifest(0, {}), "m", "all", "")
        assert found == items.Chosen([], [("m", "the manifest has no canvases")])
