"""The models that a configuration wants, each entry of `features.models` resolved.

Resolved are its kind, its file's digest, the side it sees, and engine and precision where they are `auto`.

An entry is a text, or a mapping with the key `model` and options. What the text is, is told by its form:

* `builtin` or `descriptor`, which are part of the package;
* a network of keras.applications, such as `inception_v3`;
* a file `.keras` or `.onnx`: a network of one's own;
* a file or folder `.npy`, `.zarr`, `.parquet` or `.csv`: vectors of one's own;
* otherwise the name of an entry point of the group `pixplot.models`.
"""

from __future__ import annotations

import difflib
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from pixplot_steps import digest
from pixplot_steps.errors import ConfigError
from pixplot_steps.machine import Machine
from pixplot_steps.networks import BUILTIN, NETWORKS
from pixplot_steps.spec import Model

GROUP = "pixplot.models"
"""Of entry points."""

VECTORS = (".npy", ".zarr", ".parquet", ".csv")

_USED = {
    "builtin": set[str](),
    "descriptor": set[str](),
    "keras": {"weights", "layer", "side"},
    "keras_file": {"layer", "side"},
    "onnx": {"layer", "side", "mean", "std"},
    "plugin": set[str](),
    "vectors": set[str](),
}
"""Options of each kind, besides `model` and `name`."""


@dataclass(frozen=True)
class Common:
    """What holds for all models: `aspect`, `engine` and `precision` of the section, the machine, and the folder of relative paths."""

    aspect: str
    engine: str
    precision: str
    machine: Machine
    base: Path


