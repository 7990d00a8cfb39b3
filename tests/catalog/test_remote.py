"""Pictures of servers beside local ones: one table, one list of problems."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pixplot_steps import cli, digest
from pixplot_steps.catalog import remote
from pixplot_steps.catalog.metadata import Rows, parse
from pixplot_steps.plan import read_catalogue
from pixplot_steps.store import commit, tables


class TestRows:
    """What manifests say, and what the user's tables say."""

    def rows(self, table: str = "") -> Rows:
        return parse(table.encode(), "t.csv", "t.csv") if table else Rows()

    def test_items_without_a_row_get_one(self) -> None:
        rows, row_of = self.rows(), [-1, -1]
        remote.add_rows(rows, row_of, ["a", "b"], {"a": '{"Title": ["One"]}', "b": '{"Maker": ["X", "Y"], "title": ["Two"]}'})
        assert row_of == [0, 1]
        assert rows.cells == {"title": ["One", "Two"], "maker": [None, ["X", "Y"]]}
        assert rows.labels == {"title": "Title", "maker": "Maker"}

    def test_the_users_table_goes_first_and_is_filled_in(self) -> None:
        rows, row_of = self.rows("filename,title,year\nb,Mine,\nc,Other,1900\n"), [-1, 0]
        remote.add_rows(rows, row_of, ["a", "b"], {"a": '{"title": ["One"]}', "b": '{"title": ["Two"], "year": ["1700"]}'})
        assert row_of == [2, 0]
        assert rows.cells == {"filename": ["b", "c", None], "title": ["Mine", "Other", "One"], "year": ["1700", "1900", None]}

    def test_local_items_stay_as_they_are(self) -> None:
        rows, row_of = self.rows("filename,title\nl.jpg,Mine\n"), [0]
        remote.add_rows(rows, row_of, ["l.jpg"], {})
        assert (row_of, rows.cells["title"]) == ([0], ["Mine"])


def fetched(root: Path, pictures: dict[str, bytes]) -> None:
    with commit.folder(root / "fetched") as draft:
        rows: list[dict[str, Any]] = []
        for item, data in sorted(pictures.items()):
            name = digest.of_bytes(data)
            commit.bytes_file(root / "cache" / name[:2] / name, data)
            service = json.dumps({"id": f"https://{item}/i"})
            cells = json.dumps({"title": [item.upper()], "date": ["1905"]})
            rows.append({"item": item, "image": name, "size": len(data), "service": service, "cells": cells})
        tables.write(draft.path / "items.parquet", pa.Table.from_pylist(rows, schema=tables.FETCHED), tables.FETCHED)
        problem = {"path": "x.org/9", "stage": "fetch", "kind": "not fetched", "reason": "the server answers 404", "action": "wait"}
        tables.write(draft.path / "problems.parquet", pa.Table.from_pylist([problem], schema=tables.PROBLEMS), tables.PROBLEMS)


def catalogue(root: Path, *images: str) -> pa.Table:
    flags = ["--images", *images, "--fetched", str(root / "fetched"), "--cache", str(root / "cache"), "--metadata"]
    flags += ["--max-images", "0", "--shuffle", "false", "--seed", "24", "--encoding", "utf8"]
    flags += ["--pages", "first", "--key", "filename", "--without-row", "keep", "--columns", "{}", "--shard-size", "2", "--threads", "1"]
    flags += ["--ledger", str(root / "ledger"), "--images-made", str(root / "images"), "--features-made", str(root / "features")]
    assert cli.main(["step", "catalog", *flags, "--fingerprint", "f", "--out", str(root / "catalog")]) == 0
    return tables.read(root / "catalog/items.parquet", tables.ITEMS)


@pytest.mark.parametrize("with_local", [False, True])
def test_both_kinds_of_pictures_in_one_catalogue(tmp_path: Path, with_local: bool) -> None:
    fetched(tmp_path, {"a.org/1": b"one", "b.org/2": b"two", "b.org/3": b"one"})
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures/own.jpg").write_bytes(b"mine")
    items = catalogue(tmp_path, *([str(tmp_path / "pictures")] if with_local else []))
    assert items["item"].to_pylist() == ["a.org/1", "b.org/2", "b.org/3", *(["own.jpg"] if with_local else [])]
    assert items["title"].to_pylist() == ["A.ORG/1", "B.ORG/2", "B.ORG/3", *([None] if with_local else [])]
    assert items[remote.SERVICE].to_pylist()[:2] == ['{"id": "https://a.org/1/i"}', '{"id": "https://b.org/2/i"}']
    plan = read_catalogue(tmp_path / "catalog/plan.json")
    assert plan.images == (3 if with_local else 2), "two items show one image"
    shards = [tables.read(path, tables.SHARD).to_pylist() for path in (tmp_path / "catalog/shards").glob("*.parquet")]
    for row in (row for shard in shards for row in shard):
        assert digest.of_bytes(Path(os.fsdecode(row["path"])).read_bytes()) == row["image"]
    problems = tables.read(tmp_path / "catalog/problems.parquet", tables.PROBLEMS)
    assert problems["stage"].to_pylist() == ["fetch"]


def test_what_comes_later_fills_a_new_shard(tmp_path: Path) -> None:
    fetched(tmp_path, {f"a.org/{number}": str(number).encode() for number in range(3)})
    catalogue(tmp_path)
    before = read_catalogue(tmp_path / "catalog/plan.json").shards
    fetched(tmp_path, {f"a.org/{number}": str(number).encode() for number in (0, 1, 2, 9)})
    catalogue(tmp_path)
    assert read_catalogue(tmp_path / "catalog/plan.json").shards[:2] == before
