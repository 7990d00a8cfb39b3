"""From flags to a configuration: what is put where, and what the user is told."""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import pytest

from pixplot_steps.command import build
from pixplot_steps.command.understood import is_manifests, put, understand
from pixplot_steps.errors import ConfigError
from tests.command.test_flags import parse


def understood(*words: str, base: dict[str, Any] | None = None, manifests: bool = False) -> Any:
    return understand(parse(*words), base, manifests=manifests, kept=20)


@pytest.mark.parametrize(
    ("neighbours", "count", "why"),
    [
        (("15",), None, "the default is enough"),
        (("21",), None, "just enough"),
        (("22",), 21, "the point itself is counted"),
        (("5", "60"), 59, "the largest of several"),
    ],
)
def test_the_graph_has_as_many_neighbours_as_the_map_asks_for(neighbours: tuple[str, ...], count: int | None, why: str) -> None:
    found = understood("-i", "x", "--n_neighbors", *neighbours).configuration["neighbours"]
    assert found.get("count") == count, why


def test_a_configuration_keeps_what_flags_do_not_say() -> None:
    base = {"images": "mine", "neighbours": {"count": 40}, "seed": 3, "layouts": {"umap": {"min_dist": 0.4}}}
    found = understood("--n_neighbors", "50", "--title", "New", base=base).configuration
    assert found == {
        "images": "mine",
        "neighbours": {"count": 40},
        "seed": 3,
        "layouts": {"umap": {"min_dist": 0.4, "n_neighbors": 50}},
        "site": {"title": "New"},
    }, "and PixPlot's defaults stay away"
    assert base["layouts"] == {"umap": {"min_dist": 0.4}}, "the base itself is left as it was"


def test_one_value_is_no_list_and_several_are() -> None:
    umap = understood("-i", "x", "--min_dist", "0.1", "0.2").configuration["layouts"]["umap"]
    assert (umap["n_neighbors"], umap["min_dist"]) == (15, [0.1, 0.2])


def test_any_key_can_be_set() -> None:
    found = understood("-i", "x", "--set", "layouts.grid.aspect=2", "hotspots.names=[title]", "site.title=A, b").configuration
    assert (found["layouts"]["grid"], found["hotspots"]["names"], found["site"]["title"]) == ({"aspect": 2}, ["title"], "A, b")


def test_manifests_take_the_place_of_pictures() -> None:
    found = understood("-i", "list.txt", base={"images": "old"}, manifests=True).configuration
    assert (found["images"], found["manifests"]) == (None, ["list.txt"])


def test_a_plot_id_is_a_folder() -> None:
    assert understood("-i", "x", "--out_dir", "o", "--plot_id", "a-1").configuration["workdir"] == "o/a-1"
    with pytest.raises(ConfigError, match="no name of a folder"):
        understood("-i", "x", "--plot_id", "../up")


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        (["--min_distance", "0.1"], ["--min_dist now"]),
        (["--plot_id", "a"], ["output/a"]),
        (["--copy_web_only"], ["does not look at the pictures"]),
        (["--shuffle"], ["without --max_images"]),
        (["--shuffle", "--max_images", "3"], []),
        (["--n_clusters", "4"], ["--method kmeans"]),
        (["--n_clusters", "4", "--method", "kmeans"], []),
        (["--use_cache", "False"], ["made again"]),
        (["--use_cache", "True"], []),
        ([], []),
    ],
)
def test_a_flag_that_another_has_replaced_says_so(words: list[str], texts: list[str]) -> None:
    remarks = understood("-i", "x", *words).remarks
    assert len(remarks) == len(texts)
    assert [text for text, remark in zip(texts, remarks, strict=True) if text not in remark] == []


@pytest.mark.parametrize("text", ["grid", "=3"])
def test_a_key_without_a_value_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        understood("-i", "x", "--set", text)


def test_a_key_below_a_value_is_refused() -> None:
    with pytest.raises(ConfigError, match="no section"):
        put({"seed": 3}, "seed.more", 1)


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (["# mine", "", "  https://a.org/m"], True),
        (["HTTP://a.org/m"], True),
        (["manifests/17.json", "https://a.org/m"], True),
        (["pictures/a.jpg", "https://a.org/m"], False),
        ([], False),
    ],
)
def test_a_list_of_manifests_is_told_by_its_first_line(lines: list[str], wanted: bool) -> None:
    assert is_manifests(lines) is wanted


def test_a_profile_is_a_folder_or_a_name(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    assert build._profile("mine", tmp_path) == str(tmp_path / "mine")
    assert Path(build._profile("slurm", tmp_path), "config.yaml").is_file(), "it comes with the workflow"
    assert build._profile("elsewhere", tmp_path) == "elsewhere"
    assert build._profile("", tmp_path) == ""


@pytest.mark.parametrize(
    ("text", "base", "wanted"),
    [
        ("pics/*.jpg", PurePosixPath("/home/a"), "/home/a/pics/*.jpg"),
        ("/abs/**/*.jpg", PurePosixPath("/home/a"), "/abs/**/*.jpg"),
        ("https://a.org/m", PurePosixPath("/home/a"), "https://a.org/m"),
        (r"pics\*.jpg", PureWindowsPath(r"C:\Users\a"), "C:/Users/a/pics/*.jpg"),
        (r"D:\scans", PureWindowsPath(r"C:\Users\a"), "D:/scans"),
        (r"\\server\share\x.csv", PureWindowsPath(r"C:\Users\a"), "//server/share/x.csv"),
        ("HTTPS://a.org/m", PureWindowsPath(r"C:\Users\a"), "HTTPS://a.org/m"),
    ],
)
def test_paths_are_absolute_with_forward_slashes(text: str, base: PurePosixPath | PureWindowsPath, wanted: str) -> None:
    assert build.absolute(text, base) == wanted
