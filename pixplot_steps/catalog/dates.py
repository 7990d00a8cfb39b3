"""Dates as archives write them, as the years that they may mean: first and last, both included.

Years before 1 are negative: 500 BC is -500, and there is no year 0. Nothing is guessed: what is not understood here is no date, and the
caller says so. Where a text has two readings, the wider is taken ("1900s": the century), so that the true year lies within.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Years(NamedTuple):
    """First and last year, `first` <= `last`."""

    first: int
    last: int


_CIRCA_YEARS = 5
"""Years added on both sides of "about" a year."""

_LAST_YEAR = 2999
_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
    "|spring|summer|autumn|fall|winter"
)
_UNDATED = re.compile(r"n\.? ?d\.?|s\.? ?d\.?|o\.? ?j\.?|undated|not dated|no date|date unknown|unknown|none|null|n/?a|-+|\?+")
_ABOUT = re.compile(r"^(?:circa|ca?\.?|about|approx(?:imately|\.)?|around|~) *(?=\d|the )")
_NOTE = re.compile(
    r"(?<=.) *[(\[](?:made|created|designed|drawn|painted|engraved|printed|published|issued|photographed|taken|manufactured|built)[)\]]$"
)
"""What was done then, as museums put it behind the year."""

_STOP = re.compile(r"(?<=\d)\??\.$")
"""The full stop that ends a field of a library's record (ISBD)."""

_ERA = r"(?: *(?P<era>b\.? ?c\.? ?(?:e\.?)?|a\.? ?d\.?|c\.? ?e\.?))?"
_YEAR = re.compile(rf"(?:a\.?d\.? *)?(?P<year>-?(?:\d{{4}}|[1-9]\d{{0,3}})){_ERA}")
_DECADE = re.compile(r"(?P<decade>\d{2,3}0)['’]?s")
_CENTURY = re.compile(
    r"(?:(?P<part>early|mid(?:dle)?|late|first half|second half)(?: of)?[ -]+)?(?:the +)?"
    rf"(?P<century>\d{{1,2}})(?:st|nd|rd|th)[ -]*(?:century|c\.?){_ERA}"
)
_DAYS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<year>-?\d{4})-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?(?:[t ]\d{2}:?\d{2}.*)?",
        r"(?P<year>\d{4})/(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])",
        r"(?P<year>\d{4}):(?:0[1-9]|1[0-2]):(?:0[1-9]|[12]\d|3[01])(?: \d{2}:\d{2}:\d{2})?",
        rf"(?:(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?[ .-]+)?(?:{_MONTHS})[.,]?[ -]+(?P<year>\d{{4}})",
        rf"(?:{_MONTHS})\.? +(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?,? +(?P<year>\d{{4}})",
        rf"(?P<year>\d{{4}})[ ,]+(?:{_MONTHS})\.?(?: +(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?)?",
        r"(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|[12]\d|3[01])[./-](?P<year>\d{4})",
    )
)
_SHORT_RANGE = re.compile(r"(?P<first>\d{4}) ?[/–—-] ?(?P<tail>\d{1,2})")
_RANGE = re.compile(r" *(?:–|—|/| to | until | and | - |(?<=[\w.])-(?=\w)) *")
_PARTS = {"early": (0, 40), "mid": (30, 70), "middle": (30, 70), "late": (60, 100), "first half": (0, 50), "second half": (50, 100)}


def is_undated(text: str) -> bool:
    """Whether a text says that the date is not known."""
    return _UNDATED.fullmatch(_plain(text)) is not None


def years(text: str) -> Years | None:
    """The years that a text may mean; None where it is no date that is understood."""
    return _years(_plain(text))


def _years(plain: str) -> Years | None:
    about = _ABOUT.sub("", plain)
    if about != plain:
        found = _years(about)
        return found and _shifted(found, _CIRCA_YEARS)
    return _single(plain) or _short_range(plain) or _range(plain)


def _plain(text: str) -> str:
    """Lower case, single spaces, without what says whose date it is, how it was inferred, or that a sentence ends."""
    words = _NOTE.sub("", text.lower().strip())
    words = _STOP.sub("", " ".join(re.sub(r"[\[\](){}]", "", words).split()))
    return words.removeprefix("between ").removeprefix("from ").rstrip("?").rstrip(" ,;").replace("−", "-") or text.strip().lower()


def _single(text: str) -> Years | None:
    if match := next((found for pattern in _DAYS if (found := pattern.fullmatch(text))), None):
        return _known(int(match["year"]), int(match["year"]))
    if match := _DECADE.fullmatch(text):
        first = int(match["decade"])
        return _known(first, first + (99 if first % 100 == 0 else 9))
    if match := _CENTURY.fullmatch(text):
        return _century(int(match["century"]), match["part"] or "", before=_before(match["era"]))
    if match := _YEAR.fullmatch(text):
        return _year(match["year"], match["era"])
    return None


def _year(digits: str, era: str | None) -> Years | None:
    # Two digits alone may be any century; with an era, or three or four digits, they are a year.
    if not era and len(digits.lstrip("-")) < 3:
        return None
    year = int(digits)
    return _known(-year, -year) if _before(era) and year > 0 else _known(year, year)


def _century(number: int, part: str, *, before: bool) -> Years | None:
    if not 1 <= number <= 30:
        return None
    start = -100 * number if before else 100 * (number - 1) + 1
    low, high = _PARTS.get(part, (0, 100))
    return Years(start + low, start + high - 1)


def _short_range(text: str) -> Years | None:
    match = _SHORT_RANGE.fullmatch(text)
    if match is None:
        return None
    first, tail = int(match["first"]), match["tail"]
    last = int(match["first"][: -len(tail)] + tail)
    return _known(first, last)


def _range(text: str) -> Years | None:
    found = (_between(text[: match.start()], text[match.end() :]) for match in _RANGE.finditer(text))
    return next((years_ for years_ in found if years_), None)


def _between(start: str, end: str) -> Years | None:
    last = _single(end) or _about(end)
    first = _single(start) or _about(start) or _bare_century(start, end)
    if first is None or last is None:
        return None
    if last.last < 0 < first.first:  # 300-200 BC: the era is said once
        return _known(-first.first, last.last)
    return _known(first.first, last.last)


def _about(text: str) -> Years | None:
    about = _ABOUT.sub("", text)
    found = _single(about) if about != text else None
    return found and _shifted(found, _CIRCA_YEARS)


def _bare_century(start: str, end: str) -> Years | None:
    """The 16th of "16th-17th century", and the 50 of "50-20 BC"."""
    if re.fullmatch(r"(?:early |mid |late )?\d{1,2}(?:st|nd|rd|th)", start) and (match := _CENTURY.search(end)):
        return _years(f"{start} century{' bc' if _before(match['era']) else ''}")
    if re.fullmatch(r"\d{1,4}", start) and (match := _YEAR.fullmatch(end)) and match["era"]:
        return _year(start, match["era"])
    return None


def _before(era: str | None) -> bool:
    return bool(era) and str(era).startswith("b")


def _shifted(years_: Years, by: int) -> Years:
    return Years(years_.first - by, years_.last + by)


def _known(first: int, last: int) -> Years | None:
    return Years(first, last) if first <= last <= _LAST_YEAR and first != 0 != last else None
