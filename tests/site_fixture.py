"""A synthetic site for tests of the viewer: `python tests/site_fixture.py OUT [--images N] [--viewer DIR]`.

Pictures are flat colours with a shape in the complement; the map is a cloud, the metadata hostile. It goes through the real code
of `atlases` and `site`, so a reader that can show it can show what the workflow makes.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from pixplot_steps import cli
from tests import artefacts
from tests.artefacts import Artefacts


def step(*words: object) -> None:
    """Run `pixplot step ...`; raises AssertionError where it fails."""
    code = cli.main(["step", *(str(word) for word in words)])
    if code:
        raise AssertionError(f"pixplot step {words[0]} ended with {code}")


def atlas(
    found: Artefacts,
    page: int = 2048,
    budget_mib: int = 128,
    form: str = "webp",
    per_job: int = 4,
    groups: int = 2,
    former: Path | None = None,
    levels: tuple[int, ...] = (),
) -> Path:
    """Plan and draw an atlas below the artefacts' root; returns the folder that holds plan.zarr and pages/, like `former`."""
    out = found.root / "atlas"
    before = [former / "plan.zarr" / "images.parquet"] if former else []
    plan = ("--catalog", found.catalog, "--vectors", found.vectors, "--map", found.layout("umap"), "--page", page)
    step(
        "atlases",
        "plan",
        *plan,
        "--levels",
        *levels,
        "--cell",
        128,
        "--budget-mib",
        budget_mib,
        "--format",
        form,
        "--quality",
        90,
        "--former",
        *before,
        "--out",
        out / "plan.zarr",
    )
    for group in range(groups):
        job = ("--group", group, "--pages-per-job", per_job, "--ground", artefacts.GROUND, "--out", out / "pages" / str(group))
        step("atlases", "pages", "--plan", out / "plan.zarr", "--images", found.images, *job)
    return out


def deepzoom(found: Artefacts, mosaic: str = "", tile: int = 256) -> Path:
    """Draw the grid as one large picture below the artefacts' root, and as a mosaic of a format; returns the folder of the tiles."""
    out = found.root / "deepzoom" / "0123456789ab"
    where = ("--catalog", found.catalog, "--vectors", found.vectors, "--layout", found.layout("grid"), "--name", "grid")
    step("deepzoom", "plan", *where, "--out", out / "plan.zarr")
    drawn = ("--plan", out / "plan.zarr", "--quality", 85)
    pictures = ("--images", found.images, "--ground", artefacts.GROUND, "--fit", "contain")
    sides = ("--cell", 128, "--tile", tile)
    for group in range(2):
        job = ("--group", group, "--groups", 2, "--out", out / "tiles" / f"{group}.zarr")
        step("deepzoom", "tiles", *drawn, *pictures, *sides, *job)
    parts = [out / "tiles" / f"{group}.zarr" for group in range(2)]
    step("deepzoom", "top", *drawn, *sides, "--tiles", *parts, "--out", out / "top.zarr")
    if mosaic:
        target = ("--format", mosaic, "--cell", 32, "--out", found.root / "deepzoom" / "ba9876543210")
        step("deepzoom", "mosaic", *drawn, *pictures, *target)
    return out


PLAIN: dict[str, str] = {"logo": "", "light": "#a8441b", "dark": "#f2a468", "opening": "", "alt": ""}
"""The look of a site that says nothing of it."""

UNSAID: dict[str, str] = {"credit": "", "licence": "", "licence-url": ""}
"""The rights of a site that says nothing of them."""


def site(
    found: Artefacts,
    out: Path,
    viewer: Path | None = None,
    layouts: Sequence[str] = ("umap", "grid"),
    address: str = "",
    stories: Path | str = "",
    edited: Sequence[Path] = (),
    spaces: Sequence[str] = (),
    data_from: Sequence[str] = (),
    look: Mapping[str, str] | None = None,
    rights: Mapping[str, str] | None = None,
    *,
    gzip: bool = False,
) -> None:
    """Write the site of the artefacts, whose atlas is drawn, to `out`; with the grid's deep zoom and mosaic where they are drawn."""
    pages = sorted((found.root / "atlas" / "pages").iterdir(), key=lambda path: int(path.name))
    named = [f"{name}={found.layout(name)}" for name in layouts]
    inputs = ("--catalog", found.catalog, "--images", found.images, "--vectors", found.vectors, "--layouts", *named, "--spaces", *spaces)
    described = ("--features", found.features, "--neighbours", found.neighbours)
    atlas_flags = (
        "--hotspots",
        found.hotspots,
        "--names",
        found.names,
        "--edited",
        *edited,
        "--atlas-plan",
        found.root / "atlas" / "plan.zarr",
        "--atlas-pages",
        *pages,
    )
    large = [path for path in sorted((found.root / "deepzoom").glob("*")) if (path / "top.zarr").is_dir()]
    mosaics = [path for path in sorted((found.root / "deepzoom").glob("*")) if path not in large]
    zooms = ("--deepzoom", *(f"grid={path}" for path in large), "--mosaics", *(f"grid={path}" for path in mosaics))
    texts = (
        "--title",
        "Synthetic <b>site</b>",
        "--description",
        "Flat colours & shapes, for tests.",
        "--gzip",
        str(gzip).lower(),
        "--address",
        address,
        "--stories",
        stories,
    )
    record = ("--record", out.with_name(f"{out.name}.json"), "--lineage", out.with_name(f"{out.name}-lineage.json"), "--shown", "[]")
    told = ("--problems", found.root / "problems.parquet", "--report", out.with_name(f"{out.name}-report"))
    ends = ("--viewer", viewer or found.viewer, *told, "--out", out)
    made = ("--plan", "plan", "--made", out.with_name("made.json"))
    given = PLAIN | dict(look or {}) | UNSAID | dict(rights or {})
    flags = (*(f"--{key}={value}" for key, value in given.items()), "--data-from", *data_from)
    step("site", *inputs, *described, *atlas_flags, *zooms, *texts, *record, *flags, *made, *ends)


def edited(found: Artefacts, wishes: dict[str, Any], out: Path) -> Path:
    """The hotspots as the file of wishes has them."""
    file = out.with_suffix(".json")
    file.write_text(json.dumps({"format": "pixplot-hotspots", "version": 1, **wishes}), "utf-8")
    inputs = ("--catalog", found.catalog, "--vectors", found.vectors, "--map", found.layout("umap"))
    step("hotspots", "edit", *inputs, "--hotspots", found.hotspots, "--names", found.names, "--file", file, "--out", out)
    return out


def main() -> None:
    """Write the site that the command line asks for."""
    parser = argparse.ArgumentParser(description="Write a synthetic site.")
    parser.add_argument("out", type=Path, help="folder of the site")
    parser.add_argument("--images", type=int, default=300, help="distinct pictures")
    parser.add_argument("--viewer", type=Path, help="a built viewer; without it a stand-in page is written")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = artefacts.write(Path(folder), options.images)
        atlas(found)
        site(found, options.out, options.viewer)


if __name__ == "__main__":
    main()
