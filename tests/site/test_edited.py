"""A site whose hotspots a person arranged: it says so as docs/format.md does, and `verify` sees when it does not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pixplot_steps.site import hashed
from pixplot_steps.site.verify import verify
from pixplot_steps.store import commit, tables
from tests import site_fixture
from tests.site.conftest import Built
from tests.site.test_verify import Patient

ADDRESS = "https://example.org/map/"


@pytest.fixture
def arranged(built: Built, tmp_path: Path) -> Patient:
    """The second hotspot first and named; one made of three rows of the first; the first removed; and one that is not there."""
    first, second = commit.stamp(built.found.hotspots).summary["list"]
    images = tables.read(built.found.vectors / "images.parquet", tables.IMAGES, ["image"])["image"].to_pylist()
    wishes = {
        "hotspots": [
            {"id": second["id"], "label": "Flat", "tags": ["a", "b"]},
            {"id": "own-1-2", "label": "Mine", "images": images[2:5]},
            {"id": "own-9", "label": "Gone", "images": ["0" * 32]},
        ],
        "removed": [{"id": first["id"], "label": "Cluster 1"}],
    }
    edited = site_fixture.edited(built.found, wishes, tmp_path / "edited")
    site_fixture.site(built.found, tmp_path / "site", address=ADDRESS, edited=[edited])
    return Patient(tmp_path / "site")


def rows_of(site: Patient) -> list[list[int]]:
    rows, ends = (site.array("hotspots", "edited", name) for name in ("rows", "ends"))
    return [one.tolist() for one in np.split(rows, ends[:-1])]


def test_the_site_shows_what_was_asked(arranged: Patient, built: Built) -> None:
    assert verify(arranged.root) == []
    flat, mine = arranged.at("hotspots", "list")
    assert (flat["label"], flat["tags"], flat["named"]) == ("Flat", ["a", "b"], True)
    assert (mine["id"], mine["label"], mine["count"], mine["named"], mine["region"]) == (
        "own-1-2",
        "Mine",
        len(rows_of(arranged)[1]),
        True,
        -1,
    )
    assert mine["item"] in rows_of(arranged)[1]
    before = Patient(built.site)
    members = before.array("hotspots", "members")
    assert (arranged.array("hotspots", "members") == np.where(members == 1, 0, -1)).all()
    told, own, gone = rows_of(arranged)
    assert (told, len(own) >= 3, gone) == ([], True, np.flatnonzero(members == 0).tolist())
    assert [one["label"] for one in arranged.at("hotspots", "edited", "removed")] == ["Cluster 1"]
    assert arranged.at("hotspots", "regions") == before.at("hotspots", "regions")
    assert [row["path"] for row in arranged.table("problems").to_pylist() if row["stage"] == "hotspots"] == ["Gone", "Gone"]


def test_each_has_a_iiif_manifest_of_its_rows(arranged: Patient) -> None:
    flat, mine = arranged.at("hotspots", "list")
    for spot in (flat, mine):
        value = json.loads((arranged.root / "iiif" / f"hotspot-{spot['id']}.json").read_bytes())
        assert (value["label"], len(value["items"])) == ({"none": [spot["label"]]}, spot["count"])
    assert len(list((arranged.root / "iiif").glob("hotspot-*.json"))) == 2


def test_a_site_without_wishes_does_not_speak_of_them(built: Built) -> None:
    assert "edited" not in Patient(built.site).at("hotspots")


def _replaced(name: str, change: Callable[[Any], Any]) -> Callable[[Patient], Any]:
    return lambda site: site.replace(hashed.array(change(site.array("hotspots", "edited", name))), "hotspots", "edited", name)


def _set(value: Any, *keys: str | int) -> Callable[[Patient], Any]:
    return lambda site: site.set(value, "hotspots", *keys)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_replaced("ends", lambda ends: ends + np.uint32(1)), "ends that ascend"),
        (_replaced("ends", lambda ends: ends[::-1]), "ends that ascend"),
        (_replaced("ends", lambda ends: ends[1:]), "[3]"),
        (_replaced("rows", lambda rows: rows[::-1]), "rows of each hotspot that ascend"),
        (_replaced("rows", lambda rows: rows + np.uint32(40)), "below 41"),
        (_set(2, "list", 1, "count"), "the rows that are members"),
        (_set(40, "list", 1, "item"), "the row of a member"),
        (_set("own-../x", "list", 1, "id"), "hexadecimal"),
        (_set([1], "list", 0, "tags"), "a text"),
        (_set("../x", "edited", "removed", 0, "id"), "hexadecimal"),
    ],
)
def test_damage_is_found(arranged: Patient, damage: Callable[[Patient], Any], said: str) -> None:
    damage(arranged)
    arranged.save()
    faults = verify(arranged.root)
    assert [fault for fault in faults if said in fault.expected], faults
