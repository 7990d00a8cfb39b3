"""What lies on the disk until it is written: any order of setting, any slice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixplot_steps.ingest import spool

_SLICES = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda ends: slice(*ends))


@given(st.lists(st.integers(0, 8), unique=True), _SLICES)
def test_rows_are_what_was_set_and_blank_elsewhere(tmp_path_factory: pytest.TempPathFactory, order: list[int], rows: slice) -> None:
    blank = np.array([[1, 2], [3, 4]], np.uint16)
    expected = np.broadcast_to(blank, (9, 2, 2)).copy()
    made = spool.Rows(tmp_path_factory.mktemp("spool") / "rows", 9, blank)
    for row in order:
        made[row] = expected[row] = blank * 100 + row
    assert (made.shape, made.dtype) == ((9, 2, 2), blank.dtype)
    np.testing.assert_array_equal(made[rows], expected[rows])


@given(st.lists(st.tuples(st.integers(0, 8), st.binary(max_size=9)), unique_by=lambda pair: pair[0]), _SLICES)
def test_files_are_read_in_the_order_of_the_rows(
    tmp_path_factory: pytest.TempPathFactory, files: list[tuple[int, bytes]], span: slice
) -> None:
    made = spool.Files(tmp_path_factory.mktemp("spool") / "files", 9)
    for row, data in files:
        made[row] = data
    whole = b"".join(data for _, data in sorted(files))
    assert made.shape == (len(whole),)
    assert made.ends.tolist() == [sum(len(data) for other, data in files if other <= row) for row in range(9)]
    assert made[span].tobytes() == whole[span]


def test_a_row_of_another_shape_is_refused(tmp_path: Path) -> None:
    rows = spool.Rows(tmp_path / "rows", 2, np.zeros((2, 3), np.uint8))
    with pytest.raises(ValueError, match=r"\(2, 3\) uint8, found \(3,\)"):
        rows[0] = np.zeros(3, np.uint8)


def test_what_was_cut_off_is_an_error(tmp_path: Path) -> None:
    rows = spool.Rows(tmp_path / "rows", 2, np.zeros(10, np.uint8))
    (tmp_path / "rows").write_bytes(b"x")
    with pytest.raises(OSError, match="ends at 1, and 19 bytes"):
        rows[:]
