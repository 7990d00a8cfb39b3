"""`pixplot tsne`, and that image-tsne-ui's page works on what it makes."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pixplot_steps import cli
from tests.workflow.collection import Collection

FLAGS = (
    "-imagedir",
    "pictures/*.png",
    "-metadata",
    "m.csv",
    "-id",
    "cats",
    "-title",
    "{Name} ({Year})",
    "-url",
    "https://e.org/{Id}/{Year}",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    collection = Collection(tmp_path_factory.mktemp("tsne"))
    collection.draw(range(13))
    rows = "".join(f"p{i:03}.png,Cat <{i}>,{1900 + i},{i}\n" for i in range(12))
    (collection.root / "m.csv").write_text(f"filename,Name,Year,Id\n{rows}")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(collection.root)
        assert cli.main(["tsne", *FLAGS, "-model", "builtin", "-tile", "64x64", "-resize", "fill"]) == 0
    return collection.root


def test_the_records_lie_where_the_pictures_are(made: Path) -> None:
    value = json.loads((made / "data/metadata.json").read_bytes())
    assert value["fields"] == ["title", "Id", "Year"]
    assert value["urlPattern"] == "https://e.org/{Id}/{Year}"
    with (made / "output/cats_grid.csv").open(newline="") as file:
        cells = [(int(row["column"]), int(row["row"])) for row in csv.DictReader(file)]
    files = (made / "output/cats_files.txt").read_text().split()
    assert len(cells) == len(files) == len(set(cells)) == 13
    for (column, row), name in zip(cells, files, strict=True):
        number = int(name[1:4])
        wanted = [f"Cat <{number}> ({1900 + number})", str(number), str(1900 + number)] if number < 12 else 0
        assert value["values"][row][column] == wanted
    empty = {(c, r) for r in range(value["rows"]) for c in range(value["cols"])} - set(cells)
    assert all(value["values"][r][c] == 0 for c, r in empty)


def test_the_deep_zoom_image_is_the_mosaic(made: Path) -> None:
    value = json.loads((made / "data/metadata.json").read_bytes())
    text = (made / "img/tiles.dzi").read_text()
    size = tuple(int(re.findall(f'{name}="(\\d+)"', text)[0]) for name in ("Width", "Height"))
    assert size == (value["cols"] * value["tileSize"], value["rows"] * value["tileSize"])
    level = max(int(path.name) for path in (made / "img/tiles_files").iterdir())
    assert 2**level >= max(size) > 2 ** (level - 1)
    with Image.open(made / "img/tiles_files" / str(level) / "0_0.jpg") as tile, Image.open(made / "output/cats_grid.jpg") as mosaic:
        assert mosaic.size == size
        corner = tile.convert("RGB").crop((0, 0, 64, 64)), mosaic.convert("RGB").crop((0, 0, 64, 64))
    assert np.abs(np.asarray(corner[0], np.float64) - np.asarray(corner[1], np.float64)).mean() < 8


def test_features_and_positions_have_a_row_for_each_file(made: Path) -> None:
    assert np.load(made / "output/cats_features.npy").shape[0] == 13
    positions = np.loadtxt(made / "output/cats_tsne.csv", delimiter=",")
    assert positions.shape == (13, 2)
    assert len(np.unique(positions.round(6), axis=0)) > 6, "pictures are told apart"
