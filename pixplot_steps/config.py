"""The configuration: checked against its schema, then turned into a Spec.

A wrong key or value stops before any job, with the key's path, what is allowed and the nearest right name.
"""

from __future__ import annotations

import difflib
import itertools
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import jsonschema
import yaml

from pixplot_steps import contrast, machine, place, spec, stories, wanted
from pixplot_steps.errors import ConfigError

_WORLD = "world"
_FIGURES = ("rectangle", "circle", "hexagon")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp")
_LOGOS = (".svg", ".png", ".jpg", ".jpeg", ".webp")
_CAPTIONS = (".csv",)
_GEOJSON = (".geojson", ".json")
_EDITED = (".json", ".yaml", ".yml")
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
    _check_perplexity(result)
    return result


def load(path: Path, base: Path) -> spec.Spec:
    """What a configuration file says, with all defaults, as Snakemake reads it for a run. Raises ConfigError."""
    return merged(keys(path), base)


def merged(own: Mapping[str, Any], base: Path) -> spec.Spec:
    """What the keys of a configuration file say, with all defaults. Raises ConfigError."""
    defaults = keys(place.root() / "config" / "config.yaml")
    return read(_merged(defaults, own), place.root() / "workflow" / "schemas" / "config.schema.yaml", base)


def keys(path: Path) -> Mapping[str, Any]:
    """The keys of a configuration file, unchecked. Raises ConfigError where it cannot be read."""
    try:
        value = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError(
            "a configuration file cannot be read", found=str(error), where=str(path), action="correct its path or text"
        ) from None
    return value if isinstance(value, Mapping) else {}


def written(value: Mapping[str, Any]) -> bytes:
    """A configuration as the text of a file, with its keys in their order."""
    return yaml.safe_dump(dict(value), allow_unicode=True, sort_keys=False).encode()


