"""Presentation 2 as Presentation 3."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixplot_steps.fetch import presentation
from pixplot_steps.fetch.upgrade import language_map, upgraded

OLD = {
    "@context": "http://iiif.io/api/presentation/2/context.json",
    "@id": "http://a.org/m",
    "@type": "sc:Manifest",
    "label": "Title",
    "description": {"@value": "Words", "@language": "en"},
    "attribution": ["A museum", "its friends"],
    "license": "http://creativecommons.org/publicdomain/zero/1.0/",
    "related": {"@id": "http://a.org/page", "label": "Page"},
    "metadata": [{"label": "Maker", "value": [{"@value": "Dürer", "@language": "de"}, {"@value": "Durer", "@language": "en"}]}],
    "sequences": [
        {"startCanvas": "http://a.org/c2", "canvases": [{"@id": "http://a.org/c1", "label": "1r", "width": 3, "height": 4, "images": []}]}
    ],
}


def test_everything_that_is_read_is_brought_over() -> None:
    assert upgraded(OLD) == {
        "id": "http://a.org/m",
        "type": "Manifest",
        "label": {"none": ["Title"]},
        "summary": {"en": ["Words"]},
        "requiredStatement": {"label": {"en": ["Attribution"]}, "value": {"none": ["A museum", "its friends"]}},
        "rights": "http://creativecommons.org/publicdomain/zero/1.0/",
        "homepage": [{"id": "http://a.org/page", "type": "Text", "label": {"none": ["Page"]}}],
        "metadata": [{"label": {"none": ["Maker"]}, "value": {"de": ["Dürer"], "en": ["Durer"]}}],
        "start": {"id": "http://a.org/c2", "type": "Canvas"},
        "items": [
            {
                "id": "http://a.org/c1",
                "type": "Canvas",
                "label": {"none": ["1r"]},
                "metadata": [],
                "homepage": [],
                "width": 3,
                "height": 4,
                "items": [{"type": "AnnotationPage", "items": []}],
            }
        ],
    }


def test_version_3_passes_unchanged() -> None:
    value = {"id": "http://a.org/m", "type": "Manifest", "label": {"en": ["Title"]}, "items": []}
    assert upgraded(value) is value


def test_once_is_as_good_as_twice() -> None:
    assert upgraded(upgraded(OLD)) == upgraded(OLD)


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("text", {"none": ["text"]}),
        (["a", "b"], {"none": ["a", "b"]}),
        ({"@value": "a", "@language": "fr"}, {"fr": ["a"]}),
        ([{"@value": "a", "@language": "fr"}, "b"], {"fr": ["a"], "none": ["b"]}),
        ({"en": ["a"], "de": "b"}, {"en": ["a"], "de": ["b"]}),
        (1905, {"none": ["1905"]}),
        (None, {}),
        ({"en": None}, {}),
        ([[["deep"]]], {}),
    ],
)
def test_texts_in_any_form(written: object, wanted: dict[str, list[str]]) -> None:
    assert language_map(written) == wanted


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "@id",
                    "id",
                    "@type",
                    "type",
                    "items",
                    "sequences",
                    "canvases",
                    "images",
                    "resource",
                    "body",
                    "service",
                    "label",
                    "metadata",
                ]
            )
            | st.sampled_from(
                ["value", "manifests", "members", "first", "profile", "item", "default", "source", "start", "thumbnail", "format"]
            ),
            inner | st.sampled_from(["sc:Manifest", "Manifest", "Collection", "Canvas", "Choice", "Image", "http://iiif.io/api/image/2"]),
            max_size=6,
        )
    ),
    max_leaves=30,
)


@given(_JSON)
def test_whatever_comes_gives_a_value_or_a_reason(value: object) -> None:
    try:
        found = presentation.read(json.dumps(value).encode())
    except presentation.NoManifest:
        return
    assert isinstance(found, presentation.Manifest | presentation.Collection)
