"""What exists is complete."""

from __future__ import annotations

import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from pixplot_steps.errors import DamagedError, FormatError, MissingPartError
from pixplot_steps.store import commit


def _fill(path: Path, text: str, rows: int = 1) -> None:
    with commit.folder(path) as draft:
        (draft.path / "a.txt").write_text(text)
        draft.rows = rows


def test_a_folder_is_stamped_and_checked(tmp_path: Path) -> None:
    _fill(tmp_path / "x", "hello", rows=3)
    assert commit.check(tmp_path / "x") == commit.stamp(tmp_path / "x")
    assert (commit.stamp(tmp_path / "x").rows, commit.stamp(tmp_path / "x").bytes) == (3, 5)


def test_a_new_folder_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "left.txt").touch()
    _fill(tmp_path / "x", "new")
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["a.txt", "stamp.json", "x"]


def test_an_error_keeps_the_old_folder_and_leaves_nothing(tmp_path: Path) -> None:
    _fill(tmp_path / "x", "old")

    def fail() -> None:
        with commit.folder(tmp_path / "x") as draft:
            (draft.path / "half.txt").touch()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert commit.check(tmp_path / "x").bytes == 3
    assert [p.name for p in tmp_path.iterdir()] == ["x"]


def _die_while_writing(path: Path) -> None:
    with commit.folder(path) as draft:
        (draft.path / "half.txt").touch()
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_writer_leaves_no_folder_and_the_next_one_cleans_up(tmp_path: Path) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_die_while_writing, args=(tmp_path / "x",))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert not (tmp_path / "x").exists()
    _fill(tmp_path / "x", "whole")
    assert [p.name for p in tmp_path.iterdir()] == ["x"]


@pytest.mark.parametrize("harm", [lambda p: p.write_text("hellO"), lambda p: p.unlink(), lambda p: p.rename(p.with_name("b.txt"))])
def test_damage_is_found(tmp_path: Path, harm: object) -> None:
    _fill(tmp_path / "x", "hello")
    assert callable(harm)
    harm(tmp_path / "x" / "a.txt")
    with pytest.raises(DamagedError, match="x is damaged"):
        commit.check(tmp_path / "x")


def test_every_missing_part_is_named(tmp_path: Path) -> None:
    _fill(tmp_path / "b", "x")
    with pytest.raises(MissingPartError, match="2 of 3") as caught:
        commit.stamps([tmp_path / name for name in "abc"])
    assert str(tmp_path / "a") in str(caught.value)
    assert str(tmp_path / "c") in str(caught.value)


def test_a_stamp_of_another_format_is_refused(tmp_path: Path) -> None:
    _fill(tmp_path / "x", "x")
    (tmp_path / "x" / commit.STAMP).write_text('{"format": 99}')
    with pytest.raises(FormatError, match="found: 99"):
        commit.stamp(tmp_path / "x")


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    commit.bytes_file(tmp_path / "a" / "f", b"one")

    def fail() -> None:
        with commit.file(tmp_path / "a" / "f") as draft:
            draft.write_bytes(b"tw")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (tmp_path / "a" / "f").read_bytes() == b"one"
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["f"]
