"""Every kind of damage is found, and named with its file."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pixplot_steps import digest
from pixplot_steps.cli import main
from pixplot_steps.site import hashed, table
from pixplot_steps.site.verify import summarise, verify
from pixplot_steps.store import commit, tables
from tests.site.conftest import Built

MANIFEST = "data/manifest.json"

Json = dict[str, Any]


class Patient:
    """A site to damage."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.manifest: Json = json.loads((root / MANIFEST).read_bytes())

    def save(self) -> None:
        (self.root / MANIFEST).write_bytes(commit.json_text(self.manifest))

    def path(self, *keys: str | int) -> Path:
        return self.root / str(self.at(*keys)["file"])

    def at(self, *keys: str | int) -> Any:
        value: Any = self.manifest
        for key in keys:
            value = value[key]
        return value

    def set(self, new: Any, *keys: str | int) -> Patient:
        self.at(*keys[:-1])[keys[-1]] = new
        return self

    def array(self, *keys: str | int) -> Any:
        reference = self.at(*keys)
        return np.fromfile(self.path(*keys), hashed.DTYPES[reference["dtype"]]).reshape(reference["shape"])

    def replace(self, file: hashed.Hashed, *keys: str | int) -> None:
        """Put another file, rightly named, in the place of one."""
        (self.root / file.path).write_bytes(file.data)
        self.set(file.reference, *keys)

    def replace_rows(self, change: Callable[[Any], None], *keys: str | int) -> None:
        values = self.array(*keys)
        change(values)
        self.replace(hashed.array(values), *keys)

    def table(self, key: str) -> pa.Table:
        return pa.ipc.open_file(self.path(key)).read_all()

    def replace_table(self, new: pa.Table, key: str = "table") -> None:
        self.replace(hashed.file(table.encode(new), "arrow", rows=new.num_rows), key)

    def picture(self) -> Path:
        return min(self.root.glob("pictures/*/*.jpg"))


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])


def outside(site: Patient) -> str:
    """A file beside the site that has the right bytes."""
    shutil.copy(site.path("colours"), site.root.parent / "outside.bin")
    return "../outside.bin"


def link_out(site: Patient) -> None:
    path = site.path("colours")
    path.rename(site.root.parent / "outside.bin")
    path.symlink_to("../../outside.bin")


def link_pictures_out(site: Patient) -> None:
    (site.root / "pictures").rename(site.root.parent / "elsewhere")
    (site.root / "pictures").symlink_to("../elsewhere")


def fill(value: Any) -> Callable[[Any], None]:
    def change(values: Any) -> None:
        values[3] = value

    return change


def another_page(site: Patient, width: int, height: int, form: str) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height)).save(buffer, form)
    site.replace(hashed.file(buffer.getvalue(), "webp"), "atlas", "levels", 0, "pages", 0)


def folder_in_place_of_sizes(site: Patient) -> None:
    site.path("sizes").unlink()
    site.path("sizes").mkdir()


def larger_picture(site: Patient) -> None:
    with Image.open(site.picture()) as image:
        image.resize((image.width * 2, image.height * 2)).save(site.picture())


def with_column(site: Patient, name: str, values: Any) -> pa.Table:
    rows = site.table("table")
    return rows.set_column(rows.column_names.index(name), name, values)


def swapped_rows(site: Patient) -> pa.Table:
    rows = site.table("table")
    return rows.take([1, 0, *range(2, rows.num_rows)])


def endless(site: Patient) -> None:
    site.set(10**30, "counts", "items").set(10**30, "counts", "images").set(10**30, "atlas", "count")


def more_neighbours(site: Patient, model: str) -> None:
    site.manifest["more_neighbours"] = [{"model": model, "rows": site.at("neighbours")}]


def hotspot(site: Patient, key: str, value: Any, index: int = 0) -> None:
    site.set(value, "hotspots", "list", index, key)


def near_of_too_few(site: Patient) -> None:
    site.replace(hashed.array(np.zeros(3, np.uint8)), "layouts", 0, "near")


def labels_at_the_side(site: Patient) -> None:
    rows = [{"text": "1894", "x": 0.0, "y": 0.0, "level": 0, "anchor": "left"}]
    labels = pa.Table.from_pylist(rows, tables.LABELS)
    site.replace(hashed.file(table.encode(labels), "arrow", rows=1), "layouts", 0, "labels")


def event_of_year_0(site: Patient) -> None:
    events = pa.Table.from_pylist([{"year": 0, "title": "a", "text": "", "x": 0.0, "y": 0.0}], tables.EVENTS)
    site.replace(hashed.file(table.encode(events), "arrow", rows=1), "layouts", 0, "events")


