"""Names: what changes them, and what does not."""

from __future__ import annotations

import dataclasses
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pixplot_steps import arrangements, config, plan, spec
from pixplot_steps.store import lineage

ROOT = Path(__file__).parents[1]
BRANCH = ("features", "vectors", "neighbours", "map", "jitter", "grid", "hotspots", "names")
ARRANGED = ("date", "category", "geographic", "axes", "custom", "colour", "alphabetical")
NAMES = ("ingest", *BRANCH, *ARRANGED, "atlases", "site")
_COLUMNS = (
    arrangements.Column("title", "text", "title", 10, 10, None),
    arrangements.Column("made", "date", "date", 9, 9, (1880, 1930)),
    arrangements.Column("kind", "category", "category", 10, 3, None),
    *(arrangements.Column(name, "number", name, 8, 8, None) for name in ("lat", "lng", "x", "y")),
    arrangements.Column("width", "number", "", 10, 9, None),
    arrangements.Column("height", "number", "", 10, 9, None),
)
_CATALOGUE = plan.Catalogue(
    items=10,
    images=9,
    shards=("s1", "s2"),
    content="content",
    columns={"item": "n", "image": "i", "made: years": "y"} | {column.name: column.name[0] for column in _COLUMNS},
    table="table",
    problems="problems",
    described=_COLUMNS,
)


def _spec(*models: Any) -> spec.Spec:
    value = yaml.safe_load((ROOT / "config/config.yaml").read_text("utf-8")) | {"images": "x"}
    value["features"]["models"] = list(models) or ["builtin"]
    return config.read(value, ROOT / "workflow/schemas/config.schema.yaml", Path("/"))


def _changed(before: plan.Plan, after: plan.Plan) -> set[str]:
    return {name for name in NAMES if _name(before, name) != _name(after, name)}


def _name(planned: plan.Plan, name: str) -> str:
    if name in ARRANGED:
        return planned.arranged[name][0]
    found = getattr(planned.branches[0] if name in BRANCH else planned, name)
    assert isinstance(found, str)
    return found


BELOW_MAP = {"map", "jitter", "grid", "hotspots", "names", "atlases", "site"}
BELOW_VECTORS = {"neighbours", *BELOW_MAP, *ARRANGED}


@pytest.mark.parametrize(
    ("section", "key", "value", "changed"),
    [
        ("ingest", "ground", "#000000", set(NAMES)),
        ("features", "models", (spec.Model("plugin", "other"),), set(NAMES) - {"ingest"}),
        ("features", "models", (spec.Model("plugin", "other", side=64),), set(NAMES)),
        ("features", "aspect", "crop", set()),
        ("vectors", "components", 7, {"vectors"} | BELOW_VECTORS),
        ("neighbours", "count", 30, {"neighbours"} | BELOW_MAP),
        ("umap", "min_dist", 0.5, BELOW_MAP),
        ("grid", "aspect", 2, {"grid", "site"}),
        ("jitter", "fill", 0.1, {"jitter", "site"}),
        ("date", "units", ("century",), {"date", "site"}),
        ("category", "aspect", 1, {"category", "site"}),
        ("geographic", "outlines", ("digest",), {"geographic", "site"}),
        ("geographic", "paths", ("/elsewhere",), set()),
        ("date", "captions", "digest", {"date", "site"}),
        ("date", "paths", ("/elsewhere",), set()),
        ("axes", "by", (("height", "width"),), {"axes", "site"}),
        ("colour", "by", ("lightness",), {"colour", "site"}),
        ("alphabetical", "by", ("made",), {"alphabetical", "site"}),
        ("hotspots", "max_clusters", 3, {"hotspots", "names", "site"}),
        ("hotspots", "names", ("kind",), {"names", "site"}),
        ("atlases", "quality", 50, {"atlases", "site"}),
        ("site", "title", "A title", {"site"}),
    ],
)
def test_a_parameter_changes_its_step_and_what_is_made_from_it(section: str, key: str, value: Any, changed: set[str]) -> None:
    before = _spec()
    after = dataclasses.replace(before, **{section: dataclasses.replace(getattr(before, section), **{key: value})})
    assert _changed(plan.Plan(before, _CATALOGUE), plan.Plan(after, _CATALOGUE)) == changed


