"""The files below a folder: what is offered as a picture, and what is set aside at first sight."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pixplot_steps import digest

PICTURE_SUFFIXES = (
    *(".apng", ".avif", ".bmp", ".gif", ".heic", ".heif", ".jfif", ".jp2", ".jpe", ".jpeg", ".jpg", ".pbm", ".pgm"),
    *(".png", ".ppm", ".svg", ".tga", ".tif", ".tiff", ".webp"),
)
"""Names that promise a picture: a folder of such a name is reported."""

OTHER_SUFFIXES = (
    *(".csv", ".db", ".doc", ".docx", ".gz", ".htm", ".html", ".ini", ".json", ".jsonl", ".log", ".md", ".ods", ".pdf", ".py"),
    *(".rtf", ".tar", ".toml", ".tsv", ".txt", ".xls", ".xlsx", ".xml", ".xmp", ".yaml", ".yml", ".zip"),
)
"""Names that promise something else; such files are set aside without being read. Any other file is judged by its content."""


@dataclass(frozen=True)
class File:
    """`item`: path below the root, with forward slashes; `size` in bytes; `mtime` in nanoseconds."""

    item: str
    size: int
    mtime: int


@dataclass(frozen=True)
class Listing:
    """`files` sorted by item; `aside`: (item, kind, reason) of what was set aside, sorted."""

    files: list[File]
    aside: list[tuple[str, str, str]]


def listing(root: Path, besides: frozenset[Path] = frozenset()) -> Listing:
    """List all files below `root` but hidden ones and those in `besides` (absolute paths, such as the metadata's).

    Links are followed; a folder that was seen already (a loop) is not entered again.
    """
    files: list[File] = []
    aside: list[tuple[str, str, str]] = []
    skipped = {str(path) for path in besides}
    for entry, item in _walk(root):
        if entry.path in skipped:
            continue
        fault = _fault(entry)
        if fault is not None:
            aside.append((item, *fault))
        elif not entry.is_dir():
            status = entry.stat()
            files.append(File(item, status.st_size, status.st_mtime_ns))
    return Listing(sorted(files, key=lambda f: f.item), sorted(aside))


def fingerprint(root: Path, besides: Iterable[Path]) -> str:
    """Digest of the listing and of the files beside it: equal as long as no file came, went or was written to."""
    files = tuple(besides)
    found = listing(root, frozenset(files)) if root.is_dir() else Listing([], [])
    lines = [f"{f.item}\0{f.size}\0{f.mtime}" for f in found.files]
    lines += ["\0".join(row) for row in found.aside]
    lines += [f"{path}\0{_moment(path)}" for path in files]
    return digest.of_lines(lines)


def _moment(path: Path) -> str:
    try:
        status = path.stat()
    except FileNotFoundError:
        return "absent"
    return f"{status.st_size}\0{status.st_mtime_ns}"


def _walk(root: Path) -> Iterator[tuple[os.DirEntry[str], str]]:
    """Yield every entry below root that is not hidden, with its path below root; folders too."""
    seen = {_identity(root.stat())}
    waiting = [(str(root), "")]
    while waiting:
        folder, prefix = waiting.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                item = _text(prefix + entry.name)
                yield entry, item
                if entry.is_dir() and _first(entry, seen):
                    waiting.append((entry.path, item + "/"))


def _text(name: str) -> str:
    # A file name that is not UTF-8 reaches Python with lone surrogates, which no table can hold; they become U+FFFD.
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _first(entry: os.DirEntry[str], seen: set[tuple[int, int]]) -> bool:
    identity = _identity(entry.stat())
    if identity in seen:
        return False
    seen.add(identity)
    return True


def _fault(entry: os.DirEntry[str]) -> tuple[str, str] | None:
    suffix = Path(entry.name).suffix.lower()
    if entry.is_dir():
        return ("folder", "a folder has the name of a picture") if suffix in PICTURE_SUFFIXES else None
    if not entry.is_file():
        return "unreadable", "a broken link or not a regular file"
    if entry.stat().st_size == 0:
        return "empty", "the file has no bytes"
    if suffix in OTHER_SUFFIXES:
        return "not a picture", f"files named {suffix} hold no pictures"
    return None