def lines_backwards(site: Patient) -> None:
    site.set({}, "layouts", 0, "lines")
    site.replace(hashed.array(np.zeros((6, 2), np.float32)), "layouts", 0, "lines", "points")
    site.replace(hashed.array(np.array([4, 3, 6], np.uint32)), "layouts", 0, "lines", "ends")


PAGE = ("atlas", "levels", 0, "pages", 0)
POSITIONS = ("layouts", 0, "positions")
MEMBERS = ("hotspots", "members")
KEPT = {"old": 30, "new": 7, "laid_out_again": False, "drift_percent": 0.0, "quality_before": None}

# What is done, a part of the file that must be named, and a part of what must be said.
DAMAGE: list[tuple[str, Callable[[Patient], Any], str, str]] = [
    ("no manifest", lambda s: (s.root / MANIFEST).unlink(), MANIFEST, "a file"),
    ("manifest cut off", lambda s: truncate(s.root / MANIFEST), MANIFEST, "UTF-8 JSON"),
    ("manifest is a list", lambda s: (s.root / MANIFEST).write_text("[]"), MANIFEST, "an object"),
    ("manifest nested too deeply", lambda s: (s.root / MANIFEST).write_text("[" * 100_000), MANIFEST, "UTF-8 JSON"),
    ("manifest with NaN", lambda s: (s.root / MANIFEST).write_text('{"format": NaN}'), MANIFEST, "UTF-8 JSON"),
    ("no page", lambda s: (s.root / "index.html").unlink(), "index.html", "a file"),
    ("another format", lambda s: s.set("other", "format"), MANIFEST, "format: 'pixplot-site'"),
    ("another version", lambda s: s.set(2, "version"), MANIFEST, "version: 1"),
    ("a key is missing", lambda s: s.manifest.pop("colours"), MANIFEST, "'colours'"),
    ("counts as text", lambda s: s.set("41", "counts", "items"), MANIFEST, "counts.items: an integer"),
    ("more images than items", lambda s: s.set(42, "counts", "images"), MANIFEST, "counts.images"),
    ("fewer images than the table has", lambda s: s.set(36, "counts", "images"), MANIFEST, "37, as the table has"),
    ("endless images", endless, MANIFEST, "pages for this cell"),
    ("a byte of the table", lambda s: flip(s.path("table")), "data/", "digest"),
    ("a byte of the colours", lambda s: flip(s.path("colours")), "data/", "digest"),
    ("a byte of the positions", lambda s: flip(s.path(*POSITIONS)), "data/", "digest"),
    ("a byte of a page", lambda s: flip(s.path(*PAGE)), ".webp", "digest"),
    ("a byte of the problems", lambda s: flip(s.path("problems")), "data/", "digest"),
    ("sizes cut off", lambda s: truncate(s.path("sizes")), "data/", "bytes"),
    ("a page cut off", lambda s: truncate(s.path(*PAGE)), ".webp", "bytes"),
    ("slots are gone", lambda s: s.path("atlas", "slots").unlink(), "data/", "a file"),
    ("a page is gone", lambda s: s.path(*PAGE).unlink(), ".webp", "a file"),
    ("a folder instead of a file", folder_in_place_of_sizes, "data/", "a file"),
    ("a picture is gone", lambda s: s.picture().unlink(), "pictures/", "a file"),
    ("a picture cut off", lambda s: truncate(s.picture()), "pictures/", "end marker"),
    ("an empty picture", lambda s: s.picture().write_bytes(b""), "pictures/", "JPEG"),
    ("a picture that is a page", lambda s: s.picture().write_text("<html>"), "pictures/", "JPEG"),
    ("a picture of another format", lambda s: Image.new("RGB", (9, 9)).save(s.picture(), "PNG"), "pictures/", "JPEG"),
    ("a picture enlarged", larger_picture, "pictures/", "no side longer than"),
    ("pictures larger than said", lambda s: s.set(50, "pictures", "longest_side"), "pictures/", "no side longer than 50"),
    ("bytes of the pictures", lambda s: s.set(1, "pictures", "bytes"), MANIFEST, "the bytes of all pictures"),
    ("another path of pictures", lambda s: s.set("../{image}.jpg", "pictures", "path"), MANIFEST, "pictures.path"),
    ("out by dots", lambda s: s.set(outside(s), "colours", "file"), "../outside.bin", "below the site's root"),
    ("out by an absolute path", lambda s: s.set("/etc/passwd", "colours", "file"), "/etc/passwd", "below the site's root"),
    ("out by backslashes", lambda s: s.set("data\\..\\..\\x.bin", "colours", "file"), "x.bin", "below the site's root"),
    ("out by a drive", lambda s: s.set("C:/x.bin", "colours", "file"), "C:/x.bin", "below the site's root"),
    ("a control character", lambda s: s.set("data/\x1b[2J.bin", "colours", "file"), "\\x1b", "below the site's root"),
    ("out by a link", link_out, "data/", "below the site's root"),
    ("pictures out by a link", link_pictures_out, "pictures/", "below the site's root"),
    ("a name that is not the digest", lambda s: s.set("index.html", "colours", "file"), MANIFEST, "colours.file: data/"),
    ("another type", lambda s: s.set("f32", "colours", "dtype"), MANIFEST, "colours.dtype: 'u8'"),
    ("another shape", lambda s: s.set([41, 4], "colours", "shape"), MANIFEST, "[41, 3]"),
    ("too few rows", lambda s: s.replace(hashed.array(s.array("sizes")[:-1]), "sizes"), MANIFEST, "[41, 2]"),
    (
        "a shape that the bytes do not fill",
        lambda s: s.replace(hashed.file(b"1234", "bin", dtype="f32", shape=[41, 2]), *POSITIONS),
        "data/",
        "328 bytes",
    ),
    ("a size of 0", lambda s: s.replace_rows(fill(0), "sizes"), "data/", "at least 1"),
    ("a position off the map", lambda s: s.replace_rows(fill(1.5), *POSITIONS), "data/", "[-1, 1]"),
    ("a position that is no number", lambda s: s.replace_rows(fill(np.nan), *POSITIONS), "data/", "[-1, 1]"),
    ("one layout's name twice", lambda s: s.set("umap", "layouts", 1, "name"), MANIFEST, "distinct names"),
    ("an extra layout without a file", lambda s: s.manifest["layouts"].append({"name": "extra"}), MANIFEST, "layouts[2]"),
    ("no layout", lambda s: s.set([], "layouts"), MANIFEST, "one layout or more"),
    ("a layout of another kind", lambda s: s.set("globe", "layouts", 0, "kind"), MANIFEST, "'map' or 'grid'"),
    ("a unit that is a number", lambda s: s.set(3.7, "layouts", 0, "unit"), MANIFEST, "layouts[0].unit"),
    ("a layout of a column that there is not", lambda s: s.set(["none"], "layouts", 0, "columns"), MANIFEST, "layouts[0].columns[0]"),
    ("a place said to be true of other rows", near_of_too_few, MANIFEST, "layouts[0].near.shape"),
    ("labels at the side", labels_at_the_side, "data/", "anchored"),
    ("something in a year that is none", event_of_year_0, "data/", "in years other than 0"),
    ("labels for events", lambda s: s.set(s.at("table"), "layouts", 0, "events"), "data/", "year: int32"),
    ("lines that end before they begin", lines_backwards, "data/", "ascend"),
    ("a cell of no size", lambda s: s.set(0, "layouts", 0, "cell"), MANIFEST, "above 0"),
    ("an unmoved map that moved", lambda s: s.set(KEPT | {"drift_percent": 0.1}, "layouts", 0, "kept"), MANIFEST, "drift_percent"),
    ("a unit that is a number", lambda s: s.set(3.7, "layouts", 0, "unit"), MANIFEST, "layouts[0].unit"),
    ("a quality above 1", lambda s: s.set(1.1, "layouts", 0, "quality", "trustworthiness"), MANIFEST, "trustworthiness"),
    ("a huge number", lambda s: s.set(10**400, "layouts", 0, "cell"), MANIFEST, "layouts[0].cell"),
    ("a slot out of range", lambda s: s.replace_rows(fill(37), "atlas", "slots"), "data/", "slots below 37"),
    ("fewer slots than images", lambda s: s.set(36, "atlas", "count"), MANIFEST, "atlas.count"),
    ("one slot for all images", lambda s: s.replace_rows(lambda v: v.fill(0), "atlas", "slots"), "data/", "a slot for each image"),
    ("two slots for one image", lambda s: s.replace_rows(lambda v: v.sort(), "atlas", "slots"), "data/", "one slot"),
    ("a page too high", lambda s: another_page(s, 512, 1024, "WEBP"), ".webp", "512 x 512 pixels"),
    ("a page of another format", lambda s: another_page(s, 512, 512, "PNG"), ".webp", "a WEBP picture"),
    ("a page too few", lambda s: s.at("atlas", "levels", 0, "pages").pop(), MANIFEST, "3 pages"),
    ("cells that do not fill a page", lambda s: s.set(500, "atlas", "page"), MANIFEST, "a multiple of the cell"),
    ("no level", lambda s: s.set([], "atlas", "levels"), MANIFEST, "one level or more"),
    ("levels that descend", lambda s: s.at("atlas", "levels").append({"cell": 64, "pages": []}), MANIFEST, "ascending"),
    ("a member out of range", lambda s: s.replace_rows(fill(2), *MEMBERS), "data/", "members from -1 to 1"),
    ("a member below -1", lambda s: s.replace_rows(fill(-2), *MEMBERS), "data/", "members from -1 to 1"),
    ("a count that is wrong", lambda s: hotspot(s, "count", 14), MANIFEST, "the rows that are members"),
    ("hotspots in another order", lambda s: s.at("hotspots", "list").reverse(), MANIFEST, "the row of a member"),
    ("counts that ascend", lambda s: hotspot(s, "count", 99, 1), MANIFEST, "descend by count"),
    ("a medoid that is no member", lambda s: hotspot(s, "item", 40), MANIFEST, "the row of a member"),
    ("a medoid out of range", lambda s: hotspot(s, "item", 41), MANIFEST, "at most 40"),
    ("an id of another form", lambda s: hotspot(s, "id", "../x"), MANIFEST, "32 hexadecimal characters"),
    ("one id twice", lambda s: hotspot(s, "id", s.at("hotspots", "list", 0)["id"], 1), MANIFEST, "distinct ids"),
    ("a centre off the map", lambda s: hotspot(s, "centre", [0, 3]), MANIFEST, "centre[1]"),
    ("bounds inside out", lambda s: hotspot(s, "bounds", [0.5, 0, -0.5, 0]), MANIFEST, "in order"),
    ("a neighbour out of range", lambda s: s.replace_rows(fill(41), "neighbours"), "data/", "rows below 41"),
    ("neighbours that are the row itself", lambda s: s.replace_rows(fill(3), "neighbours"), "data/", "another image"),
    ("one neighbour many times", lambda s: s.replace_rows(fill(9), "neighbours"), "data/", "neighbours that differ"),
    ("neighbours of no shape", lambda s: s.set([41], "neighbours", "shape"), MANIFEST, "neighbours.shape"),
    ("neighbours of a model that there is not", lambda s: more_neighbours(s, "none"), MANIFEST, "other models than the first"),
    ("neighbours of the first model twice", lambda s: more_neighbours(s, "pixels"), MANIFEST, "other models than the first"),
    ("a byte of the neighbours", lambda s: flip(s.path("neighbours")), "data/", "digest"),
    ("hotspots of no layout", lambda s: s.set("tsne", "hotspots", "layout"), MANIFEST, "hotspots.layout"),
    (
        "a column that the table lacks",
        lambda s: s.at("columns").append({"name": "none", "label": "", "type": "text", "role": None}),
        "data/",
        "one column 'none'",
    ),
    ("a column that is not listed", lambda s: s.at("columns").pop(), "data/", "only columns that the manifest lists"),
    ("a column twice", lambda s: s.at("columns").append(dict(s.at("columns", 0))), MANIFEST, "not taken"),
    ("a column that is fixed", lambda s: s.set("item", "columns", 0, "name"), MANIFEST, "not taken"),
    ("a column of an unknown type", lambda s: s.set("html", "columns", 0, "type"), MANIFEST, "columns[0].type"),
    ("a column of an unknown role", lambda s: s.set("boss", "columns", 0, "role"), MANIFEST, "columns[0].role"),
    ("a column of another type", lambda s: s.set("number", "columns", 0, "type"), "data/", "'title' of number"),
    ("rows that are not sorted", lambda s: s.replace_table(swapped_rows(s)), "data/", "items sorted"),
    ("an item twice", lambda s: s.replace_table(with_column(s, "item", pa.array(["same"] * 41))), "data/", "each once"),
    ("a table of fewer rows", lambda s: s.replace_table(s.table("table").slice(1)), "data/", "41 rows"),
    ("other rows than said", lambda s: s.set(40, "table", "rows"), "data/", "40 rows"),
    (
        "an image that climbs",
        lambda s: s.replace_table(with_column(s, "image", pa.array(["../../../../etc/x"] * 41))),
        "data/",
        "32 hexadecimal",
    ),
    ("an image that is not given", lambda s: s.replace_table(with_column(s, "image", pa.nulls(41, pa.string()))), "data/", "'image'"),
    ("a table that is no table", lambda s: s.replace(hashed.file(b"ARROW1 or not", "arrow", rows=41), "table"), "data/", "Arrow IPC"),
    (
        "problems with another column",
        lambda s: s.replace_table(s.table("problems").drop(["kind"]), "problems"),
        "data/",
        "the columns path",
    ),
    ("more problems than told", lambda s: s.set(3, "counts", "problems"), "data/", "3 rows"),
    ("a variance above 1", lambda s: s.set(1.5, "vectors", "explained_variance"), MANIFEST, "explained_variance"),
    ("no dimensions", lambda s: s.set(0, "model", "dimensions"), MANIFEST, "model.dimensions"),
]


