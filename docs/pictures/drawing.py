"""What the drawn pictures share: SVG without a program of its own, in the palette of the map's page, for light and for dark grounds."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

SANS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif"
SERIF = "'Iowan Old Style', 'Palatino Linotype', Palatino, 'URW Palladio L', 'Book Antiqua', Georgia, serif"

_LIGHT = {
    "ground": "#f5f3ee",
    "box": "#fdfcfa",
    "line": "#cfc8bb",
    "edge": "#8f8678",
    "text": "#211e1a",
    "muted": "#665f55",
    "accent": "#a8441b",
}
_DARK = {
    "ground": "#151413",
    "box": "#262322",
    "line": "#4a4541",
    "edge": "#8b8378",
    "text": "#f0ece5",
    "muted": "#aaa296",
    "accent": "#f2a468",
}

_STYLE = f"""
text {{ font-family: {SANS}; font-size: 12px; fill: var(--text) }}
.stage {{ font-family: {SERIF}; font-size: 15px }}
.muted {{ fill: var(--muted); font-size: 11px }}
.ground {{ fill: var(--ground) }}
.box {{ fill: var(--box); stroke: var(--line) }}
.box.main {{ stroke: var(--accent) }}
.optional {{ stroke-dasharray: 4 3 }}
.frame, .edge, .axis {{ fill: none; stroke: var(--line) }}
.edge {{ stroke: var(--edge); stroke-width: 1.3 }}
.head {{ fill: var(--edge) }}
.bar {{ fill: var(--accent) }}
.soft {{ fill: var(--edge) }}
"""


def _variables(palette: dict[str, str]) -> str:
    return "svg { " + "; ".join(f"--{name}: {value}" for name, value in palette.items()) + " }"


def svg(width: float, height: float, title: str, parts: Iterable[str]) -> str:
    """A whole picture; it follows the reader's choice of light or dark, and has a ground of its own, so it can be read on any page."""
    style = f"{_variables(_LIGHT)}\n@media (prefers-color-scheme: dark) {{ {_variables(_DARK)} }}{_STYLE}"
    ground = f'<rect class="ground" width="{width:g}" height="{height:g}" rx="8"/>'
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{escape(title)}">'
    return "\n".join([head, f"<title>{escape(title)}</title>", f"<style>{style}</style>", ground, *parts, "</svg>\n"])


def text(x: float, y: float, said: str, kind: str = "", anchor: str = "start") -> str:
    """A line of text; y is its base line."""
    return f'<text x="{x:g}" y="{y:g}" class="{kind}" text-anchor="{anchor}">{escape(said)}</text>'


def rectangle(x: float, y: float, width: float, height: float, kind: str, radius: float = 6) -> str:
    """A box with round corners."""
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius:g}" class="{kind}"/>'


def polyline(points: list[tuple[float, float]], radius: float = 7) -> str:
    """Upright and level lines through points, with round corners."""
    path = f"M{points[0][0]:g},{points[0][1]:g}"
    for (x0, y0), (x1, y1), (x2, y2) in zip(points, points[1:], points[2:], strict=False):
        before, after = abs(x1 - x0) + abs(y1 - y0), abs(x2 - x1) + abs(y2 - y1)
        bend = min(radius, before / 2, after / 2)
        if not bend:
            continue
        start = (x1 + (x0 - x1) * bend / before, y1 + (y0 - y1) * bend / before)
        end = (x1 + (x2 - x1) * bend / after, y1 + (y2 - y1) * bend / after)
        path += f" L{start[0]:g},{start[1]:g} Q{x1:g},{y1:g} {end[0]:g},{end[1]:g}"
    return f'<path d="{path} L{points[-1][0]:g},{points[-1][1]:g}" class="edge"/>'


def arrow_head(x: float, y: float, direction: str = "down") -> str:
    """The tip of an arrow that ends at a point."""
    wing = {"down": "-3.5,-6 7,0", "right": "-6,-3.5 0,7", "left": "6,-3.5 0,7"}[direction]
    first, second = wing.split()
    return f'<path d="M{x:g},{y:g} l{first} l{second} z" class="head"/>'
