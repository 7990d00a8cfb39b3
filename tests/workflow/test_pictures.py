"""The drawn pictures of the documentation: what they show is so."""

from __future__ import annotations

import os

import pytest

from docs.pictures import rulegraph


@pytest.mark.parametrize(
    ("edges", "kept", "why"),
    [
        ("ab bc", "ab bc", "a chain stays"),
        ("ab bc ac", "ab bc", "the short cut is implied"),
        ("ab bc cd ad bd", "ab bc cd", "by ways of any length"),
        ("ab ac bd cd", "ab ac bd cd", "a diamond has no short cut"),
        ("ab ac bd cd ad", "ab ac bd cd", "two ways round"),
        ("", "", "nothing"),
    ],
)
def test_what_others_imply_is_left_out(edges: str, kept: str, why: str) -> None:
    def pairs(text: str) -> set[tuple[str, str]]:
        return {(pair[0], pair[1]) for pair in text.split()}

    assert rulegraph.reduced(pairs(edges)) == pairs(kept), why


@pytest.mark.parametrize(
    ("rules", "edges", "wanted"),
    [
        ("a b c", "ab bc", [["a", "b", "c"]]),
        ("c b a", "ab bc", [["a", "b", "c"]]),
        ("a b c d", "ab ac", [["a"], ["b", "c"], ["d"]]),
        ("a b c d e f", "", [["a", "b", "c", "d", "e"], ["f"]]),
    ],
)
def test_rows_of_a_stage(rules: str, edges: str, wanted: list[list[str]]) -> None:
    assert rulegraph.rows(rules.split(), {(pair[0], pair[1]) for pair in edges.split()}) == wanted


def test_the_graph_of_rules_is_current() -> None:
    graphs = rulegraph.asked()
    every = {rule for rules in rulegraph.stages().values() for rule in rules}
    assert {rule for graph in graphs.values() for edge in graph for rule in edge} == every, "no configuration brings a rule in: add one"
    drawn = rulegraph.picture(graphs)
    if os.environ.get("UPDATE_GOLDEN"):
        rulegraph.OUT.write_text(drawn, "utf-8")
    assert rulegraph.OUT.read_text("utf-8") == drawn, "draw it anew: python docs/pictures/rulegraph.py"
