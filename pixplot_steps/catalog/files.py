"""The files that are offered as pictures: below folders, by patterns, in archives, named in lists; and what is set aside at first sight."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from pixplot_steps import archive, digest

PICTURE_SUFFIXES = (
    *(".apng", ".avif", ".bmp", ".gif", ".heic", ".heif", ".jfif", ".jp2", ".jpe", ".jpeg", ".jpg", ".pbm", ".pgm"),
    *(".png", ".ppm", ".svg", ".tga", ".tif", ".tiff", ".webp"),
)
"""Names that promise a picture: a folder of such a name is reported."""

OTHER_SUFFIXES = (
    *(".csv", ".db", ".doc", ".docx", ".gz", ".htm", ".html", ".ini", ".json", ".jsonl", ".log", ".md", ".ndjson", ".ods", ".parquet"),
    *(".pdf", ".py", ".rtf", ".tar", ".tgz", ".toml", ".tsv", ".txt", ".xls", ".xlsx", ".xml", ".xmp", ".yaml", ".yml", ".zip"),
)
"""Names that promise something else; such files are set aside without being read. Any other file is judged by its content."""

LIST_SUFFIX = ".txt"
"""A source of this name is a list: a line for each path, pattern, folder or archive, relative to the list's folder; # begins a remark."""

_MAGIC = re.compile(r"[*?\[]")
_PARTS = re.compile(r"(\*\*/|\*\*|\*|\?|\[!?[^\]]+\])")
_HIDDEN = re.compile(r"(^|/)(\.|__MACOSX/)")


@dataclass(frozen=True, slots=True)
class File:
    """`item`: path below the common root, with forward slashes; `size` in bytes; `mtime` in nanoseconds, of the file or its archive.

    `path`: of the file or archive; `member` and `offset`: see `archive`.
    """

    item: str
    size: int
    mtime: int
    path: str = ""
    member: str | None = None
    offset: int | None = None


@dataclass(frozen=True)
class Listing:
    """`files` sorted by item; `aside`: (item, kind, reason) of what was set aside, sorted; `missing`: sources that are not there."""

    files: list[File]
    aside: list[tuple[str, str, str]]
    missing: list[str] = field(default_factory=list)


class _Moment(NamedTuple):
    """Bytes of a file, and its time of change in nanoseconds: a million of these take a fifth of what `os.stat` gives."""

    size: int
    mtime: int


@dataclass
class _Found:
    """Files on the disk, by absolute path, before archives are opened."""

    files: dict[str, _Moment] = field(default_factory=dict)
    aside: dict[str, tuple[str, str]] = field(default_factory=dict)
    archives: dict[str, _Moment] = field(default_factory=dict)
    roots: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def listing(sources: Sequence[str], besides: frozenset[str] = frozenset()) -> Listing:
    """List all files of `sources` (absolute paths or patterns) but hidden ones and those in `besides`, such as the metadata's.

    Links are followed; a folder that was seen already (a loop) is not entered again. Items are named by their path below the folder that
    all sources have in common; an archive counts as a folder.
    """
    found = _scan(sources, besides)
    root = os.path.commonpath(found.roots) if found.roots else "/"
    files = [File(_item(path, root), moment.size, moment.mtime, path) for path, moment in found.files.items()]
    aside = [(_item(path, root), *fault) for path, fault in found.aside.items()]
    for path, moment in found.archives.items():
        _unpack(path, moment, _item(path, root), files, aside)
    return Listing(_distinct(files), sorted(aside), found.missing)


def fingerprint(sources: Sequence[str], besides: Iterable[str]) -> str:
    """Digest of the listing and of the files beside it (paths or patterns): equal as long as no file came, went or was written to.

    Opens no archive.
    """
    beside = [path for source in besides for path in matches(source) or [source]]
    found = _scan(sources, frozenset(beside))
    return digest.of_lines(_told(found, beside))


def _told(found: _Found, beside: Sequence[str]) -> Iterator[str]:
    # An archive is no file of the listing, so that no path is in both.
    for path in sorted([*found.files, *found.archives]):
        size, mtime = found.files.get(path) or found.archives[path]
        yield f"{path}\0{size}\0{mtime}"
    for path, fault in sorted(found.aside.items()):
        yield "\0".join((path, *fault))
    for path in beside:
        yield f"{path}\0{_written(path)}"


def matches(source: str) -> list[str]:
    """Absolute paths of the files that a path or pattern names, sorted; nothing where nothing is there."""
    if Path(source).exists() or not _MAGIC.search(source):
        return [source] if Path(source).is_file() else []
    return sorted(entry.path for entry in _matching(source) if entry.is_file())


def _scan(sources: Sequence[str], besides: frozenset[str], *, listed: bool = False) -> _Found:
    found = _Found()
    for source in sources:
        _add(source, found, besides, listed=listed)
    return found


def _add(source: str, found: _Found, besides: frozenset[str], *, listed: bool) -> None:
    path = Path(source)
    if path.is_dir():
        found.roots.append(source)
        _offer((entry for entry in _walk(source)), found, besides)
    elif path.is_file() and archive.is_archive(source):
        found.roots.append(source)
        found.archives[source] = _moment(path.stat())
    elif path.is_file() and source.lower().endswith(LIST_SUFFIX) and not listed:
        found.files.pop(source, None)
        _add_lines(path, found, besides | {source})
    elif path.is_file():
        found.roots.append(str(path.parent))
        fault = _fault_of(path.name, path.stat().st_size)
        if fault is None:
            found.files[source] = _moment(path.stat())
        else:
            found.aside[source] = fault
    elif _MAGIC.search(source):
        found.roots.append(_fixed(source))
        _offer(_matching(source), found, besides)
    elif listed:
        found.roots.append(str(path.parent))
        found.aside[source] = ("missing", "a list names it, but it is not there")
    else:
        found.missing.append(source)


