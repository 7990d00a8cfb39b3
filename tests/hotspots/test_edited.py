"""Hotspots as a person wants them: the file, what it may ask for, and that it goes from the viewer to the site and back unchanged.

`round_trip.json` is read by viewer/tests/round_trip.test.ts too: there the viewer makes `file` from `before` and `edits`, and again from
`after`; here the step makes `before`, and `after` from `file`. `UPDATE_GOLDEN=1` writes `before` and `after` anew.
"""

from __future__ import annotations

import json
import os
import re
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixplot_steps import spec
from pixplot_steps.errors import SourceError
from pixplot_steps.hotspots import edited, step
from pixplot_steps.store import arrays, commit, tables
from tests import golden_check
from tests.hotspots.test_clusters import blobs, find, named, write
from tests.vectors import shards

ROUND_TRIP = Path(__file__).with_name("round_trip.json")
DOCS = Path(__file__).parents[2] / "docs" / "hotspots.md"
TOLD = ("id", "label", "named", "count", "item", "region", "tags")
NOTHING = np.empty(0, np.int64)


def edit(root: Path, file: Path) -> dict[str, Any]:
    """Run the step; what the site takes of it."""
    inputs = ("--catalog", root / "catalog", "--vectors", root / "v.zarr", "--map", root / "map.zarr")
    found = ("--hotspots", root / "h.zarr", "--names", root / "names")
    shards.step(step, "edit", *inputs, *found, "--file", file, "--out", root / "edited")
    summary = commit.stamp(root / "edited").summary
    sets = {name: arrays.read(root / "edited", name).tolist() for name in ("members", "rows", "ends")}
    return {"list": [short(one) for one in summary["list"]], "removed": summary["removed"], **sets}


def short(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: entry[key] for key in TOLD if key in entry}


def problems(root: Path) -> list[tuple[str, str]]:
    rows = tables.read(root / "edited" / "problems.parquet", tables.PROBLEMS).to_pylist()
    assert {row["stage"] for row in rows} <= {"hotspots"}
    assert all(row["reason"] and row["action"] for row in rows)
    return [(row["path"], row["kind"]) for row in rows]


def collection(root: Path, *sizes: int) -> None:
    """Groups of so many images, found and named; the first image is shown by the last item too."""
    rows = [*range(sum(sizes)), 0]
    write(root, blobs(*sizes)[rows], rows)
    find(root, 9)
    named(root)


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """Hotspots of 26, 24 and 22 images."""
    collection(tmp_path, 26, 24, 22)
    return tmp_path


def save(path: Path, hotspots: list[dict[str, Any]], removed: list[dict[str, Any]] | None = None) -> Path:
    value = {"format": "pixplot-hotspots", "version": 1, "hotspots": hotspots, "removed": removed or []}
    path.write_text(json.dumps(value), "utf-8")
    return path


def images(*numbers: int) -> list[str]:
    return [shards.image(number) for number in numbers]


def found(root: Path) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = commit.stamp(root / "h.zarr").summary["list"]
    return listed


def test_what_the_viewer_saves_comes_back_to_it(three: Path) -> None:
    known = json.loads(ROUND_TRIP.read_text("utf-8"))
    before = [short(one) | {"named": False} for one in found(three)]
    (three / "saved.json").write_text(json.dumps(known["file"]), "utf-8")
    made = {
        "before": {"list": before, "members": arrays.read(three / "h.zarr", "members").tolist()},
        "after": edit(three, three / "saved.json"),
    }
    if os.environ.get("UPDATE_GOLDEN"):
        ROUND_TRIP.write_text(json.dumps(known | made), "utf-8")
        known |= made
    assert made == {key: known[key] for key in made}
    assert problems(three) == []
    after = made["after"]
    told = {key: after[key] for key in ("members", "rows", "ends")}
    golden_check.check("edited", spec.VERSIONS["edited"], {**told, "labels": [one["label"] for one in after["list"]]})


def test_without_wishes_all_stays(three: Path) -> None:
    after = edit(three, save(three / "f.json", []))
    assert [one["id"] for one in after["list"]] == [one["id"] for one in found(three)]
    assert after["members"] == arrays.read(three / "h.zarr", "members").tolist()
    assert (after["rows"], after["ends"], after["removed"]) == ([], [0, 0, 0], [])