@pytest.mark.parametrize(("damage", "file", "said"), [case[1:] for case in DAMAGE], ids=[case[0] for case in DAMAGE])
def test_damage_is_found_and_named(copy: Path, damage: Callable[[Patient], Any], file: str, said: str) -> None:
    site = Patient(copy)
    before = json.dumps(site.manifest)
    damage(site)
    if json.dumps(site.manifest) != before:
        site.save()
    faults = verify(copy)
    assert any(file in fault.file and said in fault.expected for fault in faults), faults


def test_rows_of_one_image_share_a_slot(copy: Path) -> None:
    site = Patient(copy)
    images = site.table("table")["image"].to_pylist()
    row = next(i for i, image in enumerate(images) if images.count(image) > 1)
    values = site.array("atlas", "slots")
    values[row] = (values[row] + 1) % 37
    site.replace(hashed.array(values), "atlas", "slots")
    site.save()
    assert "one slot for rows that show one image" in [fault.expected for fault in verify(copy)]


def test_readers_accept_more_levels(copy: Path) -> None:
    site = Patient(copy)
    buffer = io.BytesIO()
    Image.new("RGB", (512, 64)).save(buffer, "WEBP")
    page = hashed.file(buffer.getvalue(), "webp")
    site.replace(page, *PAGE[:3])
    site.manifest["atlas"]["levels"] = [{"cell": 64, "pages": [page.reference]}, Patient(copy).manifest["atlas"]["levels"][0]]
    site.save()
    assert [fault.expected for fault in verify(copy)] == ["512 x 320 pixels"]


