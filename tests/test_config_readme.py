"""config/README.md holds the table of all keys, made from the schema and the defaults. `UPDATE_GOLDEN=1` writes it anew."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
README = ROOT / "config/README.md"
MARK = "<!-- made from workflow/schemas/config.schema.yaml: UPDATE_GOLDEN=1 make test -->"


def _allowed(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    bounds = f" {schema['minimum']}–{schema['maximum']}" if "maximum" in schema else ""
    return " or ".join(kinds) + bounds


def _rows(schema: dict[str, Any], defaults: dict[str, Any], prefix: str = "") -> list[str]:
    rows = []
    for key, child in schema["properties"].items():
        if "properties" in child:
            rows += _rows(child, defaults[key], f"{prefix}{key}.")
        else:
            default = json.dumps(defaults[key], ensure_ascii=False)
            rows.append(f"| `{prefix}{key}` | `{default}` | {_allowed(child)} | {child['description']} |")
    return rows


def _table() -> str:
    schema = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text("utf-8"))
    defaults = yaml.safe_load((ROOT / "config/config.yaml").read_text("utf-8"))
    head = ["| key | default | allowed | meaning |", "|---|---|---|---|"]
    return "\n".join([MARK, "", *head, *_rows(schema, defaults), ""])


def test_the_table_of_keys_is_current() -> None:
    text = README.read_text("utf-8")
    before, mark, _ = text.partition(MARK)
    assert mark, "the mark of the table is gone"
    if os.environ.get("UPDATE_GOLDEN"):
        README.write_text(before + _table(), "utf-8")
    assert README.read_text("utf-8") == before + _table(), "refresh it with UPDATE_GOLDEN=1 make test"
