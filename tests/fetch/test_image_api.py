"""Which picture a server is asked for."""

from __future__ import annotations

import json
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixplot_steps.fetch import image_api
from pixplot_steps.fetch.image_api import Info, Picture
from pixplot_steps.fetch.presentation import Image, Service

SIZES = [{"width": 150, "height": 100}, {"width": 750, "height": 500}, {"width": 1500, "height": 1000}]

TILES = [{"width": 512, "scaleFactors": [1, 2, 4, 8]}]


def info(value: dict[str, object], version: int = 2, level: int = 2) -> Info:
    data = json.dumps({"width": 3000, "height": 2000, **value}).encode()
    found = image_api.parse(data, Service("http://a.org/i", version, level, {}))
    assert found is not None
    return found


CASES = [
    ("the smallest listed that is enough", {"sizes": SIZES}, 2, 2, 600, "full/750,/0/default.jpg"),
    ("listed, exactly", {"sizes": SIZES}, 2, 2, 750, "full/750,/0/default.jpg"),
    ("listed, version 3 names both sides", {"sizes": SIZES}, 3, 2, 600, "full/750,500/0/default.jpg"),
    ("listed, but far too large, of a server that scales", {"sizes": SIZES}, 2, 2, 160, "full/!160,107/0/default.jpg"),
    ("listed, but far too large, of one that does not", {"sizes": SIZES}, 2, 0, 160, "full/750,/0/default.jpg"),
    ("level 2 scales into a box", {}, 2, 2, 600, "full/!600,400/0/default.jpg"),
    ("level 1 scales by width", {}, 2, 1, 600, "full/600,/0/default.jpg"),
    ("version 1", {}, 1, 1, 600, "full/600,/0/native.jpg"),
    ("version 3", {}, 3, 2, 600, "full/!600,400/0/default.jpg"),
    ("level 0 of fixed sizes, none enough: the largest", {"sizes": SIZES}, 2, 0, 1600, "full/1500,/0/default.jpg"),
    ("level 0 without sizes gives all or nothing", {}, 2, 0, 600, "full/full/0/default.jpg"),
    ("level 0 without sizes, version 3", {}, 3, 0, 600, "full/max/0/default.jpg"),
    ("a small picture is asked for whole, and not enlarged", {"width": 300, "height": 200}, 2, 2, 600, "full/full/0/default.jpg"),
    ("the same, version 3", {"width": 300, "height": 200}, 3, 2, 600, "full/max/0/default.jpg"),
    ("maxWidth", {"maxWidth": 300}, 3, 2, 600, "full/!300,200/0/default.jpg"),
    (
        "maxWidth holds for the height too, where it stands alone",
        {"width": 2000, "height": 4000, "maxWidth": 300},
        3,
        1,
        600,
        "full/150,/0/default.jpg",
    ),
    ("maxHeight", {"maxWidth": 3000, "maxHeight": 100}, 3, 2, 600, "full/!150,100/0/default.jpg"),
    ("maxArea", {"maxArea": 60000}, 3, 2, 600, "full/!300,200/0/default.jpg"),
    ("limits in the profile, as version 2 has them", {"profile": ["level2", {"maxWidth": 300}]}, 2, 2, 600, "full/!300,200/0/default.jpg"),
    ("a listed size beyond the limit is not asked for", {"sizes": SIZES, "maxWidth": 400}, 2, 2, 600, "full/!400,267/0/default.jpg"),
    ("a listed size that would enlarge is none", {"sizes": [{"width": 6000, "height": 4000}]}, 2, 2, 600, "full/!600,400/0/default.jpg"),
    ("level 0 that says that it scales", {"profile": ["level0", {"supports": ["sizeByW"]}]}, 2, 0, 600, "full/600,/0/default.jpg"),
    (
        "level 0 whose listed sizes name both sides",
        {"sizes": SIZES, "profile": ["level0", {"supports": ["sizeByWhListed"]}]},
        2,
        0,
        600,
        "full/750,500/0/default.jpg",
    ),
    ("a server of tiles alone has one for the whole", {"tiles": TILES}, 2, 0, 200, "full/375,/0/default.jpg"),
    ("the same, version 3, where none is enough", {"tiles": TILES}, 3, 0, 600, "full/375,250/0/default.jpg"),
    ("tiles of a server that scales", {"tiles": TILES}, 2, 1, 600, "full/600,/0/default.jpg"),
    ("extra features of version 3", {"extraFeatures": ["sizeByConfinedWh"]}, 3, 1, 600, "full/!600,400/0/default.jpg"),
]


