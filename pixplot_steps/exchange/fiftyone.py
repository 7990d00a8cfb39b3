"""A table of everything, as FiftyOne's CSVDataset reads it, and any spreadsheet.

fiftyone.Dataset.from_dir(dataset_type=fiftyone.types.CSVDataset, data_path="output/site", labels_path="labels.csv")
"""

from __future__ import annotations

from pathlib import Path

from pixplot_steps.exchange.common import Wanted, cells, hotspot_of, text, write_csv
from pixplot_steps.site.reading import Site


def export(site: Site, out: Path, wanted: Wanted) -> list[Path]:
    """Write `labels.csv`: `filepath` below the site, all columns, the hotspot, and x and y of each layout."""
    columns = ["item", *(one["name"] for one in site.columns if one["name"] != "item")]
    layouts = {name: site.layout(name) for name in wanted.layouts}
    axes = [f"{name}_{axis}" for name in layouts for axis in "xy"]
    hotspots, pictures = hotspot_of(site), site.pictures()
    rows = (
        [
            pictures[row],
            *(text(values[name]) for name in columns),
            hotspots[row],
            *(f"{value:.6g}" for positions in layouts.values() for value in positions[row]),
        ]
        for row, values in enumerate(cells(site))
    )
    path = out / "labels.csv"
    write_csv(path, ["filepath", *columns, "hotspot", *axes], rows)
    return [path]
