"""The file of stories: slides with a text each, bound to a view of the page (docs/stories.md). Its form is checked before any work starts.

Whether its pictures, clusters and layouts exist is checked when the site is written, which knows them (site/slides.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pixplot_steps.errors import ConfigError

SUFFIXES = (".yaml", ".yml")

_MOST_STORIES, _MOST_SLIDES = 50, 200
_LONGEST = {"title": 200, "text": 20_000, "view": 4_000, "cluster": 200, "picture": 2_000}
_PLACES = ("view", "cluster", "picture")


@dataclass(frozen=True)
class Slide:
    """`view`: what follows the # of the page's address; `cluster`: a name or id; `picture`: an item. At most one is not empty."""

    title: str
    text: str
    view: str
    cluster: str
    picture: str


@dataclass(frozen=True)
class Story:
    """At least one slide."""

    title: str
    slides: tuple[Slide, ...]


def read(path: Path) -> list[Story]:
    """The stories of a file. Raises ConfigError, which names story and slide."""
    try:
        value = yaml.safe_load(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _wrong(str(path), "a YAML file in UTF-8", str(error)) from None
    return [_story(entry, f"{path}, story {number}") for number, entry in enumerate(_list(value, str(path), _MOST_STORIES, "stories"), 1)]


def _story(value: Any, where: str) -> Story:
    _keys(value, where, ("title", "slides"))
    title = _text(value, "title", where)
    if not title:
        raise _wrong(where, "a title", "none")
    slides = _list(value.get("slides"), where, _MOST_SLIDES, "slides")
    return Story(title, tuple(_slide(entry, f"{where} ({title}), slide {number}") for number, entry in enumerate(slides, 1)))


def _slide(value: Any, where: str) -> Slide:
    _keys(value, where, tuple(_LONGEST))
    texts = {key: _text(value, key, where) for key in _LONGEST}
    if not texts["title"] and not texts["text"]:
        raise _wrong(where, "a title, a text, or both", "neither")
    if len(given := [key for key in _PLACES if texts[key]]) > 1:
        raise _wrong(where, "one of view, cluster and picture", " and ".join(given))
    if texts["view"] and "#" not in texts["view"]:
        raise _wrong(where, "a view as the page's address has it, with its #", texts["view"])
    return Slide(**{**texts, "view": texts["view"].partition("#")[2]})


def _keys(value: Any, where: str, known: tuple[str, ...]) -> None:
    if not isinstance(value, dict):
        raise _wrong(where, f"keys: {', '.join(known)}", _kind(value))
    unknown = [str(key) for key in value if key not in known]
    if unknown:
        raise _wrong(where, f"only the keys {', '.join(known)}", ", ".join(unknown))


def _text(value: dict[str, Any], key: str, where: str) -> str:
    found = value.get(key)
    if found is None:
        return ""
    # A year or a number needs no quotes.
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        raise _wrong(where, f"a text as {key}", _kind(found))
    if len(text := str(found).strip()) > _LONGEST[key]:
        raise _wrong(where, f"a {key} of at most {_LONGEST[key]} characters", f"{len(text)}")
    return text


def _list(value: Any, where: str, most: int, name: str) -> Iterator[Any]:
    if not isinstance(value, list) or not 1 <= len(value) <= most:
        found = f"{len(value)}" if isinstance(value, list) else _kind(value)
        raise _wrong(where, f"a list of 1 to {most} {name}", found)
    return iter(value)


def _kind(value: Any) -> str:
    names = {dict: "keys with values", list: "a list", str: "a text", bool: "true or false", type(None): "nothing"}
    return names.get(type(value), type(value).__name__)


def _wrong(where: str, expected: str, found: str) -> ConfigError:
    return ConfigError(
        "a story cannot be read", expected=expected, found=found, where=where, action="correct the file; docs/stories.md has an example"
    )
