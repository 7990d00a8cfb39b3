"""How far a run is, and what is said about it."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixplot_steps import cli
from pixplot_steps.command.lines import duration, line, record
from pixplot_steps.command.progress import Progress, Stage
from pixplot_steps.command.screen import Json, Plain, Terminal

LOG = ["logs/ingest/abc/s.log"]


def test_the_stages_are_those_of_the_workflow() -> None:
    assert tuple(Progress().stages) == cli.STEPS


def ingest(done: int = 0) -> Progress:
    """Three shards of 10 images, the first made before; so many of the others are done, one every 2 seconds from 1 on."""
    progress = Progress()
    progress.plan({"ingest": (30, 10)}, {"a": 10, "b": 10, "c": 10})
    for number, shard in enumerate("bc"):
        progress.begin(number, LOG, shard, now=1.0 + 2 * number)
        if number < done:
            progress.end(number, now=3.0 + 2 * number)
    return progress


def test_jobs_are_counted_by_the_images_of_their_shards() -> None:
    stage = ingest(1).stages["ingest"]
    assert (stage.total, stage.before, stage.done, stage.running, stage.finished) == (30, 10, 10, 1, False)
    assert stage.rate(now=6.0) == pytest.approx(10 / 5)
    assert stage.left(now=6.0) == pytest.approx(5.0)


def test_a_finished_stage_keeps_its_time() -> None:
    stage = ingest(2).stages["ingest"]
    assert stage.finished
    assert stage.ended == 5.0
    assert stage.left(now=100.0) is None
    assert line(stage, now=100.0).split() == ["ingest", "30", "images", "5.0", "images/s", "4.0", "s", "10", "of", "them", "as", "before"]


def test_what_was_damaged_is_counted_once() -> None:
    progress = Progress()
    progress.plan({"ingest": (10, 10)}, {"a": 10})
    progress.begin(1, LOG, "a", now=0.0)
    progress.end(1, now=1.0)
    stage = progress.stages["ingest"]
    assert (stage.total, stage.before, stage.done) == (10, 0, 10)


def test_a_job_that_is_tried_again_counts_once() -> None:
    progress = ingest()
    progress.begin(0, LOG, "b", now=4.0)
    progress.end(0, now=5.0)
    progress.end(0, now=6.0)
    assert progress.stages["ingest"].done == 10
    assert progress.stages["ingest"].running == 1


def test_events_of_unknown_jobs_are_left_alone() -> None:
    progress = Progress()
    assert progress.begin(1, [], "", now=0.0) is None
    assert progress.begin(2, ["logs/elsewhere/x.log"], "", now=0.0) is None
    assert progress.end(7, now=0.0) is None


@given(st.integers(1, 50), st.integers(0, 50))
def test_done_and_before_never_exceed_the_total(total: int, before: int) -> None:
    progress = Progress()
    progress.plan({"layouts": (total, min(before, total))}, {})
    for number in range(total):
        progress.begin(number, ["logs/layouts/x.log"], "", now=float(number))
        progress.end(number, now=number + 0.5)
        stage = progress.stages["layouts"]
        assert stage.before + stage.done <= stage.total == total
    assert stage.finished


@pytest.mark.parametrize(
    ("stage", "text"),
    [
        (Stage("ingest"), "ingest      ..."),
        (Stage("ingest", 12000, 12000), "ingest      12,000 images   all as before"),
        (
            Stage("features", 3000, 1000, 500, started=0.0, running=1),
            "features    1,500 of 3,000 images   50 images/s   30 s left   1,000 of them as before",
        ),
        (Stage("layouts", 6, 0, 2, started=0.0, running=1), "layouts     2 of 6 jobs   10 s so far"),
        (Stage("site", 1, 0, 1, started=0.0, ended=2.0), "site        1 job   2.0 s"),
        (Stage("catalog", 1, 0, 1, started=0.0, ended=2.0, note="7 pictures"), "catalog     7 pictures   2.0 s"),
        (Stage("catalog", 1, note="7 pictures"), "catalog     0 of 1 job"),
    ],
)
def test_lines(stage: Stage, text: str) -> None:
    assert line(stage, now=10.0) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.44, "0.4 s"), (26.2, "26 s"), (59.6, "1 min 00 s"), (185, "3 min 05 s"), (7800, "2 h 10 min")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_json_is_an_object_a_line_and_the_end_is_always_told() -> None:
    out = io.StringIO()
    screen = Json(out)
    running, done = ingest(1).stages["ingest"], ingest(2).stages["ingest"]
    for now in (3.0, 3.1, 3.2):
        screen.show([running], now)
    screen.show([done], 3.3)
    screen.show([done], 9.0)
    found = [json.loads(text) for text in out.getvalue().splitlines()]
    assert [one["done"] for one in found] == [10, 20]
    assert found[0] == record(running, 3.0)


def test_plain_lines_are_few() -> None:
    out = io.StringIO()
    screen = Plain(out)
    running, done = ingest(1).stages["ingest"], ingest(2).stages["ingest"]
    for now in range(60):
        screen.show([running], float(now))
    screen.show([done], 60.0)
    screen.show([done], 90.0)
    assert len(out.getvalue().splitlines()) == 4, "after 15, 30 and 45 seconds, and at the end"
    assert "\x1b" not in out.getvalue()


def test_a_terminal_s_lines_are_renewed_in_place() -> None:
    out = io.StringIO()
    screen = Terminal(out)
    progress = ingest(1)
    layouts = Stage("layouts", 2, 0, 1, started=0.0, running=1)
    screen.show([progress.stages["ingest"], layouts], 3.0)
    screen.show([progress.stages["ingest"], layouts], 4.0)
    assert out.getvalue().count("\x1b[2F\x1b[J") == 1
    progress.end(1, 5.0)
    screen.show([progress.stages["ingest"], layouts], 6.0)
    screen.say("a sentence")
    assert out.getvalue().endswith("\x1b[1F\x1b[Ja sentence\n"), "only what is not finished is renewed"
