"""A synthetic site for tests of the viewer: `python tests/site_fixture.py OUT [--images N] [--viewer DIR]`.

Pictures are flat colours with a shape in the complement; the map is a cloud, the metadata hostile. It goes through the real code
of `atlases` and `site`, so a reader that can show it can show what the workflow makes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

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


def site(
    found: Artefacts,
    out: Path,
    viewer: Path | None = None,
    layouts: Sequence[str] = ("umap", "grid"),
    address: str = "",
    stories: Path | str = "",
    *,
    gzip: bool = False,
) -> None:
    """Write the site of the artefacts, whose atlas is drawn, to `out`."""
    pages = sorted((found.root / "atlas" / "pages").iterdir(), key=lambda path: int(path.name))
    named = [f"{name}={found.layout(name)}" for name in layouts]
    inputs = ("--catalog", found.catalog, "--images", found.images, "--vectors", found.vectors, "--layouts", *named)
    described = ("--features", found.features, "--neighbours", found.neighbours)
    atlas_flags = (
        "--hotspots",
        found.hotspots,
        "--names",
        found.names,
        "--atlas-plan",
        found.root / "atlas" / "plan.zarr",
        "--atlas-pages",
        *pages,
    )
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
    ends = ("--viewer", viewer or found.viewer, "--problems", found.root / "problems.parquet", "--out", out)
    made = ("--plan", "plan", "--made", out.with_name("made.json"))
    step("site", *inputs, *described, *atlas_flags, *texts, *record, *made, *ends)


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