@pytest.mark.parametrize(("value", "version", "level", "side", "wanted"), [pytest.param(*rest, id=why) for why, *rest in CASES])
def test_the_picture_asked_for(value: dict[str, object], version: int, level: int, side: int, wanted: str) -> None:
    assert image_api.whole(info(value, version, level), side).address == f"http://a.org/i/{wanted}"


@pytest.mark.parametrize(
    ("region", "wanted"),
    [
        ("0,0,1000,500", "0,0,1000,500/!600,300"),
        ("10,20,100,50", "10,20,100,50/full"),
        ("pct:50,50,50,50", "1500,1000,1500,1000/!600,400"),
        ("square", "500,0,2000,2000/!600,600"),
        ("2900,1900,5000,5000", "2900,1900,100,100/full"),
        ("full", "full/!600,400"),
    ],
)
def test_a_region_is_asked_for(region: str, wanted: str) -> None:
    image = Image("", 0, 0, None, region)
    assert image_api.of_image(info({}), image, 600).address == f"http://a.org/i/{wanted}/0/default.jpg"


@given(
    st.integers(1, 20000),
    st.integers(1, 20000),
    st.integers(64, 2048),
    st.integers(0, 2),
    st.sampled_from([1, 2, 3]),
    st.none() | st.integers(50, 5000),
    st.none() | st.integers(2500, 10**7),
    st.lists(st.integers(1, 30), max_size=4),
)
def test_never_enlarged_never_beyond_a_limit(
    width: int, height: int, side: int, level: int, version: int, widest: int | None, area: int | None, shrunk: list[int]
) -> None:
    limits = {key: value for key, value in (("maxWidth", widest), ("maxArea", area)) if value}
    sizes = [{"width": max(1, width // n), "height": max(1, height // n)} for n in shrunk]
    found = info({"width": width, "height": height, "sizes": sizes, **limits}, version, level)
    picture = image_api.whole(found, side)
    assert picture.width <= width
    assert picture.height <= height
    fits = (
        picture.width <= (widest or math.inf)
        and picture.height <= (widest or math.inf)
        and picture.width * picture.height <= (area or math.inf)
    )
    assert fits or (level == 0 and re.search(r"/full/max/", picture.address))
    if level > 0 and not limits:
        assert max(picture.width, picture.height) >= min(side, max(width, height))
        assert max(picture.width, picture.height) <= max(2 * side, 1)


@pytest.mark.parametrize("data", [b"", b"<html>", b"[]", b"{}", b'{"width": 3}', b'{"width": 0, "height": 9}', b"[" * 100_000])
def test_an_info_json_that_is_none(data: bytes) -> None:
    assert image_api.parse(data, Service("http://a.org/i", 2, 2, {})) is None


def test_the_address_by_which_it_was_found_is_believed() -> None:
    assert info({"@id": "http://internal:8080/i"}).id == "http://a.org/i"


def test_what_the_answer_says_of_version_and_level_goes_first() -> None:
    told = info({"type": "ImageService3", "profile": "level1"}, version=2, level=2)
    assert (told.version, told.level) == (3, 1)


class TestWithoutAsking:
    """A manifest that says enough saves a request."""

    def test_an_embedded_description(self) -> None:
        service = Service("http://a.org/i", 2, 1, {"width": 3000, "height": 2000, "sizes": SIZES})
        told = image_api.embedded(service)
        assert told is not None
        assert image_api.whole(told, 600) == Picture("http://a.org/i/full/750,/0/default.jpg", 750, 500)

    @pytest.mark.parametrize(
        ("service", "size"),
        [
            (Service("http://a.org/i", 2, -1, {}), (3000, 2000)),
            (Service("http://a.org/i", 2, 0, {}), (3000, 2000)),
            (Service("http://a.org/i", 2, 1, {}), (0, 0)),
            (Service("http://a.org/i", 0, 1, {}), (3000, 2000)),
        ],
    )
    def test_too_little_is_assumed_of_nobody(self, service: Service, size: tuple[int, int]) -> None:
        assert image_api.embedded(service) is None
        assert image_api.assumed(Image("", *size, service)) is None

    def test_a_level_and_a_size_are_enough(self) -> None:
        told = image_api.assumed(Image("", 3000, 2000, Service("http://a.org/i", 2, 1, {})))
        assert told is not None
        assert image_api.whole(told, 600).address == "http://a.org/i/full/600,/0/default.jpg"
