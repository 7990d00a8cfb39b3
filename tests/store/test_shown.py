"""Which items are shown."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from pixplot_steps.store import shown, tables


def test_items_of_unreadable_images_are_left_out_and_shared_images_shared(tmp_path: Path) -> None:
    items = pa.table({"item": ["a", "b", "c", "d"], "image": ["1", "2", "1", "3"], "title": ["A", "B", "C", "D"]})
    tables.write(tmp_path / "items.parquet", items, tables.ITEMS)
    images = pa.table({"image": ["3", "1"], "shard": ["s", "s"], "row": pa.array([0, 2], pa.int32())})
    tables.write(tmp_path / "images.parquet", images, tables.IMAGES)
    read = shown.read(tmp_path, tmp_path)
    assert (read.items["item"].to_pylist(), read.image_row.tolist()) == (["a", "c", "d"], [1, 1, 0])
    assert shown.read(tmp_path, tmp_path, ["title"]).items.column_names == ["item", "image", "title"]
