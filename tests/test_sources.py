"""docs/sources.md: every example is run, on the files that the page describes, and gives the items that it says."""

from __future__ import annotations

import json
import re
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from PIL import Image

from pixplot_steps import cli, config
from pixplot_steps.catalog import dates

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/sources.md").read_text("utf-8")
EXAMPLES = re.findall(r"```yaml\n(.+?)```\n\nItems: (.+?)\n\n", PAGE, re.DOTALL)

HEAD = ("filename", "Name", "Year", "Id", "tags")
TABLE = (("north%2Flake.jpg", "Lake", "1890s", "7", "water|blue"), ("north/river.jpg", "River", "c. 1905", "8", "water"))


def _records() -> list[dict[str, Any]]:
    return [{**dict(zip(HEAD, row, strict=True)), "tags": row[4].split("|")} for row in TABLE]


def _pictures(root: Path) -> None:
    for number, name in enumerate(("north/river.jpg", "north/lake.jpg", "south/river.png")):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (20, 20), (number * 80, 100, 50)).save(root / name)
    pages = [Image.new("L", (20, 20), number) for number in range(3)]
    pages[0].save(root / "south/letter.tif", save_all=True, append_images=pages[1:])


def _archives(root: Path) -> None:
    files = sorted(path for path in (root / "pictures").rglob("*") if path.is_file())
    with zipfile.ZipFile(root / "pictures.zip", "w") as archive:
        for path in files:
            archive.write(path, path.relative_to(root / "pictures"))
    for name, mode in (("pictures.tar", "w"), ("pictures.tar.gz", "w:gz")):
        with tarfile.open(root / name, mode) as tar:  # type: ignore[call-overload]
            for path in files:
                tar.add(path, str(path.relative_to(root / "pictures")))


def _tables(root: Path) -> None:
    for name, separator in (("table.csv", ","), ("table.tsv", "\t")):
        (root / name).write_text("\n".join(separator.join(row) for row in (HEAD, *TABLE)), "utf-8-sig")
    book = openpyxl.Workbook()
    for row in (HEAD, *TABLE):
        book.active.append(row)
    book.save(root / "table.xlsx")
    pq.write_table(pa.Table.from_pylist(_records()), root / "table.parquet")
    (root / "table.json").write_text(json.dumps({"objects": _records()}))
    (root / "table.jsonl").write_text("\n".join(map(json.dumps, _records())))
    (root / "numbers.csv").write_text("Inventory number;Name\nlake;Lake\n")
    (root / "records").mkdir()
    for record in _records():
        (root / "records" / f"{record['Id']}.json").write_text(json.dumps(record))


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sources")
    _pictures(root / "pictures")
    _archives(root)
    _tables(root)
    (root / "chosen.txt").write_text("# the rivers\npictures/north/river.jpg\npictures/south/*.png\n")
    return root


def _catalogue(example: str, sources: Path, out: Path) -> list[dict[str, Any]]:
    """Run the catalogue as the workflow does, with an example's keys over the defaults."""
    value = yaml.safe_load((ROOT / "config/config.yaml").read_text("utf-8"))
    given = yaml.safe_load(example)
    value |= given | {"catalog": value["catalog"] | given.get("catalog", {})}
    wanted = config.read(value, ROOT / "workflow/schemas/config.schema.yaml", sources)
    catalog = wanted.catalog
    flags = [
        "--images",
        *wanted.images,
        "--fetched",
        "--cache",
        "cache",
        "--metadata",
        *wanted.metadata,
        "--pages",
        catalog.pages,
        "--key",
        catalog.key,
    ]
    flags += ["--max-images", "0", "--shuffle", "false", "--seed", "24", "--encoding", catalog.encoding]
    flags += ["--without-row", catalog.without_row, "--columns", json.dumps(catalog.columns), "--shard-size", "8"]
    flags += ["--images-made", str(out / "images"), "--features-made", str(out / "features")]
    flags += ["--ledger", str(out / "ledger"), "--fingerprint", "f", "--threads", "2", "--out", str(out / "catalog")]
    assert cli.main(["step", "catalog", *flags]) == 0
    rows: list[dict[str, Any]] = pq.read_table(out / "catalog/items.parquet").to_pylist()
    return rows


def _shown(row: dict[str, Any]) -> str:
    title = row.get("title") or row.get("name")
    return f"`{row['item']}`" + (f" ({title})" if title else "")


@pytest.mark.parametrize(("example", "items"), EXAMPLES, ids=[example.replace("\n", " ")[:60] for example, _ in EXAMPLES])
def test_examples(example: str, items: str, sources: Path, tmp_path: Path) -> None:
    rows = _catalogue(example, sources, tmp_path)
    assert ", ".join(map(_shown, rows)) == items


def test_all_examples_are_found() -> None:
    assert len(EXAMPLES) == PAGE.count("```yaml") == 16


def test_all_tables_give_the_same(sources: Path, tmp_path: Path) -> None:
    names = ("table.csv", "table.tsv", "table.xlsx", "table.parquet", "table.json", "table.jsonl", "records/*.json")
    found = [_catalogue(f"images: pictures\nmetadata: {name}", sources, tmp_path / str(i)) for i, name in enumerate(names)]
    assert found[0][0]["tags"] == ["water", "blue"]
    assert [rows == found[0] for rows in found] == [True] * len(names)


def test_the_table_of_dates() -> None:
    rows = dict(re.findall(r"^\| (`.+?) \| (.+?) \|$", PAGE.partition("| written | years |")[2], re.MULTILINE))
    assert len(rows) == 8
    texts = {name: [dates.years(text) for text in re.findall("`(.+?)`", name)] for name in rows}
    for name, meaning in rows.items():
        if meaning == "that year":
            assert {found and found.last - found.first for found in texts[name]} == {0}, name
        elif meaning == "from the first to the last":
            assert texts[name] == [(1900, 1910), (1903, 1904), (1998, 1999)]
        elif meaning == "none":
            assert set(texts[name]) == {None}
        else:
            numbers = [tuple(map(int, found.split(" to "))) for found in re.findall(r"-?\d+(?: to -?\d+)?", meaning) if found != "0"]
            assert [(found[0], found[-1]) for found in numbers] == texts[name], name
