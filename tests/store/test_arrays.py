"""Arrays in Zarr."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pixplot_steps.errors import DamagedError, FormatError, MissingPartError
from pixplot_steps.store import arrays, tables


@pytest.mark.parametrize("shape", [(0,), (1,), (5, 3), (0, 2), (3, 0), (2048, 16, 16, 3), (300_000, 2)])
@pytest.mark.parametrize("dtype", ["u1", "i4", "f2", "f4", "u8", "?"])
def test_what_is_written_is_read(tmp_path: Path, shape: tuple[int, ...], dtype: str) -> None:
    values = (np.arange(np.prod(shape)) % 251).reshape(shape).astype(dtype)
    arrays.write(tmp_path / "x.zarr", "values", values)
    read = arrays.read(tmp_path / "x.zarr", "values")
    assert (read.dtype, read.shape) == (values.dtype, values.shape)
    np.testing.assert_array_equal(read, values)


@pytest.mark.parametrize("packing", ["small", "quick", "none"])
def test_every_packing_keeps_the_values_and_finds_a_changed_bit(tmp_path: Path, packing: arrays.Packing) -> None:
    values = np.random.default_rng(1).integers(0, 255, (40, 64, 64, 3), dtype=np.uint8)
    arrays.write(tmp_path / "x.zarr", "values", values, packing)
    np.testing.assert_array_equal(arrays.read(tmp_path / "x.zarr", "values"), values)
    (file,) = (path for path in (tmp_path / "x.zarr/values/c").rglob("*") if path.is_file())
    data = bytearray(file.read_bytes())
    data[1000] ^= 1
    file.write_bytes(data)
    with pytest.raises(DamagedError):
        arrays.read(tmp_path / "x.zarr", "values")


@pytest.mark.parametrize(("rows", "files"), [(600, 1), (2048, 2)])
def test_an_array_is_few_files_however_large(tmp_path: Path, rows: int, files: int) -> None:
    arrays.write(tmp_path / "x.zarr", "values", np.zeros((rows, 128, 128, 3), np.uint8))
    assert len([p for p in (tmp_path / "x.zarr" / "values").rglob("*") if p.is_file()]) == 1 + files


class Lying:
    """Values that are made when they are asked for; no slice may be longer than one file."""

    shape = (3000, 8, 64)
    dtype = np.dtype("u2")

    def __getitem__(self, rows: slice) -> NDArray[np.uint16]:
        assert rows.stop - rows.start <= 1000
        return np.broadcast_to(
            np.arange(rows.start, min(rows.stop, 3000), dtype="u2")[:, None, None], (min(rows.stop, 3000) - rows.start, 8, 64)
        )


def test_values_that_lie_elsewhere_are_written_slice_by_slice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "CHUNK_BYTES", 100 * 1024)
    monkeypatch.setattr(arrays, "SHARD_BYTES", 1000 * 1024)
    arrays.write(tmp_path / "x.zarr", "values", Lying())
    read = arrays.read(tmp_path / "x.zarr", "values")
    assert (read == np.arange(3000)[:, None, None]).all()


def test_the_same_values_are_the_same_bytes(tmp_path: Path) -> None:
    values = np.random.default_rng(1).random((1000, 50)).astype("f4")
    for name in ("a", "b"):
        arrays.write(tmp_path / name, "values", values)
    a, b = (sorted(p for p in (tmp_path / name).rglob("*") if p.is_file()) for name in ("a", "b"))
    assert [p.read_bytes() for p in a] == [p.read_bytes() for p in b]


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_parts_are_read_as_one(tmp_path_factory: pytest.TempPathFactory, sizes: list[int]) -> None:
    root = tmp_path_factory.mktemp("parts")
    parts = [np.full((size, 2), i, np.float32) for i, size in enumerate(sizes)]
    for i, part in enumerate(parts):
        arrays.write(root / str(i), "values", part)
    lazy = arrays.lazy([root / str(i) for i in range(len(parts))], "values")
    assert lazy.chunks[0] == tuple(sizes), "a block per part"
    np.testing.assert_array_equal(lazy.compute(scheduler="synchronous"), np.concatenate(parts))


def test_a_missing_array_is_named(tmp_path: Path) -> None:
    arrays.write(tmp_path / "x.zarr", "a", np.zeros(1))
    with pytest.raises(MissingPartError, match="'b'"):
        arrays.read(tmp_path / "x.zarr", "b")


def test_tables_keep_their_contract(tmp_path: Path) -> None:
    table = tables.PROBLEMS.empty_table()
    tables.write(tmp_path / "p.parquet", table, tables.PROBLEMS)
    assert tables.read(tmp_path / "p.parquet", tables.PROBLEMS).num_rows == 0
    with pytest.raises(FormatError, match="no such column"):
        tables.read(tmp_path / "p.parquet", tables.SHARD)
    with pytest.raises(FormatError, match="'image'"):
        tables.write(tmp_path / "s.parquet", table, tables.SHARD)
