"""`pixplot export FORMAT SITE OUT`: a finished map for another program."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from pixplot_steps.errors import SiteError
from pixplot_steps.exchange import csn, embedding_atlas, fiftyone, geojson, iiif, vikus
from pixplot_steps.exchange.common import Wanted, is_free
from pixplot_steps.site.reading import Site

FORMATS: dict[str, Callable[[Site, Path, Wanted], list[Path]]] = {
    "embedding-atlas": embedding_atlas.export,
    "fiftyone": fiftyone.export,
    "csv": fiftyone.export,
    "vikus": vikus.export,
    "csn": csn.export,
    "geojson": geojson.export,
    "iiif": iiif.export,
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("format", choices=tuple(FORMATS), help="for which program (docs/exchange.md)")
    parser.add_argument("site", type=Path, help="folder of the site, such as output/site")
    parser.add_argument("out", type=Path, help="folder to write to; an empty or new one")
    parser.add_argument("--layouts", nargs="+", metavar="NAME", help="layouts to take along, the most important first (default: all)")
    parser.add_argument("--address", default="", help="where the site is on the web, for pictures by address")
    parser.add_argument("--pictures", action="store_true", help="put the pictures into the file, where it can hold them")


def run(args: argparse.Namespace) -> None:
    """Export; tell the files to begin with. Raises SiteError."""
    site = Site(args.site)
    names = [one["name"] for one in site.manifest["layouts"]]
    if not is_free(args.out):
        raise SiteError("the folder is not empty", expected="an empty or new folder", where=str(args.out), action="choose another")
    address = args.address.rstrip("/") + "/" if args.address else ""
    wanted = Wanted(tuple(args.layouts or names), address, pictures=args.pictures)
    for name in wanted.layouts:
        site.layout(name)
    written = FORMATS[args.format](site, args.out, wanted)
    print(f"export: {len(site)} items, in {', '.join(map(str, written[:2]))}", file=sys.stderr)
