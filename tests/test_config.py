"""The configuration: closed, complete, and with messages that help."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from pixplot_steps import config, plan, spec
from pixplot_steps.errors import ConfigError

ROOT = Path(__file__).parents[1]
SCHEMA = ROOT / "workflow/schemas/config.schema.yaml"
DEFAULTS: dict[str, Any] = yaml.safe_load((ROOT / "config/config.yaml").read_text("utf-8"))


def _read(**changes: Any) -> spec.Spec:
    """Read the defaults with some keys changed; a key is written section__key."""
    value = copy.deepcopy(DEFAULTS) | {"images": "pictures"}
    for path, change in changes.items():
        *sections, key = path.split("__")
        place = value
        for section in sections:
            place = place[section]
        place[key] = change
    return config.read(value, SCHEMA, Path("/base"))


def test_the_defaults_are_valid_and_every_section_is_read() -> None:
    read = _read()
    assert (read.images, read.workdir, read.site.title) == (("/base/pictures",), Path("/base/results"), "pictures")
    more = {"keep": read.keep, "label_weight": read.label_weight, "components": read.components}
    assert spec.parameters(read.umap) | more == DEFAULTS["layouts"]["umap"]


def test_lists_of_parameters_make_variants_of_the_map() -> None:
    read = _read(layouts__umap__n_neighbors=[15, 5, 15], layouts__umap__min_dist=[0.1, 0.5])
    assert read.umap == spec.Umap(15, 0.1, 0)
    assert read.variants == (spec.Umap(15, 0.5, 0), spec.Umap(5, 0.1, 0), spec.Umap(5, 0.5, 0))
    assert _read().variants == ()


@pytest.mark.parametrize(
    ("changes", "texts", "why"),
    [
        ({"layouts__umap__n_neighbors": [5, 50]}, ["neighbours.count of at least 49"], "a variant that asks for more than is kept"),
        ({"layouts__umap__n_neighbors": []}, ["layouts.umap.n_neighbors"], "an empty list"),
        ({"layouts__umap__min_dist": [0.1, 2]}, ["layouts.umap.min_dist.1", "a number from 0 to 0.99"], "a value in a list"),
        ({"hotspots__min_cluster_sise": 3}, ["hotspots.min_cluster_sise", "did you mean 'min_cluster_size'?"], "a slip of the pen"),
        ({"layouts__umap__zzz": 3}, ["layouts.umap.zzz", "allowed here: n_neighbors, min_dist, epochs"], "nothing like it"),
        ({"image": "x"}, ["image: no such key", "did you mean 'images'?"], "at the top"),
        ({"vectors__components": 0}, ["vectors.components", "a whole number from 2 to 1024", "found 0"], "out of range"),
        ({"vectors__components": "many"}, ["vectors.components", "found 'many'"], "wrong kind"),
        ({"atlases__format": "gif"}, ["atlases.format", "one of webp, jpeg, avif", "found 'gif'"], "not on the list"),
        ({"ingest__ground": "white"}, ["ingest.ground", "found 'white'"], "wrong form"),
        ({"reproducible": 1}, ["reproducible", "true or false"], "a number is no truth"),
        ({"images": None}, ["No pictures are named"], "nothing to do"),
        ({"manifests": "https://a.org/m"}, ["fetch.contact", "your e-mail address"], "servers are told who asks"),
        ({"fetch__contact": "me\nX-Evil: 1"}, ["fetch.contact"], "a header of its own"),
        ({"fetch__hosts": {"a.org": {"per_hour": 3}}}, ["fetch.hosts.a.org.per_hour", "did you mean 'per_minute'?"], "of one host"),
        ({"site__address": "javascript:alert(1)"}, ["site.address"], "no place on the web"),
        ({"site__licence_url": "javascript:alert(1)"}, ["site.licence_url"], "no place on the web"),
        ({"site__license": "CC BY"}, ["site.license", "did you mean 'licence'?"], "spelt as in America"),
        ({"site__accent": {"light": "#ffee00", "dark": "#ffffff"}}, ["site.accent.light", "a darker one, such as #"], "unreadable"),
        ({"site__accent__dark": "red"}, ["site.accent.dark", "found 'red'"], "wrong form"),
        ({"site__logo": "nothing.png"}, ["site.logo", "nothing at /base/nothing.png"], "no such file"),
        ({"site__logo": "logo.gif"}, ["site.logo", ".svg, .png"], "a picture that moves"),
        ({"site__data_from": ["ftp://a.org/"]}, ["site.data_from.0"], "no place on the web"),
        ({"site__data_from": ["https://a.org; script-src *"]}, ["site.data_from.0"], "more than a place"),
        ({"layouts__umap__n_neighbors": 50}, ["neighbours.count of at least 49"], "two keys that disagree"),
    ],
)
def test_faults_name_the_key_what_is_allowed_and_the_nearest_name(changes: dict[str, Any], texts: list[str], why: str) -> None:
    with pytest.raises(ConfigError) as caught:
        _read(**changes)
    message = str(caught.value)
    assert [text for text in texts if text not in message] == [], f"{why}: {message}"


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("https://a.org/m", ("https://a.org/m",)),
        (["list.txt", "HTTP://a.org/m", "/abs/m.json"], ("/base/list.txt", "HTTP://a.org/m", "/abs/m.json")),
        (None, ()),
    ],
)
def test_manifests_are_addresses_or_paths(given: Any, wanted: tuple[str, ...]) -> None:
    assert _read(manifests=given, fetch__contact="me@example.org").manifests == wanted


@pytest.mark.parametrize("given", ["layout=grid&at=0,0,1", "#layout=grid&at=0,0,1", "https://a.org/?ui=0#layout=grid&at=0,0,1"])
def test_an_opening_view_is_pasted_from_an_address(given: str) -> None:
    assert _read(site__opening=given).site.opening == "layout=grid&at=0,0,1"


def test_manifests_alone_are_enough() -> None:
    read = _read(images=None, manifests="https://a.org/paintings", fetch__contact="me@example.org")
    assert (read.images, read.site.title) == ((), "paintings")


@pytest.mark.parametrize(
    ("models", "side", "wanted", "why"),
    [
        (["builtin"], 600, 600, "the configuration's, where it is enough"),
        (["builtin"], 200, 256, "twice the thumbnail"),
        (["mobilenet_v2"], 200, 448, "twice what the network sees"),
        (["builtin", "inception_v3"], 300, 598, "the network that sees most"),
    ],
)
def test_pictures_are_asked_for_in_the_size_that_is_needed(models: list[str], side: int, wanted: int, why: str) -> None:
    assert plan.side_wanted(_read(features__models=models, fetch__side=side)) == wanted, why


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        _read(vectors__components=0, atlases__quality=101)
    assert "vectors.components" in str(caught.value)
    assert "atlases.quality" in str(caught.value)


def _leaves(schema: dict[str, Any], path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
    if "properties" not in schema:
        return [(path, schema)]
    assert schema["additionalProperties"] is False, f"{path} is open"
    assert sorted(schema["required"]) == sorted(schema["properties"]), f"{path}: defaults make every key present"
    return [leaf for key, child in schema["properties"].items() for leaf in _leaves(child, (*path, key))]


def test_schema_and_defaults_have_the_same_keys_each_described_in_order() -> None:
    leaves = _leaves(yaml.safe_load(SCHEMA.read_text("utf-8")))
    paths = [path for path, _ in leaves]

    def keys(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
        return [p for k, v in value.items() for p in keys(v, (*path, k))] if isinstance(value, dict) and value else [path]

    assert paths == keys(DEFAULTS)
    assert [path for path, leaf in leaves if not leaf.get("description")] == []
