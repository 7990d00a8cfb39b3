"""What a manifest says of a picture, as cells of a table: the columns that the catalogue types like those of any metadata."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pixplot_steps.fetch import plain
from pixplot_steps.fetch.presentation import Canvas, Manifest
from pixplot_steps.fetch.upgrade import Json, Object, first, identifier, language_map, many, objects

Cells = dict[str, list[str]]
"""Values by the column's name, as it is written."""

_DATE = re.compile(
    r"\b(date|dated|dates|datum|datierung|entstehungszeit|year|jahr|ann[ée]e|creation|created|published|period|fecha|data|anno)\b",
    re.IGNORECASE,
)
_NO_DATE = re.compile(
    r"\b(modified|updated|digiti[sz]ed|digitalisiert|upload|added|accession|ingest|access|acquired|harvest)", re.IGNORECASE
)
_NAV_DATE = re.compile(r"([+-]?\d{4,6})-(\d\d)-(\d\d)")
_WEB = re.compile(r"https?://\S+", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:1\d|20)\d\d(?!\d)")
_SHORT = 24
"""A longer text is a sentence with a year in it."""

_OURS = ("title", "description", "date", "attribution", "rights", "provider", "permalink", "manifest", "canvas")
_RESERVED = {"filename", "item", "image"}


def cells(manifest: Manifest, canvas: Canvas, language: str, *, alone: bool) -> Cells:
    """All that is known of a canvas: its own texts and those of its manifest, in the language wanted where they have it.

    `alone`: it stands for the whole manifest, whose title it has.
    """
    whole, own = manifest.described, canvas.described
    found: Cells = {
        "title": _title(manifest, canvas, language, alone=alone),
        "description": _texts(own, "summary", language) or _texts(whole, "summary", language),
        "attribution": _statement(whole, language),
        "rights": [one for one in (identifier(first(whole.get("rights"))),) if one],
        "provider": _labels(whole.get("provider"), language),
        "permalink": _homepage(own) or _homepage(whole) or _provider_page(whole),
    }
    for name, values in _pairs([whole, own] if own is not whole else [whole], language):
        _add(found, name, values)
    found["date"] = _nav_date(own) or _nav_date(whole) or _date_pair(found)
    found["manifest"] = [manifest.id]
    found["canvas"] = [canvas.id]
    return {name: values for name, values in found.items() if any(values)}


def _title(manifest: Manifest, canvas: Canvas, language: str, *, alone: bool) -> list[str]:
    whole = _texts(manifest.described, "label", language)
    own = _texts(canvas.described, "label", language)
    if not alone and whole and own and own[0] != whole[0]:
        return [f"{whole[0]}, {own[0]}"]
    return (whole or own)[:1]


def _texts(value: Object, key: str, language: str) -> list[str]:
    return plain.texts(language_map(value.get(key)), language)


def _statement(value: Object, language: str) -> list[str]:
    statement = first(value.get("requiredStatement"))
    return _texts(statement, "value", language) if isinstance(statement, dict) else []


def _labels(value: Json, language: str) -> list[str]:
    return [text for one in objects(value) for text in _texts(one, "label", language)[:1]]


def _homepage(value: Object) -> list[str]:
    pages = [identifier(one) for one in many(value.get("homepage"))]
    return [page for page in pages if _WEB.fullmatch(page)][:1]


def _provider_page(value: Object) -> list[str]:
    """No page of the picture's own, but its institution's: better than none."""
    return [page for one in objects(value.get("provider")) for page in _homepage(one)][:1]


def _pairs(described: Sequence[Object], language: str) -> Iterator[tuple[str, list[str]]]:
    for value in described:
        for pair in objects(value.get("metadata")):
            labels = plain.texts(language_map(pair.get("label")), language)
            values = plain.texts(language_map(pair.get("value")), language)
            if labels and values:
                yield labels[0], values


def _add(found: Cells, label: str, values: list[str]) -> None:
    """Put a pair beside what is there: more values of the same name to the others, but nothing to a column of our own."""
    known = {name.lower(): name for name in found}
    name = label.strip()
    lower = name.lower()
    if lower in _OURS and not found.get(lower):
        found[lower] = values
    elif lower in _OURS or lower in _RESERVED:
        if found.get(lower) != values:
            _add(found, f"{name} (metadata)", values)
    elif lower in known:
        have = found[known[lower]]
        have += [value for value in values if value not in have]
    else:
        found[name] = list(values)


def _nav_date(value: Object) -> list[str]:
    """A date for navigation, as it is meant: the first of January stands for the year."""
    found = _NAV_DATE.match(str(value.get("navDate", "")))
    if not found:
        return []
    year, month, day = found.groups()
    text = year.lstrip("+")
    return [text if (month, day) == ("01", "01") else f"{text}-{month}-{day}"]


def _date_pair(found: Cells) -> list[str]:
    if found.get("date"):
        return [_year_of(found["date"][0])]
    for name, values in found.items():
        if _DATE.search(name) and not _NO_DATE.search(name) and any(c.isdigit() for c in values[0]):
            return [_year_of(values[0])]
    return []


def _year_of(text: str) -> str:
    """The one year in a long text such as "Leipzig : Teubner, [1889]"; the text itself where it is short, or names none or several."""
    years = _YEAR.findall(text)
    return years[0] if len(text) > _SHORT and len(years) == 1 else text