@pytest.mark.parametrize(
    ("field", "value", "changed", "why"),
    [
        ("columns", _CATALOGUE.columns | {"note": "N"}, set(), "columns that no layout uses"),
        ("columns", _CATALOGUE.columns | {"kind": "K"}, {"category", "names", "site"}, "a column that one layout and the names use"),
        ("columns", _CATALOGUE.columns | {"made: years": "Y"}, {"date", "names", "site"}, "what dates are taken to mean"),
        ("table", "other", {"site"}, "metadata only: no feature, no map"),
        ("content", "other", {"vectors"} | BELOW_VECTORS, "other images: no name of a shard's features"),
        ("problems", "other", {"site"}, "problems are shown in the site"),
    ],
)
def test_a_changed_catalogue(field: str, value: Any, changed: set[str], why: str) -> None:
    after = dataclasses.replace(_CATALOGUE, **{field: value})
    assert _changed(plan.Plan(_spec(), _CATALOGUE), plan.Plan(_spec(), after)) == changed, why


def test_a_raised_version_changes_the_step_and_what_is_made_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {name: _name(plan.Plan(_spec(), _CATALOGUE), name) for name in NAMES}
    monkeypatch.setitem(spec.VERSIONS, "hotspots", spec.VERSIONS["hotspots"] + 1)
    after = {name: _name(plan.Plan(_spec(), _CATALOGUE), name) for name in NAMES}
    assert {name for name in NAMES if before[name] != after[name]} == {"hotspots", "names", "site"}


