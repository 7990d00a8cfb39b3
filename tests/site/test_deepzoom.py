"""The grid as one large picture in the site: published whole, checked, swept; and opened by a stock OpenSeadragon."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from pixplot_steps.fetch import image_api
from pixplot_steps.fetch.presentation import Service
from pixplot_steps.site import verify
from tests import artefacts, site_fixture
from tests.artefacts import Artefacts

ADDRESS = "https://example.org/map"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Artefacts:
    made = artefacts.write(tmp_path_factory.mktemp("zoom"), 60)
    site_fixture.atlas(made)
    site_fixture.deepzoom(made, mosaic="pdf")
    return made


@pytest.fixture
def site(found: Artefacts, tmp_path: Path) -> Path:
    site_fixture.site(found, tmp_path / "site", address=ADDRESS)
    return tmp_path / "site"


def told(site: Path) -> dict[str, object]:
    [grid] = [one for one in json.loads((site / "data/manifest.json").read_bytes())["layouts"] if one["name"] == "grid"]
    return dict(grid["deepzoom"])


def test_the_site_has_all_tiles_in_both_forms_and_the_mosaic(site: Path) -> None:
    value = told(site)
    assert {key: value[key] for key in ("dzi", "iiif", "cell", "tile")} == {
        "dzi": "deepzoom/0123456789ab.dzi",
        "iiif": "deepzoom/0123456789ab/info.json",
        "cell": 128,
        "tile": 256,
    }
    info = json.loads((site / "deepzoom/0123456789ab/info.json").read_bytes())
    assert info["id"] == f"{ADDRESS}/deepzoom/0123456789ab"
    for factor in info["tiles"][0]["scaleFactors"]:
        side = 256 * factor
        for y in range(0, info["height"], side):
            for x in range(0, info["width"], side):
                w, h = min(side, info["width"] - x), min(side, info["height"] - y)
                size = -(-w // factor), -(-h // factor)
                region = "full" if (w, h) == (info["width"], info["height"]) else f"{x},{y},{w},{h}"
                with Image.open(site / f"deepzoom/0123456789ab/{region}/{size[0]},{size[1]}/0/default.jpg") as image:
                    assert image.size == size
    mosaic = value["mosaic"]
    assert isinstance(mosaic, dict)
    assert (site / mosaic["file"]).read_bytes().startswith(b"%PDF-1.7")
    assert verify.verify(site) == []


@pytest.mark.parametrize("side", [50, 200, 5000])
def test_our_own_reader_of_iiif_images_asks_for_a_picture_that_is_there(site: Path, side: int) -> None:
    address = f"{ADDRESS}/deepzoom/0123456789ab"
    info = image_api.parse((site / "deepzoom/0123456789ab/info.json").read_bytes(), Service(address, 0, -1, {}))
    assert info is not None
    assert (info.version, info.level) == (3, 0)
    asked = image_api.whole(info, side)
    with Image.open(site / "deepzoom/0123456789ab" / asked.address.removeprefix(f"{address}/")) as image:
        assert image.size == (asked.width, asked.height)


def test_without_an_address_there_is_no_iiif_image(found: Artefacts, tmp_path: Path) -> None:
    site_fixture.site(found, tmp_path / "site")
    assert "iiif" not in told(tmp_path / "site")
    assert not (tmp_path / "site/deepzoom/0123456789ab").exists()
    assert verify.verify(tmp_path / "site") == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("deepzoom/0123456789ab_files/9/0_0.jpg", "tiles of"),
        ("deepzoom/0123456789ab.dzi", "a file"),
        ("deepzoom/0123456789ab/info.json", "a file"),
        ("deepzoom/ba9876543210.pdf", "a file"),
    ],
)
def test_what_is_gone_is_named(site: Path, name: str, expected: str) -> None:
    (site / name).unlink()
    [fault] = verify.verify(site)
    assert expected in fault.expected


def test_a_tile_that_was_changed_is_written_again(found: Artefacts, site: Path) -> None:
    tile = site / "deepzoom/0123456789ab_files/9/0_0.jpg"
    before = tile.read_bytes()
    tile.write_bytes(before[:-5])
    site_fixture.site(found, site, address=ADDRESS)
    assert tile.read_bytes() == before


def test_a_site_that_no_longer_has_a_deep_zoom_loses_its_files(found: Artefacts, site: Path) -> None:
    kept = found.root / "deepzoom"
    kept.rename(found.root / "aside")
    try:
        site_fixture.site(found, site, address=ADDRESS)
    finally:
        (found.root / "aside").rename(kept)
    assert not (site / "deepzoom").exists()
    assert verify.verify(site) == []
