"""`pixplot tsne`: the flags of image-tsne-ui's run.py, and what it makes, so that its page works on it.

A first build lays the pictures out by t-SNE; a second one takes those positions for its map, so that its grid is made from them. All
that is costly is shared.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pixplot_steps import config
from pixplot_steps.catalog import files
from pixplot_steps.command import build as builder
from pixplot_steps.command.notebook import Map
from pixplot_steps.command.screen import Plain, Screen, Terminal
from pixplot_steps.deepzoom import lattice
from pixplot_steps.errors import ConfigError
from pixplot_steps.exchange.common import text, write_csv, write_json
from pixplot_steps.site.reading import Site
from pixplot_steps.store import commit

_IMAGES, _TABLE = "images/photographic_thumbnails/*.jpg", "data/photographic_images.csv"
_PERPLEXITY = 30
"""openTSNE's and MulticoreTSNE's own."""

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_CELLS = (32, 64, 128)
_WEB = re.compile(r"https?://", re.IGNORECASE)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags, with the names and defaults of run.py, and three more."""
    parser.add_argument("-imagedir", default=_IMAGES, metavar="PATTERN", help=f"pictures (default: {_IMAGES})")
    parser.add_argument("-id", default="photos", help="key for the names of files (default: photos)")
    parser.add_argument("-tile", default="128x128", help="pixels of a picture in the grid: 32x32, 64x64 or 128x128 (default: 128x128)")
    parser.add_argument("-resize", choices=("contain", "fill"), default="contain", help="fill: cut to squares (default: contain)")
    parser.add_argument("-metadata", default=_TABLE, metavar="FILE", help=f"table (default: {_TABLE}, where it is there)")
    parser.add_argument("-fn", default="filename", metavar="COLUMN", help="column of the file name (default: filename)")
    parser.add_argument("-title", default="name", help="column of the title, or a text such as {Name} ({Year}) (default: name)")
    parser.add_argument("-url", default="url", help="column of the address, or a text such as https://example.com/{Id} (default: url)")
    parser.add_argument("-probe", action="store_true", help="only tell what would be made")
    parser.add_argument("-overwrite", action="store_true", help="make everything again")
    parser.add_argument("-py", default="", help="not needed, and accepted for old scripts")
    parser.add_argument("-pca", type=int, default=300, help="principal components of the features (default: 300)")
    parser.add_argument("-model", default="vgg16", help="model, such as builtin (default: vgg16, its layer fc2)")
    parser.add_argument("-cores", default="all", help="processors to use (default: all)")


def run(args: argparse.Namespace) -> int:
    """Build twice, and write the files; returns the exit code."""
    base, screen = Path.cwd(), Terminal(sys.stderr) if sys.stderr.isatty() else Plain(sys.stderr)
    for remark in _remarks(args):
        screen.say(remark)
    names = Names.of(base, args.id)
    code = _build(names, _configuration(args, names), args, screen, base)
    if code or args.probe:
        return code
    first = Site(names.work / "site")
    _write_tsne(names, first)
    positions = names.work / "tsne.csv"
    write_csv(positions, ["filename", "x", "y"], ([item, *map(repr, place)] for item, place in _placed(first, "tsne")))
    code = _build(names, _configuration(args, names, positions), args, screen, base)
    if code:
        return code
    written = _write(names, args)
    screen.say(f"in {', '.join(str(path.relative_to(base)) for path in written)}")
    return 0


@dataclass(frozen=True)
class Names:
    """Where run.py puts things: `work` is this program's own folder."""

    work: Path
    features: Path
    files: Path
    tsne: Path
    grid: Path
    mosaic: Path
    tiles: Path
    metadata: Path

    @classmethod
    def of(cls, base: Path, key: str) -> Names:
        """The names for a key. Raises ConfigError where it is no plain name."""
        if not re.fullmatch(r"[^\W_][\w.-]{0,99}", key):
            raise ConfigError("-id is no plain name", expected="letters, digits, dots, dashes", found=repr(key), action="choose another")
        out = base / "output"
        return cls(
            work=out / key,
            features=out / f"{key}_features.npy",
            files=out / f"{key}_files.txt",
            tsne=out / f"{key}_tsne.csv",
            grid=out / f"{key}_grid.csv",
            mosaic=out / f"{key}_grid.jpg",
            tiles=base / "img" / "tiles.dzi",
            metadata=base / "data" / "metadata.json",
        )


def cell_of(tile: str) -> int:
    """The side of a square tile such as 128x128. Raises ConfigError."""
    width, _, height = tile.lower().partition("x")
    if width != height or not width.isdecimal() or int(width) not in _CELLS:
        raise ConfigError(
            "-tile is no square that can be drawn", expected="32x32, 64x64 or 128x128", found=tile, action="choose one of these"
        )
    return int(width)


def fields(url: str) -> list[str]:
    """The names of a record: `title`, and the placeholders of the address, or `url`."""
    return ["title", *(dict.fromkeys(_PLACEHOLDER.findall(url)) or ["url"])]


def record(values: Mapping[str, Any], title: str, url: str) -> list[str] | int:
    """The record of one picture, `values` by names of columns in lower case; 0, as of an empty cell, where it has no title."""

    def said(name: str) -> str:
        return text(values.get(name.lower()))

    if not any(map(said, _PLACEHOLDER.findall(title) or [title])):
        return 0
    shown = _PLACEHOLDER.sub(lambda match: said(match[1]), title) if "{" in title else said(title)
    names = fields(url)[1:]
    if names == ["url"] and "{" not in url:
        address = said(url)
        # The page makes a link of it.
        return [shown, address if _WEB.match(address) else ""]
    return [shown, *map(said, names)]


