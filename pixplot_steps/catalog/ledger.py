"""Tables of the ledger: what later runs of the catalogue read. They have a version, and may be lost without harm but for time."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa

from pixplot_steps.errors import DamagedError, FormatError
from pixplot_steps.store import tables

FORMAT = {b"format": b"1"}
"""Version of the ledger's tables, in the metadata of their schemas."""


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
            found=str(found),
            where=str(path),
            action="use the version of this program that wrote it, or remove the folder and compute everything again",
        )
    return table