def _add_lines(path: Path, found: _Found, besides: frozenset[str]) -> None:
    for line in path.read_text("utf-8-sig", errors="surrogateescape").splitlines():
        text = line.strip()
        if text and not text.startswith("#"):
            _add(os.path.normpath(path.parent / text), found, besides, listed=True)


def _offer(entries: Iterable[os.DirEntry[str]], found: _Found, besides: frozenset[str]) -> None:
    for entry in entries:
        if entry.path in besides:
            continue
        fault = _fault(entry)
        if fault is not None:
            found.aside[entry.path] = fault
        elif not entry.is_dir():
            found.files[entry.path] = _moment(entry.stat())


def _unpack(path: str, moment: _Moment, prefix: str, files: list[File], aside: list[tuple[str, str, str]]) -> None:
    """Add what is in an archive; of members of one name the last counts, as when it is unpacked."""
    inside: dict[str, File] = {}
    try:
        for member in archive.members(path):
            name = _text(member.name.replace("\\", "/")).lstrip("/").removeprefix("./")
            item = f"{prefix}/{name}" if prefix else name
            if _HIDDEN.search(name):
                continue
            fault = ("unreadable", "it is protected by a password") if member.locked else _fault_of(name, member.size)
            if fault is None:
                # A member of a tar archive is found by its offset, so that its name need be no more than text.
                found = member.name if member.offset is None else name
                inside[item] = File(item, member.size, moment.mtime, path, found, member.offset)
            else:
                aside.append((item, *fault))
    except archive.FAULTS as error:
        aside.append((prefix or Path(path).name, "unreadable", f"the archive is damaged ({error})"))
    files += inside.values()


def _written(path: str) -> str:
    try:
        moment = _moment(Path(path).stat())
    except FileNotFoundError:
        return "absent"
    return f"{moment.size}\0{moment.mtime}"


def _moment(status: os.stat_result) -> _Moment:
    return _Moment(status.st_size, status.st_mtime_ns)


def _matching(pattern: str) -> Iterator[os.DirEntry[str]]:
    """All entries that a pattern names: `*`, `?` and `[...]` within a name, `**` over folders."""
    root = _fixed(pattern)
    tail = pattern[len(root) :].lstrip("/")
    deepest = None if "**" in tail else tail.count("/")
    wanted = re.compile("".join(_translated(part) for part in _PARTS.split(tail)), re.DOTALL)
    if Path(root).is_dir():
        for entry in _walk(root, deepest):
            if wanted.fullmatch(entry.path[len(root) :].lstrip("/")) and not entry.is_dir():
                yield entry


def _translated(part: str) -> str:
    if part.startswith("[") and part.endswith("]") and len(part) > 2:
        inner = part[1:-1].replace("\\", "\\\\")
        return f"[^{inner[1:]}]" if inner.startswith("!") else f"[{inner}]"
    return {"**/": "(?:.+/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(part, re.escape(part))


def _fixed(pattern: str) -> str:
    """The folder in which a pattern's first wildcard stands."""
    magic = _MAGIC.search(pattern)
    return pattern if magic is None else pattern[: magic.start()].rpartition("/")[0] or "/"


def _walk(root: str, deepest: int | None = None) -> Iterator[os.DirEntry[str]]:
    """Yield every entry below root that is not hidden, folders too, down to so many folders."""
    seen = {_identity(Path(root).stat())}
    waiting = [(root, 0)]
    while waiting:
        folder, depth = waiting.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                yield entry
                if (deepest is None or depth < deepest) and entry.is_dir() and _first(entry, seen):
                    waiting.append((entry.path, depth + 1))


def _item(path: str, root: str) -> str:
    below = path[len(root) :].lstrip("/")
    return _text(below)


def _text(path: str) -> str:
    """A path as text. A name that is not UTF-8 reaches Python with lone surrogates, which no table can hold; it is read as Windows-1252."""
    return path if path.isascii() else "/".join(map(_name, path.split("/")))


def _name(name: str) -> str:
    data = name.encode("utf-8", "surrogateescape")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _distinct(files: list[File]) -> list[File]:
    """Sorted by item, and those of one item told apart: two names that differ only in how they are encoded."""
    ordered = sorted(files, key=lambda file: (file.item, file.path, file.offset or 0))
    count = 1
    for place in range(1, len(ordered)):
        count = count + 1 if ordered[place].item == ordered[place - count].item else 1
        if count > 1:
            ordered[place] = replace(ordered[place], item=f"{ordered[place].item}#name={count}")
    return ordered


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _first(entry: os.DirEntry[str], seen: set[tuple[int, int]]) -> bool:
    identity = _identity(entry.stat())
    if identity in seen:
        return False
    seen.add(identity)
    return True


def _fault(entry: os.DirEntry[str]) -> tuple[str, str] | None:
    if entry.is_dir():
        promises = entry.name.lower().endswith(PICTURE_SUFFIXES)
        return ("folder", "a folder has the name of a picture") if promises else None
    if not entry.is_file():
        return "unreadable", "a broken link or not a regular file"
    return _fault_of(entry.name, entry.stat().st_size)


def _fault_of(name: str, size: int) -> tuple[str, str] | None:
    if size == 0:
        return "empty", "the file has no bytes"
    if archive.is_archive(name):
        return "not a picture", "an archive inside another source is not opened; name it in `images` to use what is in it"
    if name.lower().endswith(OTHER_SUFFIXES):
        return "not a picture", f"files named {name[name.rindex('.') :].lower()} hold no pictures"
    return None
