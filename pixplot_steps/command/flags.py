"""The flags of `pixplot` and `pixplot build`: a table, with the key of the configuration that each one sets.

Those of PixPlot 0.0.113 have its names and its defaults. A flag sets a key, and nothing can be done by a flag alone; flags of the run (how
many cores, what is printed) change nothing that is made, and have no key.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

STAGES = {
    "catalog": "pictures and metadata",
    "fetch": "pictures on IIIF servers",
    "ingest": "reading the pictures",
    "features": "likeness",
    "layouts": "the map and other layouts",
    "hotspots": "hotspots",
    "atlases": "small pictures",
    "site": "the page",
    "run": "the run",
}
"""Groups of flags in the order of the data, with their headings."""


@dataclass(frozen=True)
class Flag:
    """`names`: without dashes, the first is the one to use; `key`: dotted, empty for flags of the run; `default`: without --config.

    `pixplot`: whether PixPlot 0.0.113 has it.
    """

    names: tuple[str, ...]
    stage: str
    key: str
    text: str
    read: Callable[[str], Any] | None = str
    many: bool = False
    default: Any = None
    pixplot: bool = False
    choices: tuple[str, ...] = ()

    @property
    def dest(self) -> str:
        """Name of the value among those parsed."""
        return self.names[0]


def truth(text: str) -> bool:
    """`True` and `False` as PixPlot's users write them, in any case; 1, 0, yes and no too."""
    known = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if text.lower() not in known:
        raise argparse.ArgumentTypeError(f"expected True or False, found {text!r}")
    return known[text.lower()]


def whole(text: str) -> int:
    """A whole number, which PixPlot lets one write as 100.0."""
    value = float(text)
    if value != int(value):
        raise ValueError(text)
    return int(value)


def _of_pixplot(name: str, stage: str, key: str, text: str, default: Any, **more: Any) -> Flag:
    return Flag((name, *more.pop("also", ())), stage, key, text, default=default, pixplot=True, **more)


