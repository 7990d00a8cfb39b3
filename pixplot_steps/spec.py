"""What is wanted: the configuration as frozen dataclasses, one per stage, and the integer version of each step.

`config/config.yaml` is the only home of defaults, so nothing here has any. A field stands in the configuration under the
same name, in the section of its stage.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

VERSIONS = {
    "fetch": 1,
    "catalog": 5,
    "ingest": 6,
    "model": 2,
    "calibration": 1,
    "features": 2,
    "vectors": 2,
    "neighbours": 3,
    "umap": 6,
    "space": 2,
    "variants": 3,
    "positions": 2,
    "grid": 2,
    "similarity": 1,
    "tsne": 2,
    "jitter": 1,
    "date": 3,
    "category": 2,
    "geographic": 1,
    "axes": 2,
    "custom": 1,
    "colour": 2,
    "alphabetical": 3,
    "hotspots": 4,
    "names": 2,
    "edited": 1,
    "atlases": 3,
    "deepzoom": 1,
    "site": 14,
}
"""Raise a step's version whenever its output changes for the same input: Snakemake does not see changes of this package."""


CATALOGUE_FORMAT = 2
"""Format of catalog/plan.json."""


def years_of(column: str) -> str:
    """Name of the catalogue's column that has the first and last year of each date in `column`."""
    return f"{column}: years"


@dataclass(frozen=True)
class Fetch:
    """How servers are asked. `contact`: of a person; `canvases`: first, start or all; `language`: of texts, empty for the first there is.

    `side`: longest side in pixels asked for, at least; `info`: always or needed. `per_minute`, `concurrency`: of one host, and `hosts`
    the same for single ones; `cool_down`, `longest_wait`, `timeout`: in seconds. `max_failures`: a share.
    """

    contact: str
    canvases: str
    language: str
    side: int
    info: str
    per_minute: float
    concurrency: int
    hosts: dict[str, dict[str, float]]
    cool_down: float
    longest_wait: float
    retries: int
    timeout: float
    max_mib: float
    max_failures: float
    private_addresses: bool
    refresh: bool


@dataclass(frozen=True)
class Catalog:
    """`shard_size`: images per shard, at least 1. `pages`: "first" or "all" of a TIFF file.

    `max_images`: pictures taken at most, of which `shuffle` takes some by chance; `frozen`: the last listing stays. `encoding`: of tables.

    `key`: column of the metadata that names the picture; `without_row`: "keep" or "drop" pictures that it does not name; `columns`: for
    a column a template, or an object of `template`, `type`, `role` and `label`.
    """

    shard_size: int
    max_images: int | None
    shuffle: bool
    frozen: bool
    pages: str
    key: str
    encoding: str
    without_row: str
    columns: dict[str, Any]


@dataclass(frozen=True)
class Ingest:
    """`thumbnail`, `picture`: longest side in pixels; `ground`: "#rrggbb" under transparent pictures.

    Pictures of more than `max_megapixels` are refused before they are decoded; those whose shorter side is below `min_size`, after.
    """

    thumbnail: int
    picture: int
    picture_quality: int
    ground: str
    min_size: int
    max_megapixels: int


@dataclass(frozen=True)
class Model:
    """One model, with nothing left to be found out.

    `kind`: builtin or descriptor; keras (a network of keras.applications), keras_file, onnx; plugin (an entry point of
    `pixplot.models`); or vectors (a file of one's own). `name`: shown on the page, distinct among the models wanted. `source`: the
    network's or the entry point's name, or the digest of the file. `path`: that file, or the file of weights; `weights`: "imagenet", the
    digest of `path` or of the package's own file, or the version of what an entry point gives.
    `layer`: whose output is taken, empty for the average-pooled last one. `side`: of the square of pixels it sees, 0 for the
    thumbnail. Fields that a kind does not use are empty or 0.
    """

    kind: str
    name: str
    source: str = ""
    path: str = ""
    weights: str = ""
    layer: str = ""
    side: int = 0
    aspect: str = ""
    engine: str = ""
    precision: str = ""
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()

    @property
    def identity(self) -> dict[str, Any]:
        """What its features depend on: a file counts by its bytes, wherever it lies."""
        return {key: value for key, value in asdict(self).items() if key not in ("path", "name")}

    @property
    def prepared(self) -> bool:
        """Whether a job of its own makes it ready before any shard is described."""
        return self.kind in ("keras", "keras_file", "onnx", "vectors")

    @property
    def calibrated(self) -> bool:
        """Whether a sample of the collection's pictures says in what ranges it computes."""
        return self.precision == "int8"

    @property
    def text(self) -> str:
        """As JSON, for a command line."""
        return json.dumps(asdict(self), sort_keys=True)


def read_model(text: str) -> Model:
    """A model from its text."""
    value = json.loads(text)
    return Model(**{**value, "mean": tuple(value["mean"]), "std": tuple(value["std"])})


@dataclass(frozen=True)
class Features:
    """`models`: at least one; the first makes the map that is shown first. `aspect`: squash, crop or pad."""

    models: tuple[Model, ...]
    aspect: str


@dataclass(frozen=True)
class Vectors:
    """`components`: principal components kept, at most; `whiten`: each scaled to a variance of 1."""

    components: int
    whiten: bool


@dataclass(frozen=True)
class Neighbours:
    """`count`: neighbours per image, itself not counted; `metric`: euclidean, cosine or correlation.

    Collections of fewer images than `exact_below` are compared all with all.
    """

    count: int
    metric: str
    exact_below: int


@dataclass(frozen=True)
class Umap:
    """`n_neighbors` counts the point itself, as umap-learn does; `epochs`: 0 lets the size decide."""

    n_neighbors: int
    min_dist: float
    epochs: int


