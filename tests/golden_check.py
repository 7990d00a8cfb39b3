"""Golden output: what each step makes of a fixed input, written down beside its version.

A step's version names its artefacts, so an output that changes under the same version would mix with older ones unseen.
`UPDATE_GOLDEN=1` refreshes the files of steps whose version was raised; `UPDATE_GOLDEN=force` refreshes all, for when the
test's own input changed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import pytest

FOLDER = Path(__file__).parent / "golden"

Value: TypeAlias = "str | int | float | list[Value]"


def check(stage: str, version: int, values: Mapping[str, Value], folder: Path = FOLDER) -> None:
    """Compare the named values (digests, or rounded figures) of a step with `<folder>/<stage>.json`; fail where they differ."""
    path = folder / f"{stage}.json"
    found = {"version": version, "values": dict(values)}
    known = json.loads(path.read_text("utf-8")) if path.is_file() else None
    if found == known:
        return
    mode = os.environ.get("UPDATE_GOLDEN", "")
    if mode and (mode == "force" or known is None or known["version"] < version):
        path.write_text(json.dumps(found, indent=2, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")
        return
    pytest.fail(_reason(stage, version, known, dict(values)), pytrace=False)


def _reason(stage: str, version: int, known: dict[str, object] | None, values: dict[str, Value]) -> str:
    if known is None:
        return f"step {stage} has no golden output yet: write it with UPDATE_GOLDEN=1 make test"
    if known["version"] != version:
        return f"step {stage} has version {version}, its golden output {known['version']}: refresh it with UPDATE_GOLDEN=1 make test"
    before = known["values"]
    assert isinstance(before, dict)
    changed = [
        f"  {name}: {before.get(name)} -> {values.get(name)}"
        for name in sorted(before.keys() | values.keys())
        if before.get(name) != values.get(name)
    ]
    head = f"the output of step {stage} changed but its version did not:"
    action = f"raise spec.VERSIONS[{stage!r}] and refresh with UPDATE_GOLDEN=1 make test"
    return "\n".join([f"{head} {action}", *changed])
