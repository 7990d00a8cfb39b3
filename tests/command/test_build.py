"""What `pixplot` does before anything runs: the configuration file, and what is told."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from pixplot_steps.command import build
from pixplot_steps.command import run as runner
from pixplot_steps.command.screen import Collected
from pixplot_steps.errors import ConfigError
from tests.command.test_flags import parse


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch) -> list[runner.Order]:
    """What would have been run."""
    found: list[runner.Order] = []

    def run(order: runner.Order, _: Any) -> runner.Outcome:
        found.append(order)
        return runner.Outcome(code=1, errors=["nothing runs here"])

    monkeypatch.setattr(runner, "run", run)
    return found


def pixplot(folder: Path, *words: str) -> list[str]:
    """Run it; returns what was said."""

    class Said(Collected):
        def say(self, text: str) -> None:
            said.append(text)

    said: list[str] = []

    build.build(parse(*words), Said(sys.stderr), folder)
    return said


def test_an_edited_configuration_is_set_aside_and_one_that_says_the_same_is_kept(tmp_path: Path, orders: list[runner.Order]) -> None:
    words = ("--images", "pictures", "--model", "builtin")
    pixplot(tmp_path, *words)
    path = tmp_path / "output" / "config.yaml"
    path.write_text("# a remark of mine\n" + path.read_text())
    assert [text for text in pixplot(tmp_path, *words) if "run before" in text] == []
    assert path.read_text().startswith("# a remark of mine"), "it says the same"
    path.write_text(path.read_text() + "reproducible: false\n")
    [told] = [text for text in pixplot(tmp_path, *words) if "run before" in text]
    assert "output/config.former.yaml" in told
    former = yaml.safe_load((tmp_path / "output" / "config.former.yaml").read_text())
    assert former["reproducible"] is False
    assert "reproducible" not in yaml.safe_load(path.read_text())


def test_a_configuration_of_one_s_own_is_left_where_it_is(tmp_path: Path, orders: list[runner.Order]) -> None:
    own = tmp_path / "mine.yaml"
    own.write_text("images: pictures\nfeatures: {models: [builtin]}\nworkdir: made\n")
    pixplot(tmp_path, "--config", "mine.yaml", "--seed", "5")
    assert "seed" not in own.read_text()
    assert yaml.safe_load((tmp_path / "made" / "config.yaml").read_text())["seed"] == 5
    assert orders[0].configuration == tmp_path / "made" / "config.yaml"
    assert orders[0].base == tmp_path


def test_a_dry_run_leaves_no_configuration(tmp_path: Path, orders: list[runner.Order]) -> None:
    pixplot(tmp_path, "--images", "pictures", "--model", "builtin", "--dry_run")
    assert list((tmp_path / "output").glob("*.yaml")) == []
    assert orders[0].dry


@pytest.mark.parametrize(
    ("words", "cores", "force"),
    [((), "all", False), (("--cores", "3"), "3", False), (("--profile", "slurm"), "", False), (("--use_cache", "False"), "all", True)],
)
def test_how_it_runs(words: tuple[str, ...], cores: str, force: bool, tmp_path: Path, orders: list[runner.Order]) -> None:
    pixplot(tmp_path, "--images", "pictures", "--model", "builtin", *words)
    assert (orders[0].cores, orders[0].force) == (cores, force)


def test_missing_packages_are_told_first(tmp_path: Path, orders: list[runner.Order], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ConfigError, match="--model builtin"):
        pixplot(tmp_path, "--images", "pictures")
    assert orders == []


@pytest.mark.parametrize(
    ("name", "text", "manifests"),
    [
        ("list.txt", "https://a.org/m\n", True),
        ("list.txt", "# remark\n\nhttps://a.org/m\n", True),
        ("list.txt", "manifests/a.json\nhttps://a.org/m\n", True),
        ("a.json", "{}", True),
        ("list.txt", "a.jpg\n", False),
        ("list.jpg", "https://a.org/m\n", False),
    ],
)
def test_a_list_of_manifests_is_told_from_pictures(
    name: str, text: str, manifests: bool, tmp_path: Path, orders: list[runner.Order]
) -> None:
    (tmp_path / name).write_text(text)
    pixplot(tmp_path, "--images", name, "--model", "builtin", "--contact", "me@example.org")
    made = yaml.safe_load((tmp_path / "output" / "config.yaml").read_text())
    assert (made["manifests"] is not None, made["images"] is not None) == (manifests, not manifests)


def test_the_reason_is_the_job_s_own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(order: runner.Order, _: Any) -> runner.Outcome:
        log = order.workdir / "logs/ingest/x.log"
        log.parent.mkdir(parents=True)
        log.write_text("noise\npixplot: error: the disk is full\n  what to do: free some space\n")
        return runner.Outcome(code=1, failed=["logs/gone.log", "logs/ingest/x.log"], errors=["At least one job failed"])

    monkeypatch.setattr(runner, "run", run)
    said = pixplot(tmp_path, "--images", "pictures", "--model", "builtin")[-1]
    assert said.splitlines()[:2] == ["pixplot: error: the disk is full", "  what to do: free some space"]
    assert "noise" not in said
    assert "logs/ingest/x.log" in said


def test_a_page_of_somebody_else_stays(tmp_path: Path) -> None:
    built = build.Built(tmp_path, tmp_path / "site", tmp_path / "config.yaml")
    build._page(built)
    assert 'href="site/"' in (tmp_path / "index.html").read_text()
    (tmp_path / "index.html").write_text("mine")
    build._page(built)
    assert (tmp_path / "index.html").read_text() == "mine"
