"""The only code that creates final paths.

A file or folder is written beside its place, synced, and renamed when it is whole, so that a path that exists is complete,
whenever the program was killed. A folder is closed by `stamp.json`: rows, bytes and a digest of everything in it.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from pixplot_steps import digest
from pixplot_steps.errors import DamagedError, FormatError, MissingPartError
from pixplot_steps.store import lock

STAMP = "stamp.json"
STAMP_FORMAT = 1
_PARTIAL = ".partial"
_DEPTH = 2
"""Folders between a checked file and its stamp."""


@dataclass
class Draft:
    """A folder that is being written. Set `rows` (and `summary`, JSON values) before the block ends."""

    path: Path
    rows: int = 0
    summary: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Stamp:
    """What `stamp.json` says: row count, total bytes, digest of all files, and the step's own summary."""

    rows: int
    bytes: int
    digest: str
    summary: dict[str, Any]


@contextmanager
def folder(path: Path) -> Iterator[Draft]:
    """Write a folder beside `path`, stamp it, and rename it to `path`, replacing what was there.

    One writer per path: a second one waits for the first. The drafts of killed writers are removed. On an error nothing is left.
    """
    draft_path = path.with_name(f".{path.name}{_PARTIAL}")
    with lock.alone(path.with_name(f".{path.name}.lock")):
        _remove(draft_path)
        draft_path.mkdir()
        draft = Draft(draft_path)
        try:
            yield draft
            _write_stamp(draft)
            _sync_tree(draft_path)
            _swap(draft_path, path)
        except BaseException:
            _remove(draft_path)
            raise


@contextmanager
def file(path: Path) -> Iterator[Path]:
    """Give a path beside `path` to write to; sync it and rename it to `path` when the block ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}{_PARTIAL}")
    try:
        yield draft
        _sync(draft)
        os.replace(draft, path)
        _sync(path.parent)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def bytes_file(path: Path, data: bytes | memoryview) -> None:
    """Write bytes to `path`, whole or not at all."""
    with file(path) as draft:
        draft.write_bytes(data)


def unsynced_file(path: Path, data: bytes | memoryview) -> None:
    """Write bytes to `path`, whole or not at all when the program is killed.

    For many small files: whoever writes the one file that names them calls `os.sync` first, in case the machine stops.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}{_PARTIAL}")
    draft.write_bytes(data)
    os.replace(draft, path)


def json_text(value: Any) -> bytes:
    """The one way JSON is written: sorted keys, two spaces, a final newline, UTF-8."""
    return (json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def stamp(path: Path) -> Stamp:
    """Read the stamp of a finished folder.

    Raises MissingPartError where there is none, FormatError where it is of another version.
    """
    file_path = path / STAMP
    try:
        value = json.loads(file_path.read_bytes())
    except ValueError:
        raise damaged(path, "a stamp in JSON", "other bytes") from None
    except FileNotFoundError:
        raise MissingPartError(
            f"{path.name} is not finished",
            expected="a folder closed by a stamp",
            found="no stamp.json",
            where=str(path),
            action="run the workflow again; it makes what is missing",
        ) from None
    if value.get("format") != STAMP_FORMAT:
        raise FormatError(
            "a stamp of another version",
            expected=f"format {STAMP_FORMAT}",
            found=repr(value.get("format")),
            where=str(file_path),
            action=f"remove {path} and run again",
        )
    return Stamp(value["rows"], value["bytes"], value["digest"], value["summary"])


def stamps(paths: list[Path]) -> list[Stamp]:
    """Read the stamps of all parts; name every missing one before anything else is done."""
    missing = [path for path in paths if not (path / STAMP).is_file()]
    if missing:
        shown = ", ".join(str(path) for path in missing[:5]) + (", ..." if len(missing) > 5 else "")
        raise MissingPartError(
            f"{len(missing)} of {len(paths)} parts are not finished",
            expected="a stamp in every part",
            found=shown,
            action="run the workflow again; it makes what is missing",
        )
    return [stamp(path) for path in paths]


def whole(path: str) -> bool:
    """Whether a folder is finished."""
    return (Path(path) / STAMP).is_file()


def unfinish(path: Path) -> None:
    """Take a folder's stamp away, so that the next run makes the folder again. Its files stay until then."""
    (path / STAMP).unlink(missing_ok=True)


def check(path: Path) -> Stamp:
    """Compare a finished folder with its stamp, byte by byte; raise DamagedError where they differ."""
    expected = stamp(path)
    total, found = contents(path)
    if (total, found) != (expected.bytes, expected.digest):
        raise damaged(path, f"{expected.bytes} bytes, digest {expected.digest}", f"{total} bytes, digest {found}")
    return expected


def damaged(path: Path, expected: str, found: str) -> DamagedError:
    """The error for a finished folder with wrong bytes in it; the command line then takes the stamp away (`unfinish`)."""
    error = DamagedError(
        f"{path.name} is damaged",
        expected=expected,
        found=found,
        where=str(path),
        action="run the same command again, which makes it again; if this happens more than once, check the disk",
    )
    error.part = path
    return error


class Contents(NamedTuple):
    """Bytes of all files below a folder, and a digest of their paths and bytes."""

    bytes: int
    digest: str


def contents(path: Path) -> Contents:
    """What lies below a folder, but for its stamp."""
    files = sorted(p for p in path.rglob("*") if p.is_file() and p != path / STAMP)
    total = sum(p.stat().st_size for p in files)
    lines = [text for p in files for text in (p.relative_to(path).as_posix(), digest.of_file(p))]
    return Contents(total, digest.of_lines(lines))


def check_file(path: Path) -> None:
    """Compare a table, or the metadata of an array, with the stamp of its folder or of one above, if any. Raises DamagedError."""
    for folder in path.parents[:_DEPTH]:
        if (folder / STAMP).is_file():
            expected = _files_of(folder).get(path.relative_to(folder).as_posix())
            found = digest.of_file(path) if path.is_file() else "no such file"
            if expected not in (None, found):
                raise damaged(folder, f"{path.name} of digest {expected}", found)
            return


def _files_of(folder: Path) -> dict[str, str]:
    try:
        return dict(json.loads((folder / STAMP).read_bytes()).get("files", {}))
    except ValueError:
        raise damaged(folder, "a stamp in JSON", "other bytes") from None


def _is_chunk(path: Path) -> bool:
    # Chunks of arrays carry checksums of their own, so that reading a part of them is enough.
    return "c" in path.parts[:-1]


def _write_stamp(draft: Draft) -> None:
    total, name = contents(draft.path)
    files = {p.relative_to(draft.path) for p in draft.path.rglob("*") if p.is_file()}
    listed = {p.as_posix(): digest.of_file(draft.path / p) for p in sorted(files) if not _is_chunk(p)}
    value = {"format": STAMP_FORMAT, "rows": draft.rows, "bytes": total, "digest": name, "files": listed, "summary": draft.summary}
    (draft.path / STAMP).write_bytes(json_text(value))


def _swap(draft: Path, path: Path) -> None:
    old = path.with_name(f".{path.name}.old{_PARTIAL}")
    _remove(old)
    if path.exists():
        os.rename(path, old)
    os.rename(draft, path)
    _sync(path.parent)
    _remove(old)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _sync_tree(path: Path) -> None:
    for root, _, files in os.walk(path):
        for name in files:
            _sync(Path(root) / name)
        _sync(Path(root))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
