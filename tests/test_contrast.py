"""Contrast by WCAG 2.2: known ratios, the grounds of the style sheet, and colours that are refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixplot_steps import contrast
from pixplot_steps.errors import ConfigError

STYLE = Path(__file__).parents[1] / "viewer/src/ui/style.css"
COLOURS = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio", "why"),
    [
        ("#000000", "#ffffff", 21.0, "black on white"),
        ("#ffffff", "#ffffff", 1.0, "nothing to see"),
        ("#767676", "#ffffff", 4.54, "the lightest grey that can be read on white, as the guidelines' own material has it"),
        ("#777777", "#ffffff", 4.48, "one step lighter cannot"),
    ],
)
def test_ratios_are_those_of_the_guidelines(one: str, other: str, ratio: float, why: str) -> None:
    assert contrast.ratio(one, other) == pytest.approx(ratio, abs=0.005), why


@given(COLOURS, st.sampled_from(["light", "dark"]))
def test_the_colour_advised_can_be_read(colour: str, ground: str) -> None:
    advised = contrast.nearest(colour, ground)
    assert contrast.least(advised, ground) >= contrast.LEAST
    if contrast.least(colour, ground) >= contrast.LEAST:
        assert advised == colour


def test_the_grounds_are_those_of_the_style_sheet() -> None:
    for name, place in (("ground", 0), ("page", 1)):
        light, *dark = re.findall(rf"--{name}: (#\w{{6}});", STYLE.read_text("utf-8"))
        assert light == contrast.GROUNDS["light"][place]
        assert set(dark) == {contrast.GROUNDS["dark"][place]}


def test_edges_of_fields_can_be_seen_on_every_ground() -> None:
    """Success criterion 1.4.11, in the two places where dark colours stand too."""
    style = STYLE.read_text("utf-8")
    light, *dark = re.findall(r"--edge: (#\w{6});", style)
    assert len(dark) == 2
    for edge, ground in ((light, "light"), *((one, "dark") for one in dark)):
        assert contrast.least(edge, ground) >= contrast.LEAST_OF_PARTS, ground


@pytest.mark.parametrize(
    ("file", "rule"), [("style.css", r"\.field"), ("Find.svelte", r"\.query"), ("Groups.svelte", "input")], ids=lambda value: value
)
def test_fields_have_such_an_edge(file: str, rule: str) -> None:
    found = re.search(rf"^ *{rule} \{{([^}}]*)\}}", STYLE.with_name(file).read_text("utf-8"), re.MULTILINE)
    assert found
    assert "border: 1px solid var(--edge);" in found[1]


def test_every_field_of_text_is_one_of_these() -> None:
    fields = [
        (path.name, tag)
        for path in STYLE.parent.glob("*.svelte")
        for tag in re.findall(r"<(?:input|select)\b[^>]*>", re.sub(r"=>", "", path.read_text("utf-8")))
        if not re.search(r'type="(?:checkbox|range)"', tag)
    ]
    assert len(fields) > 8
    others = {name for name, tag in fields if 'class="field' not in tag}
    assert others == {"Find.svelte", "Groups.svelte"}


def test_a_colour_that_cannot_be_read_is_refused_with_one_that_can() -> None:
    with pytest.raises(ConfigError, match=r"#ffee00, with 1\.\d to 1") as caught:
        contrast.check("#ffee00", "light", "site.accent.light")
    assert contrast.nearest("#ffee00", "light") in str(caught.value)
    contrast.check("#ffee00", "dark", "site.accent.dark")
