"""Which pictures of a manifest become items of the collection, and how they are named."""

from __future__ import annotations

from dataclasses import dataclass

from pixplot_steps.fetch.describe import Cells, cells
from pixplot_steps.fetch.presentation import Canvas, Image, Manifest


@dataclass(frozen=True)
class Item:
    """`name`: unique below its manifest's; `image`: what to ask for; `cells`: what is known of it."""

    name: str
    image: Image
    cells: Cells
    canvas: str


@dataclass(frozen=True)
class Chosen:
    """`items`, and (name, reason) of the canvases that show no image."""

    items: list[Item]
    faults: list[tuple[str, str]]


def chosen(manifest: Manifest, name: str, which: str, language: str) -> Chosen:
    """The items of a manifest. `name`: its own; `which`: first (canvas with an image), start (the one it wants shown first) or all.

    An image that several canvases show is one item.
    """
    alone = len(manifest.canvases) == 1
    numbered = list(enumerate(manifest.canvases, start=1))
    if not numbered:
        return Chosen([], [(name, "the manifest has no canvases")])
    if which != "all":
        shown = [canvas for _, canvas in numbered if canvas.images]
        if not shown:
            return Chosen([], [(name, numbered[0][1].fault)])
        canvas = _start(manifest, shown) if which == "start" else shown[0]
        return Chosen([Item(name, canvas.images[0], cells(manifest, canvas, language, alone=True), canvas.id)], [])
    found = Chosen([], [])
    seen: set[tuple[str, str, str]] = set()
    for number, canvas in numbered:
        place = f"{name}#canvas={number:0{len(str(len(numbered)))}}" if len(numbered) > 1 else name
        if canvas.fault:
            found.faults.append((place, canvas.fault))
        for position, image in enumerate(canvas.images, start=1):
            key = (image.service.id if image.service else "", image.address, image.region)
            if key not in seen:
                seen.add(key)
                own = place if position == 1 else f"{place}{'&' if '#' in place else '#'}image={position}"
                found.items.append(Item(own, image, cells(manifest, canvas, language, alone=alone), canvas.id))
    return found


def _start(manifest: Manifest, shown: list[Canvas]) -> Canvas:
    by_id = {canvas.id: canvas for canvas in reversed(shown)}
    if manifest.start in by_id:
        return by_id[manifest.start]
    for canvas in shown:
        for image in canvas.images:
            if manifest.thumbnail and manifest.thumbnail in (image.address, image.service.id if image.service else ""):
                return canvas
    return shown[0]
