"""Draw docs/pictures/rulegraph.svg: all rules, and which waits for which, as Snakemake's own `--rulegraph` says.

    python docs/pictures/rulegraph.py

A collection of twelve is listed, and its graph asked for under several configurations, since no one has all rules; nothing else is made.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from docs.pictures import drawing
from tests.workflow.collection import ROOT, Collection

Edges: TypeAlias = set[tuple[str, str]]

OUT = Path(__file__).with_suffix(".svg")
_WIDTH, _LEFT, _RIGHT, _BOX, _ROW, _GAP, _TOP = 760, 150, 738, 26, 60, 8, 26
_FIRST = 112
"""Width in which the first boxes of all rows are centred."""

_MOST = 5
"""Boxes side by side."""


# --- what waits for what ---


def configurations(root: Path) -> dict[str, dict[str, Any]]:
    """By name: the usual one, and those that bring the other rules in."""
    metadata = {"metadata": str(root / "metadata.csv")}
    more = {
        "layouts": {"umap": {"n_neighbors": [5, 10], "components": 3}, "tsne": {"perplexities": [3]}, "similarity": {"wanted": True}},
        "hotspots": {"edited": str(root / "edited.yaml")},
        "deepzoom": {"layouts": ["grid"], "mosaic": "jpeg"},
    }
    own = {
        "features": {"models": ["mobilenet_v2"], "precision": "int8", "engine": "openvino"},
        "layouts": {"positions": str(root / "positions.csv")},
    }
    return {
        "usual": metadata,
        "more": {**metadata, **more},
        "own": {**metadata, **own},
        "served": {"manifests": [str(root / "manifests.txt")]},
    }


def collection(root: Path) -> Collection:
    """Twelve pictures with all that layouts are made from, and the files that configurations name."""
    made = Collection(root)
    made.draw(range(12))
    columns = "filename,title,category,date,lat,lng,x,y,height,weight"
    rows = [f"p{i:03}.png,Picture {i},{'odd' if i % 2 else 'even'},{1900 + i},52.{i},13.{i},{i},{i},{i * i},{40 - i}" for i in range(12)]
    (root / "metadata.csv").write_text("\n".join([columns, *rows, ""]), "utf-8")
    (root / "positions.csv").write_text("filename,x,y\n" + "".join(f"p{i:03}.png,{i},{i * 2}\n" for i in range(12)), "utf-8")
    (root / "edited.yaml").write_text("hotspots: []\n", "utf-8")
    (root / "manifests.txt").write_text("https://example.org/manifest.json\n", "utf-8")
    return made


def asked() -> dict[str, Edges]:
    """The graph of each configuration, without `all`."""
    graphs = {}
    with tempfile.TemporaryDirectory() as folder:
        made = collection(Path(folder))
        for name, changes in configurations(made.root).items():
            made.configure({"fetch": {"contact": "you@example.org"}, **changes})
            if name == "usual":
                subprocess.run(made.command("--until", "catalog"), cwd=ROOT, check=True, capture_output=True)
            said = subprocess.run(made.command("--rulegraph", "dot"), cwd=ROOT, check=True, capture_output=True, text=True)
            graphs[name] = read(said.stdout)
    return graphs


def read(dot: str) -> Edges:
    """Edges of a graph in Graphviz' language, by the names of rules."""
    names = dict(re.findall(r'^\s*(\d+)\[label = "(\w+)', dot, re.MULTILINE))
    edges = {(names[one], names[other]) for one, other in re.findall(r"^\s*(\d+) -> (\d+)", dot, re.MULTILINE)}
    return {(one, other) for one, other in edges if other != "all"}


def reduced(edges: Edges) -> Edges:
    """Without those that others imply: the transitive reduction of a graph without cycles."""
    after: dict[str, set[str]] = defaultdict(set)
    for one, other in edges:
        after[one].add(other)

    def beyond(node: str) -> set[str]:
        return {far for near in after[node] for far in {near} | beyond(near)}

    return {(one, other) for one, other in edges if not any(other in beyond(near) for near in after[one] - {other})}


# --- where it stands ---


@dataclass(frozen=True)
class Box:
    """A rule on the picture: its row, and its left edge and width in pixels."""

    rule: str
    stage: str
    row: int
    x: float
    width: float

    @property
    def middle(self) -> float:
        """Of its width."""
        return self.x + self.width / 2


def stages() -> dict[str, list[str]]:
    """The rules of each stage, in the order of the files."""
    named = re.findall(r'^include: "rules/(\w+)\.smk"', (ROOT / "workflow/Snakefile").read_text("utf-8"), re.MULTILINE)
    texts = {stage: (ROOT / f"workflow/rules/{stage}.smk").read_text("utf-8") for stage in named}
    found = {stage: re.findall(r"^(?:rule|checkpoint) (\w+):", text, re.MULTILINE) for stage, text in texts.items()}
    return {stage: rules for stage, rules in found.items() if rules}


def repeated() -> set[str]:
    """Rules of which there is a job for each shard, or for each part."""
    text = "".join(path.read_text("utf-8") for path in sorted((ROOT / "workflow/rules").glob("*.smk")))
    return {
        rule
        for rule, path in re.findall(r'^(?:rule|checkpoint) (\w+):(?:(?!^rule ).)*?stamp="([^"]+)"', text, re.MULTILINE | re.DOTALL)
        if re.search(r"\{(shard|group)\}", path)
    }


