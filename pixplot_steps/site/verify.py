"""`pixplot verify SITE`: checks a built site against docs/format.md, and says what it holds."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pixplot_steps.errors import SiteError
from pixplot_steps.site import checks, checks_files
from pixplot_steps.site.untrusted import Fault, Node, Site, Wrong

T = TypeVar("T")

_SHOWN = 20


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("site", type=Path, metavar="SITE", help="folder of the site")
    parser.add_argument("--json", action="store_true", help="print one JSON object, and nothing else, to standard output")


def run(args: argparse.Namespace) -> None:
    """Check a site and print what it holds. Raises SiteError where it breaks a rule."""
    faults = verify(args.site)
    summary = summarise(args.site)
    if args.json:
        print(json.dumps({**summary, **({"faults": [asdict(fault) for fault in faults]} if faults else {})}, sort_keys=True))
    elif not faults:
        print(_told(args.site, summary))
    if faults:
        raise _error(args.site, faults)


def verify(site: Path) -> list[Fault]:
    """All faults of a site, none where it is right. Files are read once, in blocks; a hostile manifest reaches nothing outside `site`."""
    faults = _Faults()
    folder = Site(site)
    faults.first(lambda: folder.path("index.html"))
    manifest = faults.first(folder.manifest)
    if manifest is None or not faults.all(checks.head(manifest)):
        return faults.found
    _check_rows(folder, manifest, faults)
    return faults.found


def summarise(site: Path) -> dict[str, Any]:
    """What a site holds: items, images, shards, layouts (names), hotspots (count), problems and bytes.

    What a broken manifest does not say is None.
    """
    try:
        manifest = Site(site).manifest()
    except Wrong:
        manifest = Node({}, "")
    values: dict[str, Any] = {key: _or_none(lambda key=key: manifest["counts"][key].integer()) for key in _COUNTS}  # type: ignore[misc]
    values["layouts"] = _or_none(lambda: [layout["name"].text() for layout in manifest["layouts"].list()])
    values["hotspots"] = _or_none(lambda: len(manifest["hotspots"]["list"].list()))
    values["bytes"] = sum(path.lstat().st_size for path in site.rglob("*") if path.is_file())
    return values


_COUNTS = ("items", "images", "shards", "problems")


class _Faults:
    """The faults found so far."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def first(self, get: Callable[[], T]) -> T | None:
        """The value, or None where there is none, which is noted."""
        try:
            return get()
        except Wrong as wrong:
            self.found.append(wrong.fault)
            return None

    def all(self, check: Iterator[Fault]) -> bool:
        """Note all faults of a check; whether it had none."""
        before = len(self.found)
        try:
            self.found.extend(check)
        except Wrong as wrong:
            self.found.append(wrong.fault)
        return len(self.found) == before


def _check_rows(site: Site, manifest: Node, faults: _Faults) -> None:
    known = _check_table(site, manifest, faults)
    faults.all(checks.colours(site, manifest))
    sizes_are_right = faults.all(checks.sizes(site, manifest))
    faults.all(checks.stacks(site, manifest))
    faults.all(checks.years(site, manifest))
    faults.all(checks.services(site, manifest))
    faults.all(checks.look(site, manifest))
    faults.all(checks.rights(manifest))
    if faults.all(checks.layout_names(manifest)):
        for layout in manifest["layouts"].list():
            faults.all(checks.layout(site, manifest, layout))
    _check_atlas(site, manifest, known, faults)
    faults.all(checks.neighbours(site, manifest, known))
    faults.all(checks.hotspots(site, manifest, manifest["hotspots"]))
    more = manifest.get("more_hotspots")
    for spots in more.list() if more else []:
        faults.all(checks.hotspots(site, manifest, spots))
    faults.all(checks.problems(site, manifest))
    faults.all(checks.model(manifest))
    if known is not None and sizes_are_right:
        _check_pictures(site, manifest, known, faults)


def _check_table(site: Site, manifest: Node, faults: _Faults) -> checks.Rows | None:
    table = faults.first(lambda: site.table(manifest["table"]))
    if table is None or not faults.all(checks.items(manifest, table)):
        return None
    faults.all(checks.columns(manifest, table))
    faults.all(checks_files.parts(site, manifest, table))
    faults.all(checks_files.search(site, manifest))
    faults.all(checks_files.stories(site, manifest))
    known = faults.first(lambda: checks.rows(manifest, table))
    if known is not None:
        faults.all(checks.images(manifest, known))
    return known


def _check_atlas(site: Site, manifest: Node, known: checks.Rows | None, faults: _Faults) -> None:
    faults.all(checks.slots(site, manifest, known))
    if not faults.all(checks.levels(manifest)):
        return
    for level in manifest["atlas"]["levels"].list():
        if faults.all(checks.level(manifest, level)):
            for page, width, heights in faults.first(partial(_pages, site, manifest, level)) or []:
                faults.all(checks.page(site, manifest, page, width, heights))


def _pages(site: Site, manifest: Node, level: Node) -> list[tuple[Node, int, range]]:
    return list(checks.pages(site, manifest, level))


def _check_pictures(site: Site, manifest: Node, known: checks.Rows, faults: _Faults) -> None:
    total = 0
    expected = faults.first(lambda: list(checks.picture_sizes(site, manifest, known)))
    if expected is None:
        return
    all_there = True
    for name, side in expected:
        if faults.all(checks.picture(site, name, side)):
            total += (site.root / name).stat().st_size
        else:
            all_there = False
    if all_there:
        faults.all(checks.picture_bytes(manifest, total))


def _or_none(get: Callable[[], T]) -> T | None:
    try:
        return get()
    except Wrong:
        return None


def _told(site: Path, summary: dict[str, Any]) -> str:
    numbers = ", ".join(f"{summary[key]} {key}" for key in ("items", "images", "shards", "hotspots", "problems", "bytes"))
    return f"{site} is right: {numbers}; layouts {', '.join(map(ascii, summary['layouts']))}"


def _error(site: Path, faults: list[Fault]) -> SiteError:
    lines = [f"  {fault.file}: expected {fault.expected}; found {fault.found}" for fault in faults[:_SHOWN]]
    more = [f"  and {len(faults) - _SHOWN} more"] if len(faults) > _SHOWN else []
    number = "one fault" if len(faults) == 1 else f"{len(faults)} faults"
    return SiteError("\n".join([f"{site} breaks docs/format.md: {number}", *lines, *more]), action="build the site again")
