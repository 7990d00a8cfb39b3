"""Reading a site that nobody vouches for: typed access to its manifest, and files that must lie below its root and be what they should.

Every accessor raises Wrong, which carries the fault, where the value is not what docs/format.md says.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from PIL import Image

from pixplot_steps import digest
from pixplot_steps.site.hashed import DTYPES

MANIFEST = "data/manifest.json"

_NAME = re.compile(r"data/([0-9a-f]{32})\.[a-z0-9]+")
_LONGEST = 80
_LARGEST = 1e300


@dataclass(frozen=True)
class Fault:
    """What is wrong with a file (relative to the site's root)."""

    file: str
    expected: str
    found: str


class Wrong(Exception):  # noqa: N818 - it carries a fault from where it is met to where it is listed, and never leaves verification
    """Something is not what it should be; `fault` says what."""

    def __init__(self, file: str, expected: str, found: object) -> None:
        self.fault = Fault(file, expected, str(found))
        super().__init__(self.fault)


@dataclass(frozen=True)
class Node:
    """A value of the manifest and the path of keys that leads to it."""

    value: Any
    key: str

    def wrong(self, expected: str) -> Wrong:
        """The fault of this value."""
        text = json.dumps(self.value, ensure_ascii=True, default=str)
        return Wrong(MANIFEST, f"{self.key or 'the whole'}: {expected}", text if len(text) <= _LONGEST else f"{text[:_LONGEST]}...")

    def __getitem__(self, key: str) -> Node:
        """The value of a key of an object."""
        if not isinstance(self.value, dict):
            raise self.wrong("an object")
        if key not in self.value:
            raise Wrong(MANIFEST, f"{self.key}: a key {key!r}".removeprefix(": "), "none")
        return Node(self.value[key], f"{self.key}.{key}".removeprefix("."))

    def get(self, key: str) -> Node | None:
        """The value of a key that an object may lack."""
        return self[key] if isinstance(self.value, dict) and self.value.get(key) is not None else None

    def list(self) -> list[Node]:
        """The values of a list."""
        if not isinstance(self.value, list):
            raise self.wrong("a list")
        return [Node(value, f"{self.key}[{i}]") for i, value in enumerate(self.value)]

    def text(self, *allowed: str) -> str:
        """A text, or one of those allowed."""
        if not isinstance(self.value, str) or (allowed and self.value not in allowed):
            raise self.wrong(" or ".join(map(repr, allowed)) or "a text")
        return self.value

    def boolean(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            raise self.wrong("true or false")
        return self.value

    def integer(self, low: int = 0, high: int | None = None) -> int:
        """An integer of at least `low` and at most `high`."""
        right = isinstance(self.value, int) and not isinstance(self.value, bool) and self.value >= low
        if not right or (high is not None and self.value > high):
            raise self.wrong(f"an integer of at least {low}" + ("" if high is None else f" and at most {high}"))
        return int(self.value)

    def number(self, low: float = -math.inf, high: float = math.inf) -> float:
        """A finite number from `low` to `high`."""
        right = isinstance(self.value, int | float) and not isinstance(self.value, bool) and abs(self.value) <= _LARGEST
        if not (right and low <= self.value <= high):
            raise self.wrong(f"a number from {low} to {high}")
        return float(self.value)


@dataclass(frozen=True)
class Site:
    """A folder, `root`, whose files are reached only through here."""

    root: Path

    def manifest(self) -> Node:
        """The manifest's value."""
        data = self.path(MANIFEST).read_bytes()
        try:
            return Node(json.loads(data.decode(), parse_constant=_no_constant), "")
        except (ValueError, RecursionError) as error:
            raise Wrong(MANIFEST, "UTF-8 JSON", error) from None

    def path(self, name: str) -> Path:
        """The path of a file that exists below the root, whatever links lead there."""
        parts = name.split("/")
        if not name.isprintable() or "\\" in name or ":" in parts[0] or any(part in ("", ".", "..") for part in parts):
            raise Wrong(ascii(name), "a path below the site's root, with forward slashes", ascii(name))
        path = self.root / name
        try:
            real = path.resolve(strict=True)
        except (OSError, RuntimeError):
            raise Wrong(name, "a file", "none") from None
        if not real.is_relative_to(self.root.resolve()):
            raise Wrong(name, "a file below the site's root", f"a link to {real}")
        if not real.is_file():
            raise Wrong(name, "a file", "something else")
        return path

    def file(self, reference: Node) -> Path:
        """The file that a reference names, after its length and digest were compared."""
        name, length = reference["file"].text(), reference["bytes"].integer()
        path = self.path(name)
        match = _NAME.fullmatch(name)
        wanted = reference["digest"].text()
        if match is None or match[1] != wanted:
            raise reference["file"].wrong(f"data/{wanted} and an extension")
        if path.stat().st_size != length:
            raise Wrong(name, f"{length} bytes", f"{path.stat().st_size} bytes")
        if (found := digest.of_file(path)) != wanted:
            raise Wrong(name, f"bytes of digest {wanted}", f"digest {found}")
        return path

    def array(self, reference: Node, dtype: str, shape: tuple[int, ...]) -> NDArray[Any]:
        """The array that a reference names, of this type and shape."""
        reference["dtype"].text(dtype)
        if reference["shape"].value != list(shape):
            raise reference["shape"].wrong(str(list(shape)))
        path = self.file(reference)
        size = math.prod(shape) * np.dtype(DTYPES[dtype]).itemsize
        if reference["bytes"].value != size:
            raise Wrong(reference["file"].text(), f"{size} bytes for {dtype} {list(shape)}", f"{reference['bytes'].value} bytes")
        return np.fromfile(path, dtype=DTYPES[dtype]).reshape(shape)

    def table(self, reference: Node) -> pa.Table:
        """The Arrow table that a reference names, each value of it valid. It is mapped, not read."""
        rows, path = reference["rows"].integer(), self.file(reference)
        name = reference["file"].text()
        try:
            table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
            table.validate(full=True)
        except (pa.ArrowException, OSError) as error:
            raise Wrong(name, "an Arrow IPC file", error) from None
        if table.num_rows != rows:
            raise Wrong(name, f"{rows} rows", f"{table.num_rows} rows")
        return table

    def image(self, name: str, form: str) -> tuple[int, int]:
        """Width and height of an image file of a format (`WEBP` or `JPEG`), from its header."""
        try:
            with Image.open(self.path(name), formats=[form]) as image:
                return image.size
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            raise Wrong(name, f"a {form} picture", type(error).__name__) from None


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is no JSON")
