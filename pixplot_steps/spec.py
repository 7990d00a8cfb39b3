"""What is wanted: the configuration as frozen dataclasses, one per stage, and the integer version of each step.

`config/config.yaml` is the only home of defaults, so nothing here has any. A field stands in the configuration under the
same name, in the section of its stage.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

VERSIONS = {
    "catalog": 2,
    "ingest": 3,
    "features": 1,
    "vectors": 1,
    "neighbours": 1,
    "umap": 2,
    "grid": 1,
    "alphabetical": 1,
    "hotspots": 1,
    "atlases": 1,
    "site": 2,
}
"""Raise a step's version whenever its output changes for the same input: Snakemake does not see changes of this package."""


CATALOGUE_FORMAT = 1
"""Format of catalog/plan.json."""


@dataclass(frozen=True)
class Catalog:
    """`shard_size`: images per shard, at least 1. `pages`: "first" or "all" of a TIFF file.

    `key`: column of the metadata that names the picture; `without_row`: "keep" or "drop" pictures that it does not name; `columns`: for
    a column a template, or an object of `template`, `type`, `role` and `label`.
    """

    shard_size: int
    pages: str
    key: str
    without_row: str
    columns: dict[str, Any]


@dataclass(frozen=True)
class Ingest:
    """`thumbnail`, `picture`: longest side in pixels; `ground`: "#rrggbb" under transparent pictures.

    Pictures of more than `max_megapixels` are refused before they are decoded.
    """

    thumbnail: int
    picture: int
    picture_quality: int
    ground: str
    max_megapixels: int


@dataclass(frozen=True)
class Features:
    """`model`: a name from `features.models`."""

    model: str


@dataclass(frozen=True)
class Vectors:
    """`components`: principal components kept, at most."""

    components: int


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
    """`aspect`: width by height of the whole grid."""

    aspect: float


@dataclass(frozen=True)
class Alphabetical:
    """`by`: a column, or a role such as `title`; where it is missing, the item's path."""

    by: str
    aspect: float


@dataclass(frozen=True)
class Hotspots:
    """`min_cluster_size`: members of the smallest hotspot; `max_clusters`: the largest ones are kept."""

    min_cluster_size: int
    max_clusters: int


@dataclass(frozen=True)
class Atlases:
    """`page`: side of a page in pixels; `budget_mib`: RGBA bytes of the base level; `pages_per_job`: pages made by one job."""

    page: int
    budget_mib: int
    format: str
    quality: int
    pages_per_job: int


@dataclass(frozen=True)
class Site:
    """Texts of the page."""

    title: str
    description: str


@dataclass(frozen=True)
class Spec:
    """The whole configuration. `images` and `metadata` are absolute paths or patterns."""

    workdir: Path
    images: tuple[str, ...]
    metadata: tuple[str, ...]
    seed: int
    reproducible: bool
    catalog: Catalog
    ingest: Ingest
    features: Features
    vectors: Vectors
    neighbours: Neighbours
    umap: Umap
    grid: Grid
    alphabetical: Alphabetical
    hotspots: Hotspots
    atlases: Atlases
    site: Site


def parameters(section: Any) -> dict[str, Any]:
    """A section as a JSON value, for digests."""
    return asdict(section)
