"""Write the configuration for `make demo COLLECTION=folder`: `results/<name>/config.yaml`, whose path is printed.

All options keep their defaults; edit the file, or write one of your own, to change them.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import yaml

from pixplot_steps.store import commit

HEAD = "# Made by `make demo COLLECTION=...`. Keys that are not here have the defaults of config/config.yaml.\n"


def configuration(images: Path, metadata: Path | None, workdir: Path) -> dict[str, Any]:
    """The keys that a build of one folder needs."""
    return {"workdir": str(workdir), "images": str(images), "metadata": None if metadata is None else str(metadata)}


def with_model(found: dict[str, Any], model: str) -> dict[str, Any]:
    """The keys with the model asked for; with builtin, which needs no download, where neither they nor anybody says one."""
    features = found.get("features") or {}
    chosen = [model] if model else features.get("models", ["builtin"])
    return {**found, "features": {**features, "models": chosen}}


def write(path: Path, wanted: dict[str, Any], model: str = "") -> None:
    """Write the file where there is none; keep one for the same pictures, with its metadata brought up to date.

    A new file gives the page the work folder's name as its title, to be edited there.
    Exits where `path` belongs to other pictures.
    """
    found = yaml.safe_load(path.read_text("utf-8")) if path.is_file() else {}
    if found and found.get("images") != wanted["images"]:
        sys.exit(f"{path} is for the pictures in {found.get('images')}: choose another name with NAME=...")
    start = found or {"site": {"title": path.parent.name}}
    merged = with_model({**start, **wanted}, model)
    if merged != found:
        commit.bytes_file(path, (HEAD + yaml.safe_dump(merged, allow_unicode=True, sort_keys=False)).encode())


def main() -> None:
    """Check the paths given, write the file and print its path."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", required=True, help="folder of pictures")
    parser.add_argument("--metadata", required=True, help="CSV file; empty for none")
    parser.add_argument("--name", required=True, help="folder below results/; empty for the name of the folder of pictures")
    parser.add_argument("--model", default="", help="model of the map; empty: the one in the file, or builtin")
    given = parser.parse_args()
    images = _existing(given.images, "COLLECTION")
    metadata = _existing(given.metadata, "METADATA") if given.metadata else None
    name = given.name or images.name
    if name == "demo":
        sys.exit("results/demo is the demo's: choose another name with NAME=...")
    workdir = Path("results", name)
    write(workdir / "config.yaml", configuration(images, metadata, workdir), given.model)
    print(workdir)


def _existing(text: str, variable: str) -> Path:
    path = Path(text).expanduser().absolute()
    if not path.exists():
        sys.exit(f"{variable}: there is no {path}")
    return path


if __name__ == "__main__":
    main()