FLAGS: tuple[Flag, ...] = (
    _of_pixplot(
        "images",
        "catalog",
        "images",
        "folder, pattern, archive or list of pictures; or a list of IIIF manifests",
        None,
        many=True,
        also=("i",),
    ),
    _of_pixplot(
        "metadata",
        "catalog",
        "metadata",
        "table with a column `filename`: CSV, JSON, Excel, Parquet, or a pattern",
        None,
        many=True,
        also=("m",),
    ),
    _of_pixplot("encoding", "catalog", "catalog.encoding", "of the metadata", "utf8"),
    Flag(("key",), "catalog", "catalog.key", "column of the metadata that names the picture"),
    _of_pixplot("max_images", "catalog", "catalog.max_images", "take so many pictures and no more, the first by path", None, read=whole),
    _of_pixplot("shuffle", "catalog", "catalog.shuffle", "with --max_images: a sample by chance instead of the first", False, read=None),
    _of_pixplot("use_cache", "catalog", "use_cache", "False: make everything again, whatever earlier runs made", True, read=truth),
    Flag(("contact",), "fetch", "fetch.contact", "your e-mail address or page, which the servers are told"),
    _of_pixplot("min_size", "ingest", "ingest.min_size", "leave out pictures whose shorter side has fewer pixels", 0, read=whole),
    Flag(
        ("model",),
        "features",
        "features.models",
        "inception_v3 (as PixPlot), builtin (needs no download) or others: docs/models.md",
        many=True,
    ),
    _of_pixplot(
        "n_neighbors", "layouts", "layouts.umap.n_neighbors", "of UMAP; several make variants with sliders", [15], read=int, many=True
    ),
    _of_pixplot(
        "min_dist", "layouts", "layouts.umap.min_dist", "of UMAP; several make variants with sliders", [0.01], read=float, many=True
    ),
    Flag(("min_distance",), "layouts", "layouts.umap.min_dist", "older name of --min_dist", read=float, many=True),
    _of_pixplot("n_components", "layouts", "layouts.umap.components", "of UMAP; 3: besides the map one in three dimensions", 2, read=int),
    _of_pixplot(
        "metric", "layouts", "neighbours.metric", "of the graph that UMAP lays out: correlation, cosine or euclidean", "correlation"
    ),
    _of_pixplot(
        "pointgrid_fill", "layouts", "layouts.jitter.fill", "share that pictures fill in the map without overlaps", 0.05, read=float
    ),
    _of_pixplot("geojson", "layouts", "layouts.geographic.outlines", "GeoJSON file of lines to draw under the pictures", None),
    _of_pixplot("seed", "layouts", "seed", "of everything random", 24, read=int),
    _of_pixplot("min_cluster_size", "hotspots", "hotspots.min_cluster_size", "pictures in the smallest hotspot", 20, read=int),
    _of_pixplot("max_clusters", "hotspots", "hotspots.max_clusters", "how many hotspots are kept, the largest", 10, read=int),
    _of_pixplot("n_clusters", "hotspots", "hotspots.n_clusters", "of k-means: with --method kmeans", 12, read=int),
    Flag(("method",), "hotspots", "hotspots.method", "how hotspots are found", choices=("hdbscan", "kmeans")),
    _of_pixplot("cell_size", "atlases", "atlases.cell", "side in pixels of the pictures loaded first; sharper ones follow", 32, read=int),
    _of_pixplot("out_dir", "site", "workdir", "folder of everything that is made; the page is in OUT_DIR/site", "output"),
    _of_pixplot("plot_id", "site", "workdir", "a folder of its own for this map below OUT_DIR", None),
    Flag(("title",), "site", "site.title", "top of the page"),
    Flag(("description",), "site", "site.description", "text about the collection"),
    _of_pixplot("gzip", "site", "site.gzip", "compressed copies too, for hosts that send such", False, read=None),
    _of_pixplot(
        "copy_web_only",
        "site",
        "catalog.frozen",
        "do not look at the pictures again: bring the page of the last run up to date",
        False,
        read=None,
    ),
    Flag(("config",), "run", "", "configuration file to start from, with its own defaults (config/README.md)"),
    Flag(("set",), "run", "", "any other key of the configuration, such as layouts.grid.aspect=2", many=True),
    Flag(("cores",), "run", "", "processors to use, or all", default="all"),
    Flag(("profile",), "run", "", "Snakemake profile: a folder, or slurm for a cluster (docs/cluster.md)"),
    Flag(("dry_run",), "run", "", "only tell what would be made", read=None, default=False),
    Flag(("json",), "run", "", "a JSON object a line on standard output, for programs", read=None, default=False),
    Flag(("verbose", "v"), "run", "", "show Snakemake's own text", read=None, default=False),
)
"""In the order of the data."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags, in a group for each stage. A flag that is not given has no value."""
    groups = {stage: parser.add_argument_group(heading) for stage, heading in STAGES.items()}
    for flag in FLAGS:
        groups[flag.stage].add_argument(*_option_strings(flag), **_options(flag))


def tidy(given: Sequence[str]) -> list[str]:
    """The same with underscores in the names of flags: `--max-images` is `--max_images`."""
    known = {name for flag in FLAGS for name in flag.names}
    return [_tidy(word, known) for word in given]


def _tidy(word: str, known: set[str]) -> str:
    name, equals, value = word.partition("=")
    plain = name[2:].replace("-", "_") if name.startswith("--") else ""
    return f"--{plain}{equals}{value}" if plain in known else word


def _option_strings(flag: Flag) -> list[str]:
    return [f"-{name}" if len(name) == 1 else f"--{name}" for name in sorted(flag.names, key=len)]


def _options(flag: Flag) -> dict[str, Any]:
    common: dict[str, Any] = {"dest": flag.dest, "default": None, "help": flag.text + _told_default(flag)}
    if flag.read is None:
        return {**common, "action": "store_true"}
    shape = {"nargs": "+"} if flag.many else {}
    return {**common, **shape, "type": flag.read, "choices": flag.choices or None, "metavar": _metavar(flag)}


def _metavar(flag: Flag) -> str | None:
    if flag.choices:
        return None
    return {int: "N", whole: "N", float: "X", truth: "True|False"}.get(flag.read, _SHORT.get(flag.dest, flag.dest.upper()))


_SHORT = {
    "images": "PATH",
    "metadata": "FILE",
    "geojson": "FILE",
    "config": "FILE",
    "out_dir": "FOLDER",
    "plot_id": "NAME",
    "set": "KEY=VALUE",
}


def _told_default(flag: Flag) -> str:
    if flag.default is None or flag.read is None:
        return ""
    shown = " ".join(map(str, flag.default)) if isinstance(flag.default, list) else flag.default
    return f" (default: {shown})"
