"""Stories: the example of the documentation works, mistakes are told with story and slide, and what is shown must be there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from pixplot_steps import stories
from pixplot_steps.errors import ConfigError, SiteError
from pixplot_steps.site import slides
from pixplot_steps.site.verify import verify
from tests import site_fixture
from tests.site.conftest import Built

PAGE = Path(__file__).parents[2] / "docs" / "stories.md"


def example() -> str:
    found = re.search(r"```yaml\n(# stories.yaml\n.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert found
    return found[1]


def given(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "stories.yaml"
    path.write_text(text, "utf-8")
    return path


def test_the_example_of_the_documentation_is_shown(built: Built, tmp_path: Path) -> None:
    site_fixture.site(built.found, tmp_path / "site", stories=given(tmp_path, example()))
    assert verify(tmp_path / "site") == []
    manifest = json.loads((tmp_path / "site/data/manifest.json").read_bytes())
    (story,) = json.loads((tmp_path / "site" / manifest["stories"]["file"]).read_bytes())
    assert [slide["view"] for slide in story["slides"]] == ["layout=umap", None, None, "layout=grid&q=category%3A3"]
    assert story["slides"][1]["hotspot"] == manifest["hotspots"]["list"][0]["id"]
    assert story["slides"][2]["item"] == "pictures/00007.jpg"


def test_a_site_without_stories_says_nothing_of_them(built: Built) -> None:
    assert "stories" not in json.loads((built.site / "data/manifest.json").read_bytes())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "a list of 1 to 50 stories"),
        ("a: 1", "a list of 1 to 50 stories"),
        ("- [", "a YAML file"),
        ("- x", "keys: title, slides"),
        ("- title: T", "a list of 1 to 200 slides"),
        ("- {title: T, slides: []}", "a list of 1 to 200 slides"),
        ("- {slides: [{text: x}]}", "a title"),
        ("- {title: T, slides: [{text: x}], colour: red}", "only the keys title, slides"),
        ("- {title: T, slides: [{text: x}, {txt: x}]}", "slide 2"),
        ("- {title: T, slides: [{view: '#'}]}", "a title, a text, or both"),
        ("- {title: T, slides: [{text: [1]}]}", "a text as text"),
        ("- {title: T, slides: [{text: true}]}", "a text as text"),
        ("- {title: T, slides: [{text: x, view: '#layout=umap', picture: a.jpg}]}", "one of view, cluster and picture"),
        ("- {title: T, slides: [{text: x, view: layout=umap}]}", "with its #"),
        ("- {title: T, slides: [{title: " + "x" * 201 + "}]}", "at most 200 characters"),
    ],
)
def test_mistakes_of_form_are_told(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError) as error:
        stories.read(given(tmp_path, text))
    assert told in error.value.message()
    assert "stories.yaml" in error.value.message()


def test_a_year_is_a_title(tmp_path: Path) -> None:
    (story,) = stories.read(given(tmp_path, "- {title: 1890, slides: [{title: 1891}]}"))
    assert (story.title, story.slides[0].title) == ("1890", "1891")


KNOWN: dict[str, Any] = {
    "layouts": ["umap"],
    "clusters": [{"9f": "Birds", "a0": "Same", "a1": "Same"}, {"b0": "Birds", "b1": "Region"}],
    "items": {"a.jpg"},
}


def slide(**own: str) -> stories.Story:
    return stories.Story("T", (stories.Slide(**{"title": "s", "text": "", "view": "", "cluster": "", "picture": "", **own}),))


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ({"view": "layout=grid"}, "one of the layouts umap"),
        ({"view": "item=b.jpg"}, "a picture of the collection"),
        ({"view": "hotspot=own-3"}, "the id of a cluster"),
        ({"view": "beside=grid"}, "one of the layouts umap"),
        ({"view": "hotspot=own-3&own=ab:4:0:Other"}, "the id of a cluster"),
        ({"view": "colour=x&onclick=1"}, "a view as the page's address has it"),
        ({"picture": "b.jpg"}, "a picture of the collection"),
        ({"cluster": "Bird"}, "the name or id of a cluster: "),
        ({"cluster": "Same"}, "the name or id"),
    ],
)
def test_what_is_not_there_is_told(own: dict[str, str], told: str) -> None:
    with pytest.raises(SiteError) as error:
        slides.written([slide(**own)], **KNOWN)
    assert told in error.value.message()
    assert "T, slide 1" in error.value.message()


@pytest.mark.parametrize(
    ("own", "key", "value"),
    [
        ({"cluster": "Birds"}, "hotspot", "9f"),
        ({"cluster": "Region"}, "hotspot", "b1"),
        ({"cluster": "b0"}, "hotspot", "b0"),
        ({"cluster": "a1"}, "hotspot", "a1"),
        ({"picture": "a.jpg"}, "item", "a.jpg"),
        ({"view": "layout=umap&f.tags=a&at=0,0,1"}, "view", "layout=umap&f.tags=a&at=0,0,1"),
        ({"view": "find=hotspots&theme=dark&at2=0,0,1"}, "view", "find=hotspots&theme=dark&at2=0,0,1"),
        ({"view": "hotspot=own-3&own=ab:3:0:Mine"}, "view", "hotspot=own-3&own=ab:3:0:Mine"),
    ],
)
def test_what_is_there_is_shown(own: dict[str, str], key: str, value: str) -> None:
    (story,) = slides.written([slide(**own)], **KNOWN)
    assert story["slides"][0][key] == value
