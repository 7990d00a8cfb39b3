"""Who is to be named for pictures, and what may be done with them: of the collection as a whole, and by columns of their own.

`viewer/src/model/rights.ts` goes by the same names of columns, and the same addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from pixplot_steps.site import words

CREDITS = (
    "attribution",
    "bildnachweis",
    "courtesy",
    "credit",
    "credit line",
    "creditline",
    "credits",
    "nachweis",
)
"""Words of the names that a column goes by which says who is to be named."""

LICENCES = (
    "copyright",
    "droits",
    "licence",
    "license",
    "lizenz",
    "nutzungsrechte",
    "rechte",
    "rights",
    "rights statement",
    "rightsstatement",
)
"""The same of columns that say what may be done with a picture."""

_COMMONS = re.compile(r"https?://(?:www\.)?creativecommons\.org/((?:licenses|publicdomain)/[a-z+-]+/\d\.\d(?:/[a-z]{2,3})?)(?:/.*)?")
_STATEMENT = re.compile(r"https?://(?:www\.)?rightsstatements\.org/(?:vocab|page)/([A-Za-z-]+/\d\.\d)(?:/.*)?")

Json = dict[str, Any]


@dataclass(frozen=True)
class Rights:
    """Of a collection; empty where nothing is said. `address`: http or https, where the licence can be read."""

    credit: str = ""
    licence: str = ""
    address: str = ""

    @property
    def told(self) -> Json | None:
        """As the manifest has it; None where nothing is said."""
        return {"credit": self.credit, "licence": self.licence, "address": self.address} if self != Rights() else None


def uri(text: str) -> str | None:
    """The address of a licence as machines know it, from any way of writing it; None for all others.

    IIIF Presentation 3, `rights`: of Creative Commons or RightsStatements.org, beginning with http:.
    """
    if found := _COMMONS.fullmatch(text.strip()):
        return f"http://creativecommons.org/{found[1]}/"
    if found := _STATEMENT.fullmatch(text.strip()):
        return f"http://rightsstatements.org/vocab/{found[1]}/"
    return None


def named(columns: Iterable[Mapping[str, str | None]], names: Iterable[str]) -> list[str]:
    """Names of the columns (of the manifest's list) whose name or label is one of `names`."""
    listed = list(columns)
    known = set(names)
    texts = [[column["name"] or "" for column in listed], [column["label"] or "" for column in listed]]
    found = [words.words_of(pa.array(one, pa.string())).to_pylist() for one in texts]
    return [str(column["name"]) for column, *said in zip(listed, *found, strict=True) if known & set(said)]


def statement(credit: str, licence: str, address: str) -> Json:
    """What a IIIF resource says of it: `rights`, where the licence is one that may stand there, and `requiredStatement`."""
    known = uri(address) or uri(licence)
    terms = [text for text in dict.fromkeys((licence, address)) if text and uri(text) is None]
    found: Json = {"rights": known} if known else {}
    if credit or terms:
        labels = [label for label, there in (("Attribution", credit), ("Licence", terms)) if there]
        texts = [text for text in dict.fromkeys((credit, *terms)) if text]
        found["requiredStatement"] = {"label": {"en": [" and ".join(labels).capitalize()]}, "value": {"none": texts}}
    return found