def rows(rules: list[str], edges: Edges) -> list[list[str]]:
    """The rules of a stage in rows: a chain in one; else what others of the stage wait for, those, and what nobody waits for."""
    within = {(one, other) for one, other in edges if one in rules and other in rules}
    depth = dict.fromkeys(rules, 0)
    for _ in rules:
        for one, other in within:
            depth[other] = max(depth[other], depth[one] + 1)
    if len(set(depth.values())) == len(rules):
        return [sorted(rules, key=depth.__getitem__)]
    ends = [rule for rule in rules if not depth[rule] and rule not in {one for one, _ in within}]
    levels = [[rule for rule in rules if depth[rule] == level and rule not in ends] for level in range(max(depth.values()) + 1)]
    rest = [ends[start : start + _MOST] for start in range(0, len(ends), _MOST)]
    return [row for row in [*levels, *rest] if row]


def _across(rule: str) -> float:
    return max(64, 7.0 * len(rule) + 22)


def boxes(edges: Edges) -> dict[str, Box]:
    """Where each rule stands."""
    placed, number = {}, 0
    for stage, rules in stages().items():
        for row in rows(rules, edges):
            x = _LEFT + _FIRST / 2 - _across(row[0]) / 2
            for rule in row:
                width = _across(rule)
                placed[rule] = Box(rule, stage, number, x, width)
                x += width + 28
            number += 1
    return placed


# --- the picture ---


def _y(row: int) -> float:
    return _TOP + row * _ROW


def _edge(one: Box, other: Box, lane: float) -> list[str]:
    """A line with a tip: to the right in a row, straight down to the next, and else by a lane at the left."""
    if one.row == other.row:
        middle = _y(one.row) + _BOX / 2
        return [drawing.polyline([(one.x + one.width, middle), (other.x, middle)]), drawing.arrow_head(other.x, middle, "right")]
    start, end = _y(one.row) + _BOX, _y(other.row)
    if other.row == one.row + 1:
        between = (start + end) / 2
        points = [(one.middle, start), (one.middle, between), (other.middle, between), (other.middle, end)]
    else:
        # Lines of different lanes arrive on different levels, so that none seems to be another.
        leave, arrive = start + _GAP, end - _GAP - (_LEFT - lane) / 3
        points = [(one.middle, start), (one.middle, leave), (lane, leave), (lane, arrive), (other.middle, arrive), (other.middle, end)]
    return [drawing.polyline(points), drawing.arrow_head(other.middle, end)]


def _box(box: Box, usual: set[str], many: set[str]) -> list[str]:
    kind = "box" if box.rule in usual else "box optional"
    y = _y(box.row)
    behind = [drawing.rectangle(box.x + 4, y + 4, box.width, _BOX, kind)] if box.rule in many else []
    front = drawing.rectangle(box.x, y, box.width, _BOX, kind + (" main" if box.rule == "site" else ""))
    return [*behind, front, drawing.text(box.middle, y + 17, box.rule, anchor="middle")]


def _to_site(placed: dict[str, Box], edges: Edges) -> list[str]:
    """One line at the right for all that only the site waits for."""
    site = placed["site"]
    last = {one for one, other in edges if other == "site"}
    levels = sorted({_y(placed[rule].row) + _BOX / 2 for rule in last})
    ends = {level: max(box.x + box.width for box in placed.values() if _y(box.row) + _BOX / 2 == level) + 8 for level in levels}
    into = _y(site.row) + _BOX / 2
    lines = [drawing.polyline([(ends[level], level), (_RIGHT, level), (_RIGHT, into), (site.x + site.width, into)]) for level in levels]
    return [*lines, drawing.arrow_head(site.x + site.width, into, "left")]


def picture(graphs: dict[str, Edges]) -> str:
    """The whole as SVG."""
    every = set().union(*graphs.values())
    usual = {rule for edge in graphs["usual"] for rule in edge}
    edges = reduced(every) | reduced(graphs["usual"])
    placed = boxes(edges)
    sources = sorted({placed[one].row for one, other in edges if other != "site" and placed[other].row > placed[one].row + 1})
    lanes = {row: _LEFT - 9 - 9 * index for index, row in enumerate(sources)}
    parts = [
        part for one, other in sorted(edges) if other != "site" for part in _edge(placed[one], placed[other], lanes.get(placed[one].row, 0))
    ]
    parts += _to_site(placed, edges)
    parts += [part for box in placed.values() for part in _box(box, usual, repeated())]
    first = {box.stage: box.row for box in reversed(placed.values())}
    parts += [drawing.text(18, _y(row) + 18, stage, "stage") for stage, row in first.items()]
    height = _y(placed["site"].row + 1) + 8
    notes = (
        "Two boxes: a job for each shard or part. Dashed: only where the configuration asks for it.",
        "At the right: what the site gathers.",
    )
    parts += [drawing.text(18, height + 15 * line, note, "muted") for line, note in enumerate(notes)]
    return drawing.svg(_WIDTH, height + 15 * len(notes), "The rules of the workflow, and which waits for which", parts)


if __name__ == "__main__":
    OUT.write_text(picture(asked()), "utf-8")
