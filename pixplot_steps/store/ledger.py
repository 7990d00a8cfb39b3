"""The ledger: what later runs read. Its tables have a version, and may be lost without harm but for time."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pyarrow as pa

from pixplot_steps.errors import DamagedError, FormatError
from pixplot_steps.store import commit, tables

FORMAT = {b"format": b"1"}
"""Version of the ledger's tables, in the metadata of their schemas."""

SHARDS = pa.schema([("shard", pa.string()), ("image", pa.string())], FORMAT)
"""shards.parquet: the images of every shard ever made, in order."""

MERGES = Path("ledger/merges.json")
"""How often shards were merged, below the work folder."""


def read(path: Path, contract: pa.Schema) -> pa.Table | None:
    """A table of the ledger; None where there is none, or where it is damaged: it can be made again from the rest."""
    if not path.exists():
        return None
    try:
        table = tables.read(path, contract)
    except DamagedError as error:
        print(f"catalog: {error.summary}, and is made again: {path} ({error.found})", file=sys.stderr)
        return None
    found = (table.schema.metadata or {}).get(b"format")
    if found != FORMAT[b"format"]:
        raise FormatError(
            "a ledger of another version",
            expected=FORMAT[b"format"].decode(),
            found=(found or b"none").decode("utf-8", "replace"),
            where=str(path),
            action="use the version of this program that wrote it, or remove the folder and compute everything again",
        )
    return table


def write(path: Path, table: pa.Table, contract: pa.Schema) -> None:
    """Replace a table of the ledger, whole or not at all."""
    with commit.file(path) as draft:
        tables.write(draft, table, contract)


def write_made(path: Path, name: str) -> None:
    """Remember what the site was made from: the plan's name of it."""
    commit.bytes_file(path, commit.json_text({"format": int(FORMAT[b"format"]), "site": name}))


def read_made(path: Path) -> str:
    """What the site was made from; empty where nobody knows."""
    try:
        return str(json.loads(path.read_bytes())["site"])
    except (FileNotFoundError, ValueError, KeyError):
        return ""


def count_merge(path: Path) -> None:
    """Remember that shards were taken out of the ledger once more."""
    commit.bytes_file(path, commit.json_text({"format": int(FORMAT[b"format"]), "merges": merges(path) + 1}))


def merges(path: Path) -> int:
    """How often shards were taken out of the ledger."""
    try:
        return int(json.loads(path.read_bytes())["merges"])
    except (FileNotFoundError, ValueError, KeyError):
        return 0