def test_a_site_without_neighbours_is_one_of_an_older_writer(copy: Path) -> None:
    site = Patient(copy)
    site.manifest.pop("neighbours")
    site.save()
    assert verify(copy) == []


def test_no_site_at_all(tmp_path: Path) -> None:
    assert [fault.file for fault in verify(tmp_path / "none")] == ["index.html", MANIFEST]
    assert summarise(tmp_path / "none")["items"] is None


def test_json_is_one_object(built: Built, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(built.site), "--json"]) == 0
    out = capsys.readouterr()
    assert json.loads(out.out) == summarise(built.site)
    assert out.err == ""


def test_json_with_faults_and_a_code_that_is_not_0(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flip(Patient(copy).path("colours"))
    assert main(["verify", str(copy), "--json"]) == 1
    out = capsys.readouterr()
    assert [set(fault) for fault in json.loads(out.out)["faults"]] == [{"file", "expected", "found"}]
    assert "one fault" in out.err


def test_many_faults_are_counted(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(copy / "pictures")
    assert main(["verify", str(copy)]) == 1
    assert "37 faults" in (err := capsys.readouterr().err)
    assert "and 17 more" in err


def test_a_right_site_is_told_in_a_line(built: Built, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(built.site)]) == 0
    assert "is right: 41 items, 37 images" in capsys.readouterr().out


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["file", "bytes", "digest", "name"]), inner, max_size=3),
    max_leaves=4,
)


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_no_manifest_stops_the_check(built: Built, data: st.DataObject) -> None:
    # Any one value of the manifest is replaced by any other: a fault or none, but never an exception.
    site = Patient(built.site)
    original = (built.site / MANIFEST).read_bytes()
    path = data.draw(st.sampled_from(sorted(places(site.manifest), key=str)))
    site.set(data.draw(VALUES), *path)
    try:
        (built.site / MANIFEST).write_bytes(json.dumps(site.manifest).encode("utf-8", "surrogatepass"))
        verify(built.site)
        summarise(built.site)
    finally:
        (built.site / MANIFEST).write_bytes(original)


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The paths of all values inside a JSON value."""
    inner: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, child in inner for place in [(*path, key), *places(child, (*path, key))]]


def test_the_digest_of_a_name_is_that_of_its_bytes(built: Built) -> None:
    for path in (built.site / "data").iterdir():
        assert path.name == "manifest.json" or path.stem == digest.of_bytes(path.read_bytes())
