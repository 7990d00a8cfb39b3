"""The plan: the name of everything that will be made. Arithmetic on digests, without disk.

Each artefact is named by a digest of what it is made from: the names of its inputs, the parameters that matter and the
version of its step. So a path that exists is right, whatever was changed in between and changed back; a path that does not
exist is made. Paths are relative to the work folder.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pixplot_steps import digest, spec
from pixplot_steps.errors import FormatError

_LEAST_CELL = 8


@dataclass(frozen=True)
class Catalogue:
    """What catalog/plan.json says, as far as names depend on it.

    `images`: distinct contents in use; `shards`: names in order; `content`: digest of the images in use, in order;
    `columns`: digest of each column of items.parquet; `table`: digest of the whole of it.
    """

    items: int
    images: int
    shards: tuple[str, ...]
    content: str
    columns: dict[str, str]
    table: str
    problems: str


def read_catalogue(path: Path) -> Catalogue:
    """Read catalog/plan.json. Raises FormatError for another format."""
    value = json.loads(path.read_bytes())
    if value.get("format") != spec.CATALOGUE_FORMAT:
        raise FormatError(
            "a catalogue of another format", expected=str(spec.CATALOGUE_FORMAT), found=repr(value.get("format")), where=str(path)
        )
    return Catalogue(
        items=value["items"],
        images=value["images"],
        shards=tuple(shard["name"] for shard in value["shards"]),
        content=value["content"],
        columns=value["columns"],
        table=value["table"],
        problems=value["problems"]["digest"],
    )


def _name(step: str, parameters: Any, *inputs: str) -> str:
    value = {"step": step, "version": spec.VERSIONS[step], "parameters": parameters, "inputs": inputs}
    return digest.of_value(value)[: digest.SHORT]


@dataclass(frozen=True)
class Plan:
    """Names of all artefacts for one configuration and one catalogue."""

    spec: spec.Spec
    catalogue: Catalogue

    @cached_property
    def ingest(self) -> str:
        """Folder of images/ for these ingest parameters."""
        return _name("ingest", spec.parameters(self.spec.ingest))

    @cached_property
    def model(self) -> str:
        """Folder of features/ for this model on these pictures."""
        return f"{self.spec.features.model}-{_name('features', spec.parameters(self.spec.features), self.ingest)}"

    @cached_property
    def vectors(self) -> str:
        """Name of the vectors."""
        return _name("vectors", spec.parameters(self.spec.vectors), self.model, self.catalogue.content, *self.catalogue.shards)

    @cached_property
    def neighbours(self) -> str:
        """Name of the neighbour graph."""
        return _name("neighbours", [spec.parameters(self.spec.neighbours), *self._random], self.vectors)

    @cached_property
    def umap(self) -> str:
        """Name of the map."""
        return _name("umap", [spec.parameters(self.spec.umap), *self._random], self.neighbours, self.catalogue.columns["image"])

    @cached_property
    def grid(self) -> str:
        """Name of the grid from the map."""
        return _name("grid", spec.parameters(self.spec.grid), self.umap)

    @cached_property
    def alphabetical(self) -> str:
        """Name of the alphabetical layout; it depends on all columns, since `by` may name a role that moves from one to another."""
        return _name("alphabetical", spec.parameters(self.spec.alphabetical), self.vectors, self.catalogue.table)

    @cached_property
    def hotspots(self) -> str:
        """Name of the hotspots."""
        return _name("hotspots", spec.parameters(self.spec.hotspots), self.umap, self.vectors)

    @cached_property
    def atlases(self) -> str:
        """Name of the atlas pages. How many pages one job makes matters only to how they lie in folders."""
        return _name("atlases", [spec.parameters(self.spec.atlases), self.spec.ingest.ground], self.umap, self.vectors)

    @cached_property
    def site(self) -> str:
        """Digest of everything in the site but the viewer."""
        parts = (self.umap, self.grid, self.alphabetical, self.neighbours, self.hotspots, self.atlases)
        return _name("site", spec.parameters(self.spec.site), *parts, self.catalogue.table, self.catalogue.problems)

    @property
    def _random(self) -> tuple[int, bool]:
        return self.spec.seed, self.spec.reproducible

    @cached_property
    def layouts(self) -> dict[str, str]:
        """Folder of each layout, in the order of the site; the first is shown first."""
        return {name: f"layouts/{name}/{getattr(self, name)}.zarr" for name in ("umap", "grid", "alphabetical")}

    @cached_property
    def layouts_stamps(self) -> list[str]:
        """Stamps of all layouts."""
        return [f"{path}/stamp.json" for path in self.layouts.values()]

    @cached_property
    def atlas_stamps(self) -> list[str]:
        """Stamps of all groups of atlas pages."""
        return [f"{path}/stamp.json" for path in self.atlas_groups]

    @cached_property
    def images_stamps(self) -> list[str]:
        """Stamps of all shards of images."""
        return [f"images/{self.ingest}/{shard}.zarr/stamp.json" for shard in self.catalogue.shards]

    @cached_property
    def features_stamps(self) -> list[str]:
        """Stamps of all shards of features."""
        return [f"features/{self.model}/{shard}.zarr/stamp.json" for shard in self.catalogue.shards]

    @cached_property
    def atlas_groups(self) -> list[str]:
        """Folders of the atlas pages, one per job. Images that turn out unreadable may leave the last ones empty."""
        groups = math.ceil(self.pages / self.spec.atlases.pages_per_job)
        return [f"atlases/{self.atlases}/pages/{group}" for group in range(groups)]

    @property
    def pages(self) -> int:
        """At most so many pages: each page has as many slots as the cell chosen for all images in use leaves.

        Fewer readable images may allow a larger cell and so again more pages; the largest count over all outcomes is taken.
        """
        page, budget = self.spec.atlases.page, self.spec.atlases.budget_mib << 20
        counts = [0]
        cell = _LEAST_CELL
        while cell <= self.spec.ingest.thumbnail:
            images = self.catalogue.images if cell == _LEAST_CELL else min(self.catalogue.images, budget // (4 * cell * cell))
            counts.append(math.ceil(images / (page // cell) ** 2))
            cell *= 2
        return max(counts)


def memory(step: str, images: int) -> int:
    """Memory in MiB that a job of this step may take with so many images in the collection.

    Measured on 2 cores with 4,000 and 100,000 images (benchmarks/), with a margin; jobs of one shard do not grow.
    """
    base, per_image = _MEMORY[step]
    return base + math.ceil(images * per_image)


_MEMORY: dict[str, tuple[int, float]] = {
    "catalog": (400, 0.0015),
    "ingest": (1500, 0),
    "features": (1200, 0),
    "vectors": (1200, 0.0006),
    "neighbours": (1200, 0.004),
    "layouts": (1500, 0.008),
    "hotspots": (800, 0.003),
    "atlases": (1200, 0.0002),
    "site": (800, 0.004),
}


def minutes(step: str, images: int) -> int:
    """Minutes after which a cluster may end a job of this step."""
    base, per_image = _MINUTES[step]
    return base + math.ceil(images * per_image)


_MINUTES: dict[str, tuple[int, float]] = {
    "catalog": (30, 0.0005),
    "ingest": (60, 0),
    "features": (120, 0),
    "vectors": (30, 0.0001),
    "neighbours": (30, 0.0002),
    "layouts": (60, 0.0005),
    "hotspots": (30, 0.0001),
    "atlases": (30, 0.0001),
    "site": (30, 0.0005),
}
