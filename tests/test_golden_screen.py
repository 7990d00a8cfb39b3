"""The comparison of golden screenshots: what it lets pass, what it does not, and when it writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests import golden_screen


def page(*, dark: bool = False, panel: bool = True, bar: bool = True, icons: int = 9, aside: int = 0, moved: int = 0) -> Image.Image:
    """Something like the page: a bar with `icons`, the first two `aside`; a panel; pictures, `moved` to the right."""
    ground, ink = ("#151413", "#f0ece5") if dark else ("#f5f3ee", "#211e1a")
    image = Image.new("RGB", (1280, 800), ground)
    draw = ImageDraw.Draw(image)
    generator = np.random.default_rng(3)
    for x, y in generator.integers((40, 100), (800, 740), (120, 2)).tolist():
        colour = tuple(generator.integers(0, 256, 3).tolist())
        draw.rectangle((x + moved, y, x + 24 + moved, y + 24), fill=colour)
    if bar:
        draw.rectangle((0, 0, 1280, 58), fill="#fdfcfa")
        for place in range(icons):
            x = 860 + 44 * place - (aside if place < 2 else 0)
            draw.rectangle((x, 18, x + 20, 38), fill=ink)
    if panel:
        draw.rectangle((860, 58, 1280, 800), fill="#fdfcfa")
    return image


def noisy(image: Image.Image) -> Image.Image:
    values = np.asarray(image, np.int16) + np.random.default_rng(1).integers(-1, 2, (800, 1280, 3))
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


@pytest.mark.parametrize(
    ("make", "passes", "why"),
    [
        (page, True, "the same"),
        (lambda: noisy(page()), True, "another processor's last digits"),
        (lambda: page(aside=7), True, "a wider word moves two icons"),
        (lambda: page(icons=5), False, "icons are missing"),
        (lambda: page(moved=6), False, "the pictures lie a little elsewhere"),
        (lambda: page(moved=24), False, "the pictures lie elsewhere"),
        (lambda: page(dark=True), False, "the other theme"),
        (lambda: page(panel=False), False, "without the panel"),
        (lambda: page(bar=False), False, "without the bar"),
        (lambda: page().crop((0, 0, 1276, 800)), False, "another size"),
    ],
)
def test_what_is_alike(make: Callable[[], Image.Image], passes: bool, why: str) -> None:
    assert golden_screen.alike(golden_screen.small(make()), golden_screen.small(page())) == passes, why


def test_writing_waits_for_the_flag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "screen-a.webp"
    monkeypatch.delenv("UPDATE_GOLDEN", raising=False)
    with pytest.raises(pytest.fail.Exception, match=r"no screen-a\.webp yet"):
        golden_screen.check("a", page(), tmp_path, tmp_path)
    assert not path.exists()
    monkeypatch.setenv("UPDATE_GOLDEN", "1")
    golden_screen.check("a", page(), tmp_path, tmp_path)
    before = path.read_bytes()
    golden_screen.check("a", noisy(page()), tmp_path, tmp_path)
    assert path.read_bytes() == before, "what is alike stays as it is"
    monkeypatch.delenv("UPDATE_GOLDEN")
    golden_screen.check("a", page(), tmp_path, tmp_path)
    with pytest.raises(pytest.fail.Exception, match="does not look like"):
        golden_screen.check("a", page(dark=True), tmp_path, tmp_path)
    assert path.read_bytes() == before
    monkeypatch.setenv("UPDATE_GOLDEN", "1")
    golden_screen.check("a", page(dark=True), tmp_path, tmp_path)
    assert path.read_bytes() != before
