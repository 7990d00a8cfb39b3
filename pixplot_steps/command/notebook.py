"""The same from Python, for notebooks and scripts: `import pixplot_steps as px; px.build(images="pictures")` (docs/python.md)."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pixplot_steps import config, plan
from pixplot_steps.command import build as builder
from pixplot_steps.command import flags
from pixplot_steps.command.screen import Collected, Plain, Screen
from pixplot_steps.errors import MissingPartError, PixplotError
from pixplot_steps.site import reading
from pixplot_steps.store import arrays, shown, tables


class RunError(PixplotError):
    """The run ended with an error, which its text tells."""


@dataclass(frozen=True)
class Map:
    """A finished map: the site's tables and arrays, and what lies behind them in the work folder `workdir`.

    Row *i* of every table and array is item *i*.
    """

    workdir: Path

    @cached_property
    def site(self) -> reading.Site:
        """The site itself."""
        return reading.Site(self.workdir / "site")

    @property
    def items(self) -> pa.Table:
        """All items with their metadata."""
        return self.site.items

    @property
    def layouts(self) -> Mapping[str, NDArray[np.float32]]:
        """Positions f32 [N, 2] of each layout, in [-1, 1], y up."""
        return self.site.layouts

    @property
    def hotspots(self) -> list[reading.Hotspot]:
        """Of the first map, in order."""
        return self.site.hotspots

    @property
    def neighbours(self) -> NDArray[np.uint32]:
        """The rows most like each row, nearest first: u32 [N, k]."""
        return self.site.neighbours

    @property
    def problems(self) -> pa.Table:
        """What was left out or repaired, with reason and advice."""
        return tables.read(self.workdir / "problems.parquet", tables.PROBLEMS)

    def vectors(self, model: str | None = None) -> NDArray[np.float32]:
        """Principal components of a model's features: f32 [N, k]; of the first model where none is named."""
        branch = self._branch(model)
        path = self.workdir / "vectors" / f"{branch.vectors}.zarr"
        return np.asarray(arrays.read(path, "vectors")[self._image_row(path)], np.float32)

    def features(self, model: str | None = None) -> NDArray[np.float32]:
        """A model's features as they are, f32 [N, d]: of a million images many gigabytes."""
        branch = self._branch(model)
        path = self.workdir / "vectors" / f"{branch.vectors}.zarr"
        images = tables.read(path / "images.parquet", tables.IMAGES)
        shards, rows = np.asarray(images["shard"].to_pylist()), np.asarray(images["row"])
        found: NDArray[np.float32] | None = None
        for shard in np.unique(shards):
            part = arrays.read(self.workdir / "features" / branch.features / f"{shard}.zarr", "features")
            found = np.empty((len(rows), part.shape[1]), np.float32) if found is None else found
            mine = shards == shard
            found[mine] = part[rows[mine]]
        return np.empty((0, 0), np.float32) if found is None else found[self._image_row(path)]

    def _image_row(self, vectors: Path) -> NDArray[np.int64]:
        return shown.read(self.workdir / "catalog", vectors, columns=[]).image_row

    @cached_property
    def _plan(self) -> plan.Plan:
        path = self.workdir / builder.NAME
        if not path.is_file():
            raise MissingPartError(
                "nobody knows how this map was made",
                expected=f"{builder.NAME}, which pixplot writes",
                where=str(self.workdir),
                action="name the work folder of a map that pixplot built",
            )
        return plan.of_run(config.merged({**config.keys(path), "workdir": str(self.workdir)}, Path.cwd()))

    def _branch(self, model: str | None) -> plan.Branch:
        names = [branch.model.name for branch in self._plan.branches]
        if model is not None and model not in names:
            raise MissingPartError(f"this map has no model {model!r}", expected=", ".join(names), action="choose one of these")
        return self._plan.branches[0 if model is None else names.index(model)]


def build(images: Any = None, metadata: Any = None, *, quiet: bool = False, **more: Any) -> Map:
    """Build a map as `pixplot` does. Keywords are its flags, and `set` a mapping of further keys of the configuration.

    Progress goes to standard error unless `quiet`. Raises RunError where it fails, other PixplotErrors before it begins, and
    KeyboardInterrupt where it was stopped; what is finished is kept.
    """
    given = _given({"images": images, "metadata": metadata, **more})
    screen: Screen = Collected(sys.stderr) if quiet else Plain(sys.stderr)
    code, built = builder.build(given, screen, Path.cwd())
    if code == 128 + signal.SIGINT:
        raise KeyboardInterrupt
    if code:
        raise RunError(screen.last.removeprefix("pixplot: error: "))
    return Map(built.workdir)


def load(workdir: str | os.PathLike[str] = "output") -> Map:
    """A map that was built before, by its work folder. Raises SiteError where there is none."""
    found = Map(Path(workdir).absolute())
    _ = found.site.manifest
    return found


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    known = {flag.dest: flag for flag in flags.FLAGS}
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise TypeError(f"build() has no keyword {unknown[0]!r}; its keywords are the flags of pixplot: {', '.join(known)}")
    given = {name: _value(known[name], value) for name, value in values.items()}
    return {**dict.fromkeys(known), **given}


def _value(flag: flags.Flag, value: Any) -> Any:
    if value is None:
        return None
    if flag.dest == "set":
        return [f"{key}={json.dumps(one)}" for key, one in value.items()]
    if flag.many:
        return [_plain(one) for one in ([value] if isinstance(value, str | os.PathLike | int | float) else value)]
    return _plain(value)


def _plain(value: Any) -> Any:
    return os.fspath(value) if isinstance(value, os.PathLike) else value
