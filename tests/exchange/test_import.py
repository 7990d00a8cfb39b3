"""What other programs made, taken over."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from pixplot_steps import cli, config
from pixplot_steps.errors import SourceError
from pixplot_steps.exchange import csn, pixplot, vikus

FILES = ["a.jpg", "b (2).jpg", "c.jpg"]


def write(path: Path, value: Any, *, packed: bool = False) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = json.dumps(value).encode()
    path.write_bytes(gzip.compress(data) if packed else data)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """An output folder as PixPlot 0.0.113 leaves it, with a user's hotspots."""
    data = tmp_path / "output" / "data"
    write(data / "imagelists" / "imagelist-1.json", {"images": FILES, "cell_sizes": [], "atlas": {}})
    write(data / "layouts" / "umap-1.json", [[-1, 0.5], [0, 0], [1, -1]])
    write(data / "layouts" / "umap-jittered-1.json", [[9, 9]] * 3)
    write(data / "hotspots" / "hotspot-1.json", [{"images": [2], "img": "c.jpg", "label": "Cluster 1"}])
    write(data / "metadata" / "file" / "a.jpg.json", {"filename": "a.jpg", "tags": ["x", "y"], "year": 1890, "description": "<b>bold</b>"})
    (data / "originals").mkdir()
    manifest = {
        "imagelist": "output/data/imagelists/imagelist-1.json",
        "layouts": {
            "umap": {"variants": [{"jittered": "output/data/layouts/umap-jittered-1.json", "layout": "output/data/layouts/umap-1.json"}]}
        },
        "default_hotspots": "output/data/hotspots/hotspot-1.json",
        "custom_hotspots": "output/data/hotspots/user_hotspots.json",
    }
    write(data / "manifest.json", manifest)
    return tmp_path / "output"


def test_pixplot(old: Path) -> None:
    found = pixplot.bring(old)
    assert [row["filename"] for row in found.rows] == FILES
    assert found.rows[0] == {"filename": "a.jpg", "tags": "x|y", "year": "1890", "description": "<b>bold</b>"}
    assert found.positions == {"a.jpg": (-1, 0.5), "b (2).jpg": (0, 0), "c.jpg": (1, -1)}
    assert found.clusters == {"c.jpg": "Cluster 1"}
    assert found.images == old / "data" / "originals"


def test_hotspots_of_a_user_come_first(old: Path) -> None:
    listed = [{"images": [0, 1, 7, -1, "x"], "label": "Birds"}, {"images": [1, 2]}, "nonsense"]
    write(old / "data" / "hotspots" / "user_hotspots.json", listed)
    assert pixplot.bring(old / "data").clusters == {"a.jpg": "Birds", "b (2).jpg": "Birds", "c.jpg": "Cluster 2"}


def test_compressed_files_of_either_name_are_read(old: Path) -> None:
    path = old / "data" / "imagelists" / "imagelist-1.json"
    write(path.with_name(path.name + ".gz"), {"images": FILES}, packed=True)
    path.unlink()
    write(old / "data" / "metadata" / "file" / "a.jpg.json", {"year": "1900"}, packed=True)
    assert pixplot.bring(old).rows[0] == {"filename": "a.jpg", "year": "1900"}


@pytest.mark.parametrize("reference", ["output/data/../../secret.json", "/etc/passwd", "output/data/./x", "", 7, None])
def test_no_path_is_followed_out_of_the_folder(old: Path, reference: Any) -> None:
    write(old.parent / "secret.json", {"images": ["secret"]})
    manifest = json.loads((old / "data/manifest.json").read_bytes())
    write(old / "data/manifest.json", {**manifest, "imagelist": reference})
    with pytest.raises(SourceError, match="list of pictures is not there"):
        pixplot.bring(old)


def test_names_of_pictures_are_no_paths(old: Path) -> None:
    write(old / "data" / "imagelists" / "imagelist-1.json", {"images": ["../../../secret", "..", "a.jpg"]})
    write(old / "secret.json", {"title": "secret"})
    assert [row.get("title") for row in pixplot.bring(old).rows] == [None] * 3


@pytest.fixture
def museum(tmp_path: Path) -> Path:
    """A folder `data` of VIKUS Viewer."""
    data = tmp_path / "data"
    structure = [
        {"name": "Material", "source": "_material", "type": "text"},
        {"name": "Size", "source": "column._w + 'mm'", "type": "function"},
    ]
    loader = {
        "items": "https://example.org/data/vangogh/data.csv?v=2",
        "timeline": "data/timeline.csv",
        "layouts": [{"title": "Time", "type": "group"}, {"title": "Similar", "url": "data/tsne.csv"}],
        "textures": {"detail": {"url": "data/1024/"}, "big": {"url": "https://elsewhere.org/4096/"}},
    }
    write(data / "config.json", {"project": {"name": "Van Gogh"}, "delimiter": ",", "loader": loader, "detail": {"structure": structure}})
    (data / "1024").mkdir()
    (data / "data.csv").write_text('imageid,keywords,year,_material,_w\n1,"oil, canvas",1888,Öl,20\n2,,1889\n,lost,1890,x,1\n', "utf-8")
    (data / "timeline.csv").write_text("year,title,text,extra\n1888,Arles,moves,\nspring,Paris,,\n", "utf-8")
    (data / "tsne.csv").write_text("id,x,y\n1,0.25,0.5\n2,x,y\n", "utf-8")
    return data


