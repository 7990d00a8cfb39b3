"""The step from vectors to all layouts: real UMAP once, small collections, and two items that show one image."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numba
import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from PIL import Image
from sklearn.manifold import trustworthiness
from sklearn.neighbors import NearestNeighbors

from pixplot_steps import spec
from pixplot_steps.errors import ConfigError, SourceError
from pixplot_steps.layouts import step
from pixplot_steps.layouts import umap as layout
from pixplot_steps.neighbours import step as neighbours
from pixplot_steps.store import arrays, commit, shown, tables
from pixplot_steps.vectors import step as vectors
from tests import golden_check
from tests.vectors import shards


@dataclass(frozen=True)
class Made:
    """What the layouts are made from."""

    root: Path
    catalog: Path
    vectors: Path
    graph: Path


def make(root: Path, count: int, bad: tuple[int, ...] = (), twice: int = 0, more: shards.Columns = ()) -> Made:
    parts = shards.write(root, shards.clustered(count), bad=bad, twice=twice, more=more)
    made = Made(root, parts.catalog, root / "v.zarr", root / "n.zarr")
    inputs = ("--catalog", parts.catalog, "--images", parts.images, "--features", parts.features)
    shards.step(vectors, *inputs, "--others", "--components", 10, "--whiten", "false", "--out", made.vectors)
    flags = ("--count", 14, "--metric", "cosine", "--exact-below", 10_000, "--seed", 1, "--reproducible", "true")
    shards.step(neighbours, "--vectors", made.vectors, *flags, "--out", made.graph)
    return made


def umap(made: Made, name: str, n_neighbors: int = 15, seed: int = 24, former: Path | None = None, labels: str = "[]") -> Path:
    flags = ("--n-neighbors", n_neighbors, "--min-dist", 0.1, "--epochs", 0, "--seed", seed, "--reproducible", "true")
    drawn = ("--labels", labels, "--label-weight", 0.5)
    inputs = ("--catalog", made.catalog, "--vectors", made.vectors, "--neighbours", made.graph)
    before = [former / "places.parquet"] if former else []
    shards.step(step, "umap", *inputs, *flags, *drawn, "--former", *before, "--out", made.root / name)
    return made.root / name


def grid(made: Made, source: Path, mask: object = "rectangle") -> Path:
    inputs = ("--map", source, "--catalog", made.catalog, "--vectors", made.vectors, "--metric", "cosine")
    shards.step(step, "grid", *inputs, "--aspect", 1.5, "--mask", mask, "--out", made.root / "grid.zarr")
    return made.root / "grid.zarr"


def alphabetical(made: Made, by: str) -> Path:
    out = made.root / "alphabetical.zarr"
    columns = json.dumps([by] if by else [])
    shards.step(step, "alphabetical", "--catalog", made.catalog, "--vectors", made.vectors, "--by", columns, "--aspect", 1, "--out", out)
    return out


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("layouts"), 300, bad=(0, 150), twice=20)


@pytest.fixture(scope="module")
def mapped(made: Made) -> Path:
    return umap(made, "umap.zarr")


def test_umap_tells_the_groups_apart(made: Made, mapped: Path) -> None:
    summary = commit.stamp(mapped).summary
    assert (summary["label"], summary["kind"]) == ("Map", "map")
    assert summary["quality"]["trustworthiness"] > 0.9
    assert summary["quality"]["sample"] == 298
    positions = arrays.read(mapped, "positions")
    image_row = shown.read(made.catalog, made.vectors, []).image_row
    assert positions.shape == (len(image_row), 2) == (317, 2)
    # The items of one image lie on one place.
    assert len(np.unique(positions, axis=0)) == 298
    assert (positions[np.unique(image_row, return_index=True)[1]][image_row] == positions).all()


def test_umap_gives_the_same_bytes_on_any_number_of_threads(made: Made, mapped: Path) -> None:
    before = numba.get_num_threads()
    numba.set_num_threads(max(1, before - 1))
    try:
        again = umap(made, "again.zarr")
    finally:
        numba.set_num_threads(before)
    assert commit.stamp(again) == commit.stamp(mapped)
    assert commit.stamp(umap(made, "other.zarr", seed=25)).digest != commit.stamp(mapped).digest


def test_what_came_and_went_moves_no_other(mapped: Path, made: Made, tmp_path: Path) -> None:
    """Image 150 can be read now, image 7 no more, and two items that showed one image are gone."""
    now = make(tmp_path, 300, bad=(0, 7), twice=18)
    out = umap(now, "umap.zarr", former=mapped)
    kept = commit.stamp(out).summary["kept"]
    quality = commit.stamp(mapped).summary["quality"]
    assert kept == {"old": 297, "new": 1, "laid_out_again": False, "drift_percent": 0.0, "quality_before": quality}
    before, after = (
        dict(zip(items_of(at), arrays.read(path, "positions").tolist(), strict=True)) for at, path in ((made, mapped), (now, out))
    )
    assert {item: after[item] for item in before.keys() & after.keys()} == {item: before[item] for item in before.keys() & after.keys()}
    assert len(before.keys() & after.keys()) == 313


def test_variants_lie_as_the_map_does(made: Made, mapped: Path) -> None:
    wanted = [f'{{"n_neighbors": {n}, "min_dist": {d}, "epochs": 0}}' for n, d in ((15, 0.1), (5, 0.1), (15, 0.8))]
    inputs = ("--catalog", made.catalog, "--vectors", made.vectors, "--neighbours", made.graph, "--map", mapped)
    out = made.root / "variants.zarr"
    labels = ("--labels", "[]", "--label-weight", 0.5)
    shards.step(step, "variants", *inputs, "--wanted", *wanted, *labels, "--seed", 24, "--reproducible", "true", "--out", out)
    summary = commit.stamp(out).summary
    assert summary["base"] == {"n_neighbors": 15, "min_dist": 0.1}
    assert [(one["n_neighbors"], one["min_dist"]) for one in summary["variants"]] == [(5, 0.1), (15, 0.8)]
    base = arrays.read(mapped, "positions")
    for number, one in enumerate(summary["variants"]):
        places = arrays.read(out, f"positions_{number}")
        assert one["quality"]["trustworthiness"] > 0.9
        assert np.abs(places).max() <= 1
        # No other turn, and no mirror image, brings it nearer to the map: what a slider moves, moves little.
        assert np.median(np.linalg.norm(places - base, axis=1)) < 0.6, "chance would give 1"
        assert np.trace(base.T @ places) >= max(np.trace(base.T @ (places @ turn)) for turn in TURNS) - 1e-3
    made_of: dict[str, golden_check.Value] = {"summary": sorted(summary), "arrays": sorted(path.name for path in out.glob("positions_*"))}
    golden_check.check("variants", spec.VERSIONS["variants"], made_of)


TURNS = [np.array([[c, -s], [m * s, m * c]]) for m in (1, -1) for c, s in ((1, 0), (0, 1), (-1, 0), (0, -1))]


def items_of(made: Made) -> list[str]:
    names: list[str] = shown.read(made.catalog, made.vectors, []).items["item"].to_pylist()
    return names


def test_a_graph_too_thin_is_refused(made: Made) -> None:
    with pytest.raises(ConfigError, match=r"neighbours\.count of at least 29"):
        umap(made, "wide.zarr", n_neighbors=30)


def test_grid(made: Made, mapped: Path) -> None:
    summary = commit.stamp(grid(made, mapped)).summary
    assert (summary["label"], summary["kind"]) == ("Grid", "grid")
    assert summary["quality"]["neighbours_kept"] > 0.7
    assert 0.3 < summary["quality"]["dpq16"] < 1
    positions = arrays.read(made.root / "grid.zarr", "positions")
    assert summary["cell"] == pytest.approx(np.diff(np.unique(positions[:, 0])).max(), abs=1e-6)


def test_a_picture_is_a_mask(made: Made, mapped: Path) -> None:
    pixels = np.full((40, 60, 3), 255, np.uint8)
    pixels[:, :20] = 0
    pixels[20:, 40:] = 30
    Image.fromarray(pixels).save(made.root / "mask.png")
    positions = arrays.read(grid(made, mapped, made.root / "mask.png"), "positions")
    assert len(np.unique(positions, axis=0)) == len(positions) == 317
    x, y = positions.T
    assert not ((np.abs(x) < 0.3) | ((x > 0.4) & (y > 0.05))).any(), "nothing where the picture is white"


def test_a_mask_that_has_no_dark_part(made: Made, mapped: Path) -> None:
    Image.new("RGB", (9, 9), "white").save(made.root / "white.png")
    with pytest.raises(SourceError, match="dark part"):
        grid(made, mapped, made.root / "white.png")


@dataclass(frozen=True)
class Labelled:
    """A collection of which half the images have one of two labels that cut across the groups; the others' is blank or missing."""

    made: Made
    of: NDArray[np.int64]


