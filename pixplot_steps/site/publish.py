"""`pixplot publish`: copy a finished site to where it is served, so that no visitor meets a half-new one.

Files named by their content go first, then the page, and the manifest, which names them, last. Old files stay, since a visitor may be
reading them, until `--prune`. A file of the same length and time of change is not copied again, as with rsync.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pixplot_steps.errors import SiteError
from pixplot_steps.site import folder
from pixplot_steps.store import commit, lock

_PAGE = "index.html"
_TRANSFERRED = re.compile(r"Total transferred file size: ([\d,.]+)")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("site", type=Path, help="the finished site")
    parser.add_argument("destination", help="folder to publish to")
    parser.add_argument("--rsync", action="store_true", help="hand the destination to rsync, which knows HOST:FOLDER")
    parser.add_argument("--prune", action="store_true", help="remove files of older versions in the end")


def run(args: argparse.Namespace) -> None:
    """Publish; tell how many bytes are new."""
    if not (args.site / folder.MANIFEST).is_file():
        raise SiteError(
            "there is no finished site",
            expected=folder.MANIFEST,
            where=str(args.site),
            action="name the folder `site` of a work folder whose run has ended",
        )
    # A run that is at work on the site is waited for.
    with lock.alone(args.site.absolute().with_name(f".{args.site.absolute().name}.lock")):
        told = _by_rsync(args) if args.rsync else _to_folder(args.site, Path(args.destination), prune=args.prune)
    print(f"publish: {told}", file=sys.stderr)


@dataclass
class _Copied:
    files: int = 0
    bytes: int = 0
    total: int = 0


def _to_folder(site: Path, destination: Path, *, prune: bool) -> str:
    folder.check_owner(destination)
    names = list(_in_order(site))
    copied = _Copied()
    for name in names:
        if name == folder.MANIFEST:
            os.sync()
        _copy(site / name, destination / name, copied)
    old = folder.sweep(destination, set(names)) if prune else folder.stale(destination, set(names))
    after = f"{old} old files removed" if prune else f"{old} old files kept (--prune removes them)"
    return f"{copied.bytes:,} of {copied.total:,} bytes are new, in {copied.files} of {len(names)} files; {after}"


def _in_order(site: Path) -> Iterator[str]:
    """Paths of the site's files: the page after what it names, the manifest last."""
    last = (_PAGE, folder.MANIFEST)
    names = sorted(path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
    yield from (name for name in names if name not in last)
    yield from (name for name in last if name in names)


def _copy(source: Path, target: Path, copied: _Copied) -> None:
    status = source.stat()
    copied.total += status.st_size
    if _is_same(status, target):
        return
    commit.unsynced_file(target, source.read_bytes())
    os.utime(target, ns=(status.st_mtime_ns, status.st_mtime_ns))
    copied.files += 1
    copied.bytes += status.st_size


def _is_same(status: os.stat_result, target: Path) -> bool:
    try:
        found = target.stat()
    except FileNotFoundError:
        return False
    return (found.st_size, found.st_mtime_ns) == (status.st_size, status.st_mtime_ns)


def _by_rsync(args: argparse.Namespace) -> str:
    if shutil.which("rsync") is None:
        raise SiteError("rsync is not installed", expected="the program rsync", action="install it, or publish to a folder")
    to = args.destination.rstrip("/") + "/"
    new = _rsync(args.site, to, f"--exclude=/{folder.MANIFEST}", f"--exclude=/{_PAGE}")
    new += _rsync(args.site, to, f"--include=/{_PAGE}", "--exclude=*")
    new += _rsync(args.site, to, "--include=/data/", f"--include=/{folder.MANIFEST}", "--exclude=*")
    if args.prune:
        # Whatever is excluded is safe from deletion; a folder that the site has no more goes as a whole.
        _rsync(args.site, to, "--delete", *(f"--include=/{part}/***" for part in folder.FOLDERS), "--exclude=*")
    return f"{new:,} bytes are new"


def _rsync(source: Path, destination: str, *flags: str) -> int:
    command = ["rsync", "--recursive", "--times", "--stats", *flags, f"{source}/", destination]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"})
    if done.returncode:
        raise SiteError(
            "rsync could not publish the site",
            found=done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit code {done.returncode}",
            where=destination,
            action="mend that, then run the same command again; visitors see the old site until the end",
        )
    found = _TRANSFERRED.search(done.stdout)
    return int(re.sub(r"\D", "", found.group(1))) if found else 0
