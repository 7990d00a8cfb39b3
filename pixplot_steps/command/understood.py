"""What the flags mean: the configuration that they make, and remarks on those that another has replaced. No files."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pixplot_steps.command.flags import FLAGS, Flag
from pixplot_steps.errors import ConfigError

_MANIFEST_LINE = re.compile(r"https?://|.*\.json$", re.IGNORECASE)
_PLAIN_NAME = re.compile(r"[^\W_][\w.-]{0,99}")


@dataclass(frozen=True)
class Understood:
    """`configuration`: nested, as YAML has it; `remarks`: for the user, a sentence each."""

    configuration: dict[str, Any]
    remarks: tuple[str, ...]


def understand(given: Mapping[str, Any], base: Mapping[str, Any] | None, *, manifests: bool, kept: int) -> Understood:
    """Flags (by name, None where not given) put over `base`, the file of --config.

    Without one, PixPlot's defaults are under them. `manifests`: whether --images is a list of IIIF manifests, as PixPlot takes one.
    `kept`: neighbours of each image where nothing is said. Raises ConfigError.
    """
    values = {flag.dest: _value(flag, given, defaults=base is None) for flag in FLAGS if flag.key}
    made: dict[str, Any] = _copied(base or {})
    for flag in FLAGS:
        if flag.key and values[flag.dest] is not None and flag.dest not in ("plot_id", "geojson", "images"):
            put(made, flag.key, _plain(values[flag.dest]))
    if values["images"] is not None:
        # A list of manifests replaces pictures of the base, and the other way round.
        put(made, "manifests" if manifests else "images", _plain(values["images"]))
        put(made, "images" if manifests else "manifests", None)
    if values["geojson"]:
        put(made, "layouts.geographic.outlines", ["world", values["geojson"]])
    if values["plot_id"]:
        put(made, "workdir", f"{made.get('workdir', 'results')}/{_folder(values['plot_id'])}")
    for text in given.get("set") or []:
        key, _, value = text.partition("=")
        put(made, key, _read(value, text))
    _keep_enough_neighbours(made, kept)
    return Understood(made, tuple(_remarks(given, values)))


def is_manifests(lines: Sequence[str]) -> bool:
    """Whether the first line of a text that says anything is the address of a manifest, or the path of one, which ends in .json."""
    said = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return bool(said) and _MANIFEST_LINE.match(said[0].strip()) is not None


def put(made: dict[str, Any], key: str, value: Any) -> None:
    """Set a dotted key. Raises ConfigError where a part of it is no section."""
    *sections, last = key.split(".")
    for section in sections:
        made = made.setdefault(section, {})
        if not isinstance(made, dict):
            raise ConfigError(
                f"{section} is no section", expected="a dotted key such as layouts.grid.aspect", found=key, action="see config/README.md"
            )
    made[last] = value


def _value(flag: Flag, given: Mapping[str, Any], *, defaults: bool) -> Any:
    value = given.get(flag.dest)
    return flag.default if value is None and defaults and flag.pixplot else value


def _plain(value: Any) -> Any:
    """One of a list of one alone, which the configuration reads likewise."""
    return value[0] if isinstance(value, list) and len(value) == 1 and not isinstance(value[0], str) else value


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def _folder(plot_id: str) -> str:
    if not _PLAIN_NAME.fullmatch(plot_id):
        raise ConfigError(
            "--plot_id is no name of a folder",
            expected="letters, digits, dots, dashes and underscores, beginning with a letter or digit",
            found=repr(plot_id),
            where="--plot_id",
            action="choose another, or use --out_dir",
        )
    return plot_id


def _read(value: str, text: str) -> Any:
    import yaml

    if not text.partition("=")[0] or "=" not in text:
        raise ConfigError("--set has no value", expected="KEY=VALUE, such as layouts.grid.aspect=2", found=text, action="add one")
    try:
        return yaml.safe_load(value)
    except yaml.YAMLError:
        return value


def _keep_enough_neighbours(made: dict[str, Any], kept: int) -> None:
    """A graph with as many neighbours as the map asks for, where nothing is said about it."""
    wanted = made.get("layouts", {}).get("umap", {}).get("n_neighbors", 0)
    most = max(wanted) if isinstance(wanted, list) and wanted else wanted
    section = made.get("neighbours") or {}
    if isinstance(most, int) and most > kept + 1 and "count" not in section:
        put(made, "neighbours.count", most - 1)


def _remarks(given: Mapping[str, Any], values: Mapping[str, Any]) -> list[str]:
    """What a user of PixPlot should know about the flags that were given."""
    told: dict[str, Callable[[], str]] = {
        "min_distance": lambda: "--min_distance is called --min_dist now",
        "plot_id": lambda: f"--plot_id: each map has a folder of its own, here {values['out_dir'] or 'OUT_DIR'}/{values['plot_id']}",
        "copy_web_only": lambda: (
            "--copy_web_only: every run brings the page up to date and makes nothing twice; this one does not look at the pictures"
        ),
        "shuffle": lambda: (
            "" if given.get("max_images") else "--shuffle: without --max_images all pictures are taken, and their order means nothing"
        ),
        "n_clusters": lambda: "" if given.get("method") == "kmeans" else "--n_clusters: is used with --method kmeans",
        "use_cache": lambda: "" if given["use_cache"] else "--use_cache False: everything is made again",
    }
    found = [text() for name, text in told.items() if given.get(name) is not None]
    return [text for text in found if text]
