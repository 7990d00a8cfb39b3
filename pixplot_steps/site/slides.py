"""Stories as the page reads them (docs/format.md, "Stories"), once it is known that what they show is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from pixplot_steps.errors import SiteError
from pixplot_steps.site import look
from pixplot_steps.stories import Slide, Story

_PLACES = {"layout", "at", "beside", "at2", "level", "find", "theme", "size", "lang"}
_PICTURES = {"q", "hide", "hotspot", "own", "off", "s", "colour", "item"}
_KEYS = _PLACES | _PICTURES
_PREFIXES = ("f.", "r.", "all.")

Json = dict[str, Any]


Clusters = Sequence[Mapping[str, str]]
"""Label by id, of one list of hotspots after the other; a name means the first list that has it once."""


def written(stories: Iterable[Story], layouts: Collection[str], clusters: Clusters, items: Collection[str]) -> list[Json]:
    """Stories as JSON. Raises SiteError where something that a slide shows is not there."""
    known = _Known(layouts, clusters, items)
    return [
        {
            "title": story.title,
            "slides": [known.slide(slide, f"{story.title}, slide {number}") for number, slide in enumerate(story.slides, 1)],
        }
        for story in stories
    ]


class _Known:
    def __init__(self, layouts: Collection[str], clusters: Clusters, items: Collection[str]) -> None:
        self._layouts, self._items = layouts, items
        self._clusters = {id_ for listed in clusters for id_ in listed}
        self._ids: dict[str, str] = {}
        for listed in clusters:
            counts = Counter(listed.values())
            self._ids = {label: id_ for id_, label in listed.items() if counts[label] == 1} | self._ids

    def slide(self, slide: Slide, where: str) -> Json:
        pairs = parse_qsl(slide.view)
        own = look.own_clusters(value for key, value in pairs if key == "own")
        for key, value in pairs:
            self._check_view(key, value, own, where)
        if slide.picture:
            self._check(slide.picture in self._items, "a picture of the collection, by its path in it", slide.picture, where)
        cluster = slide.cluster and (slide.cluster if slide.cluster in self._clusters else self._ids.get(slide.cluster, ""))
        self._check(bool(cluster) == bool(slide.cluster), f"the name or id of a cluster: {self._some()}", slide.cluster, where)
        return {
            "title": slide.title,
            "text": slide.text,
            "view": slide.view or None,
            "hotspot": cluster or None,
            "item": slide.picture or None,
        }

    def _check_view(self, key: str, value: str, own: Collection[str], where: str) -> None:
        self._check(key in _KEYS or key.startswith(_PREFIXES), "a view as the page's address has it", f"{key}={value}", where)
        if key in ("layout", "beside"):
            self._check(value in self._layouts, f"one of the layouts {', '.join(self._layouts)}", value, where)
        if key == "item":
            self._check(value in self._items, "a picture of the collection", value, where)
        # A reader's own clusters are in their browser, or in the view itself.
        if key in ("hotspot", "off"):
            self._check(value in self._clusters or value in own, "the id of a cluster of the collection", value, where)

    def _some(self) -> str:
        return ", ".join(list(self._ids)[:5]) + (", ..." if len(self._ids) > 5 else "")

    def _check(self, right: bool, expected: str, found: str, where: str) -> None:
        if not right:
            raise SiteError(
                "a story shows what is not there",
                expected=expected,
                found=repr(found),
                where=where,
                action="correct the file of stories; docs/stories.md has an example",
            )