def models(entries: list[Any], common: Common) -> tuple[Model, ...]:
    """All models, in order. Raises ConfigError for one that is unknown, lacks its file, or shares its name with another."""
    found = [_model(_mapping(entry), f"features.models[{i}]", common) for i, entry in enumerate(entries)]
    names = [model.name for model in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ConfigError(
            f"two models are named {twice[0]!r}",
            expected="models of distinct names",
            where="features.models",
            action="leave one out, or give one another `name`",
        )
    return tuple(found)


def folder_name(name: str) -> str:
    """A name as part of a path and of a layout's name: lower case letters, digits and underscores."""
    return re.sub("[^a-z0-9]+", "_", name.lower()).strip("_") or "model"


def _mapping(entry: Any) -> dict[str, Any]:
    return {"model": entry} if isinstance(entry, str) else dict(entry)


def _model(entry: Mapping[str, Any], where: str, common: Common) -> Model:
    text = entry["model"]
    kind = _kind(text)
    unused = sorted(set(entry) - {"model", "name"} - _USED[kind])
    if unused:
        raise ConfigError(
            f"{text} has no option {unused[0]!r}",
            expected=", ".join(sorted(_USED[kind])) or "no options but `name`",
            where=where,
            action="remove it",
        )
    makers: dict[str, Callable[[], Model]] = {
        "builtin": lambda: Model("builtin", "builtin", weights=BUILTIN),
        "descriptor": lambda: Model("descriptor", "descriptor"),
        "keras": partial(_keras, entry, where, common),
        "keras_file": partial(_keras_file, entry, where, common),
        "onnx": partial(_onnx, entry, where, common),
        "plugin": partial(_plugin, text, where, common),
        "vectors": partial(_vectors, text, where, common),
    }
    made = makers[kind]()
    return replace(made, name=folder_name(entry.get("name") or made.name))


def _kind(text: str) -> str:
    if text in ("builtin", "descriptor"):
        return text
    if text in NETWORKS:
        return "keras"
    suffix = Path(text).suffix.lower()
    return {".keras": "keras_file", ".onnx": "onnx", **dict.fromkeys(VECTORS, "vectors")}.get(suffix, "plugin")


def _computed(kind: str, name: str, source: str, side: int, common: Common) -> Model:
    engine, precision = common.machine.engine(common.engine), common.machine.precision(common.precision)
    if precision == "int8":
        _check_int8(engine, common.machine)
    return Model(kind, name, source, side=side, aspect=common.aspect, engine=engine, precision=precision)


def _check_int8(engine: str, machine: Machine) -> None:
    if engine == "openvino" and machine.int8:
        return
    raise ConfigError(
        "int8 is not to be had here",
        expected="engine: openvino, on a processor that multiplies 8 bit integers (of flags in /proc/cpuinfo, avx512_vnni or a like one)",
        found=f"engine: {engine}" if engine != "openvino" else "a processor without",
        where="features.precision",
        action="take auto" if engine == "openvino" else "say engine: openvino, or take precision: auto",
    )


def _keras(entry: Mapping[str, Any], where: str, common: Common) -> Model:
    name, weights = entry["model"], entry.get("weights", "imagenet")
    model = _computed("keras", name, name, entry.get("side", NETWORKS[name].side), common)
    model = replace(model, weights="imagenet", layer=entry.get("layer", ""))
    if weights == "imagenet":
        return model
    path = _existing(weights, f"{where}.weights", common)
    return replace(model, path=str(path), weights=digest.of_file(path))


def _keras_file(entry: Mapping[str, Any], where: str, common: Common) -> Model:
    path = _existing(entry["model"], where, common)
    side = entry.get("side") or _side_of_keras_file(path, where)
    model = _computed("keras_file", path.stem, digest.of_file(path), side, common)
    return replace(model, path=str(path), layer=entry.get("layer", ""))


def _onnx(entry: Mapping[str, Any], where: str, common: Common) -> Model:
    path = _existing(entry["model"], where, common)
    if "side" not in entry:
        raise ConfigError(
            "the side of the pictures that an ONNX model sees is not told",
            expected="side: a number of pixels, such as 224",
            where=where,
            action=f"write the entry as {{model: {entry['model']}, side: 224}}",
        )
    if common.engine == "tensorflow":
        raise ConfigError(
            "TensorFlow does not run ONNX models", expected="engine: auto or openvino", where="features.engine", action="change it"
        )
    model = _computed("onnx", path.stem, digest.of_file(path), entry["side"], replace(common, engine="openvino"))
    normal = {"mean": (0, 0, 0), "std": (1, 1, 1)} if {"mean", "std"} & set(entry) else {"mean": (), "std": ()}
    mean, std = (tuple(map(float, entry.get(key, neutral))) for key, neutral in normal.items())
    return replace(model, path=str(path), layer=entry.get("layer", ""), mean=mean, std=std)


def _vectors(text: str, where: str, common: Common) -> Model:
    path = _existing(text, where, common)
    return Model("vectors", path.stem, _digest(path), path=str(path))


def _plugin(text: str, where: str, common: Common) -> Model:
    found = {point.name: point for point in entry_points(group=GROUP)}
    if text not in found:
        raise _unknown(text, where, found)
    plugin = found[text].load()
    version = f"{_distribution(found[text])} {plugin.version}"
    return Model("plugin", text, text, weights=version, side=int(plugin.side), aspect=common.aspect)


def _distribution(point: EntryPoint) -> str:
    return point.dist.name if point.dist else point.module


def _unknown(text: str, where: str, plugins: Mapping[str, EntryPoint]) -> ConfigError:
    names = ["builtin", "descriptor", *sorted(plugins), *NETWORKS]
    near = difflib.get_close_matches(text, names, n=1, cutoff=0)
    return ConfigError(
        f"no model is named {text!r}",
        expected="one of " + ", ".join(names) + "; or a file .keras, .onnx, " + ", ".join(VECTORS),
        where=where,
        action=f"did you mean {near[0]!r}?",
    )


def _existing(text: str, where: str, common: Common) -> Path:
    path = (common.base / Path(text).expanduser()).absolute()
    if not path.exists():
        raise ConfigError("a file is not there", expected=str(path), found="nothing", where=where, action="correct the path")
    return path


def given(text: str | None, where: str, base: Path, suffixes: tuple[str, ...] = VECTORS) -> tuple[str, str]:
    """Path and digest of a file of one's own, both empty for None. Raises ConfigError where there is no such file."""
    if text is None:
        return "", ""
    path = (base / Path(text).expanduser()).absolute()
    if not path.exists() or path.suffix.lower() not in suffixes:
        raise ConfigError(
            "a file of one's own cannot be used",
            expected="an existing file " + ", ".join(suffixes),
            found=str(path) if path.exists() else f"nothing at {path}",
            where=where,
            action="correct the path",
        )
    return str(path), _digest(path)


def _digest(path: Path) -> str:
    if path.is_file():
        beside = path.with_suffix(".txt")  # names of the rows of an .npy file
        parts = [path, beside] if path.suffix.lower() == ".npy" and beside.is_file() else [path]
        return digest.of_lines(map(digest.of_file, parts))
    files = sorted(found for found in path.rglob("*") if found.is_file())
    return digest.of_lines(text for file in files for text in (file.relative_to(path).as_posix(), digest.of_file(file)))


def _side_of_keras_file(path: Path, where: str) -> int:
    """Height and width of the first input, read from the file's own description, without Keras."""
    try:
        with zipfile.ZipFile(path) as archive:
            shape = next(_shapes(json.loads(archive.read("config.json"))), None)
    except (zipfile.BadZipFile, KeyError, ValueError):
        raise ConfigError("a file is no Keras model", expected="a file written by model.save('name.keras')", where=where) from None
    if shape is None or len(shape) != 4 or shape[1] != shape[2] or not isinstance(shape[1], int):
        raise ConfigError(
            "the side of the pictures that a model sees is not told",
            expected="an input of shape [None, side, side, 3]",
            found=str(shape),
            where=where,
            action="say side: with the number of pixels, such as 224",
        )
    return int(shape[1])


def _shapes(value: Any) -> Any:
    if isinstance(value, dict):
        if isinstance(value.get("batch_shape"), list):
            yield value["batch_shape"]
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _shapes(item)
