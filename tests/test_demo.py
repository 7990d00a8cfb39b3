"""The demo collection's table, from a package of three emoji; and the configuration for pictures of one's own."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from demo import collection, configure

ROOT = Path(__file__).parents[1]


def entry(name: str, image: str, added: str, **more: Any) -> dict[str, Any]:
    unified = image.removesuffix(".png").upper()
    names = [name.lower().replace(" ", "_"), "alias"]
    return {
        "name": name,
        "image": image,
        "unified": unified,
        "short_names": names,
        "category": "C",
        "subcategory": "s",
        "added_in": added,
    } | more


EMOJI = [
    entry(
        "FATHER CHRISTMAS",
        "1f385.png",
        "0.6",
        skin_variations={"1F3FB": {"image": "1f385-1f3fb.png", "unified": "1F385-1F3FB", "added_in": "1.0"}},
    ),
    entry("Åland Islands Flag", "1f1e6-1f1fd.png", "2.0"),
    entry(
        "HANDSHAKE",
        "1f91d.png",
        "3.0",
        skin_variations={"1F3FD-1F3FF": {"image": "1f91d-x.png", "unified": "1FAF1-1F3FD-200D-1FAF2-1F3FF", "added_in": "14.0"}},
    ),
]


def test_every_picture_has_a_row_in_order() -> None:
    found = [row["filename"] for row in collection.rows(EMOJI)]
    assert found == ["1f1e6-1f1fd.png", "1f385-1f3fb.png", "1f385.png", "1f91d-x.png", "1f91d.png"]


@pytest.mark.parametrize(
    ("filename", "column", "value"),
    [
        pytest.param("1f385.png", "name", "Father Christmas", id="capitals are made readable"),
        pytest.param("1f1e6-1f1fd.png", "name", "Åland Islands Flag", id="a readable name is kept"),
        pytest.param("1f385-1f3fb.png", "name", "Father Christmas, light skin", id="a variant says its tone"),
        pytest.param("1f91d-x.png", "skin_tone", "medium and dark", id="two people, two tones"),
        pytest.param("1f385.png", "tags", "father_christmas|alias", id="short names are tags"),
        pytest.param("1f385.png", "year", "2010", id="Unicode 6.0"),
        pytest.param("1f385-1f3fb.png", "year", "2015", id="a variant has its own year"),
        pytest.param("1f385-1f3fb.png", "code_points", "U+1F385 U+1F3FB", id="code points"),
    ],
)
def test_values(filename: str, column: str, value: str) -> None:
    row = next(row for row in collection.rows(EMOJI) if row["filename"] == filename)
    assert row[column] == value


def test_an_unknown_version_is_no_wrong_year() -> None:
    with pytest.raises(KeyError, match=r"99\.0"):
        collection.rows([entry("NEW", "x.png", "99.0")])


def test_table_is_csv_of_all_columns() -> None:
    table = list(csv.DictReader(collection.table(collection.rows(EMOJI)).decode().splitlines()))
    assert list(table[0]) == list(collection.COLUMNS)
    assert table[0]["name"] == "Åland Islands Flag"


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The three emoji as an installed package; nothing is fetched."""
    pictures = tmp_path / "demo" / "package" / "64"
    pictures.mkdir(parents=True)
    (pictures.parent / "emoji.json").write_text(json.dumps(EMOJI))
    for row in collection.rows(EMOJI):
        (pictures / row["filename"]).touch()
    monkeypatch.setattr(collection, "HERE", tmp_path / "demo")
    monkeypatch.setattr(collection, "PACKAGE", pictures.parent)
    monkeypatch.setattr(collection, "PICTURES", pictures)
    monkeypatch.setattr(collection, "TABLE", tmp_path / ".cache" / "metadata.csv")
    monkeypatch.setattr(collection, "_fetch", lambda: None)
    return pictures


def test_second_run_leaves_the_table_alone(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    collection.main()
    assert "5 pictures" in capsys.readouterr().err
    os.utime(collection.TABLE, (1, 1))
    collection.main()
    assert collection.TABLE.stat().st_mtime == 1
    assert capsys.readouterr().err == ""


def test_a_missing_picture_is_named(package: Path) -> None:
    (package / "1f385.png").unlink()
    with pytest.raises(SystemExit, match=r"1 pictures are missing.*1f385\.png"):
        collection.main()


def run_configure(cwd: Path, **given: str) -> subprocess.CompletedProcess[str]:
    flags = [text for name in ("images", "metadata", "name") for text in (f"--{name}", given.get(name, ""))]
    return subprocess.run(
        [sys.executable, str(ROOT / "demo" / "configure.py"), *flags], cwd=cwd, capture_output=True, text=True, check=False
    )


def test_any_path_can_be_configured(tmp_path: Path) -> None:
    # What a shell or a hurried YAML writer would trip over.
    folder = tmp_path / 'Ann\'s "pictures": {a} $HOME #1 ü'
    folder.mkdir()
    (tmp_path / "m, n.csv").touch()
    done = run_configure(tmp_path, images=str(folder), metadata="m, n.csv")
    assert done.returncode == 0, done.stderr
    workdir = done.stdout.rstrip("\n")
    assert workdir == f"results/{folder.name}"
    found = yaml.safe_load((tmp_path / workdir / "config.yaml").read_text("utf-8"))
    own = {"workdir": workdir, "images": str(folder), "metadata": str(tmp_path / "m, n.csv"), "site": {"title": folder.name}}
    assert found == own | {"features": {"models": ["builtin"]}}, "a first map needs no weights"


def test_a_model_is_taken_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    wanted = configure.configuration(tmp_path, None, Path("results/x"))
    for asked, found in (("inception_v3", "inception_v3"), ("", "inception_v3"), ("builtin", "builtin")):
        configure.write(path, wanted, asked)
        assert yaml.safe_load(path.read_text())["features"]["models"] == [found]


def test_own_edits_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    wanted = configure.configuration(tmp_path, None, Path("results/x"))
    configure.write(path, wanted)
    path.write_text(path.read_text() + "seed: 7 # mine\n")
    configure.write(path, wanted)
    assert "# mine" in path.read_text()
    configure.write(path, wanted | {"metadata": "new.csv"})
    assert yaml.safe_load(path.read_text())["seed"] == 7


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param({"images": "absent"}, "COLLECTION: there is no", id="no folder"),
        pytest.param({"images": "a", "metadata": "absent.csv"}, "METADATA: there is no", id="no metadata"),
        pytest.param({"images": "demo"}, "choose another name", id="the demo's own name"),
        pytest.param({"images": "b/a"}, "is for the pictures in", id="two folders of one name"),
    ],
)
def test_wrong_use_is_told(tmp_path: Path, given: dict[str, str], message: str) -> None:
    for name in ("a", "b/a", "demo"):
        (tmp_path / name).mkdir(parents=True)
    assert run_configure(tmp_path, images="a").returncode == 0
    done = run_configure(tmp_path, **given)
    assert done.returncode == 1
    assert message in done.stderr
