"""The sign of a collection is drawn anew, and settings that name what is not there are told."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pyarrow as pa
import pytest
from PIL import Image

from pixplot_steps.errors import SiteError
from pixplot_steps.site import look, services
from pixplot_steps.site.verify import verify
from tests import artefacts, site_fixture

SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="300" height="100">
  <script>alert(1)</script>
  <rect width="300" height="100" fill="#ff0000"/>
  <image width="100" height="100" xlink:href="%s"/>
</svg>"""


def _file(kind: str, size: tuple[int, int], mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size, "red").save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "sides", "why"),
    [
        (_file("PNG", (300, 100), "RGBA"), (300, 100), "small enough"),
        (_file("JPEG", (1000, 500)), (320, 160), "too high"),
        (_file("WEBP", (2000, 100)), (960, 48), "too wide"),
        (SVG % b"", (480, 160), "drawn as large as it may be"),
    ],
)
def test_the_sign_is_a_png_of_bounded_size(data: bytes, sides: tuple[int, int], why: str) -> None:
    drawn = look.sign(data, "logo")
    with Image.open(io.BytesIO(drawn.data), formats=["PNG"]) as image:
        assert image.size == (drawn.width, drawn.height) == sides, why
        red, green, blue, alpha = image.convert("RGBA").getpixel((sides[0] - 2, 2))  # type: ignore[misc]
        assert (red > 240, green < 15, blue < 15, alpha) == (True, True, True, 255)
        assert image.info == {}


def test_an_svg_takes_no_file_from_the_disk(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    Image.new("RGB", (100, 100), "blue").save(secret)
    drawn = look.sign(SVG % secret.as_uri().encode(), "logo")
    with Image.open(io.BytesIO(drawn.data)) as image:
        assert (0, 0, 255) not in {colour[:3] for _, colour in image.convert("RGBA").getcolors(1 << 20) or []}  # type: ignore[index]


@pytest.mark.parametrize("data", [b"", b"no picture", b"<svg", SVG[:60], _file("GIF", (10, 10)), _file("PNG", (30, 10))[:40]])
def test_what_cannot_be_drawn_is_told(data: bytes) -> None:
    with pytest.raises(SiteError, match="sign cannot be drawn"):
        look.sign(data, "logo.png")


@pytest.mark.parametrize(
    ("opening", "told"),
    [
        ("", []),
        ("layout=grid&at=0,0,0.5&hotspot=h", []),
        ("layout=nothing", ["layout 'nothing'"]),
        ("q=x&hotspot=old&layout=umap", ["hotspot 'old'"]),
        ("hotspot=own-1-2&own=ab%3A1-2%3A0.3%3AMine%3A%20all", []),
        ("hotspot=own-1-2&own=ab%3A1-2", ["hotspot 'own-1-2'"]),
    ],
)
def test_an_opening_view_names_what_there_is(opening: str, told: list[str]) -> None:
    assert look.strangers(opening, {"umap", "grid"}, {"h"}) == told


def test_the_site_has_the_look_and_tells_what_it_does_not_use(tmp_path: Path) -> None:
    found = artefacts.write(tmp_path / "made", 12, broken=False)
    site_fixture.atlas(found)
    (tmp_path / "logo.svg").write_bytes(SVG % b"")
    given = {"logo": str(tmp_path / "logo.svg"), "light": "#004466", "opening": "layout=old", "alt": "nothing"}
    site_fixture.site(found, tmp_path / "site", look=given, data_from=["https://a.org/x&y/"])
    manifest = json.loads((tmp_path / "site/data/manifest.json").read_bytes())
    assert manifest["look"]["accent"] == {"light": "#004466", "dark": "#f2a468"}
    assert (manifest["look"]["logo"]["width"], manifest["alt"], manifest["opening"]) == (480, None, "layout=old")
    with pa.memory_map(str(tmp_path / "site" / manifest["problems"]["file"])) as source:
        rows = pa.ipc.open_file(source).read_all().to_pylist()
    told = {(row["path"], row["reason"]) for row in rows if row["kind"] == "setting not used"}
    assert told == {("site.opening", "the site has no layout 'old'"), ("site.alt", "the metadata has no column 'nothing'")}
    assert verify(tmp_path / "site") == []
    site_fixture.site(found, tmp_path / "site", look={"alt": "note"})
    assert json.loads((tmp_path / "site/data/manifest.json").read_bytes())["alt"] == "note"
    assert not list((tmp_path / "site/data").glob("*.png")), "the old sign is swept"


def test_the_page_lists_the_places_whose_collections_it_may_show() -> None:
    page = b"<head><meta content=\"connect-src 'self'; img-src 'self' blob:\" /></head>"
    allowed = services.allowed(page, ["https://iiif.example.org"], ["https://a.org/x&y/"])
    assert b"connect-src 'self' https://iiif.example.org https://a.org/x&amp;y/;" in allowed
    assert b'<meta name="pixplot-data-from" content="https://a.org/x&amp;y/" />' in allowed
    assert services.allowed(page, [], []) == page
