"""`pixplot step ingest`: decode each picture of one shard once."""

from __future__ import annotations

import argparse
import re
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa

from pixplot_steps import cells
from pixplot_steps.errors import ConfigError, SourceError
from pixplot_steps.ingest import fault
from pixplot_steps.ingest.batch import Batch
from pixplot_steps.ingest.fault import Fault
from pixplot_steps.ingest.location import Location
from pixplot_steps.ingest.picture import Wanted
from pixplot_steps.store import arrays, commit, tables


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("--shard", type=Path, required=True, help="table of the shard's images")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    parser.add_argument("--thumbnail", type=int, required=True, help="side of the square thumbnail, in pixels")
    parser.add_argument("--picture", type=int, required=True, help="longest side of the picture shown in the panel, in pixels")
    parser.add_argument("--picture-quality", type=int, required=True, help="JPEG quality of that picture, 1 to 95")
    parser.add_argument("--ground", required=True, help="colour under transparent pictures, as #rrggbb")
    parser.add_argument("--min-size", type=int, required=True, help="pictures whose shorter side has fewer pixels are left out")
    parser.add_argument("--max-megapixels", type=int, required=True, help="larger pictures are refused")
    parser.add_argument("--squares", type=int, nargs="*", required=True, help="sides of the squares that networks see, in pixels")
    parser.add_argument("--aspect", choices=("squash", "crop", "pad"), required=True, help="how a picture becomes such a square")
    parser.add_argument("--threads", type=int, required=True, help="pictures decoded at the same time")


def run(args: argparse.Namespace) -> None:
    """Read the shard's files, decode them, and write thumbnails, sizes, colours, pictures and problems."""
    started = time.perf_counter()
    shard = tables.read(args.shard, tables.SHARD)
    rows = shard.to_pylist()
    # Images that no item shows now: should one come back, the catalogue has this shard made again.
    absent = [row["image"] for row in rows if row["path"] is None]
    with commit.folder(args.out) as draft:
        with TemporaryDirectory(prefix=".", dir=draft.path) as spool:
            batch = Batch(len(rows), _wanted(args), Path(spool))
            batch.read(list(map(Location.of, rows)), args.threads)
            _check_still_there(rows, batch.faults)
            problems = _problems([row["image"] for row in rows], batch.faults)
            _write(draft.path, batch, problems)
        draft.rows = len(rows)
        draft.summary = {"ok": int(batch.ok.sum()), "problems": len(problems), "picture": args.picture, "absent": absent}
    rate = len(rows) / (time.perf_counter() - started)
    print(f"ingest: {len(rows)} images, {len(problems)} problems, {rate:.0f} images/s", file=sys.stderr)


def _wanted(args: argparse.Namespace) -> Wanted:
    return Wanted(
        thumbnail=args.thumbnail,
        picture=args.picture,
        quality=args.picture_quality,
        ground=_colour(args.ground),
        max_megapixels=args.max_megapixels,
        min_size=args.min_size,
        squares=tuple(args.squares),
        aspect=args.aspect,
    )


def _colour(text: str) -> tuple[int, int, int]:
    if not re.fullmatch("#[0-9a-fA-F]{6}", text):
        raise ConfigError("ground is no colour", expected="#rrggbb, such as #ffffff", found=repr(text), where="ingest: ground")
    red, green, blue = bytes.fromhex(text[1:])
    return red, green, blue


def _check_still_there(rows: list[dict[str, Any]], faults: list[tuple[Fault, ...]]) -> None:
    """Stop where the folder is no longer what was listed: written down, a passing fault would be believed for ever."""
    gone = [row["item"] for row, found in zip(rows, faults, strict=True) if row["path"] and {fault.MISSING, fault.CHANGED} & set(found)]
    if gone:
        raise SourceError(
            f"{len(gone)} pictures were changed, moved or removed after they were listed",
            expected="files that stay as they are while the workflow runs",
            found=", ".join(map(str, gone[:5])) + (", ..." if len(gone) > 5 else ""),
            action="run the same command again; it lists the folder anew and keeps all that is done",
        )


def _problems(images: list[str | None], faults: list[tuple[Fault, ...]]) -> pa.Table:
    rows = [
        {"image": image, "kind": fault.kind, "reason": fault.reason, "action": fault.action}
        for image, found in zip(images, faults, strict=True)
        for fault in found
    ]
    return pa.Table.from_pylist(rows, schema=tables.FAULTS)


def _write(folder: Path, batch: Batch, problems: pa.Table) -> None:
    # The atlas and the deep zoom read them here and there.
    arrays.write(folder, "thumb", batch.thumb, "quick", scattered=True)
    arrays.write(folder, cells.source(cells.SMALL), batch.small, "quick", scattered=True)
    for side, squares in batch.squares.items():
        arrays.write(folder, f"square_{side}", squares, "quick")
    arrays.write(folder, "size", batch.size)
    arrays.write(folder, "colour", batch.colour)
    arrays.write(folder, "phash", batch.phash)
    arrays.write(folder, "ok", batch.ok)
    arrays.write(folder, "picture", batch.pictures, "none")
    arrays.write(folder, "picture_end", batch.pictures.ends)
    tables.write(folder / "problems.parquet", problems, tables.FAULTS)
