"""Text from manifests as plain text: a language chosen, HTML reduced to what it says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser

_BREAKS = {"br", "p", "div", "li", "tr", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6"}
_SILENT = {"script", "style"}
_TAG = re.compile(r"<[a-zA-Z/!]|&[#a-zA-Z0-9]+;")
_LONGEST = 20_000
"""Characters kept of one value: no caption is longer, and a table of a million of them must be held."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the base class names it
        self.silent += tag in _SILENT
        if tag in _BREAKS:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in _SILENT and self.silent > 0
        if tag in _BREAKS:
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(data)


def text(value: str) -> str:
    """What a value says, on one line, without markup; at most 20,000 characters."""
    value = value[:_LONGEST]
    if _TAG.search(value):
        reader = _Reader()
        reader.feed(value)
        reader.close()
        value = "".join(reader.parts)
    # JSON may hold halves of a character, which no table can.
    return " ".join(value.split()).encode("utf-8", "replace").decode()


def texts(values: Mapping[str, list[str]], language: str) -> list[str]:
    """The values in the language wanted (or a dialect of it), else without one, else in the first that is there; blanks left out."""
    wanted = language.lower()
    by_rank = sorted(values, key=lambda tag: _rank(tag.lower(), wanted)) if wanted else list(values)
    for tag in by_rank:
        found = [plain for value in values[tag] if (plain := text(value))]
        if found:
            return found
    return []


def _rank(tag: str, wanted: str) -> int:
    if tag == wanted:
        return 0
    if tag.partition("-")[0] == wanted.partition("-")[0]:
        return 1
    return 2 if tag in ("none", "@none") else 3
