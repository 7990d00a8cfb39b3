"""Files of arrays: the bytes that Zarr writes, and rows that are read without it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import zarr
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from zarr.codecs import BloscCodec, Crc32cCodec

from pixplot_steps.errors import DamagedError
from pixplot_steps.store import arrays, pieces
from pixplot_steps.store.pieces import Blosc, Cut

PACKINGS: dict[str, tuple[Blosc | None, list[Callable[[int], BloscCodec]]]] = {
    "small": (Blosc("zstd", 3, shuffle=True), [lambda size: BloscCodec(cname="zstd", clevel=3, shuffle="shuffle", typesize=size)]),
    "quick": (Blosc("lz4", 5, shuffle=False), [lambda size: BloscCodec(cname="lz4", clevel=5, shuffle="noshuffle", typesize=size)]),
    "none": (None, []),
}


def by_zarr(folder: Path, values: NDArray[np.generic], cut: Cut, packing: str) -> None:
    """Write an array with Zarr alone."""
    array = zarr.create_array(
        folder,
        shape=values.shape,
        dtype=values.dtype,
        chunks=(cut.chunk, *cut.tail),
        shards=(cut.file, *cut.tail),
        compressors=[*(blosc(values.itemsize) for blosc in PACKINGS[packing][1]), Crc32cCodec()],
        config={"write_empty_chunks": True},
    )
    array[...] = values


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in (folder / "c").rglob("*") if path.is_file()}


@given(
    rows=st.integers(1, 40),
    chunk=st.integers(1, 6),
    chunks=st.integers(1, 5),
    tail=st.lists(st.integers(1, 4), max_size=2),
    dtype=st.sampled_from(["u1", "?", "<u2", "<f4", "<u8"]),
    packing=st.sampled_from(sorted(PACKINGS)),
    wanted=st.lists(st.integers(0, 39), max_size=20),
)
@settings(max_examples=60, deadline=None)
def test_files_are_those_of_zarr_and_rows_those_written(
    tmp_path_factory: pytest.TempPathFactory,
    rows: int,
    chunk: int,
    chunks: int,
    tail: list[int],
    dtype: str,
    packing: str,
    wanted: list[int],
) -> None:
    root = tmp_path_factory.mktemp("pieces")
    values = np.random.default_rng(rows).integers(0, 5, (rows, *tail)).astype(dtype)
    cut = Cut(chunk, chunk * chunks, tuple(tail), values.dtype)
    by_zarr(root / "zarr", values, cut, packing)
    for number, begin in enumerate(range(0, rows, cut.file)):
        pieces.write(cut.path(root / "own", number), cut, values[begin : begin + cut.file], PACKINGS[packing][0])
    assert files(root / "own") == files(root / "zarr")
    asked = np.array(wanted, np.int64) % rows
    read = pieces.read(root / "zarr", cut, asked, packing != "none")
    assert read.dtype == values.dtype
    np.testing.assert_array_equal(read, values[asked])


@pytest.mark.parametrize("scattered", [True, False])
@pytest.mark.parametrize("packing", ["small", "quick", "none"])
def test_rows_in_any_order_and_more_than_once(tmp_path: Path, packing: arrays.Packing, scattered: bool) -> None:
    values = np.random.default_rng(1).integers(0, 255, (1500, 128, 128, 3), dtype=np.uint8)[:, ::2, ::2]
    arrays.write(tmp_path, "values", values, packing, scattered=scattered)
    stored = arrays.open_array(tmp_path, "values")
    assert (stored.chunks[0] == 1) is scattered
    wanted = np.array([1499, 3, 3, 0, 700, 1364, 1365], np.int32)
    np.testing.assert_array_equal(stored.rows(wanted), values[wanted])
    assert stored.rows(wanted[:0]).shape == (0, 64, 64, 3)


def test_only_what_is_asked_for_is_read(tmp_path: Path) -> None:
    values = np.arange(400).reshape(100, 4)
    arrays.write(tmp_path, "values", values, scattered=True)
    (file,) = (path for path in (tmp_path / "values/c").rglob("*") if path.is_file())
    data = bytearray(file.read_bytes())
    data[3] ^= 1  # of the first chunk
    file.write_bytes(data)
    stored = arrays.open_array(tmp_path, "values")
    np.testing.assert_array_equal(stored.rows(np.arange(1, 100)), values[1:])
    with pytest.raises(DamagedError, match="not those written"):
        stored.rows(np.array([0]))


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda data: data[:-30], "cut off in the index"),
        (lambda data: data[:2], "shorter than an index"),
        (lambda data: b"", "empty"),
        (lambda data: data[:-8] + bytes([data[-8] ^ 1]) + data[-7:], "a bit of the index"),
        (lambda data: data[100:], "the beginning is gone"),
        (lambda data: data + b"\0", "a byte too many"),
    ],
)
def test_a_damaged_file_is_told(tmp_path: Path, spoil: object, why: str) -> None:
    assert callable(spoil)
    arrays.write(tmp_path, "values", np.arange(4000).reshape(1000, 4), scattered=True)
    (file,) = (path for path in (tmp_path / "values/c").rglob("*") if path.is_file())
    file.write_bytes(spoil(file.read_bytes()))
    with pytest.raises(DamagedError):
        arrays.open_array(tmp_path, "values").rows(np.arange(0, 1000, 99))


@pytest.mark.parametrize("wanted", [[-1], [5], [0, 9]])
def test_rows_that_are_not_there_are_refused(tmp_path: Path, wanted: list[int]) -> None:
    arrays.write(tmp_path, "values", np.zeros((5, 2)), scattered=True)
    with pytest.raises(IndexError, match="of 5 in values"):
        arrays.open_array(tmp_path, "values").rows(np.array(wanted))
