"""IIIF Presentation 1 and 2 as Presentation 3 (https://iiif.io/api/presentation/3.0/change-log/).

Only what this program reads is brought over. Presentation 3 passes through unchanged; so does anything that is no manifest.
"""

from __future__ import annotations

from typing import Any

Json = Any
"""A JSON value of unknown shape: it came from outside."""

Object = dict[str, Any]


def upgraded(value: Json) -> Json:
    """A manifest or collection as Presentation 3."""
    if not isinstance(value, dict) or not _is_old(value):
        return value
    return _collection(value) if kind(value) == "Collection" else _manifest(value)


def kind(value: Json) -> str:
    """The type without its prefix: "sc:Manifest" and "Manifest" are one; empty where none is given."""
    found = first(value.get("type", value.get("@type", "")) if isinstance(value, dict) else "")
    return found.rpartition(":")[2] if isinstance(found, str) else ""


def identifier(value: Json) -> str:
    """The id of an object, or the text itself where an object is given by its id alone; empty where there is none."""
    if isinstance(value, dict):
        value = value.get("id", value.get("@id", ""))
    return value.strip() if isinstance(value, str) else ""


def many(value: Json) -> list[Json]:
    """A list, whether one thing or several are given."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def first(value: Json) -> Json:
    """The first of a list, or the one thing that is given."""
    found = many(value)
    return found[0] if found else None


def objects(value: Json) -> list[Object]:
    """The objects among one or several things."""
    return [one for one in many(value) if isinstance(one, dict)]


def language_map(value: Json) -> dict[str, list[str]]:
    """Texts by language, as Presentation 3 has them, from any way in which they are written; "none" where no language is given."""
    texts: dict[str, list[str]] = {}
    for one in many(value):
        for language, text in _texts(one):
            texts.setdefault(language, []).append(text)
    return texts


def _texts(value: Json) -> list[tuple[str, str]]:
    if isinstance(value, dict) and "@value" in value:
        return [(str(value.get("@language") or "none"), str(value["@value"]))]
    if isinstance(value, dict):
        return [(str(language), str(text)) for language, found in value.items() for text in many(found) if _is_plain(text)]
    return [("none", str(value))] if _is_plain(value) else []


def _is_plain(value: Json) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _is_old(value: Object) -> bool:
    if isinstance(value.get("items"), list) and "sequences" not in value:
        return False
    return "@type" in value or any(key in value for key in ("sequences", "manifests", "collections", "members"))


def _manifest(value: Object) -> Object:
    sequences = objects(value.get("sequences"))
    new = _described(value)
    new["type"] = "Manifest"
    # A second sequence is another order of the same canvases or, with some servers, holds others.
    new["items"] = [_canvas(one) for sequence in sequences for one in objects(sequence.get("canvases"))]
    start = next((found for one in [*sequences, value] if (found := identifier(one.get("startCanvas")))), "")
    if start:
        new["start"] = {"id": start, "type": "Canvas"}
    return new


def _collection(value: Object) -> Object:
    new = _described(value)
    new["type"] = "Collection"
    members = [_member(one, kind(one) or "Manifest") for one in many(value.get("members"))]
    members += [_member(one, "Collection") for one in many(value.get("collections"))]
    members += [_member(one, "Manifest") for one in many(value.get("manifests"))]
    new["items"] = members
    new.update({key: value[key] for key in ("first", "next") if key in value})
    return new


def _member(value: Json, its_kind: str) -> Object:
    return {"id": identifier(value), "type": its_kind}


def _described(value: Object) -> Object:
    """What manifests, collections and canvases say of themselves."""
    new: Object = {"id": identifier(value), "label": language_map(value.get("label"))}
    if value.get("description") is not None:
        new["summary"] = language_map(value["description"])
    if value.get("attribution") is not None:
        new["requiredStatement"] = {"label": {"en": ["Attribution"]}, "value": language_map(value["attribution"])}
    if value.get("license") is not None:
        new["rights"] = identifier(first(value["license"]))
    new["metadata"] = [
        {"label": language_map(pair.get("label")), "value": language_map(pair.get("value"))} for pair in objects(value.get("metadata"))
    ]
    new["homepage"] = [_homepage(one) for one in many(value.get("related")) if identifier(one)]
    new.update({key: value[key] for key in ("navDate", "thumbnail", "logo", "rendering", "seeAlso") if key in value})
    return new


def _homepage(value: Json) -> Object:
    return {"id": identifier(value), "type": "Text", "label": language_map(value.get("label") if isinstance(value, dict) else None)}


def _canvas(value: Object) -> Object:
    new = _described(value)
    new["type"] = "Canvas"
    new.update({key: value[key] for key in ("width", "height") if key in value})
    annotations = [
        {"type": "Annotation", "motivation": "painting", "body": _body(one.get("resource", one.get("body")))}
        for one in objects(value.get("images"))
    ]
    new["items"] = [{"type": "AnnotationPage", "items": annotations}]
    return new


def _body(value: Json) -> Json:
    if not isinstance(value, dict):
        return {"id": identifier(value), "type": "Image"} if identifier(value) else None
    if kind(value) == "Choice":
        return {"type": "Choice", "items": [_body(one) for key in ("default", "item", "items") for one in many(value.get(key))]}
    if "full" in value:
        return {"type": "SpecificResource", "source": _body(value["full"]), "selector": value.get("selector")}
    return {**value, "id": identifier(value), "type": kind(value) or "Image"}