def _merged(defaults: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    both = {
        key: _merged(defaults[key], own[key]) for key in own if isinstance(own[key], Mapping) and isinstance(defaults.get(key), Mapping)
    }
    return {**defaults, **own, **both}


def _plain(value: Any) -> Any:
    # Snakemake hands over ordered dictionaries and tuples; the schema knows objects and lists.
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _spec(config: Mapping[str, Any], base: Path) -> spec.Spec:
    images = _paths(config["images"], base)
    manifests = _addresses(config["manifests"], base)
    if not images and not manifests:
        raise ConfigError(
            "No pictures are named",
            expected="images: a folder; or manifests: addresses of IIIF manifests",
            where="images, manifests",
            action="set `images` or `manifests` in your configuration file",
        )
    return spec.Spec(
        workdir=(base / Path(config["workdir"]).expanduser()).absolute(),
        images=images,
        manifests=manifests,
        metadata=_paths(config["metadata"], base),
        seed=config["seed"],
        use_cache=config["use_cache"],
        reproducible=config["reproducible"],
        fetch=_fetch(config["fetch"], manifests),
        catalog=spec.Catalog(**config["catalog"]),
        ingest=spec.Ingest(**config["ingest"]),
        features=_features(config["features"], base),
        vectors=spec.Vectors(**config["vectors"]),
        neighbours=spec.Neighbours(**config["neighbours"]),
        positions=_given(config["layouts"], "layouts", "positions", base),
        umap=_umaps(config["layouts"]["umap"])[0],
        variants=_umaps(config["layouts"]["umap"])[1:],
        keep=config["layouts"]["umap"]["keep"],
        label_weight=config["layouts"]["umap"]["label_weight"],
        components=config["layouts"]["umap"]["components"],
        grid=_grid(config["layouts"]["grid"], base),
        similarity=spec.Similarity(**config["layouts"]["similarity"]),
        tsne=spec.Tsne(**_tuples(config["layouts"]["tsne"])),
        jitter=spec.Jitter(**config["layouts"]["jitter"]),
        date=_dates(config["layouts"]["date"], base),
        category=spec.Categories(**_tuples(config["layouts"]["category"])),
        geographic=_geographic(config["layouts"]["geographic"], base),
        axes=spec.Axes(**_tuples(config["layouts"]["axes"])),
        custom=spec.Custom(**config["layouts"]["custom"]),
        colour=spec.Colour(**_tuples(config["layouts"]["colour"])),
        alphabetical=_alphabetical(config["layouts"]["alphabetical"]),
        clusters=_given(config["hotspots"], "hotspots", "clusters", base),
        edited=_given(config["hotspots"], "hotspots", "edited", base, _EDITED),
        hotspots=spec.Hotspots(**_tuples(_without(config["hotspots"], "clusters", "edited"))),
        atlases=spec.Atlases(**_tuples(config["atlases"])),
        deepzoom=spec.DeepZoom(**_tuples(config["deepzoom"])),
        site=_site(config["site"], _title((images or manifests)[0]), base),
    )


def _site(section: Mapping[str, Any], title: str, base: Path) -> spec.Site:
    for ground in ("light", "dark"):
        contrast.check(section["accent"][ground], ground, f"site.accent.{ground}")
    return spec.Site(
        title=section["title"] or title,
        description=section["description"],
        credit=section["credit"].strip(),
        licence=section["licence"].strip(),
        licence_url=section["licence_url"],
        gzip=section["gzip"],
        address=section["address"],
        logo=spec.Given(*wanted.given(section["logo"], "site.logo", base, _LOGOS)),
        light=section["accent"]["light"].lower(),
        dark=section["accent"]["dark"].lower(),
        # The whole address of a view will do.
        opening=section["opening"].rpartition("#")[2],
        alt=section["alt"] or "",
        data_from=tuple(section["data_from"]),
        stories=_stories(section["stories"], base),
    )


def _fetch(section: Mapping[str, Any], manifests: tuple[str, ...]) -> spec.Fetch:
    if manifests and not section["contact"]:
        raise ConfigError(
            "Servers are to be told whom to write to",
            expected="fetch.contact: your e-mail address, or that of a page about your project",
            found="none",
            where="fetch.contact",
            action="set it in your configuration file, or by --contact; the administrators of the servers see it, and nobody else",
        )
    return spec.Fetch(**{**section, "contact": section["contact"] or "", "hosts": dict(section["hosts"])})


def _features(section: Mapping[str, Any], base: Path) -> spec.Features:
    common = wanted.Common(section["aspect"], section["engine"], section["precision"], machine.detect(), base)
    return spec.Features(wanted.models(section["models"], common), section["aspect"])


def _umaps(section: Mapping[str, Any]) -> tuple[spec.Umap, ...]:
    """The map, and its variants: every pair of the values listed, each once."""
    counts, distances = (
        [value] if not isinstance(value, list | tuple) else value for value in (section["n_neighbors"], section["min_dist"])
    )
    return tuple(spec.Umap(*pair, section["epochs"]) for pair in dict.fromkeys(itertools.product(counts, map(float, distances))))


def _stories(text: str | None, base: Path) -> spec.Given:
    """The file of stories, whose form is checked here: it would be late after hours of work."""
    found = spec.Given(*wanted.given(text, "site.stories", base, stories.SUFFIXES))
    if found.path:
        stories.read(Path(found.path))
    return found


def _without(section: Mapping[str, Any], *left_out: str) -> dict[str, Any]:
    return {key: value for key, value in section.items() if key not in left_out}


def _tuples(section: Mapping[str, Any]) -> dict[str, Any]:
    """A section whose lists are tuples, so that it cannot change."""
    return {key: _tuple(value) for key, value in section.items()}


def _tuple(value: Any) -> Any:
    return tuple(_tuple(item) for item in value) if isinstance(value, list | tuple) else value


def _grid(section: Mapping[str, Any], base: Path) -> spec.Grid:
    mask = section["mask"]
    path, digest = ("", mask) if mask in _FIGURES else wanted.given(mask, "layouts.grid.mask", base, _PICTURES)
    return spec.Grid(section["aspect"], digest, path)


def _alphabetical(section: Mapping[str, Any]) -> spec.Alphabetical:
    by = section["by"]
    return spec.Alphabetical((by,) if isinstance(by, str) else tuple(by), section["aspect"])


def _dates(section: Mapping[str, Any], base: Path) -> spec.Dates:
    path, digest = wanted.given(section["captions"], "layouts.date.captions", base, _CAPTIONS)
    return spec.Dates(**_tuples(section) | {"captions": digest, "paths": (path,) if path else ()})


def _geographic(section: Mapping[str, Any], base: Path) -> spec.Geographic:
    listed = [section["outlines"]] if isinstance(section["outlines"], str) else section["outlines"]
    world = [(_WORLD, _WORLD)] if _WORLD in listed else []
    files = [wanted.given(path, "layouts.geographic.outlines", base, _GEOJSON) for path in listed if path != _WORLD]
    paths, digests = zip(*world, *files, strict=True) if listed else ((), ())
    return spec.Geographic(section["wanted"], digests, paths)


def _given(section: Mapping[str, Any], name: str, key: str, base: Path, suffixes: tuple[str, ...] = wanted.VECTORS) -> spec.Given:
    return spec.Given(*wanted.given(section[key], f"{name}.{key}", base, suffixes))


def _paths(value: str | list[str] | None, base: Path) -> tuple[str, ...]:
    """Absolute paths or patterns of one text or of a list; links are left as they are."""
    texts = [value] if isinstance(value, str) else value or []
    return tuple(os.path.normpath(base / Path(text).expanduser()) for text in texts)


def _addresses(value: str | list[str] | None, base: Path) -> tuple[str, ...]:
    """Addresses as they are, and absolute paths."""
    texts = [value] if isinstance(value, str) else value or []
    return tuple(text if re.match("https?://", text, re.IGNORECASE) else _paths(text, base)[0] for text in texts)


def _title(source: str) -> str:
    """The name of the folder, archive or list; of a pattern, that of the folder in which it begins."""
    path = Path(re.split(r"/[^/]*[*?\[]", source, maxsplit=1)[0]) if not Path(source).exists() else Path(source)
    return path.name if path.is_dir() else path.name.partition(".")[0] or path.name


def _check_together(result: spec.Spec) -> None:
    most = max(one.n_neighbors for one in (result.umap, *result.variants))
    if most - 1 > result.neighbours.count:
        raise ConfigError(
            "The map asks for more neighbours than are kept",
            expected=f"neighbours.count of at least {most - 1}",
            found=str(result.neighbours.count),
            where="layouts.umap.n_neighbors, neighbours.count",
            action="raise neighbours.count or lower layouts.umap.n_neighbors",
        )


def _check_perplexity(result: spec.Spec) -> None:
    most = max(result.tsne.perplexities, default=0)
    if most > result.neighbours.count:
        raise ConfigError(
            "The t-SNE asks for more neighbours than are kept",
            expected=f"neighbours.count of at least {most:g}, better three times as many",
            found=str(result.neighbours.count),
            where="layouts.tsne.perplexities, neighbours.count",
            action="raise neighbours.count or lower the perplexity",
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
