"""IIIF manifests and collections as this program sees them, from whatever servers send.

Reading is liberal: of https://iiif.io/api/presentation/3.0/ only what is needed to find the images is asked for, and all else may
be missing, doubled or of another type. What cannot be an image is told, with a reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pixplot_steps.fetch.upgrade import Json, Object, first, identifier, kind, language_map, many, objects, upgraded

_VERSION = re.compile(r"ImageService([123])|/api/image/([123])|(library\.stanford\.edu/iiif/image-api)", re.IGNORECASE)
_LEVEL = re.compile(r"level([012])", re.IGNORECASE)
_NO_IMAGES = {"Audio", "Dataset", "Model", "PDF", "Sound", "Text", "TextualBody", "Video", "ContentAsText"}
_REGION = re.compile(r"(pct:)?(\d+(?:\.\d+)?)(?:,(\d+(?:\.\d+)?)){3}|square|full")


class NoManifest(ValueError):  # noqa: N818 - a reason, told in a row of the problems
    """The bytes are no manifest and no collection; the text says why."""


@dataclass(frozen=True)
class Service:
    """A IIIF image service. `version`: of the Image API, 1 to 3, 0 where unknown; `level`: 0 to 2, -1 where unknown.

    `info`: what the manifest itself has of its info.json.
    """

    id: str
    version: int
    level: int
    info: Object


@dataclass(frozen=True)
class Image:
    """An image on a canvas: at `address`, or from `service`, in pixels where given (0: unknown). `region`: the part that is shown."""

    address: str
    width: int
    height: int
    service: Service | None = None
    region: str = "full"


@dataclass(frozen=True)
class Canvas:
    """`images`: those painted on it, for a choice its default; `choices`: how many more to choose from; `fault`: why there are none."""

    id: str
    described: Object
    images: tuple[Image, ...]
    choices: int
    fault: str


@dataclass(frozen=True)
class Manifest:
    """`described`: the manifest's own texts, in Presentation 3; `start`, `thumbnail`: ids of the canvas and the image to show first."""

    id: str
    described: Object
    canvases: tuple[Canvas, ...]
    start: str = ""
    thumbnail: str = ""


@dataclass(frozen=True)
class Collection:
    """`members`: addresses of manifests and collections, in order; `pages`: addresses of further pages."""

    id: str
    members: tuple[str, ...]
    pages: tuple[str, ...] = ()


def read(data: bytes) -> Manifest | Collection:
    """The manifest or collection in the bytes of a file or an answer. Raises NoManifest."""
    value = upgraded(_json(data))
    if not isinstance(value, dict):
        raise NoManifest("it is JSON, but no object")
    its_kind = kind(value)
    if its_kind in ("Collection", "CollectionPage"):
        return _collection(value)
    if its_kind == "Manifest" or (not its_kind and isinstance(value.get("items"), list)):
        return _manifest(value)
    if _described_service(value):
        raise NoManifest("it is the info.json of an image service; name it in a CSV table with a column `service`")
    raise NoManifest(f"it is of type {its_kind!r}, where a Manifest or a Collection is expected" if its_kind else "it has no type")


def service_of(value: Json) -> Service | None:
    """The image service that an object of a manifest, or an info.json, describes; None where it is another service."""
    if not isinstance(value, dict) or not identifier(value):
        return None
    if not _described_service(value):
        return None
    hints = [str(one) for key in ("type", "@type", "@context", "profile", "dcterms:conformsTo") for one in many(value.get(key))]
    # The addresses at Stanford are those of version 1.
    versions = [int(found[1] or found[2] or 1) for hint in hints if (found := _VERSION.search(hint))]
    levels = [int(found[1]) for hint in hints if (found := _LEVEL.search(hint))]
    return Service(
        id=identifier(value).rstrip("/").removesuffix("/info.json"),
        version=max(versions, default=0),
        level=max(levels, default=-1),
        info=value,
    )


def _json(data: bytes) -> Json:
    text = data.decode("utf-8-sig", "replace")
    try:
        # Deeply nested lists would exhaust the stack.
        return json.loads(text)
    except RecursionError:
        raise NoManifest("its JSON is nested too deeply") from None
    except ValueError as error:
        if text.lstrip()[:1] == "<":
            raise NoManifest("it is HTML or XML, and no JSON") from None
        raise NoManifest(f"it is no JSON ({error})") from None


