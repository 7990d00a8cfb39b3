"""Columns written from others: `{Name} ({Year})`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from pixplot_steps.catalog.metadata import Cell
from pixplot_steps.errors import ConfigError

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_EMPTY = re.compile(r"\(\s*\)|\[\s*\]")
_UNSAFE = "/:?&=%#+,;@~!$'()*"
"""Besides letters and digits, what a value may hold in a web address unchanged."""


def fill(name: str, template: str, cells: Mapping[str, Sequence[Cell]], rows: int) -> list[Cell]:
    """The template's text for each row: nothing where all its placeholders are blank, or any of a web address.

    Raises ConfigError, which names the placeholders that are no columns.
    """
    wanted = [found.strip().lower() for found in _PLACEHOLDER.findall(template)]
    missing = [found for found in wanted if found not in cells]
    if missing or not wanted:
        raise ConfigError(
            f"The template of column {name!r} cannot be filled",
            expected=f"names of columns in braces: {', '.join(cells) or 'there are none'}",
            found=", ".join(f"{{{found}}}" for found in missing) or "no placeholder",
            where=f"catalog.columns.{name}",
            action="correct the names in braces",
        )
    address = template.lower().startswith(("http://", "https://"))
    columns = [cells[found] for found in wanted]
    return [_filled(template, [column[row] for column in columns], address=address) for row in range(rows)]


def _filled(template: str, values: list[Cell], *, address: bool) -> str | None:
    texts = [", ".join(value) if isinstance(value, list) else value or "" for value in values]
    if not any(texts) or (address and not all(texts)):
        return None
    left = iter([quote(text, safe=_UNSAFE) for text in texts] if address else texts)
    text = _PLACEHOLDER.sub(lambda _: next(left), template)
    return text if address else " ".join(_EMPTY.sub("", text).split())
