"""`pixplot compact`: make room in a work folder, on request.

Removed are artefacts that the plan of this configuration does not name, once the site is what this configuration makes: then the plan's
artefacts are the site's. `--merge` takes small shards out of the ledger, so that the next run puts their images into full ones. Killed at
any moment, it leaves nothing that a run could mistake for finished: a folder loses its stamp first.
"""

from __future__ import annotations

import argparse
import math
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pixplot_steps import config, plan, spec
from pixplot_steps.errors import MissingPartError
from pixplot_steps.store import commit, ledger, lock, tables

FOLDERS = ("images", "models", "calibrated", "features", "vectors", "neighbours", "layouts", "hotspots", "atlases", "deepzoom")
"""Folders of artefacts. All else in a work folder is left alone."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("--configfile", type=Path, required=True, help="the configuration of the last run")
    parser.add_argument("--merge", action="store_true", help="have the images of small shards put into full ones by the next run")
    parser.add_argument("--dry-run", action="store_true", help="only list what would be done")


def run(args: argparse.Namespace) -> None:
    """List what is no longer used, with sizes, and remove it."""
    wanted = config.load(args.configfile, Path.cwd())
    work = wanted.workdir
    held = lock.hold(work / "run.lock", "the work folder")
    try:
        lock.wait(work / "jobs.lock", "the jobs of a run that was killed")
        now = _plan(wanted, work, args.configfile)
        _remove(work, list(unused(work, now.artefacts)), dry=args.dry_run)
        if args.merge:
            _merge(work, now, dry=args.dry_run)
    finally:
        os.close(held)


def _plan(wanted: spec.Spec, work: Path, configuration: Path) -> plan.Plan:
    """The plan of a finished run. Raises MissingPartError where the site is not what the configuration makes."""
    catalogue = work / "catalog" / "plan.json"
    found = ledger.read_made(work / "ledger" / "made.json")
    if found and catalogue.is_file() and (work / "site/data/manifest.json").is_file():
        now = plan.of_run(wanted)
        if now.site == found:
            return now
    raise MissingPartError(
        "the site is not what this configuration makes, so nobody knows what is still needed",
        expected=f"a finished run of {configuration}",
        found="a site made otherwise" if found else "no such site",
        where=str(work),
        action="run the workflow with this configuration to its end, then compact",
    )


def unused(work: Path, wanted: set[str]) -> Iterator[Path]:
    """Whatever lies in the folders of artefacts and is neither one of `wanted` (paths below `work`) nor on the way to one; sorted."""
    above = {parent.as_posix() for path in wanted for parent in Path(path).parents}
    for name in FOLDERS:
        if (work / name).is_dir():
            yield from _below(work, work / name, wanted, above)


def _below(work: Path, folder: Path, wanted: set[str], above: set[str]) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        name = path.relative_to(work).as_posix()
        if name in above and path.is_dir() and not path.is_symlink():
            yield from _below(work, path, wanted, above)
        elif name not in wanted:
            yield path


def _remove(work: Path, paths: list[Path], *, dry: bool) -> None:
    sizes = [_size(path) for path in paths]
    for path, size in zip(paths, sizes, strict=True):
        print(f"{size:>15,}  {path.relative_to(work).as_posix()}")
    print(f"{sum(sizes):>15,}  bytes in {len(paths)} artefacts that nothing uses{'; none was removed' if dry else ''}")
    for path in [] if dry else paths:
        _delete(path)


def _delete(path: Path) -> None:
    if path.is_symlink() or not path.is_dir():
        path.unlink()
        return
    for stamp in path.rglob(commit.STAMP):
        stamp.unlink()
    shutil.rmtree(path)


def _size(path: Path) -> int:
    files = [path] if path.is_symlink() or path.is_file() else (Path(root) / name for root, _, names in os.walk(path) for name in names)
    return sum(file.lstat().st_size for file in files)


def _merge(work: Path, now: plan.Plan, *, dry: bool) -> None:
    counts = {name: _present(work / "catalog" / "shards" / f"{name}.parquet") for name in now.catalogue.shards}
    small = mergeable(counts, now.spec.catalog.shard_size)
    images = sum(counts[name] for name in small)
    print(f"{len(small)} small shards of {images} images{' would be merged' if dry else ' are merged by the next run'}")
    table = ledger.read(work / "ledger" / "shards.parquet", ledger.SHARDS)
    if dry or not small or table is None:
        return
    kept = table.filter(pc.invert(pc.is_in(table["shard"], value_set=pa.array(small, pa.string()))))
    ledger.write(work / "ledger" / "shards.parquet", kept, ledger.SHARDS)
    # Last, and another number each time: the next run sees it and makes the catalogue again.
    ledger.count_merge(work / ledger.MERGES)


def mergeable(counts: dict[str, int], size: int) -> list[str]:
    """The shards less than half full, where their images fill fewer ones; `counts`: images in use of each shard."""
    small = [name for name, count in counts.items() if 2 * count < size]
    return small if math.ceil(sum(counts[name] for name in small) / size) < len(small) else []


def _present(path: Path) -> int:
    paths = tables.read(path, tables.SHARD, ["path"])["path"]
    return len(paths) - int(paths.null_count)