def test_choices_stay_when_pictures_come_and_go(three: Path, tmp_path: Path) -> None:
    """The groups grow or shrink, and have other ids, as in a build from scratch: each is told by its members."""
    first, second, third = found(three)
    members = arrays.read(three / "h.zarr", "members")[:72]
    of = {one["id"]: images(*np.flatnonzero(members == place).tolist()) for place, one in enumerate((first, second, third))}
    file = save(
        three / "f.json",
        [
            {"id": third["id"], "label": "Maps", "tags": ["flat"], "images": of[third["id"]]},
            {"id": "own-1-2", "label": "Mine", "images": images(1, 30, 70)},
            {"id": first["id"], "label": "Cluster 1", "images": of[first["id"]]},
        ],
        [{"id": second["id"], "label": "Cluster 2", "images": of[second["id"]]}],
    )
    later = tmp_path / "later"
    kept = [*range(4, 40), *range(41, 72)]
    numbers = [*kept, *range(100, 112)]
    write(later, np.concatenate([blobs(26, 24, 22)[kept], blobs(0, 0, 12)]), list(range(len(numbers))), numbers)
    find(later, 9)
    named(later)
    assert not {one["id"] for one in found(later)} & {first["id"], second["id"], third["id"]}
    after = edit(later, file)
    maps, mine, rest = after["list"]
    assert (maps["id"], maps["label"], maps["tags"], maps["named"]) == (third["id"], "Maps", ["flat"], True)
    assert maps["count"] > 30, "its new members are its"
    assert (mine["label"], mine["count"], rest["named"], rest["label"]) == ("Mine", 2, False, rest["label"])
    assert re.fullmatch(r"Cluster \d", rest["label"]), "a number is no name"
    [gone] = after["removed"]
    assert gone["id"] == second["id"]
    rows = np.split(np.array(after["rows"]), after["ends"][:-1])
    assert [len(one) for one in rows] == [0, 2, 0, after["ends"][-1] - 2]
    assert {numbers[row] for row in rows[1]} == {30, 70}
    assert all(after["members"][row] == -1 for row in rows[3]), "what was removed is in no hotspot"
    assert problems(later) == [("Mine", "picture not found"), ("Cluster 1", "picture not found")]


@pytest.mark.parametrize(
    ("hotspots", "removed", "shown", "said", "why"),
    [
        ([{"id": "0" * 32, "label": "Gone"}], [], 3, [("Gone", "hotspot not found")], "an id that nobody knows"),
        (
            [{"id": "0" * 32, "images": ["f" * 32]}],
            [],
            3,
            [("0" * 32, "picture not found"), ("0" * 32, "hotspot not found")],
            "nor its image",
        ),
        ([{"id": "0" * 32, "label": "Few", "images": images(1, 2)}], [], 4, [("Few", "hotspot not found")], "it is kept with its pictures"),
        ([{"label": "Hand", "items": ["0001.jpg", "no.jpg"]}], [], 4, [("Hand", "picture not found")], "made by hand, with a slip"),
        ([{"label": "Hand", "items": ["no.jpg"]}], [], 3, [("Hand", "picture not found"), ("Hand", "hotspot not found")], "nothing of it"),
        ([{"label": "A", "items": ["0001.jpg"]}] * 2, [], 4, [("A", "hotspot listed twice")], "twice"),
        ([], [{"id": "0" * 32, "label": "Gone"}], 3, [("Gone", "hotspot not found")], "to be removed, and not there"),
        ([], [{"id": "0" * 32, "images": images(1, 2)}], 3, [], "to be removed, should it come back"),
        ([{"label": "A", "images": images(1, 2)}, {"label": "B", "images": images(2, 3)}], [], 5, [], "they may share pictures"),
        ([{"label": "<img src=x onerror=alert(1)>", "items": ["0001.jpg"], "tags": ["../x"]}], [], 4, [], "texts are texts"),
    ],
)
def test_what_cannot_be_had_is_a_problem(
    three: Path, hotspots: list[dict[str, Any]], removed: list[dict[str, Any]], shown: int, said: list[tuple[str, str]], why: str
) -> None:
    after = edit(three, save(three / "f.json", hotspots, removed))
    assert len(after["list"]) == shown, why
    assert problems(three) == said, why
    assert len({one["id"] for one in after["list"]}) == shown
    assert len(after["ends"]) == shown + len(after["removed"])


