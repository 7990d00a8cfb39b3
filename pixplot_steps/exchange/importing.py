"""`pixplot import FORMAT SOURCE OUT`: what another program made, as files to build a map from."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pixplot_steps import config
from pixplot_steps.errors import SourceError
from pixplot_steps.exchange import csn, pixplot, vikus
from pixplot_steps.exchange.common import Brought, is_free, write_csv
from pixplot_steps.store import commit

FORMATS: dict[str, Callable[[Path], Brought]] = {"pixplot": pixplot.bring, "vikus": vikus.bring, "csn": csn.bring}

_HEAD = "# Written by `pixplot import`. Keys that are not here have the defaults of config/config.yaml.\n"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("format", choices=tuple(FORMATS), help="of which program (docs/exchange.md)")
    parser.add_argument("source", type=Path, help="its folder")
    parser.add_argument("out", type=Path, help="folder to write to; an empty or new one")
    parser.add_argument("--images", help="folder of the pictures, where they are not in the source, or in a better form")
    parser.add_argument("--model", default="builtin", help="model of the map (default: builtin)")


def run(args: argparse.Namespace) -> None:
    """Write metadata.csv, config.yaml, and positions and clusters where there are any; tell how to go on. Raises SourceError."""
    if not is_free(args.out):
        raise SourceError("The folder is not empty", expected="an empty or new folder", where=str(args.out), action="choose another")
    found = FORMATS[args.format](args.source)
    images = str(Path(args.images).absolute()) if args.images else str(found.images.absolute()) if found.images else ""
    _write(args.out.absolute(), found, images, args.model)
    parts = [f"{len(found.rows)} rows"]
    parts += [f"{len(found.positions)} positions"] if found.positions else []
    parts += [f"{len(set(found.clusters.values()))} hotspots"] if found.clusters else []
    parts += [f"{len(found.timeline)} entries of a timeline"] if found.timeline else []
    print(f"import: {', '.join(parts)}", file=sys.stderr)
    for remark in found.remarks:
        print(f"  {remark}", file=sys.stderr)
    go_on = f"pixplot build --config {shlex.quote(str(args.out / 'config.yaml'))}"
    print(f"to build the map: {go_on}" if images else f"set `images` in {args.out / 'config.yaml'}, then: {go_on}", file=sys.stderr)


def _write(out: Path, found: Brought, images: str, model: str) -> None:
    columns = list(dict.fromkeys(name for row in found.rows for name in row))
    write_csv(out / "metadata.csv", columns, ([row.get(name, "") for name in columns] for row in found.rows))
    if found.positions:
        write_csv(
            out / "positions.csv", ["filename", "x", "y"], ([name, f"{x:.9g}", f"{y:.9g}"] for name, (x, y) in found.positions.items())
        )
    if found.clusters:
        write_csv(out / "clusters.csv", ["filename", "cluster"], found.clusters.items())
    if found.timeline:
        names = ["year", "title", "text", "extra"]
        write_csv(out / "timeline.csv", names, ([row.get(name, "") for name in names] for row in found.timeline))
    commit.bytes_file(out / "config.yaml", _HEAD.encode() + config.written(_configuration(out, found, images, model)))


def _configuration(out: Path, found: Brought, images: str, model: str) -> dict[str, Any]:
    layouts = {
        **({"positions": str(out / "positions.csv")} if found.positions else {}),
        **({"date": {"captions": str(out / "timeline.csv")}} if found.timeline else {}),
    }
    return {
        "workdir": str(out / "output"),
        "images": images or None,
        "metadata": str(out / "metadata.csv"),
        "features": {"models": [model]},
        **({"catalog": {"columns": found.columns}} if found.columns else {}),
        **({"layouts": layouts} if layouts else {}),
        **({"hotspots": {"clusters": str(out / "clusters.csv")}} if found.clusters else {}),
        **({"site": {"title": found.title[:200]}} if found.title else {}),
    }