def perplexity(pictures: int) -> int:
    """Of so many pictures: each must have three times as many neighbours, else all of them count alike and nothing is told apart."""
    return max(2, min(_PERPLEXITY, (pictures - 1) // 3))


def _remarks(args: argparse.Namespace) -> list[str]:
    told = [
        (bool(args.py), "-py: not needed any more"),
        (args.overwrite, "-overwrite: everything is made again"),
    ]
    return [remark for holds, remark in told if holds]


def _configuration(args: argparse.Namespace, names: Names, positions: Path | None = None) -> dict[str, Any]:
    base = names.work.parent.parent
    table = base / args.metadata
    given = table.is_file() or args.metadata != _TABLE
    model: Any = {"model": "vgg16", "layer": "fc2"} if args.model == "vgg16" else args.model
    images = builder.absolute(args.imagedir, base)
    wanted = perplexity(len(files.listing([images]).files))
    cell = cell_of(args.tile)
    grids = {"deepzoom": {"layouts": ["grid"], "cell": cell, "fit": args.resize, "mosaic": "jpeg", "mosaic_cell": cell}}
    return {
        "workdir": str(names.work),
        "images": images,
        "metadata": str(table) if given else None,
        "use_cache": not args.overwrite or positions is not None,
        "catalog": {"key": args.fn, "columns": {"title": args.title} if "{" in args.title else {}},
        "features": {"models": [model]},
        "vectors": {"components": args.pca},
        "neighbours": {"count": 3 * wanted},
        "layouts": {
            "umap": {"n_neighbors": min(15, 3 * wanted)},
            "tsne": {"perplexities": [wanted]},
            "grid": {"aspect": 1},
            **({"positions": str(positions)} if positions else {}),
        },
        **(grids if positions else {}),
    }


def _build(names: Names, configuration: Mapping[str, Any], args: argparse.Namespace, screen: Screen, base: Path) -> int:
    path = names.work / builder.NAME
    commit.bytes_file(path, config.written(configuration))
    code, _ = builder.build({"config": str(path), "dry_run": args.probe, "cores": args.cores}, screen, base)
    return code


def _placed(site: Site, layout: str) -> list[tuple[str, list[float]]]:
    return list(zip(site.items["item"].to_pylist(), site.layout(layout).astype(np.float64).tolist(), strict=True))


def _write_tsne(names: Names, site: Site) -> None:
    """Positions without a header, as features_to_tsne.py writes them; and which file each row is of."""
    places = [place for _, place in _placed(site, "tsne")]
    commit.bytes_file(names.tsne, "".join(f"{x:.9g},{y:.9g}\n" for x, y in places).encode())
    commit.bytes_file(names.files, "".join(f"{item}\n" for item, _ in _placed(site, "tsne")).encode())


def _write(names: Names, args: argparse.Namespace) -> Sequence[Path]:
    found = Map(names.work)
    site = found.site
    with commit.file(names.features) as draft, draft.open("wb") as file:
        np.save(file, found.vectors())
    entry = next(one for one in site.manifest["layouts"] if one["name"] == "grid")
    grid = lattice.of(site.layout("grid"), entry["cell"])
    if grid is None:
        raise ConfigError("two pictures share a cell of the grid", where=str(names.work), action="remove this folder, and run again")
    write_csv(names.grid, ["column", "row"], np.stack([grid.cell % grid.columns, grid.cell // grid.columns], axis=1).tolist())
    _copy_tiles(names, site, entry["deepzoom"])
    _write_metadata(names, site, grid, args)
    return [names.tiles, names.metadata, names.mosaic, names.grid, names.tsne, names.features]


def _copy_tiles(names: Names, site: Site, zoom: Mapping[str, Any]) -> None:
    """The Deep Zoom Image, its tiles first, and the mosaic."""
    source = site.root / zoom["dzi"]
    target = names.tiles.with_name("tiles_files")
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source.with_name(f"{source.stem}_files"), target)
    commit.bytes_file(names.tiles, source.read_bytes())
    mosaic = zoom.get("mosaic")
    if mosaic:
        path = mosaic["file"] if isinstance(mosaic, dict) else mosaic
        with commit.file(names.mosaic) as draft:
            shutil.copyfile(site.root / path, draft)


def _write_metadata(names: Names, site: Site, grid: lattice.Lattice, args: argparse.Namespace) -> None:
    order: NDArray[np.int32] = grid.by_cell(np.arange(len(site), dtype=np.int32))
    columns = {one["name"].lower(): site.items[one["name"]].to_pylist() for one in site.columns}
    records = [record({name: values[row] for name, values in columns.items()}, args.title, args.url) for row in range(len(site))]
    listed = [records[row] if row >= 0 else 0 for row in order.tolist()]
    value = {
        "fields": fields(args.url),
        "values": [listed[start : start + grid.columns] for start in range(0, len(listed), grid.columns)],
        "cols": grid.columns,
        "rows": grid.rows,
        "tileSize": cell_of(args.tile),
        **({"urlPattern": args.url} if "{" in args.url else {}),
    }
    write_json(names.metadata, value)