def test_an_image_that_two_items_show_is_in_with_both(three: Path) -> None:
    after = edit(three, save(three / "f.json", [{"label": "Mine", "items": ["0000.jpg", "sub\\0003.jpg"]}]))
    assert (after["list"][0]["count"], after["rows"]) == (3, [0, 3, 72])


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("{", "f.json", "JSON"),
        ("a: [", "f.yaml", "JSON, or YAML"),
        ("[1]", "f.json", "the file"),
        ('{"format": "pixplot-hotspots", "version": 2, "hotspots": []}', "f.json", "version"),
        ('{"format": "pixplot-hotspots", "version": 1, "hotspots": [{"lable": "x"}]}', "f.json", "hotspots[0]"),
        ('{"format": "pixplot-hotspots", "version": 1, "hotspots": [{"id": "../../x"}]}', "f.json", "hotspots[0].id"),
        ("format: pixplot-hotspots\nversion: 1\nhotspots: [{label: 1890}]", "f.yml", "hotspots[0].label"),
        ("!!python/object/apply:os.system [x]", "f.yaml", "JSON, or YAML"),
        ("[" * 100_000, "f.json", "JSON"),
    ],
)
def test_a_file_of_another_form_says_where(text: str, name: str, said: str) -> None:
    with pytest.raises(SourceError, match=re.escape(said)):
        edited.read(text, name)


def test_a_file_that_is_no_text(three: Path) -> None:
    (three / "f.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SourceError, match="UTF-8"):
        edit(three, three / "f.json")


def test_the_example_of_the_docs(three: Path) -> None:
    """It names a hotspot, leaves one out and makes one; its ids and pictures are those of another collection."""
    [text] = re.findall(r"^    format: pixplot-hotspots\n(?:    .*\n|\n)+", DOCS.read_text("utf-8"), re.MULTILINE)
    ids = [one["id"] for one in found(three)]
    wanted = edited.read(text := textwrap.dedent(text), "example.yaml")
    assert [bool(entry.made) for entry in wanted.hotspots] == [False, True]
    text = text.replace(wanted.hotspots[0].id, ids[2]).replace(wanted.removed[0].id, ids[0])
    for place, item in enumerate(wanted.hotspots[1].items):
        text = text.replace(item, f"{place:04}.jpg")
    (three / "f.yaml").write_text(text, "utf-8")
    after = edit(three, three / "f.yaml")
    assert [one["label"] for one in after["list"]] == [wanted.hotspots[0].label, wanted.hotspots[1].label, "Cluster 2"]
    assert [one["id"] for one in after["removed"]] == [ids[0]]
    assert problems(three) == []


@given(
    st.lists(st.integers(-1, 4), max_size=40),
    st.lists(st.tuples(st.sampled_from(["own-a", "own-b", *"01234xyz"]), st.sets(st.integers(0, 39)), st.booleans()), max_size=8),
)
def test_every_hotspot_is_shown_once_or_removed(of_image: list[int], asked: list[tuple[str, set[int], bool]]) -> None:
    labels = np.array(of_image, np.int64)
    ids = [str(number) for number in range(5)]
    wishes: tuple[list[edited.Wish], list[edited.Wish]] = ([], [])
    for name, rows, gone in asked:
        known = np.array(sorted(row for row in rows if row < len(labels)), np.int64)
        wishes[gone].append(edited.Wish(edited.Entry(name, name, (), (), ()), known, ()))
    out = edited.arrange(ids, labels, *wishes)
    placed = [choice.found for choice in [*out.shown, *out.removed] if choice.found >= 0]
    assert sorted(placed) == list(range(5))
    shown = [choice.id for choice in out.shown]
    assert len(set(shown)) == len(shown)
    assert all(len(choice.rows) for choice in out.shown if choice.found < 0), "nothing is shown without pictures"
    spoken = [wish.entry.id for wish in wishes[0]]
    order = [name for name in dict.fromkeys(spoken) if name in shown]
    assert shown[: len(order)] == order, "in the order of the file"


def test_a_number_given_by_hand_leaves_the_name_that_the_metadata_gives(three: Path) -> None:
    with commit.folder(three / "named") as draft:
        draft.summary = {"labels": ["Portraits", "", ""], "regions": []}
    (three / "names").rename(three / "older")
    (three / "named").rename(three / "names")
    after = edit(three, save(three / "f.json", [{"id": found(three)[0]["id"], "label": "Cluster 9"}]))
    assert [(one["label"], one["named"]) for one in after["list"]] == [("Portraits", True), ("Cluster 2", False), ("Cluster 3", False)]
