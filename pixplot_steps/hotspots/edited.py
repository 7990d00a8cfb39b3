"""Hotspots as a person wants them: the file that the viewer saves, or one written by hand, laid over those that were found.

See docs/hotspots.md and docs/format.md, "A reader's hotspots".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jsonschema
import numpy as np
import yaml
from numpy.typing import NDArray

from pixplot_steps import digest
from pixplot_steps.errors import SourceError
from pixplot_steps.hotspots import matching

OWN = "own-"
"""How the id of a hotspot begins that a person made."""

NUMBERED = re.compile(r"Cluster (\d+)")
"""What a hotspot is called that has no name."""

_EXAMPLES = 3
_REMOVE = "remove it from the file of hotspots"
_MOST = 10_000
_TEXTS = {"type": "array", "items": {"type": "string"}}
_ENTRY = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "pattern": r"^([0-9a-f]{32}|own-[0-9A-Za-z\-]{1,64})$"},
        "label": {"type": "string", "maxLength": 200},
        "tags": {"type": "array", "maxItems": 100, "items": {"type": "string", "maxLength": 200}},
        "images": _TEXTS,
        "items": _TEXTS,
    },
    "anyOf": [{"required": ["id"]}, {"required": ["label"]}],
}
_ENTRIES = {"type": "array", "maxItems": _MOST, "items": _ENTRY}
_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["format", "version", "hotspots"],
    "properties": {"format": {"const": "pixplot-hotspots"}, "version": {"const": 1}, "hotspots": _ENTRIES, "removed": _ENTRIES},
}


@dataclass(frozen=True)
class Entry:
    """One hotspot of the file; what it does not say is empty, but for `id`. `images`: ids; `items`: paths, or file names."""

    id: str
    label: str
    tags: tuple[str, ...]
    images: tuple[str, ...]
    items: tuple[str, ...]

    @property
    def made(self) -> bool:
        """Whether a person made it."""
        return self.id.startswith(OWN)


@dataclass(frozen=True)
class Edited:
    """The file: the hotspots in their order, and those that are to stay away."""

    hotspots: tuple[Entry, ...]
    removed: tuple[Entry, ...]


@dataclass(frozen=True)
class Wish:
    """An entry and its images: `rows` i64, ascending, those that there are; `lost`: what it calls those that there are not."""

    entry: Entry
    rows: NDArray[np.int64]
    lost: tuple[str, ...]

    @property
    def called(self) -> str:
        """What a person knows it by."""
        return self.entry.label or self.entry.id


@dataclass(frozen=True)
class Choice:
    """A hotspot to show, or one removed: `found`, its number among those found; or -1, and the `rows` of its images.

    `label` is empty where it keeps the one that it has.
    """

    id: str
    label: str
    tags: tuple[str, ...]
    found: int
    rows: NDArray[np.int64]


@dataclass(frozen=True)
class Fault:
    """What a wish could not have, as the problems tell it."""

    path: str
    kind: str
    reason: str
    action: str


@dataclass(frozen=True)
class Arranged:
    """`shown` in their order; `removed`; and the `faults` of the file."""

    shown: list[Choice]
    removed: list[Choice]
    faults: list[Fault]


def read(text: str, where: str) -> Edited:
    """The file from its text: JSON, or YAML where `where`, its name, ends so. Raises SourceError where it is none."""
    try:
        value = json.loads(text) if where.lower().endswith(".json") else yaml.safe_load(text)
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise _wrong("JSON, or YAML in a file .yaml", str(error), where) from None
    for fault in jsonschema.Draft202012Validator(_SCHEMA).iter_errors(value):
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault.absolute_path).lstrip(".")
        raise _wrong("the form that docs/hotspots.md shows", f"{place or 'the file'}: {fault.message[:300]}", where)
    return Edited(tuple(map(_entry, value["hotspots"])), tuple(map(_entry, value.get("removed", []))))


def _entry(value: dict[str, Any]) -> Entry:
    images, items, tags = (tuple(value.get(key, [])) for key in ("images", "items", "tags"))
    label = value.get("label", "").strip()
    return Entry(value.get("id") or OWN + digest.of_lines([label])[: digest.SHORT], label, tags, images, items)


def _wrong(expected: str, found: str, where: str) -> SourceError:
    return SourceError(
        "the file of hotspots cannot be used", expected=expected, found=found, where=where, action="correct it, or hotspots.edited"
    )


def arrange(ids: Sequence[str], of_image: NDArray[np.int64], wishes: Sequence[Wish], removed: Sequence[Wish]) -> Arranged:
    """Lay the wishes over the hotspots that were found, of these ids; `of_image` i64 [M]: the number of each image's, or -1.

    A wish is for the hotspot of its id, or else for the one with which it shares most images (see `matching`). One that is for none
    is shown with its own images. What was found and nobody spoke of follows in its order.
    """
    faults: list[Fault] = []
    asked, dropped = _once(wishes, removed, faults)
    matched = _matched(ids, of_image, [*asked, *dropped])
    shown = [choice for number, wish in enumerate(asked) for choice in _shown(wish, matched.get(number, -1), faults)]
    gone = [choice for number, wish in enumerate(dropped, len(asked)) for choice in _removed(wish, matched.get(number, -1), faults)]
    nothing = np.empty(0, dtype=np.int64)
    others = [Choice(name, "", (), number, nothing) for number, name in enumerate(ids) if number not in set(matched.values())]
    return Arranged([*shown, *others], gone, faults)


def _once(wishes: Sequence[Wish], removed: Sequence[Wish], faults: list[Fault]) -> tuple[list[Wish], list[Wish]]:
    """The wishes, each id once."""
    taken: set[str] = set()
    kept: tuple[list[Wish], list[Wish]] = ([], [])
    for out, listed in zip(kept, (wishes, removed), strict=True):
        for wish in listed:
            if wish.entry.id in taken:
                faults.append(Fault(wish.called, "hotspot listed twice", "only the first counts", "leave one out"))
                continue
            taken.add(wish.entry.id)
            out.append(wish)
    return kept


def _matched(ids: Sequence[str], of_image: NDArray[np.int64], wishes: Sequence[Wish]) -> dict[int, int]:
    """For each wish that is for a hotspot found its number."""
    place = {name: number for number, name in enumerate(ids)}
    found = {number: place[wish.entry.id] for number, wish in enumerate(wishes) if wish.entry.id in place}
    free = np.where(np.isin(of_image, list(found.values())), -1, of_image)
    # What a person made is theirs, however much it looks like what was found.
    open_ = [n for n, wish in enumerate(wishes) if n not in found and not wish.entry.made]
    numbers = np.repeat(np.array(open_, dtype=np.int64), [len(wishes[n].rows) for n in open_])
    rows = np.concatenate([np.empty(0, dtype=np.int64), *(wishes[n].rows for n in open_)])
    return found | {wish: hotspot for hotspot, wish in matching.match_sets(numbers, rows, free).items()}


def _shown(wish: Wish, found: int, faults: list[Fault]) -> Iterator[Choice]:
    entry = wish.entry
    faults += _lost(wish)
    if found >= 0:
        yield Choice(entry.id, entry.label, entry.tags, found, wish.rows)
        return
    if not len(wish.rows):
        reason = (
            "none of its pictures is in the collection" if entry.made else "it is not found, and none of its pictures is in the collection"
        )
        faults.append(Fault(wish.called, "hotspot not found", reason, _REMOVE))
        return
    if not entry.made:
        reason = f"it is not found any more; it is shown with the {len(wish.rows)} pictures that the file has"
        faults.append(Fault(wish.called, "hotspot not found", reason, "leave it, or remove it from the file of hotspots"))
    yield Choice(entry.id, entry.label, entry.tags, -1, wish.rows)


def _removed(wish: Wish, found: int, faults: list[Fault]) -> Iterator[Choice]:
    entry = wish.entry
    if found < 0 and not len(wish.rows):
        faults.append(Fault(wish.called, "hotspot not found", "it is to be left out, and is not found", _REMOVE))
        return
    yield Choice(entry.id, entry.label, entry.tags, found, wish.rows)


def _lost(wish: Wish) -> Iterator[Fault]:
    if wish.lost:
        told = ", ".join(map(repr, wish.lost[:_EXAMPLES])) + (", ..." if len(wish.lost) > _EXAMPLES else "")
        reason = f"{len(wish.lost)} of its {len(wish.lost) + len(wish.rows)} pictures are not in the collection: {told}"
        yield Fault(wish.called, "picture not found", reason, "nothing, if they were removed; else correct the file of hotspots")
