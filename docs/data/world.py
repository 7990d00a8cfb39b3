"""Make pixplot_steps/layouts/world.npz: the coasts of the world as lines, from Natural Earth (public domain).

The land polygons of Natural Earth 1:110m and 1:50m, as the npm package world-atlas 2.0.2 (ISC) has them in TopoJSON:

    npm pack world-atlas@2.0.2 && tar xzf world-atlas-2.0.2.tgz
    python docs/data/world.py package pixplot_steps/layouts/world.npz

Coordinates become hundredths of a degree (a kilometre), and lines are cut where they jump across the 180th meridian.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

PER_DEGREE = 100


def arcs(topology: dict[str, Any]) -> list[NDArray[np.int16]]:
    """The lines i16 [n, 2] (longitude, latitude) of a TopoJSON file, cut at the 180th meridian."""
    scale, offset = (np.array(topology["transform"][key]) for key in ("scale", "translate"))
    found = []
    for arc in topology["arcs"]:
        points = np.round((np.cumsum(arc, axis=0) * scale + offset) * PER_DEGREE).astype(np.int16)
        jumps = np.flatnonzero(np.abs(np.diff(points[:, 0].astype(np.int64))) > 180 * PER_DEGREE) + 1
        found += [part for part in np.split(points, jumps) if len(part) > 1]
    return found


def main() -> None:
    """Convert both resolutions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", type=Path, help="folder of the package")
    parser.add_argument("out", type=Path, help="file to write")
    options = parser.parse_args()
    arrays: dict[str, NDArray[Any]] = {}
    for name in ("110m", "50m"):
        lines = arcs(json.loads((options.package / f"land-{name}.json").read_bytes()))
        arrays[f"land_{name}"] = np.concatenate(lines)
        arrays[f"land_{name}_ends"] = np.cumsum([len(line) for line in lines]).astype(np.uint32)
    np.savez_compressed(options.out, allow_pickle=False, **arrays)


if __name__ == "__main__":
    main()
