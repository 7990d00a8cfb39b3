"""A finished site as tables and arrays, for what is made from it: exports, notebooks. Any site of docs/format.md will do.

Files are read when they are asked for, their lengths and digests compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pixplot_steps.errors import SiteError
from pixplot_steps.site import untrusted
from pixplot_steps.site.untrusted import Node, Wrong

_Found = TypeVar("_Found")


@dataclass(frozen=True)
class Hotspot:
    """`rows`: i64, ascending; `row`: of the most central picture; `outline`: closed rings of [x, y] in map units."""

    id: str
    label: str
    rows: NDArray[np.int64]
    row: int
    outline: list[list[list[float]]]


@dataclass(frozen=True)
class Site:
    """The site in the folder `root`. Row *i* of every table and array is item *i*.

    Raises SiteError where a file is not what it should be.
    """

    root: Path

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest, as docs/format.md describes it."""
        if not (self.root / untrusted.MANIFEST).is_file():
            raise SiteError(
                "there is no finished site",
                expected=untrusted.MANIFEST,
                where=str(self.root),
                action="name the folder `site` of a run that has ended",
            )
        value: dict[str, Any] = self._read(lambda: self._files.manifest()).value
        if (value.get("format"), value.get("version")) != ("pixplot-site", 1):
            raise SiteError(
                "a site of another format",
                expected="pixplot-site 1",
                found=f"{value.get('format')} {value.get('version')}",
                where=str(self.root),
            )
        return value

    @property
    def title(self) -> str:
        """Of the page."""
        return str(self.manifest["title"])

    def __len__(self) -> int:
        """How many items there are."""
        return int(self.manifest["counts"]["items"])

    @cached_property
    def items(self) -> pa.Table:
        """All items: `item`, `image`, and the columns of the metadata."""
        return self._read(lambda: self._files.table(self._node["table"]))

    @property
    def columns(self) -> list[dict[str, Any]]:
        """Of the metadata, in order: `name`, `label`, `type`, `role`."""
        return list(self.manifest["columns"])

    def role(self, role: str) -> str | None:
        """Name of the column with this role, None where there is none."""
        return next((one["name"] for one in self.columns if one["role"] == role), None)

    @property
    def layouts(self) -> Mapping[str, NDArray[np.float32]]:
        """Positions f32 [N, 2] in [-1, 1], y up, of each layout by its name; the first is shown first."""
        return {one["name"]: self.layout(one["name"]) for one in self.manifest["layouts"]}

    def layout(self, name: str) -> NDArray[np.float32]:
        """Positions of one layout. Raises SiteError where there is none of this name."""
        names = [one["name"] for one in self.manifest["layouts"]]
        if name not in names:
            raise SiteError(f"there is no layout {name!r}", expected=", ".join(names), where=str(self.root), action="choose one of these")
        node = self._node["layouts"].list()[names.index(name)]["positions"]
        return self._read(lambda: self._files.array(node, "f32", (len(self), 2)))

    @cached_property
    def events(self) -> list[tuple[int, str, str]]:
        """Year, title and text of what the first layout by date that has any tells of its years."""
        nodes = (one.get("events") for one in self._node["layouts"].list())
        found = next((node for node in nodes if node is not None), None)
        if found is None:
            return []
        told = self._read(lambda: self._files.table(found))
        return [(row["year"], row["title"], row["text"]) for row in told.to_pylist()]

    @cached_property
    def hotspots(self) -> list[Hotspot]:
        """Of the first map, in order."""
        node = self._node["hotspots"]
        members = self._read(lambda: self._files.array(node["members"], "i32", (len(self),)))
        return [
            Hotspot(one["id"], one["label"], np.flatnonzero(members == place), one["item"], one["outline"])
            for place, one in enumerate(node["list"].value)
        ]

    @cached_property
    def neighbours(self) -> NDArray[np.uint32]:
        """The rows most like each row, nearest first: u32 [N, k]."""
        found = self._node.get("neighbours")
        if found is None:
            return np.empty((len(self), 0), np.uint32)
        return self._read(lambda: self._files.array(found, "u32", (len(self), found["shape"].list()[1].integer())))

    @cached_property
    def sizes(self) -> NDArray[np.uint32]:
        """Width and height of each picture in pixels: u32 [N, 2]."""
        return self._read(lambda: self._files.array(self._node["sizes"], "u32", (len(self), 2)))

    def pictures(self) -> list[str]:
        """Path of each item's picture below the root, with forward slashes."""
        pattern = str(self.manifest["pictures"]["path"])
        return [pattern.format(prefix=image[:2], image=image) for image in self.items["image"].to_pylist()]

    @cached_property
    def _node(self) -> Node:
        return Node(self.manifest, "")

    @property
    def _files(self) -> untrusted.Site:
        return untrusted.Site(self.root)

    def _read(self, reader: Callable[[], _Found]) -> _Found:
        try:
            return reader()
        except Wrong as wrong:
            fault = wrong.fault
            raise SiteError(
                "the site is damaged", expected=fault.expected, found=fault.found, where=fault.file, action="check it with pixplot verify"
            ) from None