def labelled(root: Path, change: tuple[int, ...] = ()) -> Labelled:
    generator = np.random.default_rng(3)
    of = np.where(generator.random(300) < 0.5, generator.integers(0, 2, 300), -1)
    of[list(change)] = 1 - of[list(change)]
    texts = [["", None, "  "][i % 3] if number < 0 else f" {'ab'[number]} " for i, number in enumerate(of.tolist())]
    more = [(pa.field("label", pa.string()), pa.array(texts, pa.string()))]
    return Labelled(make(root, 300, more=more), of)


def apart(positions: NDArray[np.float32], of: NDArray[np.int64]) -> float:
    """The share of images of a label whose nearest other image that has one has the same."""
    told = np.flatnonzero(of >= 0)
    found = NearestNeighbors(n_neighbors=2).fit(positions[told]).kneighbors(return_distance=False)[:, 0]
    return float((of[told] == of[told[found]]).mean())


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Labelled:
    return labelled(tmp_path_factory.mktemp("labelled"))


@pytest.fixture(scope="module")
def supervised(marked: Labelled) -> Path:
    return umap(marked.made, "umap.zarr", labels='["label"]')


def test_labels_draw_images_apart(marked: Labelled, supervised: Path, made: Made) -> None:
    plain = umap(marked.made, "plain.zarr")
    before, after = (apart(arrays.read(path, "positions"), marked.of) for path in (plain, supervised))
    assert after > before + 0.15, "labels by lot, and half of the images have none"
    assert commit.stamp(supervised).summary["supervised"] == {"column": "label", "weight": 0.5}
    assert "supervised" not in commit.stamp(plain).summary


