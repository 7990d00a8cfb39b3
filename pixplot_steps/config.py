"""The configuration: checked against its schema, then turned into a Spec.

A wrong key or value stops before any job, with the key's path, what is allowed and the nearest right name.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import jsonschema
import yaml

from pixplot_steps import machine, spec, wanted
from pixplot_steps.errors import ConfigError

_HELP = "see config/config.yaml, where every key stands with its default"


def read(config: Mapping[str, Any], schema_path: Path, base: Path) -> spec.Spec:
    """Check a configuration (defaults already merged in) and make it a Spec; relative paths are below `base`.

    Raises ConfigError, naming every fault.
    """
    schema = yaml.safe_load(schema_path.read_text("utf-8"))
    faults = sorted(jsonschema.Draft202012Validator(schema).iter_errors(_plain(config)), key=lambda e: list(map(str, e.absolute_path)))
    if faults:
        raise ConfigError("The configuration is wrong:\n" + "\n".join(line for fault in faults for line in _describe(fault)), action=_HELP)
    result = _spec(config, base)
    _check_together(result)
    return result


def _plain(value: Any) -> Any:
    # Snakemake hands over ordered dictionaries and tuples; the schema knows objects and lists.
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _spec(config: Mapping[str, Any], base: Path) -> spec.Spec:
    images = _paths(config["images"], base)
    if not images:
        raise ConfigError(
            "No pictures are named", expected="images: a folder", where="images", action="set `images` in your configuration file"
        )
    site = {**config["site"], "title": config["site"]["title"] or _title(images[0])}
    return spec.Spec(
        workdir=(base / Path(config["workdir"]).expanduser()).absolute(),
        images=images,
        metadata=_paths(config["metadata"], base),
        seed=config["seed"],
        reproducible=config["reproducible"],
        catalog=spec.Catalog(**config["catalog"]),
        ingest=spec.Ingest(**config["ingest"]),
        features=_features(config["features"], base),
        vectors=spec.Vectors(**config["vectors"]),
        neighbours=spec.Neighbours(**config["neighbours"]),
        positions=_given(config["layouts"], "layouts", "positions", base),
        umap=spec.Umap(**config["layouts"]["umap"]),
        grid=spec.Grid(**config["layouts"]["grid"]),
        alphabetical=spec.Alphabetical(**config["layouts"]["alphabetical"]),
        clusters=_given(config["hotspots"], "hotspots", "clusters", base),
        hotspots=spec.Hotspots(**{key: value for key, value in config["hotspots"].items() if key != "clusters"}),
        atlases=spec.Atlases(**{**config["atlases"], "levels": tuple(config["atlases"]["levels"])}),
        site=spec.Site(**site),
    )


def _features(section: Mapping[str, Any], base: Path) -> spec.Features:
    common = wanted.Common(section["aspect"], section["engine"], section["precision"], machine.detect(), base)
    return spec.Features(wanted.models(section["models"], common), section["aspect"])


def _given(section: Mapping[str, Any], name: str, key: str, base: Path) -> spec.Given:
    return spec.Given(*wanted.given(section[key], f"{name}.{key}", base))


def _paths(value: str | list[str] | None, base: Path) -> tuple[str, ...]:
    """Absolute paths or patterns of one text or of a list; links are left as they are."""
    texts = [value] if isinstance(value, str) else value or []
    return tuple(os.path.normpath(base / Path(text).expanduser()) for text in texts)


def _title(source: str) -> str:
    """The name of the folder, archive or list; of a pattern, that of the folder in which it begins."""
    path = Path(re.split(r"/[^/]*[*?\[]", source, maxsplit=1)[0]) if not Path(source).exists() else Path(source)
    return path.name if path.is_dir() else path.name.partition(".")[0] or path.name


def _check_together(result: spec.Spec) -> None:
    if result.umap.n_neighbors - 1 > result.neighbours.count:
        raise ConfigError(
            "The map asks for more neighbours than are kept",
            expected=f"neighbours.count of at least {result.umap.n_neighbors - 1}",
            found=str(result.neighbours.count),
            where="layouts.umap.n_neighbors, neighbours.count",
            action="raise neighbours.count or lower layouts.umap.n_neighbors",
        )


def _describe(fault: jsonschema.ValidationError) -> list[str]:
    place = ".".join(str(part) for part in fault.absolute_path)
    schema = cast("Mapping[str, Any]", fault.schema)
    if fault.validator == "additionalProperties":
        return [
            _unknown(place, key, list(schema["properties"])) for key in cast("list[str]", fault.instance) if key not in schema["properties"]
        ]
    if fault.validator == "required":
        return [f"  {place or 'the configuration'}: {fault.message}"]
    return [f"  {place}: expected {_allowed(schema)}; found {fault.instance!r}"]


def _unknown(place: str, key: str, allowed: list[str]) -> str:
    near = difflib.get_close_matches(key, allowed, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"allowed here: {', '.join(allowed)}"
    return f"  {place + '.' if place else ''}{key}: no such key; {hint}"


def _allowed(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return "one of " + ", ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    names = {
        "string": "text",
        "integer": "a whole number",
        "number": "a number",
        "boolean": "true or false",
        "object": "a section of keys",
        "array": "a list",
        "null": "null",
    }
    if "anyOf" in schema:
        return " or ".join(_allowed(way) for way in schema["anyOf"])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    bounds = [f"{word} {schema[key]}" for key, word in (("minimum", "from"), ("maximum", "to")) if key in schema]
    shape = [f"like {schema['pattern']}"] if "pattern" in schema else []
    length = [f"of at most {schema['maxLength']} characters"] if "maxLength" in schema else []
    filled = ["not empty"] if schema.get("minLength") else []
    return " ".join([" or ".join(names[kind] for kind in kinds), *bounds, *shape, *length, *filled])
