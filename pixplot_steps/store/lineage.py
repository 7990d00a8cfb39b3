"""The record by which a map, its hotspots and its atlas carry on from those that were shown before.

An artefact that carries on from a former one is named by it too. So a name would change with every run if the former one were always the
last: the record therefore settles the former one of each artefact when the site shows it for the first time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pixplot_steps.errors import FormatError
from pixplot_steps.store import commit

FORMAT = 1


@dataclass(frozen=True)
class Link:
    """One artefact and the one it carries on from, as paths below the work folder.

    `line`: what all artefacts share that may carry on from one another; `fresh`: the path that it would have without a former one;
    `former`: empty where it starts afresh; `path`: its own.
    """

    line: str
    fresh: str
    former: str
    path: str


@dataclass(frozen=True)
class Lineage:
    """`former`: that of each artefact ever shown, by its `fresh` path; `last`: the one of each line that was shown last.

    `whole` tells whether the artefact at a path is there.
    """

    former: Mapping[str, str]
    last: Mapping[str, str]
    whole: Callable[[str], bool]

    def link(self, line: str, named: Callable[[str], str]) -> Link:
        """The artefact whose path is `named(former)`, with its former one: the one it has already, else the last of its line.

        A former one that somebody removed is none, unless what was made from it is still there.
        """
        fresh = named("")
        settled = self.former.get(fresh)
        if settled is None or (settled and not (self.whole(named(settled)) or self.whole(settled))):
            last = self.last.get(line, "")
            settled = last if last and self.whole(last) else ""
        return Link(line, fresh, settled, named(settled))


NONE = Lineage({}, {}, lambda _: False)
"""Of a work folder that has shown nothing yet."""


def read(path: Path, whole: Callable[[str], bool]) -> Lineage:
    """The record at `path`, if there is one. Raises FormatError where it cannot be read."""
    value = _value(path)
    return Lineage(value["former"], value["last"], whole)


def record(path: Path, links: Iterable[Link]) -> None:
    """Remember that these artefacts are shown now. The caller is the record's one writer."""
    value = _value(path)
    for link in links:
        value["former"][link.fresh] = link.former
        value["last"][link.line] = link.path
    commit.bytes_file(path, commit.json_text(value))


def written(links: Iterable[Link]) -> str:
    """Links as JSON, for a command line."""
    return json.dumps([asdict(link) for link in links], sort_keys=True)


def given(text: str) -> list[Link]:
    """Links from their text."""
    return [Link(**value) for value in json.loads(text)]


def _value(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {"format": FORMAT, "former": {}, "last": {}}
    except ValueError:
        value = None
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise FormatError(
            "the record of earlier maps cannot be read",
            expected=f"JSON of format {FORMAT}",
            found=f"format {value.get('format')!r}" if isinstance(value, dict) else "other bytes",
            where=str(path),
            action="use the version of this program that wrote it, or remove the file: the next map is then laid out afresh",
        )
    return value