def test_a_blank_label_is_no_label(marked: Labelled, supervised: Path) -> None:
    """PixPlot took the blank cells of its column `label` for a class of their own."""
    labels = tables.read(supervised / "places.parquet", tables.PLACES)["label"].to_pylist()
    assert labels == [None if number < 0 else "ab"[number] for number in marked.of.tolist()]


def test_other_labels_lay_the_map_out_again_and_the_same_ones_do_not(supervised: Path, tmp_path: Path) -> None:
    same, other = labelled(tmp_path / "same").made, labelled(tmp_path / "other", change=(0, 5, 9)).made
    told = [commit.stamp(umap(one, "umap.zarr", former=supervised, labels='["label"]')).summary["kept"] for one in (same, other)]
    assert [one["laid_out_again"] for one in told] == [False, True]
    assert (told[0]["old"], told[0]["new"], told[0]["drift_percent"]) == (300, 0, 0.0)
    assert told[1]["drift_percent"] < 25, "from there, and turned back"


def test_variants_follow_the_labels(marked: Labelled, supervised: Path) -> None:
    """PixPlot's maps of several parameters ignored labels, metric and seed."""
    made = marked.made
    inputs = ("--catalog", made.catalog, "--vectors", made.vectors, "--neighbours", made.graph, "--map", supervised)
    wanted = [f'{{"n_neighbors": {n}, "min_dist": 0.1, "epochs": 0}}' for n in (15, 8)]
    found = {}
    for seed, labels in ((24, '["label"]'), (25, '["label"]'), (24, "[]")):
        out = made.root / f"variants-{seed}-{len(labels)}.zarr"
        flags = ("--labels", labels, "--label-weight", 0.5, "--seed", seed, "--reproducible", "true", "--out", out)
        shards.step(step, "variants", *inputs, "--wanted", *wanted, *flags)
        found[seed, labels] = arrays.read(out, "positions_0")
    drawn, other_seed, plain = found.values()
    assert apart(drawn, marked.of) > apart(plain, marked.of)
    assert (drawn != other_seed).any()