@dataclass(frozen=True)
class Grid:
    """`aspect`: width by height of the whole grid; `mask`: rectangle, circle, hexagon, or the digest of a picture; `path`: of that."""

    aspect: float
    mask: str
    path: str


@dataclass(frozen=True)
class Similarity:
    """`decay`: in (0, 1); nearer to 1 takes longer and keeps more neighbours."""

    wanted: bool
    aspect: float
    decay: float


@dataclass(frozen=True)
class Tsne:
    """`perplexities`: a t-SNE for each; `components`: 1 to 3."""

    perplexities: tuple[float, ...]
    components: int


@dataclass(frozen=True)
class Alphabetical:
    """`by`: columns, or roles such as `title`, a layout for each; where a value is missing, the item's path."""

    by: tuple[str, ...]
    aspect: float


@dataclass(frozen=True)
class Jitter:
    """`fill`: share of the cells that are filled, at most; `farthest`: how far a picture may move, as a share of the map's width."""

    wanted: bool
    fill: float
    farthest: float


@dataclass(frozen=True)
class Dates:
    """`by`: columns of dates, `units`: of year, decade and century, each; or "auto".

    `captions`: the digest of a table of what happened in which year, "" for none; `paths`: that table, or nothing.
    """

    by: str | tuple[str, ...]
    units: str | tuple[str, ...]
    aspect: float
    captions: str
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Categories:
    """`by`: columns, or "auto"."""

    by: str | tuple[str, ...]
    aspect: float


@dataclass(frozen=True)
class Geographic:
    """`outlines`: "world", or the digests of GeoJSON files; `paths`: those files."""

    wanted: bool
    outlines: tuple[str, ...]
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Axes:
    """`by`: pairs of columns, or "auto"."""

    by: str | tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Custom:
    """Columns x and y of the metadata as they are."""

    wanted: bool


@dataclass(frozen=True)
class Colour:
    """`by`: hue, lightness, or both."""

    by: tuple[str, ...]
    aspect: float


@dataclass(frozen=True)
class Hotspots:
    """`method`: hdbscan or kmeans; `space`: map, or umap5, five dimensions; `max_clusters`: the largest are kept.

    `min_cluster_size`: members of the smallest that hdbscan finds; `n_clusters`: how many kmeans makes. `names`: columns by name or role
    that hotspots are named by, or auto.
    """

    method: str
    space: str
    min_cluster_size: int
    max_clusters: int
    n_clusters: int
    names: str | tuple[str, ...]


@dataclass(frozen=True)
class Atlases:
    """`page`: side of a page in pixels; `cell`: largest side of a cell of the base level.

    `budget_mib`: RGBA bytes of the base level; `levels`: cells of further levels, in pixels.

    `pages_per_job`: pages of the base level made by one job, together with the same slots' pages of the other levels.
    """

    page: int
    cell: int
    budget_mib: int
    levels: tuple[int, ...]
    format: str
    quality: int
    pages_per_job: int


@dataclass(frozen=True)
class Given:
    """A file of one's own: `path` and `digest`, both empty where there is none."""

    path: str
    digest: str


@dataclass(frozen=True)
class DeepZoom:
    """`layouts`: names of grids; `cell`, `tile`: sides in pixels; `mosaic`: none, jpeg, png or pdf, of squares of `mosaic_cell` pixels.

    `fit`: contain, whole pictures; or fill, squares cut out of them.
    """

    layouts: tuple[str, ...]
    cell: int
    fit: str
    tile: int
    quality: int
    mosaic: str
    mosaic_cell: int
    cells_per_job: int


@dataclass(frozen=True)
class Site:
    """Texts of the page; `gzip`: whether there are compressed copies; `address`: where it will be, or empty.

    `credit`, `licence` and its address: of the collection, or empty.
    `light`, `dark`: the accent on each ground, "#rrggbb"; `opening`: what an address has after its #; `alt`: a column, or empty;
    `data_from`: places whose collections the page may show; `stories`: their file.
    """

    title: str
    description: str
    credit: str
    licence: str
    licence_url: str
    gzip: bool
    address: str
    logo: Given
    light: str
    dark: str
    opening: str
    alt: str
    data_from: tuple[str, ...]
    stories: Given


@dataclass(frozen=True)
class Spec:
    """The whole configuration. `images` and `metadata` are absolute paths or patterns; `manifests` are absolute paths or addresses.

    `positions` replace the map of the first model, `clusters` its hotspots, and `edited` is laid over these. `variants`: of each map.
    `use_cache`: whether what earlier runs made is used; `keep`: whether maps stay where they were in the run before;
    `label_weight`: how much the metadata's labels count in them, 0 for not at all; `components`: 2, or 3 for one besides in three
    dimensions.
    """

    workdir: Path
    images: tuple[str, ...]
    manifests: tuple[str, ...]
    metadata: tuple[str, ...]
    seed: int
    use_cache: bool
    reproducible: bool
    fetch: Fetch
    catalog: Catalog
    ingest: Ingest
    features: Features
    vectors: Vectors
    neighbours: Neighbours
    positions: Given
    umap: Umap
    variants: tuple[Umap, ...]
    keep: bool
    label_weight: float
    components: int
    grid: Grid
    similarity: Similarity
    tsne: Tsne
    jitter: Jitter
    date: Dates
    category: Categories
    geographic: Geographic
    axes: Axes
    custom: Custom
    colour: Colour
    alphabetical: Alphabetical
    clusters: Given
    edited: Given
    hotspots: Hotspots
    atlases: Atlases
    deepzoom: DeepZoom
    site: Site


def parameters(section: Any) -> dict[str, Any]:
    """A section as a JSON value, for digests."""
    return asdict(section)
