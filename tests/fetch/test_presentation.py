"""Manifests and collections, from specification and from real servers, and what is read of them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from pixplot_steps.fetch import presentation
from pixplot_steps.fetch.presentation import Canvas, Collection, Manifest, NoManifest

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data" / "iiif"

NOT_IMAGES = {
    "IIIF-Commons__logo.json": "the one body is of type Audio",
    "IIIF__02_timeline.json": "the one body is of type Audio",
    "ProjectMirador__0015-start.json": "the one body is a video in the form of text tracks",
    "samvera-labs__pdf-no-placeholder.json": "one of three bodies is a PDF",
    "samvera-labs__pdf.json": "one of three bodies is a PDF",
}
"""Files of which the index counts a body as an image that is none."""

OTHER_MEMBERS = {
    "IIIF__collection_of_canvases.json": 0,  # its members are no manifests
    "IIIF-Commons__potterselectric.json": 8,  # in Windows-1252, which the index does not read
}


def listed() -> list[dict[str, str]]:
    if not DATA.is_dir():
        return []
    with (DATA / "index.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def name(row: dict[str, str]) -> str:
    return f"{row['group']}/{row['file']}"


def images(found: Manifest) -> int:
    return sum(len(canvas.images) + canvas.choices for canvas in found.canvases)


@pytest.mark.skipif(not DATA.is_dir(), reason=f"no real manifests: {DATA} is absent")
@pytest.mark.parametrize("row", listed(), ids=name)
def test_every_file_yields_what_its_index_says_or_a_reason(row: dict[str, str]) -> None:
    found = presentation.read((DATA / row["group"] / row["file"]).read_bytes())
    if isinstance(found, Collection):
        quirks = dict(pair.split("=") for pair in row["quirks"].split() if "=" in pair)
        most = sum(int(quirks.get(key, 0)) for key in ("items", "manifests", "collections", "members"))
        assert row["type"] in ("Collection", "BADJSON")
        assert len(found.members) == OTHER_MEMBERS.get(row["file"], most)
        return
    assert row["type"] == "Manifest"
    assert len(found.canvases) == int(row["canvases"])
    audio = sum("it holds" in canvas.fault for canvas in found.canvases)
    pdf = sum(canvas.fault == "it shows no image" for canvas in found.canvases)
    assert images(found) == int(row["images"]) - ((audio or pdf) if row["file"] in NOT_IMAGES else 0)
    assert all(canvas.images or canvas.fault for canvas in found.canvases)
    if "no_image_service" not in row["quirks"]:
        services = [image.service for canvas in found.canvases for image in canvas.images]
        assert all(service is not None and service.version for service in services)


def v2(resource: object, **manifest: object) -> bytes:
    canvas = {"@id": "http://a.org/c1", "images": [{"motivation": "sc:painting", "resource": resource}]}
    return json.dumps({"@id": "http://a.org/m", "@type": "sc:Manifest", "sequences": [{"canvases": [canvas]}], **manifest}).encode()


def v3(body: object, **canvas: object) -> bytes:
    annotation = {"type": "Annotation", "motivation": "painting", "body": body}
    page = {"type": "AnnotationPage", "items": [annotation]}
    value = {"id": "http://a.org/m", "type": "Manifest", "items": [{"id": "http://a.org/c1", "type": "Canvas", "items": [page], **canvas}]}
    return json.dumps(value).encode()


def canvas(data: bytes) -> Canvas:
    found = presentation.read(data)
    assert isinstance(found, Manifest)
    return found.canvases[0]


IMAGE = {"id": "http://a.org/i.jpg", "type": "Image", "width": 300, "height": 200}
LEVEL2 = {"@id": "http://a.org/iiif/2", "@type": "ImageService2", "profile": "http://iiif.io/api/image/2/level2.json"}
LEVEL1 = {"id": "http://a.org/iiif/3", "type": "ImageService3", "profile": "level1"}


class TestBodies:
    """Where an image may stand, and what is none."""

    @pytest.mark.parametrize(
        ("data", "address", "service"),
        [
            pytest.param(v3(IMAGE), "http://a.org/i.jpg", "", id="static"),
            pytest.param(v3([IMAGE]), "http://a.org/i.jpg", "", id="a list of one body"),
            pytest.param(v3("http://a.org/i.jpg"), "http://a.org/i.jpg", "", id="only an address"),
            pytest.param(v3({**IMAGE, "service": [LEVEL1]}), "http://a.org/i.jpg", "http://a.org/iiif/3", id="service"),
            pytest.param(v3({**IMAGE, "service": [LEVEL2, LEVEL1]}), "http://a.org/i.jpg", "http://a.org/iiif/3", id="the newest of two"),
            pytest.param(
                v3({**IMAGE, "service": [{"@id": "http://a.org/auth", "profile": "http://iiif.io/api/auth/1/login"}, LEVEL2]}),
                "http://a.org/i.jpg",
                "http://a.org/iiif/2",
                id="a service of another kind beside it",
            ),
            pytest.param(
                v3({"type": "SpecificResource", "source": IMAGE, "selector": {"region": "1,2,3,4"}}), "http://a.org/i.jpg", "", id="part"
            ),
            pytest.param(v2({"@id": "http://a.org/i.jpg", "@type": "dctypes:Image"}), "http://a.org/i.jpg", "", id="version 2"),
            pytest.param(
                v2({"@id": "http://a.org/i.jpg", "service": {**LEVEL2, "@id": "http://a.org/iiif/2/"}}),
                "http://a.org/i.jpg",
                "http://a.org/iiif/2",
                id="version 2 with a service that ends in a slash",
            ),
            pytest.param(v2({"@type": "oa:Specific", "full": IMAGE}), "http://a.org/i.jpg", "", id="version 2, part"),
        ],
    )
    def test_found(self, data: bytes, address: str, service: str) -> None:
        image = canvas(data).images[0]
        assert (image.address, image.service.id if image.service else "") == (address, service)

    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            ({"id": "http://a.org/v.mp4", "type": "Video"}, "it holds Video, and no image"),
            ({"id": "http://a.org/s.mp3", "type": "Sound"}, "it holds Sound, and no image"),
            ({"type": "TextualBody", "value": "words"}, "it holds TextualBody, and no image"),
            ({"id": "http://a.org/x.pdf", "type": "Image", "format": "application/pdf"}, "it shows no image"),
            (None, "it shows no image"),
            (17, "it shows no image"),
        ],
    )
    def test_told(self, body: object, reason: str) -> None:
        assert canvas(v3(body)).fault == reason

    def test_a_choice_is_its_first_image_and_the_others_are_counted(self) -> None:
        found = canvas(v3({"type": "Choice", "items": [{"type": "Sound", "id": "x"}, IMAGE, {**IMAGE, "id": "http://a.org/2.jpg"}]}))
        assert [image.address for image in found.images] == ["http://a.org/i.jpg"]
        assert found.choices == 1

    def test_a_choice_of_version_2_begins_with_its_default(self) -> None:
        choice = {"@type": "oa:Choice", "item": [{"@id": "http://a.org/2.jpg"}], "default": {"@id": "http://a.org/1.jpg"}}
        assert canvas(v2(choice)).images[0].address == "http://a.org/1.jpg"

    def test_several_images_on_a_canvas_are_several(self) -> None:
        assert len(canvas(v3([IMAGE, {**IMAGE, "id": "http://a.org/2.jpg"}])).images) == 2

    @pytest.mark.parametrize(("width", "wanted"), [("7055", 7055), (7055.0, 7055), (None, 0), ("wide", 0), (-3, 0), (True, 1), (1e99, 0)])
    def test_sizes_are_read_as_they_come(self, width: object, wanted: int) -> None:
        assert canvas(v3({**IMAGE, "width": width})).images[0].width == wanted

    @pytest.mark.parametrize("region", ["0,0,10,10", "pct:1,2,3,4", "square"])
    def test_a_region_is_kept(self, region: str) -> None:
        body = {"type": "SpecificResource", "source": IMAGE, "selector": {"type": "ImageApiSelector", "region": region}}
        assert canvas(v3(body)).images[0].region == region

    def test_a_region_that_is_none_is_not_used(self) -> None:
        body = {"type": "SpecificResource", "source": IMAGE, "selector": {"region": "../../secret"}}
        assert canvas(v3(body)).images[0].region == "full"


class TestServices:
    """Version and level, from the ways in which servers have written them for ten years."""

    @pytest.mark.parametrize(
        ("service", "version", "level"),
        [
            ({"type": "ImageService3", "profile": "level2"}, 3, 2),
            ({"@type": "ImageService2", "profile": "level0"}, 2, 0),
            ({"@context": "http://iiif.io/api/image/2/context.json", "profile": "http://iiif.io/api/image/2/level1.json"}, 2, 1),
            ({"profile": ["http://iiif.io/api/image/2/level2.json", {"formats": ["jpg"]}]}, 2, 2),
            ({"profile": "http://library.stanford.edu/iiif/image-api/1.1/compliance.html#level1"}, 1, 1),
            ({"profile": "http://library.stanford.edu/iiif/image-api/compliance.html#level0"}, 1, 0),
            ({"dcterms:conformsTo": "http://library.stanford.edu/iiif/image-api/1.1/conformance.html#level1"}, 1, 1),
            ({"@context": "http://library.stanford.edu/iiif/image-api/1.1/context.json"}, 1, -1),
            ({"protocol": "http://iiif.io/api/image"}, 0, -1),
        ],
    )
    def test_told(self, service: dict[str, object], version: int, level: int) -> None:
        found = presentation.service_of({"id": "http://a.org/s/", **service})
        assert found is not None
        assert (found.id, found.version, found.level) == ("http://a.org/s", version, level)


class TestCollections:
    """Members, nested or in pages."""

    @pytest.mark.parametrize(
        ("value", "members", "pages"),
        [
            ({"type": "Collection", "items": [{"id": "http://a.org/1", "type": "Manifest"}]}, ("http://a.org/1",), ()),
            (
                {"@type": "sc:Collection", "manifests": ["http://a.org/1", {"@id": "http://a.org/2"}]},
                ("http://a.org/1", "http://a.org/2"),
                (),
            ),
            ({"@type": "sc:Collection", "collections": [{"@id": "http://a.org/1"}], "members": []}, ("http://a.org/1",), ()),
            ({"@type": "sc:Collection", "first": "http://a.org/p1", "total": 9}, (), ("http://a.org/p1",)),
            ({"@type": "sc:Collection", "next": {"@id": "http://a.org/p2"}, "manifests": []}, (), ("http://a.org/p2",)),
            ({"type": "Collection", "items": [{"id": "http://a.org/c", "type": "Canvas"}]}, (), ()),
        ],
    )
    def test_members(self, value: dict[str, object], members: tuple[str, ...], pages: tuple[str, ...]) -> None:
        found = presentation.read(json.dumps({"id": "http://a.org/c", **value}).encode())
        assert isinstance(found, Collection)
        assert (found.members, found.pages) == (members, pages)


class TestNoManifests:
    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (b"<!doctype html><title>Not found</title>", "it is HTML or XML, and no JSON"),
            (b"", "it is no JSON"),
            (b'{"type": "Manifest", "items": [', "it is no JSON"),
            (b"[1, 2]", "it is JSON, but no object"),
            (b"{}", "it has no type"),
            (b'{"type": "Canvas", "items": []}', "it is of type 'Canvas'"),
            (b"[" * 100_000, "nested too deeply"),
            (b'{"protocol": "http://iiif.io/api/image", "@id": "http://a.org/i", "width": 3}', "it is the info.json of an image service"),
        ],
    )
    def test_the_reason_is_told(self, data: bytes, reason: str) -> None:
        with pytest.raises(NoManifest, match=reason):
            presentation.read(data)
