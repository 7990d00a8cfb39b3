"""What is made of a shard's pictures, kept on the disk until all of it can be written: memory holds no more than one block of it.

The files are for one process, are read by none but these classes, and go with their folder.
"""

from __future__ import annotations

from io import FileIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Rows:
    """An array of one row for each picture, [rows, ...]; rows that are not set are `blank`."""

    def __init__(self, path: Path, rows: int, blank: NDArray[Any]) -> None:
        self.shape = (rows, *blank.shape)
        self.dtype = blank.dtype
        self._blank = blank
        self._set = np.zeros(rows, np.bool_)
        self._path = path
        with path.open("wb") as file:
            file.truncate(rows * blank.nbytes)

    def __setitem__(self, row: int, values: NDArray[Any]) -> None:
        if (values.shape, values.dtype) != (self._blank.shape, self.dtype):
            raise ValueError(f"expected a row of {self._blank.shape} {self.dtype}, found {values.shape} {values.dtype}")
        with self._path.open("r+b") as file:
            file.seek(row * self._blank.nbytes)
            file.write(np.ascontiguousarray(values).data)
        self._set[row] = True

    def __getitem__(self, rows: slice) -> NDArray[Any]:
        """The rows of a slice without steps."""
        begin, end, _ = rows.indices(self.shape[0])
        values = np.empty((max(0, end - begin), *self._blank.shape), self.dtype)
        with self._path.open("rb", buffering=0) as file:
            _read(file, begin * self._blank.nbytes, values.reshape(-1).view(np.uint8).data)
        values[~self._set[begin:end]] = self._blank
        return values


class Files:
    """The bytes of one file for each picture, put one after another in the order of the rows: u8 [all bytes]; rows not set are empty."""

    dtype = np.dtype(np.uint8)

    def __init__(self, path: Path, rows: int) -> None:
        self.lengths = np.zeros(rows, np.int64)
        self._begins = np.zeros(rows, np.int64)
        self._path = path
        path.touch()

    @property
    def shape(self) -> tuple[int]:
        """All bytes together."""
        return (int(self.lengths.sum()),)

    @property
    def ends(self) -> NDArray[np.uint64]:
        """Where each row's bytes end."""
        return np.cumsum(self.lengths, dtype=np.uint64)

    def __setitem__(self, row: int, data: bytes) -> None:
        # In the order in which they come; the order of the rows is made when they are read.
        with self._path.open("ab") as file:
            self._begins[row], self.lengths[row] = file.tell(), len(data)
            file.write(data)

    def __getitem__(self, span: slice) -> NDArray[np.uint8]:
        """The bytes of a slice without steps."""
        begin, end, _ = span.indices(self.shape[0])
        values = np.empty(max(0, end - begin), np.uint8)
        ends = np.cumsum(self.lengths)
        row = int(np.searchsorted(ends, begin, side="right"))
        done = 0
        with self._path.open("rb", buffering=0) as file:
            while done < len(values):
                skipped = begin + done - int(ends[row] - self.lengths[row])
                count = min(int(self.lengths[row]) - skipped, len(values) - done)
                _read(file, int(self._begins[row]) + skipped, values[done : done + count].data)
                done += count
                row += 1
        return values


def _read(file: FileIO, place: int, into: memoryview) -> None:
    """Fill `into` from a place of the file. The system may give less than it is asked for."""
    file.seek(place)
    done = 0
    while done < len(into):
        count = file.readinto(into[done:])
        if not count:
            raise OSError(f"{file.name} ends at {place + done}, and {len(into) - done} bytes were to follow")
        done += count