@pytest.mark.parametrize("weight", [0.1, 0.99, 1.0])
def test_every_weight_gives_a_map(marked: Labelled, weight: float) -> None:
    found = layout.Labels(marked.of, weight)
    vectors_ = arrays.read(marked.made.vectors, "vectors")
    graph = layout.Graph(arrays.read(marked.made.graph, "indices"), arrays.read(marked.made.graph, "distances"))
    coordinates = layout.embed(vectors_, graph, spec.Umap(15, 0.1, 50), 1, True, labels=found)
    assert np.isfinite(coordinates).all()


@pytest.mark.parametrize("components", [3, 5])
def test_a_space_of_more_dimensions(made: Made, components: int) -> None:
    paths = [made.root / f"space{components}-{number}.zarr" for number in range(2)]
    for path in paths:
        flags = ("--components", components, "--n-neighbors", 15, "--min-dist", 0, "--epochs", 100, "--seed", 1, "--reproducible", "true")
        shards.step(step, "space", "--vectors", made.vectors, "--neighbours", made.graph, *flags, "--out", path)
    assert commit.stamp(paths[0]) == commit.stamp(paths[1])
    found = arrays.read(paths[0], "coordinates")
    assert found.shape == (298, components)
    assert (np.abs(found) <= 1).all()
    assert (np.ptp(found, axis=0) > 0.2).all(), "all of them are used"
    points = arrays.read(made.vectors, "vectors")
    assert trustworthiness(points, found, n_neighbors=10) > 0.9
    golden_check.check("space", spec.VERSIONS["space"], {"span": np.ptp(found, axis=0).max().round(2).item()})


@pytest.mark.parametrize("count", [1, 2, 4])
def test_a_space_of_few(count: int) -> None:
    vectors_ = np.eye(count, 3, dtype=np.float32)
    graph = layout.Graph(np.zeros((count, count - 1), np.int32), np.zeros((count, count - 1), np.float32))
    assert layout.embed(vectors_, graph, spec.Umap(15, 0.1, 0), 1, True, components=3).shape == (count, 3)


def test_tsne_of_three_components_shows_the_two_of_most_variance(made: Made) -> None:
    out = made.root / "tsne3.zarr"
    inputs = ("--catalog", made.catalog, "--vectors", made.vectors, "--neighbours", made.graph)
    flags = ("--perplexity", 10, "--components", 3, "--seed", 1, "--reproducible", "true")
    shards.step(step, "tsne", *inputs, *flags, "--out", out)
    summary, shown_ = commit.stamp(out).summary, arrays.read(out, "positions")
    deep = arrays.read(out, "positions3")
    assert (summary["kind"], summary["deep"], deep.shape) == ("map", True, (317, 3))
    first, *others = np.unique(deep, axis=0).var(axis=0)
    assert [first, *others] == sorted([first, *others], reverse=True)
    ratio = np.ptp(shown_, axis=0) / np.ptp(deep[:, :2], axis=0)
    assert ratio[0] == pytest.approx(ratio[1], rel=1e-4)
    points = arrays.read(made.vectors, "vectors")
    rows = np.unique(shown.read(made.catalog, made.vectors, []).image_row, return_index=True)[1]
    assert trustworthiness(points, deep[rows], n_neighbors=10) > 0.95


@pytest.mark.parametrize(("components", "kind"), [(2, "map"), (1, "grid")])
def test_tsne(made: Made, components: int, kind: str) -> None:
    out = made.root / f"tsne{components}.zarr"
    inputs = ("--catalog", made.catalog, "--vectors", made.vectors, "--neighbours", made.graph)
    flags = ("--perplexity", 10, "--components", components, "--seed", 1, "--reproducible", "true")
    shards.step(step, "tsne", *inputs, *flags, "--out", out)
    summary = commit.stamp(out).summary
    assert summary["kind"] == kind
    positions = arrays.read(out, "positions")
    assert positions.shape == (317, 2)
    assert len(np.unique(positions, axis=0)) == (298 if components == 2 else 317)
    if components == 2:
        assert summary["quality"]["trustworthiness"] > 0.9
        golden_check.check("tsne", spec.VERSIONS["tsne"], {"kind": kind, "span": np.ptp(positions, axis=0).max().round(1).item()})


