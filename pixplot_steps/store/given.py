"""Numbers of one's own, by file name: vectors, positions or clusters, as .npy, Zarr, Parquet or CSV.

| file | names | numbers |
|---|---|---|
| `.parquet` | column `filename` | a column of lists, or all columns of numbers |
| `.csv` | column `filename` | all other columns |
| `.npy` | the lines of a file `.txt` beside it | an array [n, d] |
| `.zarr` | array `filename` [n] in the group | its only other array [n, d] |

A name is the path below the folder of pictures, or the file's own name where one picture alone has it: the rule of the metadata.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import zarr
from numpy.typing import NDArray

from pixplot_steps.errors import SourceError

FILENAME = "filename"


@dataclass(frozen=True)
class Given:
    """`names` of n files, and `values` f64 or f32 [n, d] with the names of their `columns`, empty where they have none."""

    names: list[str]
    values: NDArray[np.floating]
    columns: list[str]


def read(path: Path) -> Given:
    """Read such a file. Raises SourceError where it is none, or holds a number that is not finite."""
    readers = {".npy": _npy, ".zarr": _zarr, ".parquet": _parquet, ".csv": _csv}
    given = readers[path.suffix.lower()](path)
    if given.values.ndim != 2 or len(given.names) != len(given.values):
        raise _wrong(path, "as many names as rows of numbers", f"{len(given.names)} names, numbers of shape {given.values.shape}")
    if not np.isfinite(given.values).all():
        row = int(np.flatnonzero(~np.isfinite(given.values).all(axis=1))[0])
        raise _wrong(path, "finite numbers", f"another value in the row of {given.names[row]!r}")
    return given


def texts(path: Path, column: str) -> tuple[list[str], list[str]]:
    """Names, and the texts (or numbers, written out) of a column of a .csv or .parquet file. Raises SourceError."""
    table = _csv_table(path) if path.suffix.lower() == ".csv" else _parquet_table(path)
    for wanted in (FILENAME, column):
        if wanted not in table.column_names:
            raise _wrong(path, f"columns {FILENAME} and {column}", ", ".join(table.column_names))
    values = table[column].cast(pa.string()).to_pylist()
    return _texts(table), ["" if value is None else value.strip() for value in values]


def rows(names: Sequence[str], items: Sequence[str]) -> NDArray[np.int64]:
    """For each item (path below the folder of pictures) the row of its name, i64 [n], or -1."""
    clean = [name.replace("\\", "/").removeprefix("./") for name in names]
    by_path = {name: row for row, name in reversed(list(enumerate(clean)))}
    own: dict[str, int] = {}
    for item in items:
        own[item.rpartition("/")[2]] = own.get(item.rpartition("/")[2], 0) + 1
    by_name = {name.rpartition("/")[2]: row for name, row in by_path.items()}
    found = [by_path.get(item, _by_name(item.rpartition("/")[2], own, by_name)) for item in items]
    return np.array(found, dtype=np.int64)


def places(names: Sequence[str], items: Sequence[str]) -> NDArray[np.int64]:
    """The other way round: for each name the row of its item, i64 [n], or -1. Here one item may have several names."""
    by_path = {item: row for row, item in enumerate(items)}
    by_name: dict[str, int] = {}
    for row, item in enumerate(items):
        name = item.rpartition("/")[2]
        by_name[name] = -1 if name in by_name else row
    clean = [name.replace("\\", "/").removeprefix("./") for name in names]
    found = [by_path.get(name, by_name.get(name.rpartition("/")[2], -1)) for name in clean]
    return np.array(found, dtype=np.int64)


def _by_name(name: str, own: dict[str, int], by_name: dict[str, int]) -> int:
    return by_name.get(name, -1) if own[name] == 1 else -1


def _npy(path: Path) -> Given:
    beside = path.with_suffix(".txt")
    if not beside.is_file():
        raise _wrong(path, f"the rows' file names, one a line, in {beside.name} beside it", "no such file")
    try:
        values = np.load(path, allow_pickle=False, mmap_mode="r")
    except ValueError as error:
        raise _wrong(path, "an array of numbers", str(error)) from None
    return Given(beside.read_text("utf-8").splitlines(), _numbers(values, path), [])


def _zarr(path: Path) -> Given:
    found = dict(zarr.open_group(path, mode="r").arrays())
    others = [name for name in found if name != FILENAME]
    if FILENAME not in found or len(others) != 1:
        raise _wrong(path, f"a group of two arrays: {FILENAME} and the numbers", ", ".join(sorted(found)) or "none")
    return Given([str(name) for name in np.asarray(found[FILENAME][...])], _numbers(np.asarray(found[others[0]][...]), path), [])


def _parquet_table(path: Path) -> pa.Table:
    try:
        return pq.read_table(path)
    except pa.ArrowInvalid as error:
        raise _wrong(path, "a Parquet file", str(error)) from None


def _parquet(path: Path) -> Given:
    return _from_table(_parquet_table(path), path)


def _csv_table(path: Path) -> pa.Table:
    try:
        options = pyarrow.csv.ConvertOptions(column_types={FILENAME: pa.string()})
        return pyarrow.csv.read_csv(path, convert_options=options)
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise _wrong(path, "a CSV file in UTF-8", str(error)) from None


def _csv(path: Path) -> Given:
    return _from_table(_csv_table(path), path)


def _from_table(table: pa.Table, path: Path) -> Given:
    if FILENAME not in table.column_names:
        raise _wrong(path, f"a column {FILENAME}", ", ".join(table.column_names))
    lists = [field.name for field in table.schema if pa.types.is_list(field.type) or pa.types.is_fixed_size_list(field.type)]
    if lists:
        lengths = set(pa.compute.list_value_length(table[lists[0]]).to_pylist())
        if len(lengths) != 1 or None in lengths:
            raise _wrong(path, "lists of one length", f"lengths {sorted(map(str, lengths))[:5]}")
        flat = pa.compute.list_flatten(table[lists[0]]).to_numpy()
        return Given(_texts(table), _numbers(flat.reshape(table.num_rows, -1), path), [])
    names = [field.name for field in table.schema if pa.types.is_integer(field.type) or pa.types.is_floating(field.type)]
    strange = sorted(set(table.column_names) - set(names) - {FILENAME})
    if not names or (strange and path.suffix.lower() == ".csv"):
        raise _wrong(path, "columns of numbers", f"no numbers in {', '.join(strange) or 'it'}")
    return Given(_texts(table), np.column_stack([table[name].to_numpy().astype(np.float64) for name in names]), names)


def _texts(table: pa.Table) -> list[str]:
    return ["" if name is None else name for name in table[FILENAME].cast(pa.string()).to_pylist()]


def _numbers(values: NDArray[np.generic], path: Path) -> NDArray[np.floating]:
    if values.dtype.kind not in "iuf":
        raise _wrong(path, "numbers", f"values of type {values.dtype}")
    return values.astype(np.float64 if values.dtype.itemsize > 4 else np.float32)


def _wrong(path: Path, expected: str, found: str) -> SourceError:
    return SourceError("a file of one's own cannot be used", expected=expected, found=found, where=str(path), action="see docs/models.md")
