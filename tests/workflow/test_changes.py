"""What each change of the collection or of the configuration costs: the exact jobs, by rule."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from pixplot_steps import cli, digest, machine
from tests.features import onnx_file
from tests.workflow.collection import Collection, draw

MODEL = {"features", "vectors", "neighbours", "umap", "jitter", "grid", "hotspots", "names"}
"""Rules of what is made anew for another model."""

OTHERS = {"category", "colour", "alphabetical"}
"""Rules of the layouts that do not follow the map."""

MAPS = {"vectors", "neighbours", "umap", "jitter", "grid", *OTHERS, "hotspots", "names", "atlas_plan", "atlas_pages", "site"}
"""Rules of what is made anew when other images are shown."""


def once(*rules: str) -> dict[str, int]:
    return dict.fromkeys(rules, 1)


def carried_on(*rules: str) -> dict[str, int]:
    """An atlas that carries on has jobs for as many pages as the budget has room for."""
    return once(*rules) | {"atlas_pages": 2}


def add(collection: Collection) -> None:
    collection.draw([12])


def remove(collection: Collection) -> None:
    (collection.pictures / "p004.png").unlink()


def rename(collection: Collection) -> None:
    (collection.pictures / "p003.png").rename(collection.pictures / "z.png")


def move(collection: Collection) -> None:
    (collection.pictures / "below").mkdir()
    (collection.pictures / "p003.png").rename(collection.pictures / "below" / "p003.png")


def touch(collection: Collection) -> None:
    os.utime(collection.pictures / "p003.png", (1_000_000_000, 1_000_000_000))


def copy(collection: Collection) -> None:
    shutil.copy(collection.pictures / "p003.png", collection.pictures / "copy.png")


def replace(collection: Collection) -> None:
    draw(collection.pictures / "p003.png", 40)


def edit_titles(collection: Collection) -> None:
    path = collection.root / "metadata.csv"
    path.write_text(path.read_text("utf-8").replace("Picture 3", "Another 3"), "utf-8")


@pytest.fixture
def changed(twelve: Collection, tmp_path: Path) -> Collection:
    """A finished build of the twelve in another place, with pictures of its own: all are touched by that, and listed again."""
    collection = Collection(tmp_path / "copy")
    shutil.copytree(twelve.root, collection.root, symlinks=True)
    collection.configure({"metadata": str(collection.root / "metadata.csv")})
    return collection


@pytest.mark.parametrize(
    ("change", "jobs"),
    [
        (touch, once("catalog")),
        (add, carried_on("catalog", "ingest", "features", *MAPS)),
        (remove, carried_on("catalog", *MAPS)),
        # The rows of every layout follow the paths; nothing of the pictures is computed again.
        (rename, carried_on("catalog", *MAPS - {"vectors", "neighbours"})),
        (move, carried_on("catalog", *MAPS - {"vectors", "neighbours"})),
        (copy, carried_on("catalog", *MAPS - {"vectors", "neighbours"})),
        (replace, carried_on("catalog", "ingest", "features", *MAPS)),
        (edit_titles, once("catalog", "alphabetical", "names", "site")),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_change_of_the_collection(
    changed: Collection, twelve: Collection, change: Callable[[Collection], None], jobs: dict[str, int]
) -> None:
    change(changed)
    run = changed.run()
    assert run.code == 0, run.text
    assert {rule: count for rule, count in run.jobs.items() if rule != "all"} == jobs
    assert cli.main(["verify", str(changed.site)]) == 0
    before, after = shown(twelve), shown(changed)
    wanted = {path.relative_to(changed.pictures).as_posix(): digest.of_file(path) for path in changed.pictures.rglob("*.png")}
    assert {item: one.image for item, one in after.items()} == wanted, "a replaced file keeps nothing of the old one"
    assert {path.stem for path in (changed.site / "pictures").rglob("*.jpg")} == set(wanted.values())
    places = {one.image: one.place for one in before.values()}
    assert all(one.place == places[one.image] for one in after.values() if one.image in places), "the map stays where it was"


@pytest.mark.skipif(find_spec("openvino") is None or not machine.detect().int8, reason="no OpenVINO, or a processor without int8")
def test_a_network_in_8_bits_is_calibrated_once(tmp_path: Path) -> None:
    collection = Collection(tmp_path)
    collection.pictures.mkdir()
    collection.draw(range(12))
    weights = np.random.default_rng(0).normal(size=(4, 3, 1, 1)).astype(np.float32)
    (collection.root / "net.onnx").write_bytes(onnx_file.network(weights, 32))
    # Positions of one's own take less time than a map.
    places = [f"p{number:03}.png,{number},{number % 5}\n" for number in range(12)]
    (collection.root / "places.csv").write_text("filename,x,y\n" + "".join(places), "utf-8")
    collection.configure(
        {
            "features": {"models": [{"model": str(collection.root / "net.onnx"), "side": 32}], "precision": "int8"},
            "layouts": {"positions": str(collection.root / "places.csv")},
        }
    )
    run = collection.run()
    assert run.code == 0, run.text
    assert (run.jobs["model"], run.jobs["calibrate"], run.jobs["features"]) == (1, 1, 2)
    [model] = json.loads((collection.site / "data/manifest.json").read_bytes())["models"]
    assert (model["engine"], model["precision"]) == ("openvino", "int8")
    collection.draw([12])
    assert collection.run("--until", "catalog").code == 0
    run = collection.run("--dry-run")
    assert (run.code, run.jobs.get("calibrate", 0), run.jobs["features"]) == (0, 0, 1), "else each addition would describe all anew"


@pytest.mark.parametrize(
    ("configuration", "jobs"),
    [
        ({}, {}),
        ({"features": {"models": ["OWN"]}}, {**once(*MAPS, "model"), "features": 2}),
        (
            {"features": {"models": ["descriptor", "OWN"]}},
            {"features": 2, "model": 1} | carried_on(*MAPS - MODEL) | dict.fromkeys(MODEL - {"features"}, 2),
        ),
        ({"layouts": {"umap": {"min_dist": 0.3}}}, once(*MAPS - OTHERS - {"vectors", "neighbours"})),
        ({"layouts": {"umap": {"keep": False}}}, {}),
        ({"layouts": {"umap": {"min_dist": [0.1, 0.5], "n_neighbors": [15, 5]}}}, once("variants", "site")),
        ({"layouts": {"umap": {"components": 3}}}, once("space", "site")),
        ({"layouts": {"grid": {"aspect": 1}}}, once("grid", "site")),
        ({"hotspots": {"max_clusters": 5}}, once("hotspots", "names", "site")),
        ({"hotspots": {"space": "umap5"}}, once("space", "hotspots", "names", "site")),
        ({"atlases": {"quality": 50}}, once("atlas_plan", "atlas_pages", "site")),
        ({"deepzoom": {"layouts": ["grid"]}}, once("deepzoom_plan", "deepzoom_tiles", "deepzoom_top", "site")),
        ({"site": {"title": "Another"}}, once("site")),
        # What is there stays in its shards; only what comes later fills shards of the new size.
        ({"catalog": {"shard_size": 5}}, once("catalog")),
    ],
    ids=str,
)
def test_a_change_of_the_configuration(twelve: Collection, tmp_path: Path, configuration: dict[str, Any], jobs: dict[str, int]) -> None:
    own = tmp_path / "own.csv"
    own.write_text("filename,a,b\n" + "".join(f"p{i:03}.png,{i},{i % 3}\n" for i in range(12)))
    text = json.dumps({"metadata": str(twelve.root / "metadata.csv"), **configuration}).replace("OWN", str(own))
    try:
        twelve.configure(json.loads(text))
        run = twelve.run("--dry-run")
        assert run.code == 0, run.text
        assert {rule: count for rule, count in run.jobs.items() if rule != "all"} == jobs
    finally:
        twelve.configure({"metadata": str(twelve.root / "metadata.csv")})


def hotspots(collection: Collection) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads((collection.site / "data/manifest.json").read_bytes())["hotspots"]["list"]
    return listed


def test_hotspots_stay_as_a_person_wants_them(changed: Collection) -> None:
    """Named, left out and made by hand; then a picture comes and another goes, and the file is as it was."""
    metadata, found = str(changed.root / "metadata.csv"), {"method": "kmeans", "n_clusters": 3}
    changed.configure({"metadata": metadata, "hotspots": found})
    assert changed.run().jobs == once("all", "catalog", "hotspots", "names", "site")
    first, second, third = hotspots(changed)
    wanted = [
        {"id": third["id"], "label": "The third", "tags": ["small"]},
        {"id": "own-1-2", "label": "By hand", "items": ["p001.png", "p002.png", "p004.png"]},
    ]
    file = changed.root / "hotspots.yaml"
    file.write_text(yaml.safe_dump({"format": "pixplot-hotspots", "version": 1, "hotspots": wanted, "removed": [{"id": first["id"]}]}))
    changed.configure({"metadata": metadata, "hotspots": {**found, "edited": str(file)}})
    assert changed.run().jobs == once("all", "edited", "site")
    assert [(one["id"], one["label"]) for one in hotspots(changed)] == [
        (third["id"], "The third"),
        ("own-1-2", "By hand"),
        (second["id"], second["label"]),
    ]
    assert changed.run().jobs == {}
    add(changed)
    remove(changed)
    run = changed.run()
    assert run.code == 0, run.text
    assert {rule: count for rule, count in run.jobs.items() if rule != "all"} == carried_on(
        "catalog", "ingest", "features", "edited", *MAPS
    )
    named, made, *others = hotspots(changed)
    assert (named["id"], named["label"], named["tags"]) == (third["id"], "The third", ["small"])
    assert (made["id"], made["label"], made["count"]) == ("own-1-2", "By hand", 2)
    assert first["id"] not in {one["id"] for one in others}
    assert cli.main(["verify", str(changed.site)]) == 0
    problems = pq.read_table(changed.work / "problems.parquet").to_pylist()
    assert [(row["path"], row["kind"]) for row in problems if row["stage"] == "hotspots"] == [("By hand", "picture not found")]
    file.write_text("hotspots: 1")
    run = changed.run()
    assert (run.code == 0, "docs/hotspots.md" in run.text) == (False, True)


@dataclass(frozen=True)
class Row:
    """An item of a site: its image, and its place on the map."""

    image: str
    place: tuple[float, float]


def shown(collection: Collection) -> dict[str, Row]:
    """The items of the site."""
    manifest = json.loads((collection.site / "data/manifest.json").read_bytes())
    with pa.ipc.open_file(collection.site / manifest["table"]["file"]) as reader:
        table = reader.read_all()
    [layout] = [layout for layout in manifest["layouts"] if layout["name"] == "umap"]
    places = np.fromfile(collection.site / layout["positions"]["file"], "<f4").reshape(-1, 2).tolist()
    rows = zip(table["item"].to_pylist(), table["image"].to_pylist(), places, strict=True)
    return {item: Row(image, tuple(place)) for item, image, place in rows}