def test_a_grid_by_likeness(made: Made) -> None:
    pytest.importorskip("vc_flas", reason="an optional extra")
    out = made.root / "similarity.zarr"
    inputs = ("--catalog", made.catalog, "--vectors", made.vectors, "--metric", "cosine")
    shards.step(step, "similarity", *inputs, "--aspect", 1.5, "--decay", 0.93, "--seed", 1, "--out", out)
    assert len(np.unique(arrays.read(out, "positions"), axis=0)) == 317
    assert commit.stamp(out).summary["quality"]["dpq16"] > 0.5


def test_each_item_says_how_true_its_place_is(made: Made, mapped: Path) -> None:
    near = arrays.read(mapped, "near")
    assert near.dtype == np.uint8
    assert len(near) == 317
    assert 0.2 < near.mean() / 255 < 1


@pytest.mark.parametrize(
    ("by", "first"),
    [("name of the thing", -1), ("", 0)],
    ids=["a column", "none: by path"],
)
def test_alphabetical(made: Made, by: str, first: int) -> None:
    """From the top left; PixPlot's began at the bottom left."""
    out = alphabetical(made, by)
    positions = arrays.read(out, "positions")
    # Titles of the fixture count down while paths count up.
    order = np.lexsort((positions[:, 0], -positions[:, 1]))
    assert (order == np.arange(len(order))[:: -1 if first else 1]).all()
    assert commit.stamp(out).summary["quality"] is None


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 14])
def test_small_collections(tmp_path: Path, count: int) -> None:
    made = make(tmp_path, count)
    source = umap(made, "umap.zarr")
    for path in (source, grid(made, source), alphabetical(made, "name of the thing")):
        positions = arrays.read(path, "positions")
        assert positions.shape == (count, 2)
        assert len(np.unique(positions, axis=0)) == count
        assert np.abs(positions).max() <= 1
        assert commit.stamp(path).summary["cell"] > 0


def test_equal_images_are_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "clustered", lambda count: np.full((count, 6), 1.5, np.float16))
    assert np.isfinite(arrays.read(umap(make(tmp_path, 30), "umap.zarr"), "positions")).all()


def own(root: Path, text: str) -> Path:
    made = make(root, 12)
    (root / "own.csv").write_text(text)
    out = root / "positions.zarr"
    flags = (
        "--catalog",
        made.catalog,
        "--vectors",
        made.vectors,
        "--neighbours",
        made.graph,
        "--file",
        root / "own.csv",
        "--metric",
        "cosine",
    )
    shards.step(step, "positions", *flags, "--out", out)
    return out


def test_own_positions_keep_their_shape_and_what_is_missing_lies_below(tmp_path: Path) -> None:
    rows = [f"a/{i:06d}.jpg,{i},{10 * (i % 2)},7" for i in range(11)] + ["none.jpg,100,100,7"]
    out = own(tmp_path, "filename,x,y,z\n" + "\n".join(rows) + "\n")
    positions = arrays.read(out, "positions")
    assert np.abs(positions).max() == pytest.approx(1)
    scale = positions[1, 0] - positions[0, 0]
    expected = [[i * scale, 10 * (i % 2) * scale] for i in range(11)]
    np.testing.assert_allclose(positions[:11] - positions[0], expected, atol=1e-6)
    assert positions[11, 1] < positions[:11, 1].min(), "the picture without a position"
    [problem] = tables.read(out / "problems.parquet", tables.FAULTS).to_pylist()
    assert (problem["image"], problem["kind"]) == (shards.image(11), "no position")
    golden_check.check("positions", spec.VERSIONS["positions"], {"positions": (positions.astype(float).round(4) + 0.0).tolist()})


@pytest.mark.parametrize(
    ("text", "said"),
    [("filename,x,y\nz.jpg,1,2\n", "no picture has a position"), ("filename,a,b,c\na/000000.jpg,1,2,3\n", "not in two dimensions")],
)
def test_positions_that_cannot_be_used(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        own(tmp_path, text)