def test_vikus(museum: Path) -> None:
    found = vikus.bring(museum)
    assert found.rows == [
        {"filename": "1", "keywords": "oil|canvas", "year": "1888", "Material": "Öl", "w": "20"},
        {"filename": "2", "keywords": "", "year": "1889", "Material": "", "w": ""},
    ]
    assert found.positions == {"1": (0.25, 0.5)}
    assert (found.title, found.images) == ("Van Gogh", museum / "1024")
    assert found.timeline == [{"year": "1888", "title": "Arles", "text": "moves", "extra": ""}]
    assert [("no id" in remark, "timeline" in remark) for remark in found.remarks] == [(True, False), (False, True)]


def test_vikus_without_its_table(museum: Path) -> None:
    (museum / "data.csv").unlink()
    with pytest.raises(SourceError, match="items are not there"):
        vikus.bring(museum)


@pytest.fixture
def space(tmp_path: Path) -> Path:
    """A folder `datasets` of Collection Space Navigator."""
    folder = tmp_path / "datasets"
    said = {
        "title": "Testset",
        "metadata": "metadata.json",
        "embeddings": [{"name": "PCA", "file": "PCA.json"}],
        "clusters": {"clusterList": ["Class", "gone"]},
        "url_prefix": "https://example.org/pictures/",
    }
    write(folder / "datasets_config.json", {"default": "testset", "data": [{"name": "Testset", "directory": "testset"}]})
    write(folder / "testset" / "config.json", said)
    write(
        folder / "testset" / "metadata.json",
        [{"index": 0, "picture": "a.jpg", "Class": "x", "Size": 3.0}, {"picture": "b.JPG", "Class": None}],
    )
    write(folder / "testset" / "PCA.json", [[-25, 25], [0.5, 1]])
    return folder


@pytest.mark.parametrize("below", ["", "testset", ".."])
def test_csn(space: Path, below: str) -> None:
    found = csn.bring(space / below)
    assert found.rows == [{"filename": "a.jpg", "Class": "x", "Size": "3"}, {"filename": "b.JPG", "Class": ""}]
    assert found.positions == {"a.jpg": (-25, 25), "b.JPG": (0.5, 1)}
    assert found.columns == {"Class": {"type": "category"}}


@pytest.mark.parametrize("default", ["../../elsewhere", "..", "none", None, 3])
def test_csn_stays_in_its_folder(space: Path, default: Any) -> None:
    write(space / "datasets_config.json", {"default": default, "data": []})
    with pytest.raises(SourceError, match="no data set"):
        csn.bring(space)


def test_csn_without_names_of_pictures(space: Path) -> None:
    write(space / "testset" / "metadata.json", [{"title": "a"}])
    with pytest.raises(SourceError, match="No column names the pictures"):
        csn.bring(space)


@pytest.mark.parametrize(("form", "fixture"), [("pixplot", "old"), ("vikus", "museum"), ("csn", "space")])
def test_what_is_written_is_a_configuration(form: str, fixture: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    out = tmp_path / "new"
    assert cli.main(["import", form, str(request.getfixturevalue(fixture)), str(out), "--images", str(tmp_path)]) == 0
    read = config.load(out / "config.yaml", tmp_path)
    assert read.images == (str(tmp_path),)
    assert read.metadata == (str(out / "metadata.csv"),)
    assert Path(read.positions.path) == out / "positions.csv"
    assert bool(read.clusters.path) is (form == "pixplot")
    assert cli.main(["import", form, str(request.getfixturevalue(fixture)), str(out)]) == 1, "nothing is overwritten"


def test_without_pictures_one_is_told_to_name_them(space: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["import", "csn", str(space), str(tmp_path / "new")]) == 0
    assert "set `images`" in capsys.readouterr().err
    assert yaml.safe_load((tmp_path / "new/config.yaml").read_text("utf-8"))["images"] is None


@pytest.mark.parametrize("text", ["", "[]", "{", '{"loader": 3}'])
@pytest.mark.parametrize("form", ["vikus", "csn", "pixplot"])
def test_nonsense_is_told(form: str, text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "in" / "data"
    folder.mkdir(parents=True)
    for name in ("config.json", "manifest.json", "datasets_config.json"):
        (folder / name).write_text(text)
    assert cli.main(["import", form, str(folder), str(tmp_path / "out")]) == 1
    assert "pixplot: error:" in capsys.readouterr().err
