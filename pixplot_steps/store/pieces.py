"""The files of an array, as Zarr's sharding codec has them: packed chunks, one after another, and where each of them is.

A file is the chunks of consecutive rows; then an index of two numbers u64 for each chunk, where it begins and how many bytes it has; then
the CRC-32C of the index. A chunk is packed by Blosc, or not at all, and closed by its own CRC-32C (Zarr version 3, "Sharding codec" version
1.0, and RFC 3720, B.4). Numbers are little-endian. Zarr's own reader takes half a millisecond for a chunk, and its writer nearly as
long, whatever its size; here it is ten microseconds, in one thread.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import google_crc32c
import numcodecs.blosc
import numpy as np
from numpy.typing import NDArray

# A chunk is packed by the thread that asks for it: a job takes the processors that its rule says.
numcodecs.blosc.use_threads = False

_CRC_BYTES = 4
_ABSENT = 2**64 - 1
_ENTRY = np.dtype([("begin", "<u8"), ("bytes", "<u8")])


@dataclass(frozen=True)
class Blosc:
    """`level`: 1 to 9; `shuffle`: whether bytes of equal weight are put together."""

    name: Literal["zstd", "lz4"]
    level: int
    shuffle: bool

    def packed(self, data: NDArray[Any]) -> bytes:
        """The bytes of some values, packed."""
        shuffle = numcodecs.blosc.SHUFFLE if self.shuffle else numcodecs.blosc.NOSHUFFLE
        return bytes(numcodecs.blosc.compress(data, self.name.encode(), self.level, shuffle, typesize=data.itemsize))


@dataclass(frozen=True)
class Cut:
    """How an array is cut along its first axis: `chunk` rows lie in a chunk, and `file` rows, whole chunks, in a file.

    `tail`: the other axes; `dtype`: of the values.
    """

    chunk: int
    file: int
    tail: tuple[int, ...]
    dtype: np.dtype[Any]

    def path(self, folder: Path, number: int) -> Path:
        """File of this number, below the array's folder."""
        return folder.joinpath("c", str(number), *("0" for _ in self.tail))


def write(path: Path, cut: Cut, values: NDArray[Any], packing: Blosc | None) -> None:
    """Write the file of some rows; the last chunk is filled up with zeros, and chunks behind it are left out."""
    index = np.full((cut.file // cut.chunk, 2), _ABSENT, "<u8").view(_ENTRY)[:, 0]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for number, begin in enumerate(range(0, len(values), cut.chunk)):
            chunk = _filled(values[begin : begin + cut.chunk], cut)
            data = packing.packed(chunk) if packing else chunk.tobytes()
            index[number] = (file.tell(), len(data) + _CRC_BYTES)
            file.write(data)
            file.write(_crc(data))
        table = index.tobytes()
        file.write(table)
        file.write(_crc(table))


def read(folder: Path, cut: Cut, wanted: NDArray[np.integer[Any]], packed: bool) -> NDArray[Any]:
    """The rows of these numbers, in their order; only the chunks that hold one are read, each once. Raises ValueError, RuntimeError."""
    out = np.empty((len(wanted), *cut.tail), cut.dtype.newbyteorder("<"))
    order = np.argsort(wanted, kind="stable")
    ascending = wanted[order]
    scratch = np.empty((cut.chunk, *cut.tail), out.dtype)
    for number, place in _parts(ascending // cut.file):
        with _File(cut.path(folder, number), cut) as file:
            for chunk, part in _parts(ascending[place] // cut.chunk):
                rows = order[place][part]
                inside = ascending[place][part] - chunk * cut.chunk
                into = out[rows[0] : rows[0] + 1] if cut.chunk == 1 and len(rows) == 1 else scratch
                file.chunk(chunk - number * (cut.file // cut.chunk), into, packed)
                if into is scratch:
                    out[rows] = scratch[inside]
    return out.astype(cut.dtype, copy=False)


class _File:
    """One file, open for reading."""

    def __init__(self, path: Path, cut: Cut) -> None:
        self._path = path
        self._chunks = cut.file // cut.chunk

    def __enter__(self) -> _File:
        self._file = os.open(self._path, os.O_RDONLY)
        self._bytes = os.fstat(self._file).st_size
        length = self._chunks * _ENTRY.itemsize + _CRC_BYTES
        try:
            table = self._checked(self._bytes - length, length)
        except BaseException:
            os.close(self._file)
            raise
        self._index = np.frombuffer(table, _ENTRY)
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)

    def chunk(self, number: int, into: NDArray[Any], packed: bool) -> None:
        """Fill `into` with the values of a chunk."""
        begin, length = self._index[number].tolist()
        data = self._checked(begin, length)
        if packed:
            numcodecs.blosc.decompress(data, into)
        else:
            into[...] = np.frombuffer(data, into.dtype).reshape(into.shape)

    def _checked(self, begin: int, length: int) -> bytes:
        if not (begin >= 0 and length > _CRC_BYTES and begin + length <= self._bytes):
            raise ValueError(f"{self._path.name}: bytes {begin} to {begin + length} of {self._bytes}")
        found = os.pread(self._file, length, begin)
        data = found[:-_CRC_BYTES]
        if _crc(data) != found[-_CRC_BYTES:]:
            raise ValueError(f"{self._path.name}: bytes {begin} to {begin + length} are not those written")
        return data


def _crc(data: bytes) -> bytes:
    return int(google_crc32c.value(data)).to_bytes(_CRC_BYTES, "little")


def _filled(values: NDArray[Any], cut: Cut) -> NDArray[Any]:
    little = np.ascontiguousarray(values, cut.dtype.newbyteorder("<"))
    if len(little) == cut.chunk:
        return little
    whole = np.zeros((cut.chunk, *cut.tail), little.dtype)
    whole[: len(little)] = little
    return whole


def _parts(ascending: NDArray[np.integer[Any]]) -> Iterator[tuple[int, slice]]:
    """Each distinct number, and where it stands."""
    bounds = [*np.flatnonzero(np.diff(ascending, prepend=-1)).tolist(), len(ascending)]
    for start, stop in itertools.pairwise(bounds):
        yield int(ascending[start]), slice(start, stop)
