"""The flags: PixPlot's names and defaults, and a key of the configuration for each."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pytest
import yaml

from pixplot_steps import cli, config, spec
from pixplot_steps.command import flags
from pixplot_steps.command.understood import understand

ROOT = Path(__file__).parents[2]

PIXPLOT = {
    "images": None,
    "metadata": None,
    "max_images": None,
    "use_cache": True,
    "encoding": "utf8",
    "min_cluster_size": 20,
    "max_clusters": 10,
    "out_dir": "output",
    "cell_size": 32,
    "n_neighbors": [15],
    "min_dist": [0.01],
    "n_components": 2,
    "metric": "correlation",
    "pointgrid_fill": 0.05,
    "copy_web_only": False,
    # 100 there, which does nothing there: with 0 the same command shows the same pictures.
    "min_size": 0,
    "gzip": False,
    "shuffle": False,
    "plot_id": None,
    "seed": 24,
    "n_clusters": 12,
    "geojson": None,
}
"""The 22 flags of PixPlot 0.0.113 with their defaults (its plot_id is random where none is given)."""

RUN = {"config", "set", "cores", "profile", "dry_run", "json", "verbose"}
"""Flags that change nothing that is made."""


def parse(*words: str) -> dict[str, Any]:
    parser = argparse.ArgumentParser()
    flags.configure(parser)
    return vars(parser.parse_args(flags.tidy(words)))


def test_pixplot_s_flags_have_its_defaults() -> None:
    assert {flag.dest: flag.default for flag in flags.FLAGS if flag.pixplot} == PIXPLOT
    assert len(PIXPLOT) == 22


def test_every_flag_has_a_key_of_the_configuration() -> None:
    keys = yaml.safe_load((ROOT / "config/config.yaml").read_text("utf-8"))
    assert {flag.dest for flag in flags.FLAGS if not flag.key} == RUN
    for flag in flags.FLAGS:
        place = keys
        for part in flag.key.split(".") if flag.key else []:
            assert part in place, f"--{flag.dest}: {flag.key} is no key of config/config.yaml"
            place = place[part]


def test_flags_stand_in_the_order_of_the_data() -> None:
    order = list(flags.STAGES)
    stages = [order.index(flag.stage) for flag in flags.FLAGS]
    assert stages == sorted(stages)


WORDS: dict[str, tuple[str, ...]] = {
    "max_images": ("7",),
    "use_cache": ("False",),
    "encoding": ("cp1250",),
    "min_cluster_size": ("5",),
    "max_clusters": ("3",),
    "out_dir": ("elsewhere",),
    "cell_size": ("16",),
    "n_neighbors": ("5", "30"),
    "min_dist": ("0.2", "0.5"),
    "min_distance": ("0.3",),
    "n_components": ("3",),
    "metric": ("cosine",),
    "pointgrid_fill": ("0.1",),
    "copy_web_only": (),
    "min_size": ("100.0",),
    "gzip": (),
    "shuffle": (),
    "plot_id": ("second",),
    "seed": ("7",),
    "n_clusters": ("4",),
    "geojson": ("rivers.geojson",),
    "images": ("a/*.jpg", "b.png"),
    "metadata": ("m.csv",),
    "key": ("Number",),
    "contact": ("me@example.org",),
    "model": ("builtin",),
    "method": ("kmeans",),
    "title": ("T",),
    "description": ("D",),
}
"""Words that differ from what a flag would say by itself."""


@pytest.mark.parametrize("flag", [flag for flag in flags.FLAGS if flag.key], ids=lambda flag: flag.dest)
def test_every_flag_changes_its_key_and_no_other(flag: flags.Flag) -> None:
    plain = understand(parse("--images", "pictures"), None, manifests=False, kept=20).configuration
    given = parse("--images", "pictures", f"--{flag.dest}", *WORDS[flag.dest])
    found = understand(given, None, manifests=False, kept=20).configuration
    changed = {key for key in leaves(found) if leaves(found)[key] != leaves(plain).get(key, "absent")}
    also = {"neighbours.count"} if flag.dest == "n_neighbors" else set()
    assert changed == {flag.key} | also


@pytest.mark.parametrize("flag", [flag for flag in flags.FLAGS if flag.key], ids=lambda flag: flag.dest)
def test_what_flags_say_is_a_configuration(flag: flags.Flag, tmp_path: Path) -> None:
    (tmp_path / "rivers.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    words = ("--images", "pictures", f"--{flag.dest}", *WORDS[flag.dest])
    read = config.merged(
        understand(parse(*words, "--set", "features.models=[builtin]"), None, manifests=False, kept=20).configuration, tmp_path
    )
    assert isinstance(read, spec.Spec)


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    if not isinstance(value, dict):
        return {path: value}
    return {key: leaf for name, child in value.items() for key, leaf in leaves(child, f"{path}.{name}" if path else name).items()}


@pytest.mark.parametrize(
    ("words", "dest", "value"),
    [
        (["--max-images", "5"], "max_images", 5),
        (["--min-dist=0.3"], "min_dist", [0.3]),
        (["--use_cache", "false"], "use_cache", False),
        (["-i", "a", "b", "-m", "c"], "images", ["a", "b"]),
        (["-v"], "verbose", True),
    ],
)
def test_spellings(words: list[str], dest: str, value: Any) -> None:
    assert parse(*words)[dest] == value


@pytest.mark.parametrize("words", [["--use_cache", "perhaps"], ["--min_size", "1.5"], ["--seed", "x"], ["--method", "guess"]])
def test_wrong_flags_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["--images", "x", *words])
    assert caught.value.code == 2
    assert words[0].lstrip("-") in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--imags", "x"], "pixplot: error: not understood: --imags x. Did you mean --images?"),
        (["--images", "x", "--qq", "3"], "pixplot: error: not understood: --qq 3. All flags: pixplot --help"),
        (["serve", "x", "--prot=1"], "pixplot serve: error: not understood: --prot=1. Did you mean --port?"),
        (["publsih", "a", "b"], "pixplot: error: there is no command 'publsih'. Did you mean publish?"),
        (["photographs"], "pixplot: error: there is no command 'photographs'. To build a map of it: pixplot --images photographs"),
        (["no such"], "pixplot: error: there is no command 'no such'. All commands: pixplot --help"),
    ],
)
def test_a_slip_is_told_in_a_line(
    words: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "photographs").mkdir()
    monkeypatch.chdir(tmp_path)
    assert cli.main(words) == 2
    assert capsys.readouterr().err == told + "\n"


def test_help_has_every_flag_in_its_group_and_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    text = capsys.readouterr().out
    headings = [text.index(f"\n{heading}:") for heading in flags.STAGES.values()]
    assert headings == sorted(headings)
    assert [flag.dest for flag in flags.FLAGS if f"--{flag.dest}" not in text] == []
    assert [name for name in ("step", *cli.COMMANDS) if f"\n  {name} " not in text] == []