@given(st.integers(1, 3_000_000), st.integers(1, 3_000_000), st.sampled_from([1, 8, 128, 512]), st.sampled_from([1024, 2048, 4096]))
def test_there_are_jobs_for_the_pages_of_any_number_of_readable_images(images: int, readable: int, budget: int, page: int) -> None:
    readable = min(images, readable)
    cells = [cell for cell in (8, 16, 32, 64, 128) if readable * cell * cell * 4 <= budget << 20]
    cell = max(cells, default=8)
    needed = math.ceil(readable / (page // cell) ** 2)
    base = _spec()
    small = dataclasses.replace(base, atlases=dataclasses.replace(base.atlases, budget_mib=budget, page=page))
    planned = plan.Plan(small, dataclasses.replace(_CATALOGUE, images=images))
    assert planned.pages >= needed
    assert len(planned.atlas_groups) * small.atlases.pages_per_job >= needed


def test_a_million_images_are_few_jobs() -> None:
    catalogue = dataclasses.replace(_CATALOGUE, images=1_000_000, shards=tuple(f"{i:032x}" for i in range(489)))
    planned = plan.Plan(_spec(), catalogue)
    assert len(planned.images_stamps) + len(planned.all_features_stamps) + len(planned.atlas_groups) + 10 <= 2000


def test_memory_and_time_are_stated_for_every_stage() -> None:
    for step in ("catalog", "ingest", "features", "vectors", "neighbours", "layouts", "hotspots", "atlases", "site"):
        assert 0 < plan.memory(step, 0) <= plan.memory(step, 1_000_000) <= 16 * 1024
        assert plan.minutes(step, 1_000_000) > 0


def test_another_model_beside_it_keeps_the_features_of_the_first() -> None:
    one, two = (plan.Plan(_spec(*models), _CATALOGUE) for models in (["mobilenet_v2"], ["mobilenet_v2", "inception_v3"]))
    assert (one.sides, two.sides) == ([224], [224, 299])
    assert one.ingest != two.ingest, "a new square is wanted of each picture"
    assert one.branches[0].features == two.branches[0].features
    assert one.branches[0].prepared == two.branches[0].prepared
    assert [name for name in two.layouts if "-" not in name] == ["umap", "jitter", "grid", *ARRANGED]
    assert list(two.layouts)[-3:] == ["umap-inception_v3", "jitter-inception_v3", "grid-inception_v3"]


def test_a_file_counts_by_its_bytes(tmp_path: Path) -> None:
    def features(name: str, data: bytes) -> str:
        path = tmp_path / name
        path.write_bytes(data)
        return plan.Plan(_spec({"model": "mobilenet_v2", "weights": str(path)}), _CATALOGUE).branches[0].features

    assert features("a.h5", b"1") == features("b.h5", b"1") != features("a.h5", b"2")


def test_engine_and_precision_are_named() -> None:
    [model] = _spec("inception_v3").features.models
    names = {
        plan.Plan(dataclasses.replace(_spec(), features=spec.Features((changed,), "squash")), _CATALOGUE).branches[0].features
        for changed in (model, dataclasses.replace(model, precision="other"), dataclasses.replace(model, engine="other"))
    }
    assert len(names) == 3


def _shown(planned: plan.Plan, before: lineage.Lineage = lineage.NONE) -> lineage.Lineage:
    """The lineage after the site showed it, with everything still in the work folder."""
    links = lineage.given(planned.shown)
    former = {**before.former, **{link.fresh: link.former for link in links}}
    return lineage.Lineage(former, {**before.last, **{link.line: link.path for link in links}}, lambda _: True)


def _other(content: str) -> plan.Catalogue:
    return dataclasses.replace(_CATALOGUE, content=content, columns={"image": content, "title": "t"})


def test_a_map_carries_on_from_the_one_shown_before() -> None:
    first = plan.Plan(_spec(), _CATALOGUE)
    assert first.branches[0].map_former == [], "a build from scratch has none"
    record = _shown(first)
    assert plan.Plan(_spec(), _CATALOGUE, record).site == first.site, "nothing changed"
    more = plan.Plan(_spec(), _other("more"), record)
    assert more.branches[0].map_former == [f"{first.branches[0].map_path}/places.parquet"]
    assert more.branches[0].hotspots_former == [f"hotspots/{first.branches[0].hotspots}.zarr/members.parquet"]
    assert more.atlases_former == [f"atlases/{first.atlases}/plan.zarr/images.parquet"]
    scratch = plan.Plan(_spec(), _other("more"))
    assert more.branches[0].map != scratch.branches[0].map, "named by its former one"
    assert (scratch.pages, more.pages) == (1, 8), "as many pages as the budget has room for"
    record = _shown(more, record)
    assert plan.Plan(_spec(), _other("more"), record).site == more.site
    assert plan.Plan(_spec(), _CATALOGUE, record).site == first.site, "back again"


@pytest.mark.parametrize(
    ("section", "key", "value"), [("umap", "min_dist", 0.5), ("neighbours", "count", 30), ("vectors", "components", 7)]
)
def test_a_map_of_other_parameters_starts_afresh(section: str, key: str, value: Any) -> None:
    base = _spec()
    other = dataclasses.replace(base, **{section: dataclasses.replace(getattr(base, section), **{key: value})})
    planned = plan.Plan(other, _other("more"), _shown(plan.Plan(base, _CATALOGUE)))
    assert (planned.branches[0].map_former, planned.atlases_former) == ([], []), "pages in the order of another map are of no use"


def test_a_map_does_not_carry_on_where_that_is_turned_off() -> None:
    off = dataclasses.replace(_spec(), keep=False)
    carried = plan.Plan(off, _other("more"), _shown(plan.Plan(_spec(), _CATALOGUE)))
    scratch = plan.Plan(_spec(), _other("more"))
    assert (carried.branches[0].map, carried.atlases_former) == (scratch.branches[0].map, [])
    assert carried.branches[0].hotspots_former, "names stay all the same"


def test_a_map_carries_on_when_a_second_model_comes() -> None:
    record = _shown(plan.Plan(_spec("builtin"), _CATALOGUE))
    first, second = plan.Plan(_spec("builtin", "inception_v3"), _CATALOGUE, record).branches
    assert first.map_former
    assert not second.map_former


def _int8() -> spec.Spec:
    [model] = _spec("inception_v3").features.models
    model = dataclasses.replace(model, engine="openvino", precision="int8")
    return dataclasses.replace(_spec(), features=spec.Features((model,), "squash"))


def test_a_calibration_is_made_once_and_stays() -> None:
    first = plan.Plan(_int8(), _CATALOGUE)
    made = first.branches[0]
    assert made.ready_stamps == [f"calibrated/{made.calibrated}/stamp.json"]
    assert {f"calibrated/{made.calibrated}", f"models/{made.prepared}"} <= first.artefacts
    grown = dataclasses.replace(_CATALOGUE, shards=("s0", *_CATALOGUE.shards), content="more")
    scratch, more = plan.Plan(_int8(), grown).branches[0], plan.Plan(_int8(), grown, _shown(first)).branches[0]
    assert scratch.calibrated != made.calibrated, "other pictures, where nothing was shown before"
    assert (more.calibrated, more.features) == (made.calibrated, made.features), "else each addition would describe all pictures anew"
    again = plan.Plan(_int8(), grown, _shown(plan.Plan(_int8(), grown, _shown(first)), _shown(first)))
    assert again.branches[0].features == made.features
    decoded = dataclasses.replace(_int8(), ingest=dataclasses.replace(_int8().ingest, ground="#000000"))
    assert plan.Plan(decoded, grown, _shown(first)).branches[0].calibrated not in {made.calibrated, scratch.calibrated}


def test_a_calibration_that_was_removed_is_made_anew() -> None:
    first = plan.Plan(_int8(), _CATALOGUE)
    record = dataclasses.replace(_shown(first), whole=lambda path: not path.startswith("calibrated/"))
    grown = dataclasses.replace(_CATALOGUE, shards=("s0",), content="more")
    assert plan.Plan(_int8(), grown, record).branches[0].calibrated == plan.Plan(_int8(), grown).branches[0].calibrated


@pytest.mark.parametrize(
    ("shards", "chosen"), [(1, [0]), (3, [0, 1, 2]), (8, list(range(8))), (489, [0, 69, 139, 209, 278, 348, 418, 488])]
)
def test_calibration_sees_all_parts_of_a_collection(shards: int, chosen: list[int]) -> None:
    planned = plan.Plan(_int8(), dataclasses.replace(_CATALOGUE, shards=tuple(map(str, range(shards)))))
    assert planned.calibration_shards == tuple(map(str, chosen))


def test_without_int8_nothing_is_calibrated() -> None:
    [branch] = plan.Plan(_spec("inception_v3"), _CATALOGUE).branches
    assert (branch.calibrated, branch.ready_stamps) == ("", branch.prepared_stamps)


def test_variants_of_a_map_change_nothing_but_themselves() -> None:
    base = _spec("builtin", "inception_v3")
    more = dataclasses.replace(base, variants=(spec.Umap(5, 0.1, 0),))
    before, after = plan.Plan(base, _CATALOGUE), plan.Plan(more, _CATALOGUE)
    assert _changed(before, after) == {"site"}
    assert set(after.layouts) - set(before.layouts) == {"variants", "variants-inception_v3"}
    own = dataclasses.replace(more, positions=spec.Given("/x.csv", "digest"))
    assert "variants" not in plan.Plan(own, _CATALOGUE).layouts, "a map of one's own has none"


def _labelled(column: str) -> plan.Catalogue:
    label = arrangements.Column("school", "text", "label", 8, 3, None)
    return dataclasses.replace(_CATALOGUE, described=(*_COLUMNS, label), columns=_CATALOGUE.columns | {"school": column})


def test_a_map_is_drawn_by_labels_where_there_are_any_and_they_count() -> None:
    base = _spec()
    off = dataclasses.replace(base, label_weight=0.0)
    plain, without = plan.Plan(base, _CATALOGUE), plan.Plan(off, _labelled("a"))
    assert (plain.labels, without.labels, plan.Plan(base, _labelled("a")).labels) == ((), (), ("school",))
    assert plain.branches[0].map == without.branches[0].map
    maps = {plan.Plan(base, _labelled(text)).branches[0].map for text in "ab"}
    maps |= {plan.Plan(dataclasses.replace(base, label_weight=w), _labelled("a")).branches[0].map for w in (0.3, 1.0)}
    assert len(maps | {plain.branches[0].map}) == 5
    first = plan.Plan(base, _labelled("a"))
    after = plan.Plan(base, _labelled("b"), _shown(first))
    assert after.branches[0].map_former == [f"{first.branches[0].map_path}/places.parquet"], "other labels move it from where it was"


@pytest.mark.parametrize(
    ("changes", "spaces", "changed"),
    [
        ({}, [], set()),
        ({"components": 3}, [3], {"site"}),
        ({"space": "umap5"}, [5], {"hotspots", "names", "site"}),
        ({"components": 3, "space": "umap5"}, [5, 3], {"hotspots", "names", "site"}),
        ({"components": 3, "space": "umap5", "own": True}, [], set()),
    ],
)
def test_a_space_is_made_where_something_is_made_from_it(changes: dict[str, Any], spaces: list[int], changed: set[str]) -> None:
    base = _spec()
    if changes.get("own"):
        base = dataclasses.replace(base, positions=spec.Given("/p.csv", "p"), clusters=spec.Given("/c.csv", "c"))
    hotspots = dataclasses.replace(base.hotspots, space=changes.get("space", "map"))
    after = plan.Plan(dataclasses.replace(base, hotspots=hotspots, components=changes.get("components", 2)), _CATALOGUE)
    before = plan.Plan(base, _CATALOGUE)
    assert _changed(before, after) == changed
    assert list(after.branches[0].spaces) == spaces
    assert len(after.artefacts - before.artefacts) >= len(spaces)
    assert [after.space(name)[1] for name in after.branches[0].spaces.values()] == spaces
    assert list(after.spaces) == (["umap"] if 3 in spaces else [])
    assert [after.space_umap(count).min_dist for count in (3, 5)] == [0.1, 0.0]


def test_wishes_change_nothing_but_the_first_hotspots_that_are_shown() -> None:
    before = plan.Plan(_spec("builtin", "inception_v3"), _CATALOGUE)
    after = dataclasses.replace(before, spec=dataclasses.replace(before.spec, edited=spec.Given("/x.json", "digest")))
    elsewhere = dataclasses.replace(before, spec=dataclasses.replace(before.spec, edited=spec.Given("/y.yaml", "digest")))
    assert _changed(before, after) == {"site"}
    assert (before.edited_stamps, len(after.edited_stamps), elsewhere.edited_stamps) == ([], 1, after.edited_stamps)
    assert after.artefacts - before.artefacts == {after.edited_stamps[0].removesuffix("/stamp.json")}


def test_own_positions_replace_the_first_map_alone() -> None:
    own = dataclasses.replace(_spec("builtin", "inception_v3"), positions=spec.Given("/x.csv", "digest"))
    first, second = plan.Plan(own, _CATALOGUE).branches
    assert (first.map_kind, second.map_kind) == ("positions", "umap")


@pytest.mark.parametrize("models", [["builtin"], ["builtin", {"model": "mobilenet_v2"}]])
def test_a_million_images_make_at_most_two_thousand_jobs(models: list[Any]) -> None:
    million = dataclasses.replace(_CATALOGUE, items=10**6, images=10**6, shards=tuple(f"s{i}" for i in range(489)))
    artefacts = plan.Plan(_spec(*models), million).artefacts
    assert 489 * (1 + len(models)) < len(artefacts) <= 2000 - 3, "besides the catalogue, the site and the target"


def test_names_are_the_same_in_every_process() -> None:
    """PixPlot named models by a hash that differs from process to process, so none was ever found again."""
    script = "from pixplot_steps import plan; from tests.test_plan import _CATALOGUE, _spec; print(plan.Plan(_spec(), _CATALOGUE).site)"
    said = {
        subprocess.run(
            [sys.executable, "-c", script], env={**os.environ, "PYTHONHASHSEED": seed}, cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        for seed in "12"
    }
    assert len(said) == 1
    assert said != {""}
