"""`pixplot` as a user types it: stopped by Ctrl-C, gone on with, and found by Snakemake as it left it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from PIL import Image

import pixplot_steps as px
from pixplot_steps import cli
from tests.workflow.collection import ROOT, Collection

FLAGS = ("--model", "builtin", "--max_images", "10", "--shuffle", "--min_size", "20", "--gzip", "--n_neighbors", "5", "--seed", "7")
BRACES = ("--title", "Map {of} things", "--set", 'catalog.columns={"title": "{title} in {filename}"}')
"""What Snakemake would take for wildcards."""


def _heeding() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def pixplot(collection: Collection, *flags: str) -> subprocess.Popen[str]:
    words = ["--images", "pictures/*.png", "--metadata", "metadata.csv", "--json", *flags]
    return subprocess.Popen(
        [sys.executable, "-m", "pixplot_steps.cli", *words],
        cwd=collection.root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # Tests that run in the background ignore Ctrl-C, and so would what they start.
        preexec_fn=_heeding,
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Collection, list[dict[str, object]], list[dict[str, object]]]:
    """The site of ten of thirteen pictures, built in two goes; and what each of them told."""
    collection = Collection(tmp_path_factory.mktemp("pixplot"))
    collection.draw(range(12))
    Image.new("RGB", (200, 10)).save(collection.pictures / "thin.png")
    (collection.root / "metadata.csv").write_text("filename,title\n" + "".join(f"p{i:03}.png,Picture {i}\n" for i in range(12)))
    first = pixplot(collection, *FLAGS, *BRACES)
    told = []
    assert first.stdout is not None
    for text in first.stdout:
        told.append(json.loads(text))
        if told[-1].get("stage") == "ingest" and told[-1]["finished"]:
            first.send_signal(signal.SIGINT)
            break
    rest, _ = first.communicate(timeout=120)
    told += [json.loads(text) for text in rest.splitlines()]
    assert first.returncode == 128 + signal.SIGINT, told
    second = pixplot(collection, *FLAGS, *BRACES)
    text, _ = second.communicate(timeout=400)
    assert second.returncode == 0, text
    return collection, told, [json.loads(one) for one in text.splitlines()]


def test_ctrl_c_says_how_to_go_on(built: tuple[Collection, list[dict[str, object]], list[dict[str, object]]]) -> None:
    _, told, again = built
    assert told[-1] == {"event": "stopped", "signal": 2, "again": "pixplot build --config output/config.yaml"}
    last = {one["stage"]: one for one in again if one["event"] == "stage"}
    assert (last["ingest"]["cached"], last["ingest"]["done"]) == (10, 0), "what was finished is kept"
    assert all(one["finished"] for one in last.values())
    assert again[-1]["event"] == "done"


def test_every_flag_had_its_effect(
    built: tuple[Collection, list[dict[str, object]], list[dict[str, object]]], capsys: pytest.CaptureFixture[str]
) -> None:
    collection, *_ = built
    output = collection.root / "output"
    assert cli.main(["verify", str(output / "site"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    catalogue = json.loads((output / "catalog" / "plan.json").read_bytes())
    assert catalogue["items"] == 10, "max_images"
    assert found["items"] + found["problems"] >= 10
    made = px.load(output)
    assert made.site.title == "Map {of} things"
    assert made.items["title"].to_pylist() == [f"Picture {int(name[1:4])} in {name}" for name in made.items["item"].to_pylist()]
    assert (output / "index.html").read_text().count("site/") == 2, "the folder can be served as PixPlot's is"
    files = [path for path in (output / "site").rglob("*") if path.is_file()]
    assert [path.name for path in files if str(collection.root).encode() in path.read_bytes()] == [], "no path of this computer"
    named = {path.name for path in (output / "site").rglob("*") if path.is_file()}
    assert {name for name in named if name.endswith(".bin") and f"{name}.gz" not in named} == set(), "gzip"
    assert [name for name in ("index.html.gz", "manifest.json.gz") if name in named] == [], "what changes in place has no copy"


def test_the_configuration_alone_makes_the_same(built: tuple[Collection, list[dict[str, object]], list[dict[str, object]]]) -> None:
    collection, *_ = built
    configuration = collection.root / "output" / "config.yaml"
    assert yaml.safe_load(configuration.read_text("utf-8"))["catalog"]["max_images"] == 10
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "workflow/Snakefile"), "--cores", "2"]
    done = subprocess.run(
        [*command, "--configfile", str(configuration)], cwd=collection.root, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "Nothing to be done" in done.stdout + done.stderr


def test_the_page_alone_is_brought_up_to_date(built: tuple[Collection, list[dict[str, object]], list[dict[str, object]]]) -> None:
    collection, *_ = built
    gone = Path(collection.root / "elsewhere")
    collection.pictures.rename(gone)
    try:
        words = ["--copy_web_only", "--title", "Another", "--dry_run", "--json"]
        done = subprocess.run(
            [sys.executable, "-m", "pixplot_steps.cli", *words],
            cwd=collection.root, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
    finally:
        gone.rename(collection.pictures)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {"event": "planned", "jobs": {"site": 1}}, "the pictures are not looked at"


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        (["--images", "absent/*.jpg", "--model", "builtin"], ["There are no pictures", "absent/*.jpg", "what to do"]),
        (["--images", "x", "--model", "builtin", "--n_components", "4"], ["layouts.umap.components", "one of 2, 3", "found 4"]),
        (["--images", "x", "--model", "inception_v33"], ["inception_v3"]),
        (["--copy_web_only"], ["no earlier run"]),
        (["build", "--config", "absent.yaml"], ["configuration file cannot be read", "absent.yaml"]),
    ],
)
def test_what_is_wrong_is_told_in_a_few_lines(words: list[str], texts: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pixplot_steps.cli", *words],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert [text for text in texts if text not in done.stderr] == [], done.stderr
    assert len(done.stderr.splitlines()) < 12
    assert "Traceback" not in done.stderr