def _described_service(value: Object) -> bool:
    text = " ".join(str(value.get(key, "")) for key in ("type", "@type", "@context", "profile", "protocol", "dcterms:conformsTo"))
    return "image" in text.lower() and kind(value) != "Image"


def _collection(value: Object) -> Collection:
    members = [identifier(one) for one in many(value.get("items")) if kind(one) in ("Manifest", "Collection", "")]
    pages = [identifier(first(value.get(key))) for key in ("first", "next")]
    return Collection(identifier(value), tuple(filter(None, members)), tuple(filter(None, pages)))


def _manifest(value: Object) -> Manifest:
    start = first(value.get("start"))
    return Manifest(
        id=identifier(value),
        described=value,
        canvases=tuple(_canvas(one) for one in objects(value.get("items")) if kind(one) in ("Canvas", "Timeline", "Scene", "")),
        start=identifier(start.get("source", start)) if isinstance(start, dict) else identifier(start),
        thumbnail=_thumbnail(value),
    )


def _thumbnail(value: Object) -> str:
    """The image service of the thumbnail, or its address: by it the canvas is found that it shows."""
    thumbnail = first(value.get("thumbnail"))
    services = [found for one in _services(thumbnail) if (found := service_of(one))]
    return services[0].id if services else identifier(thumbnail)


def _canvas(value: Object) -> Canvas:
    images: list[Image] = []
    reasons: list[str] = []
    choices = 0
    for body in _bodies(value):
        alternatives = [one for one in _alternatives(body) if isinstance(one, dict)]
        found = [image for one in alternatives if (image := _image(one))]
        if found:
            images.append(found[0])
            choices += len(found) - 1
        reasons += [f"it holds {kind(one)}, and no image" for one in alternatives if kind(one) in _NO_IMAGES]
    fault = "" if images else next(iter(reasons), "it shows no image")
    return Canvas(identifier(value), value, tuple(images), choices, fault)


def _bodies(canvas: Object) -> Iterator[Json]:
    for page in objects(canvas.get("items")):
        # An annotation that stands right in the canvas, without a page, is meant as one.
        for annotation in objects(page.get("items")) or ([page] if "body" in page else []):
            motivations = [str(one).rpartition(":")[2] for one in many(annotation.get("motivation"))]
            if not motivations or "painting" in motivations:
                yield from many(annotation.get("body"))


def _alternatives(body: Json) -> list[Json]:
    if isinstance(body, dict) and kind(body) == "Choice":
        return [found for one in many(body.get("items")) for found in _alternatives(one)]
    return [{"id": body, "type": "Image"}] if isinstance(body, str) else [body]


def _image(body: Object) -> Image | None:
    if kind(body) == "SpecificResource" and isinstance(body.get("source"), dict | str):
        source = first(_alternatives(body["source"]))
        inner = _image(source) if isinstance(source, dict) else None
        return inner and Image(inner.address, inner.width, inner.height, inner.service, _region(body.get("selector")))
    if kind(body) in _NO_IMAGES or str(body.get("format", "")).startswith(("audio/", "video/", "text/", "application/")):
        return None
    services = [found for one in _services(body) if (found := service_of(one))]
    # Of several, the newest; servers list an older one for older programs.
    service = max(services, key=lambda one: one.version, default=None)
    if service is None and not identifier(body):
        return None
    return Image(identifier(body), number(body.get("width")), number(body.get("height")), service)


def _services(body: Json) -> list[Json]:
    return [*many(body.get("service")), *many(body.get("services"))] if isinstance(body, dict) else []


def _region(selector: Json) -> str:
    region = next((one.get("region") for one in objects(selector) if one.get("region")), None)
    return region if isinstance(region, str) and _REGION.fullmatch(region) else "full"


def number(value: Json) -> int:
    """A number of pixels, which some servers write as text; 0 where it is none."""
    try:
        found = int(float(value)) if isinstance(value, str | int | float) else 0
    except (ValueError, OverflowError):
        return 0
    return found if 0 < found < 1 << 31 else 0


__all__ = ["Canvas", "Collection", "Image", "Manifest", "NoManifest", "Service", "language_map", "number", "read", "service_of"]
