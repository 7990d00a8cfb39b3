"""What each step makes of the twelve pictures, beside its version: an output must not change while the version stays.

Digests where a step is exact on every machine; rounded figures where it computes with floating-point numbers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pixplot_steps import spec
from pixplot_steps.store import arrays, commit
from tests import golden_check
from tests.workflow.collection import ROOT, Collection


def _only(work: Path, pattern: str) -> Path:
    [path] = sorted(work.glob(pattern))
    return path


def _parts(work: Path, pattern: str) -> list[Path]:
    plan = json.loads((work / "catalog/plan.json").read_bytes())
    return [_only(work, pattern.format(shard=shard["name"])) for shard in plan["shards"]]


def _rounded(values: Any, decimals: int) -> Any:
    # Adding zero turns -0.0 into 0.0.
    return (np.round(np.asarray(values, np.float64), decimals) + 0.0).tolist()


def _catalog(work: Path) -> dict[str, Any]:
    plan = json.loads((work / "catalog/plan.json").read_bytes())
    return {key: plan[key] for key in ("items", "images", "content", "table")} | {"shards": [shard["name"] for shard in plan["shards"]]}


def _ingest(work: Path) -> dict[str, Any]:
    return {"digests": [commit.stamp(part).digest for part in _parts(work, "images/*/{shard}.zarr")]}


def _features(work: Path) -> dict[str, Any]:
    features = np.concatenate([arrays.read(part, "features") for part in _parts(work, "features/*/{shard}.zarr")]).astype(np.float64)
    return {"shape": list(features.shape), "similarity": _rounded(features[:3] @ features.T, 2)}


def _vectors(work: Path) -> dict[str, Any]:
    return {"explained": _rounded(arrays.read(_only(work, "vectors/*.zarr"), "explained"), 3)}


def _neighbours(work: Path) -> dict[str, Any]:
    folder = _only(work, "neighbours/*.zarr")
    return {"nearest": arrays.read(folder, "indices")[:, 0].tolist(), "distances": _rounded(arrays.read(folder, "distances")[:, 0], 2)}


def _layout(name: str) -> Callable[[Path], dict[str, Any]]:
    def read(work: Path) -> dict[str, Any]:
        folder = _only(work, f"layouts/{name}/*.zarr")
        summary = commit.stamp(folder).summary
        positions = arrays.read(folder, "positions")
        values = {"label": summary["label"], "kind": summary["kind"], "shape": list(positions.shape)}
        if name == "alphabetical":
            return values | {"positions": _rounded(positions, 3)}
        # The optimiser's last digits differ between processors and grow; cells of a grid from it may then differ too.
        return values | {"span": _rounded(np.ptp(positions, axis=0).max(), 1)}

    return read


def _hotspots(work: Path) -> dict[str, Any]:
    folder = _only(work, "hotspots/*.zarr")
    return {"keys": sorted({key for spot in commit.stamp(folder).summary["list"] for key in spot}), "rows": commit.stamp(folder).rows}


def _atlases(work: Path) -> dict[str, Any]:
    summary = commit.stamp(_only(work, "atlases/*/plan.zarr")).summary
    slots = arrays.read(_only(work, "atlases/*/plan.zarr"), "slots")
    return {key: summary[key] for key in ("page", "cells", "format", "quality", "slots")} | {"sorted": sorted(slots.tolist())}


def _site(work: Path) -> dict[str, Any]:
    manifest = json.loads((work / "site/data/manifest.json").read_bytes())
    tables = {key: manifest[key]["digest"] for key in ("table", "colours", "sizes", "problems")}
    return tables | {"keys": sorted(manifest), "version": manifest["version"]}


READERS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "catalog": _catalog,
    "ingest": _ingest,
    "features": _features,
    "vectors": _vectors,
    "neighbours": _neighbours,
    "umap": _layout("umap"),
    "jitter": _layout("jitter"),
    "grid": _layout("grid"),
    "alphabetical": _layout("alphabetical"),
    "hotspots": _hotspots,
    "atlases": _atlases,
    "site": _site,
}


UNPINNED = {"similarity": "its optional extra may be absent, and its output is that package's"}

ELSEWHERE = {
    "fetch": "tests/fetch/test_step.py",
    "variants": "tests/layouts/test_step.py",
    "model": "tests/features/test_networks.py",
    "calibration": "tests/features/test_convolutions.py",
    **dict.fromkeys(("positions", "space", "tsne"), "tests/layouts/test_step.py"),
    "names": "tests/hotspots/test_clusters.py",
    "edited": "tests/hotspots/test_edited.py",
    "deepzoom": "tests/deepzoom/test_step.py",
    **dict.fromkeys(("date", "category", "geographic", "axes", "custom", "colour"), "tests/layouts/test_arranged.py"),
}
"""Steps that a build of the twelve does not need, and the test that has their golden output."""


def test_every_step_has_golden_output_somewhere() -> None:
    assert {*READERS, *ELSEWHERE, *UNPINNED} == set(spec.VERSIONS)
    for step, path in ELSEWHERE.items():
        assert re.search(rf'\bcheck\(\s*"{step}"', (ROOT / path).read_text("utf-8"))


@pytest.mark.parametrize("step", READERS)
def test_output_changes_only_with_the_version(twelve: Collection, step: str) -> None:
    golden_check.check(step, spec.VERSIONS[step], READERS[step](twelve.work))
