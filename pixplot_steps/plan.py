"""The plan: the name of everything that will be made. Arithmetic on digests, without disk.

Each artefact is named by a digest of what it is made from: the names of its inputs, the parameters that matter and the
version of its step. So a path that exists is right, whatever was changed in between and changed back; a path that does not
exist is made. Paths are relative to the work folder.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pixplot_steps import arrangements, digest, spec
from pixplot_steps.arrangements import Arrangement
from pixplot_steps.errors import ConfigError, FormatError
from pixplot_steps.spec import Model, Umap
from pixplot_steps.store import commit, lineage
from pixplot_steps.store.lineage import NONE, Lineage, Link, written

_LEAST_CELL = 8

_CALIBRATION_SHARDS = 8
"""From which the sample of pictures is taken: spread over the collection, as its parts may lie folder by folder."""

CLUSTERED = 5
"""Dimensions in which hotspots are found, where it is not on the map."""


@dataclass(frozen=True)
class Catalogue:
    """What catalog/plan.json says, as far as names depend on it.

    `images`: distinct contents in use; `shards`: names in order; `content`: digest of the images in use, in order;
    `columns`: digest of each column of items.parquet; `table`: digest of the whole of it; `described`: the columns of the metadata.
    """

    items: int
    images: int
    shards: tuple[str, ...]
    content: str
    columns: dict[str, str]
    table: str
    problems: str
    described: tuple[arrangements.Column, ...] = ()


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
        described=tuple(_described(one) for one in value["described"]),
    )


def _described(value: dict[str, Any]) -> arrangements.Column:
    years = value["years"]
    return arrangements.Column(**{**value, "years": None if years is None else tuple(years)})


def _name(step: str, parameters: Any, *inputs: str) -> str:
    value = {"step": step, "version": spec.VERSIONS[step], "parameters": parameters, "inputs": inputs}
    return digest.of_value(value)[: digest.SHORT]


def _and(former: str) -> list[str]:
    return [former] if former else []


def _prepared(model: Model) -> str:
    return _name("model", model.identity) if model.prepared else ""


@dataclass(frozen=True)
class Branch:
    """What one model leads to: its features, and the names of all that is made from them.

    `features`: folder below features/; `prepared`: name in models/, empty where nothing is prepared; `map_kind`: umap or positions.
    `calibration`: of a model that a sample of the pictures calibrates.
    `layout`: name of the map in the site; `clusters`: the file of clusters of one's own, where there is one.
    `variants`: empty where the map has none; `names`: of the hotspots; `edited`: what a person made of them, empty where there is none.
    `spaces`: of each number of dimensions, besides the two of the map, that something is made from.
    `map_link`, `hotspots_link`: what these carry on from; the map does from none where the positions are one's own.
    """

    model: Model
    prepared: str
    calibration: Link | None
    features: str
    vectors: str
    neighbours: str
    map_kind: str
    map: str
    variants: str
    grid: str
    jitter: str
    similarity: str
    tsne: dict[float, str]
    spaces: dict[int, str]
    layout: str
    clusters: list[str]
    map_link: Link | None
    hotspots_link: Link
    names: str
    edited: str

    @property
    def map_former(self) -> list[str]:
        """What the map reads of the map that it carries on from, where there is one."""
        return [f"{self.map_link.former}/places.parquet"] if self.map_link and self.map_link.former else []

    @property
    def hotspots(self) -> str:
        """Name of the hotspots."""
        return Path(self.hotspots_link.path).stem

    def space(self, components: int) -> list[str]:
        """Folder of the map of so many dimensions, where there is one."""
        return [f"layouts/space/{self.spaces[components]}.zarr"] if components in self.spaces else []

    @property
    def hotspots_space(self) -> list[str]:
        """Stamp of the space in which hotspots are found, where it is not the map."""
        return [f"{path}/stamp.json" for path in self.space(CLUSTERED)]

    @property
    def hotspots_former(self) -> list[str]:
        """What the hotspots read of those that they carry on from, where there are any."""
        return [f"{self.hotspots_link.former}/members.parquet"] if self.hotspots_link.former else []

    @property
    def calibrated(self) -> str:
        """Name in calibrated/, empty where nothing is calibrated."""
        return Path(self.calibration.path).name if self.calibration else ""

    @property
    def prepared_stamps(self) -> list[str]:
        """The stamp of its prepared model, where it has one."""
        return [f"models/{self.prepared}/stamp.json"] if self.prepared else []

    @property
    def ready_stamps(self) -> list[str]:
        """The stamp of what describes the pictures: the prepared model, calibrated where that is wanted."""
        return [f"{self.calibration.path}/stamp.json"] if self.calibration else self.prepared_stamps

    @property
    def links(self) -> list[Link]:
        """Of all that carries on from what was shown before."""
        return [link for link in (self.map_link, self.hotspots_link, self.calibration) if link]

    @property
    def map_path(self) -> str:
        """Folder of the map."""
        return f"layouts/{self.map_kind}/{self.map}.zarr"


@dataclass(frozen=True)
class DeepZoom:
    """One grid as a large picture. `layout`: its name in the site; `path`: its folder; `tiles`: folders, one per job.

    `mosaic`: folder, empty where none is wanted.
    """

    layout: str
    path: str
    name: str
    tiles: tuple[str, ...]
    mosaic: str

    @property
    def parts(self) -> list[str]:
        """All folders, in the order in which they are made."""
        return [f"deepzoom/{self.name}/plan.zarr", *self.tiles, f"deepzoom/{self.name}/top.zarr", *filter(None, [self.mosaic])]


@dataclass(frozen=True)
class Plan:
    """Names of all artefacts for one configuration, one catalogue, and what was shown before."""

    spec: spec.Spec
    catalogue: Catalogue
    lineage: Lineage = NONE

    @cached_property
    def sides(self) -> list[int]:
        """Sides of the squares of pixels that the models see, ascending."""
        return sorted({model.side for model in self.spec.features.models if model.side})

    @property
    def _decoded(self) -> str:
        # A model's features depend on how pictures are decoded, but not on which squares other models want.
        return _name("ingest", spec.parameters(self.spec.ingest))

    @cached_property
    def ingest(self) -> str:
        """Folder of images/ for these ingest parameters, and the squares that the models want."""
        if not self.sides:
            return self._decoded
        return _name("ingest", [spec.parameters(self.spec.ingest), self.sides, self.spec.features.aspect])

    @cached_property
    def branches(self) -> tuple[Branch, ...]:
        """One for each model, in order."""
        features = [self._features(model) for model in self.spec.features.models]
        return tuple(self._branch(i, features) for i in range(len(features)))

    def branch(self, artefact: str, name: str) -> Branch:
        """The branch in which an artefact (a field of Branch) has this name."""
        return next(branch for branch in self.branches if getattr(branch, artefact) == name)

    def _features(self, model: Model) -> str:
        calibration = self._calibration(model)
        ready = [calibration.path] if calibration else []
        return f"{model.name}-{_name('features', [model.identity, _prepared(model)], self._decoded, *ready)}"

    def _calibration(self, model: Model) -> Link | None:
        """What a sample of the pictures makes of a model: once made and shown, it stays, or each addition would describe all anew."""
        if not model.calibrated:
            return None
        fresh = f"calibrated/{_name('calibration', _prepared(model), self._decoded, *self.calibration_shards)}"
        return self.lineage.link(_name("calibration", _prepared(model), self._decoded), lambda former: former or fresh)

    @cached_property
    def calibration_shards(self) -> tuple[str, ...]:
        """The shards whose pictures a new calibration sees, evenly from first to last."""
        shards = self.catalogue.shards
        count = min(_CALIBRATION_SHARDS, len(shards))
        return tuple(shards[number * (len(shards) - 1) // max(1, count - 1)] for number in range(count))

    @cached_property
    def calibration_stamps(self) -> list[str]:
        """Stamps of these shards' pictures."""
        return [f"images/{self.ingest}/{shard}.zarr/stamp.json" for shard in self.calibration_shards]

    def _branch(self, number: int, features: list[str]) -> Branch:
        model = self.spec.features.models[number]
        # Pictures are shown where every model describes them, so the other features count too, in whatever order they stand.
        others = sorted(set(features) - {features[number]})
        catalogue = self.catalogue
        parameters = [spec.parameters(self.spec.vectors), others]
        vectors = _name("vectors", parameters, features[number], catalogue.content, *catalogue.shards)
        neighbours = _name("neighbours", [spec.parameters(self.spec.neighbours), *self._random], vectors)
        kind, layout, link = self._map(number, neighbours)
        spaces = self._spaces(number, kind, neighbours)
        hotspots = self._hotspots(number, layout, vectors, *([spaces[CLUSTERED]] if CLUSTERED in spaces else []))
        names = self._names(hotspots.path)
        judged, order = (*self._random, self.spec.neighbours.metric), catalogue.columns["image"]
        return Branch(
            model=model,
            prepared=_prepared(model),
            calibration=self._calibration(model),
            features=features[number],
            vectors=vectors,
            neighbours=neighbours,
            map_kind=kind,
            map=layout,
            variants=self._variants(kind, layout, neighbours),
            grid=_name("grid", [self.spec.grid.aspect, self.spec.grid.mask, self.spec.neighbours.metric], layout, vectors),
            jitter=_name("jitter", spec.parameters(self.spec.jitter), layout),
            similarity=_name("similarity", [spec.parameters(self.spec.similarity), *judged], vectors, order),
            tsne={
                perplexity: _name("tsne", [perplexity, self.spec.tsne.components, *judged], neighbours, order)
                for perplexity in self.spec.tsne.perplexities
            },
            spaces=spaces,
            layout=self.layout_name(number),
            clusters=[self.spec.clusters.path] if number == 0 and self.spec.clusters.path else [],
            map_link=link,
            hotspots_link=hotspots,
            names=names,
            edited=self._edited(names) if number == 0 else "",
        )

    def _map(self, number: int, neighbours: str) -> tuple[str, str, Link | None]:
        """Kind and name of a map, and what it carries on from."""
        own, order = self.spec.positions.digest, self.catalogue.columns["image"]
        if own and number == 0:
            return "positions", _name("positions", own, neighbours, order), None
        weight = [self.spec.label_weight] if self.labels else []
        parameters = [spec.parameters(self.spec.umap), *self._random, *weight]
        # Maps of one line may hold other images, and share all else.
        above = [spec.parameters(self.spec.vectors), spec.parameters(self.spec.neighbours), *self.labels]
        line = _name("umap", [parameters, above], self._features(self.spec.features.models[number]))
        said = [self.catalogue.columns[name] for name in self.labels]

        def named(former: str) -> str:
            return f"layouts/umap/{_name('umap', parameters, neighbours, order, *said, *_and(former))}.zarr"

        link = (self.lineage if self.spec.keep else NONE).link(line, named)
        return "umap", Path(link.path).stem, link

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The column of labels that maps are drawn by; none where there is none, or it is not to count."""
        named = [column.name for column in self.catalogue.described if column.role == "label" and column.given]
        return tuple(named[:1]) if self.spec.label_weight else ()

    def _spaces(self, number: int, kind: str, neighbours: str) -> dict[int, str]:
        own = number == 0 and self.spec.clusters.digest
        found = [CLUSTERED] if self.spec.hotspots.space == "umap5" and not own else []
        found += [self.spec.components] if self.spec.components > 2 and kind == "umap" else []
        return {count: _name("space", [count, spec.parameters(self.space_umap(count)), *self._random], neighbours) for count in found}

    def space_umap(self, components: int) -> Umap:
        """The parameters of a map of so many dimensions: clusters are to lie as dense as they are."""
        return dataclasses.replace(self.spec.umap, min_dist=0.0) if components == CLUSTERED else self.spec.umap

    def space(self, name: str) -> tuple[Branch, int]:
        """The branch of a space, and its dimensions."""
        return next((branch, count) for branch in self.branches for count, artefact in branch.spaces.items() if artefact == name)

    @cached_property
    def spaces(self) -> dict[str, str]:
        """Folder of the map in three dimensions, by the name in the site of the map that it goes with."""
        return {branch.layout: path for branch in self.branches for path in branch.space(self.spec.components)}

    @cached_property
    def spaces_stamps(self) -> list[str]:
        """Stamps of these."""
        return [f"{path}/stamp.json" for path in self.spaces.values()]

    def _variants(self, kind: str, layout: str, neighbours: str) -> str:
        """Name of the variants of a map, empty where there are none: they start from it."""
        if kind != "umap" or not self.spec.variants:
            return ""
        parameters = [[spec.parameters(one) for one in (self.spec.umap, *self.spec.variants)], *self._random]
        return _name("variants", parameters, layout, neighbours)

    def _hotspots(self, number: int, layout: str, vectors: str, *space: str) -> Link:
        own = self.spec.clusters.digest if number == 0 else ""
        # The number stands in the summary, as part of the layout's name.
        section = {key: value for key, value in spec.parameters(self.spec.hotspots).items() if key not in ("names", "space")}
        random = [self.spec.seed] if self.spec.hotspots.method == "kmeans" else []
        parameters = [section, own, self.layout_name(number), *random]

        def named(former: str) -> str:
            return f"hotspots/{_name('hotspots', parameters, layout, vectors, *space, *_and(former))}.zarr"

        # Found otherwise or on another map, a hotspot of the same pictures is still the same.
        return self.lineage.link(_name("hotspots", self.layout_name(number), self._features(self.spec.features.models[number])), named)

    @cached_property
    def naming(self) -> tuple[str, ...]:
        """The columns that hotspots are named by."""
        return arrangements.naming(self.spec.hotspots.names, self.catalogue.described)

    def _names(self, hotspots: str) -> str:
        return _name("names", self.naming, hotspots, *self._digests_of(self.naming))

    def _digests_of(self, columns: Iterable[str]) -> list[str]:
        """Digests of columns of the catalogue, with their years, and of those that say which items are shown, and in what order."""
        used = [name for column in columns for name in (column, spec.years_of(column))]
        return [self.catalogue.columns[name] for name in ("item", "image", *used) if name in self.catalogue.columns]

    def _edited(self, names: str) -> str:
        # The names are of these hotspots; the file tells pictures by image or by item.
        items = [self.catalogue.columns[name] for name in ("item", "image") if name in self.catalogue.columns]
        return _name("edited", self.spec.edited.digest, names, *items) if self.spec.edited.digest else ""

    @property
    def _first(self) -> Branch:
        return self.branches[0]

    @cached_property
    def arranged(self) -> dict[str, tuple[str, Arrangement]]:
        """The arrangements by metadata and colour: for the name of each in the site its artefact's name, and what it is."""
        found = arrangements.wanted(self.spec, self.catalogue.described, self.catalogue.items)
        return {one.name: (self._arrangement(one), one) for one in found}

    def arrangement(self, name: str) -> Arrangement:
        """The arrangement whose artefact has this name."""
        return next(one for artefact, one in self.arranged.values() if artefact == name)

    def _arrangement(self, one: Arrangement) -> str:
        section = {**spec.parameters(getattr(self.spec, one.kind)), "by": one.columns, "unit": one.unit}
        section.pop("paths", None)
        pixels = [self.ingest] if one.kind == "colour" else []
        return _name(one.kind, section, self._first.vectors, *self._digests_of(one.columns), *pixels)

    @cached_property
    def atlases_link(self) -> Link:
        """The plan of the atlas, and the one that it carries on from: where the map does, since the map orders the pages."""
        parameters = [spec.parameters(self.spec.atlases), self.spec.ingest.ground]
        link, own = self._first.map_link, self.spec.positions.digest

        def named(former: str) -> str:
            return f"atlases/{_name('atlases', parameters, self._first.map, self._first.vectors, *_and(former))}/plan.zarr"

        carries_on = link is None or link.former
        line = _name("atlases", parameters, self._decoded, link.line if link else own)
        return (self.lineage if carries_on else NONE).link(line, named)

    @property
    def atlases(self) -> str:
        """Name of the atlas. How many pages one job makes matters only to how they lie in folders."""
        return Path(self.atlases_link.path).parent.name

    @property
    def atlases_former(self) -> list[str]:
        """What the plan of the atlas reads of the one that it carries on from, where there is one."""
        return [f"{self.atlases_link.former}/images.parquet"] if self.atlases_link.former else []

    @cached_property
    def deepzooms(self) -> tuple[DeepZoom, ...]:
        """The grids that become one large picture each. Raises ConfigError where there is no layout of a name."""
        return tuple(self._deepzoom(layout) for layout in self.spec.deepzoom.layouts)

    def _deepzoom(self, layout: str) -> DeepZoom:
        if layout not in self.layouts:
            raise ConfigError(
                "a deep zoom of a grid that there is not",
                expected=f"names among {', '.join(self.layouts)}",
                found=layout,
                where="deepzoom.layouts",
                action="correct the name, or take it out of your configuration file",
            )
        wanted, items = self.spec.deepzoom, [self.catalogue.columns[name] for name in ("item", "image")]
        made_of = (self.layouts[layout], self._first.vectors, self.ingest, *items)
        jobs = max(1, math.ceil(self.catalogue.items / wanted.cells_per_job))
        drawn = [wanted.quality, self.spec.ingest.ground, wanted.fit]
        name = _name("deepzoom", [wanted.cell, wanted.tile, jobs, *drawn], *made_of)
        mosaic = _name("deepzoom", ["mosaic", wanted.mosaic, wanted.mosaic_cell, *drawn], *made_of)
        return DeepZoom(
            layout,
            self.layouts[layout],
            name,
            tuple(f"deepzoom/{name}/tiles/{job}.zarr" for job in range(jobs)),
            f"deepzoom/{name}/{mosaic}" if wanted.mosaic != "none" else "",
        )

    def deepzoom(self, name: str) -> DeepZoom:
        """The deep zoom of this name."""
        return next(one for one in self.deepzooms if one.name == name)

    @cached_property
    def deepzoom_stamps(self) -> list[str]:
        """Stamps of all deep zooms."""
        return [f"{path}/stamp.json" for one in self.deepzooms for path in one.parts]

    @property
    def site(self) -> str:
        """Digest of everything in the site but the viewer."""
        branches = [name for branch in self.branches for name in (branch.model.name, branch.map, branch.names, *_and(branch.edited))]
        parts = (
            *branches,
            *(f"{name}={path}" for name, path in (*self.layouts.items(), *self.spaces.items())),
            self.atlases,
            *(path for one in self.deepzooms for path in one.parts),
            self.catalogue.table,
            self.catalogue.problems,
        )
        site = self.spec.site
        told = spec.parameters(site) | {"logo": site.logo.digest, "stories": site.stories.digest}
        return _name("site", told, *parts)

    @property
    def shown(self) -> str:
        """What the site remembers for later runs (see store.lineage), as JSON."""
        links = [link for branch in self.branches for link in branch.links]
        return written([*links, self.atlases_link])

    def layout_name(self, number: int) -> str:
        """Name in the site of the map of the model of this number."""
        return "umap" if number == 0 else f"umap-{self.spec.features.models[number].name}"

    @cached_property
    def layouts(self) -> dict[str, str]:
        """Folder of each layout, in the order of the site; the first is shown first."""
        first, *others = self.branches
        named = self._of_model(first, "")
        named |= {name: f"layouts/{one.kind}/{artefact}.zarr" for name, (artefact, one) in self.arranged.items()}
        for branch in others:
            named |= self._of_model(branch, f"-{branch.model.name}")
        return named

    def _of_model(self, branch: Branch, suffix: str) -> dict[str, str]:
        """The map of a model, and what is made from it."""
        wanted = {
            "umap": branch.map_path,
            "variants": f"layouts/variants/{branch.variants}.zarr" if branch.variants else "",
            **{f"tsne-{p:g}" if i else "tsne": f"layouts/tsne/{name}.zarr" for i, (p, name) in enumerate(branch.tsne.items())},
            "jitter": f"layouts/jitter/{branch.jitter}.zarr" if self.spec.jitter.wanted else "",
            "grid": f"layouts/grid/{branch.grid}.zarr",
            "similarity": f"layouts/similarity/{branch.similarity}.zarr" if self.spec.similarity.wanted else "",
        }
        return {f"{name}{suffix}": path for name, path in wanted.items() if path}

    def tsne(self, name: str) -> tuple[Branch, float]:
        """The branch of a t-SNE, and its perplexity."""
        return next((branch, p) for branch in self.branches for p, artefact in branch.tsne.items() if artefact == name)

    @property
    def first_vectors_stamp(self) -> str:
        """Stamp of the first model's vectors, which say which items are shown."""
        return self.vectors_stamps[0]

    @cached_property
    def vectors_stamps(self) -> list[str]:
        """Stamps of all vectors, the first model's first."""
        return [f"vectors/{branch.vectors}.zarr/stamp.json" for branch in self.branches]

    @cached_property
    def neighbours_stamps(self) -> list[str]:
        """Stamps of all graphs of neighbours, the first model's first."""
        return [f"neighbours/{branch.neighbours}.zarr/stamp.json" for branch in self.branches]

    @cached_property
    def hotspots_stamps(self) -> list[str]:
        """Stamps of all hotspots, the first model's first."""
        return [f"hotspots/{branch.hotspots}.zarr/stamp.json" for branch in self.branches]

    @cached_property
    def names_stamps(self) -> list[str]:
        """Stamps of the names of all hotspots, the first model's first."""
        return [f"hotspots/names/{branch.names}/stamp.json" for branch in self.branches]

    @cached_property
    def edited_stamps(self) -> list[str]:
        """Stamp of the first model's hotspots as a person wants them, where there is a file."""
        return [f"hotspots/edited/{branch.edited}/stamp.json" for branch in self.branches if branch.edited]

    def features_stamps(self, branch: Branch) -> list[str]:
        """Stamps of all shards of a model's features."""
        return [f"features/{branch.features}/{shard}.zarr/stamp.json" for shard in self.catalogue.shards]

    @cached_property
    def all_features_stamps(self) -> list[str]:
        """Stamps of all shards of all models' features."""
        return [stamp for branch in self.branches for stamp in self.features_stamps(branch)]

    @property
    def _random(self) -> tuple[int, bool]:
        return self.spec.seed, self.spec.reproducible

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
    def atlas_groups(self) -> list[str]:
        """Folders of the atlas pages, one per job. Images that turn out unreadable may leave the last ones empty."""
        groups = math.ceil(self.pages / self.spec.atlases.pages_per_job)
        return [f"atlases/{self.atlases}/pages/{group}" for group in range(groups)]

    @property
    def artefacts(self) -> set[str]:
        """Folders of all that the site is made from, and of the maps that its own carry on from."""
        stamps = [*self.images_stamps, *self.all_features_stamps, *self.vectors_stamps, *self.neighbours_stamps, *self.layouts_stamps]
        stamps += [f"layouts/space/{name}.zarr/stamp.json" for branch in self.branches for name in branch.spaces.values()]
        stamps += [
            *self.hotspots_stamps,
            *self.names_stamps,
            *self.edited_stamps,
            f"atlases/{self.atlases}/plan.zarr/stamp.json",
            *self.atlas_stamps,
        ]
        stamps += self.deepzoom_stamps
        stamps += [stamp for branch in self.branches for stamp in (*branch.prepared_stamps, *branch.ready_stamps)]
        formers = {branch.map_link.former for branch in self.branches if branch.map_link and branch.map_link.former}
        return {stamp.removesuffix("/stamp.json") for stamp in stamps} | formers

    @property
    def pages(self) -> int:
        """At most so many pages: each page has as many slots as the cell chosen for all images in use leaves.

        Fewer readable images may allow a larger cell and so again more pages; the largest count over all outcomes is taken.
        """
        page, budget = self.spec.atlases.page, self.spec.atlases.budget_mib << 20
        counts = [0]
        cell = _LEAST_CELL
        while cell <= min(self.spec.ingest.thumbnail, self.spec.atlases.cell):
            images = self.catalogue.images if cell == _LEAST_CELL else min(self.catalogue.images, budget // (4 * cell * cell))
            counts.append(math.ceil(images / (page // cell) ** 2))
            cell *= 2
        if self.atlases_link.former:
            # An atlas that carries on may take as many pages as the budget has room for.
            counts.append(budget // (4 * page * page))
        return max(counts)


def of_run(wanted: spec.Spec) -> Plan:
    """The plan of the work folder, once it has a catalogue, whatever folder one is in."""
    work = wanted.workdir
    shown = lineage.read(work / "ledger" / "lineage.json", lambda name: commit.whole(str(work / name)))
    return Plan(wanted, read_catalogue(work / "catalog" / "plan.json"), shown)


def side_wanted(wanted: spec.Spec) -> int:
    """Longest side in pixels of the pictures that servers are asked for: enough for every network and for the atlas."""
    # A picture that is reduced to half is sharper than one that comes in its final size.
    return max(wanted.fetch.side, 2 * max(wanted.ingest.thumbnail, *(model.side for model in wanted.features.models)))


def memory(step: str, images: int) -> int:
    """Memory in MiB that a job of this step may take with so many images in the collection.

    Measured on 2 cores with 4,000 and 100,000 images (benchmarks/), with a margin; jobs of one shard do not grow.
    """
    base, per_image = _MEMORY[step]
    return base + math.ceil(images * per_image)


_MEMORY: dict[str, tuple[int, float]] = {
    "fetch": (2000, 0),
    "catalog": (400, 0.0015),
    "ingest": (1500, 0),
    "model": (4000, 0),
    "features": (2500, 0),
    "vectors": (1200, 0.0006),
    "neighbours": (1200, 0.004),
    "layouts": (1500, 0.008),
    "hotspots": (800, 0.003),
    "atlases": (1200, 0.0002),
    "deepzoom": (1000, 0.0002),
    # The pixels lie in a file, which counts as long as they are read.
    "mosaic": (3500, 0),
    "site": (800, 0.004),
}


def minutes(step: str, images: int) -> int:
    """Minutes after which a cluster may end a job of this step."""
    base, per_image = _MINUTES[step]
    return base + math.ceil(images * per_image)


_MINUTES: dict[str, tuple[int, float]] = {
    # Servers set the pace; a job that is ended by the clock goes on where it was.
    "fetch": (7200, 0),
    "catalog": (30, 0.0005),
    "ingest": (60, 0),
    "model": (120, 0),
    "features": (240, 0),
    "vectors": (30, 0.0001),
    "neighbours": (30, 0.0002),
    "layouts": (60, 0.0005),
    "hotspots": (30, 0.0001),
    "atlases": (30, 0.0001),
    "deepzoom": (30, 0.0001),
    "mosaic": (60, 0),
    "site": (30, 0.0005),
}
