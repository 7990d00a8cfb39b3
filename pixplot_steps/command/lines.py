"""What a stage looks like: a line of text for people, an object for programs."""

from __future__ import annotations

from typing import Any

from pixplot_steps.command.progress import Stage

_WIDTH = 12


def line(stage: Stage, now: float, detail: str = "") -> str:
    """One line: the stage's name, how much of how much, images a second, time left or taken so far, and what was there before."""
    return f"{stage.name:<{_WIDTH}}{_amount(stage)}{_pace(stage, now)}{_before(stage)}{detail and f'   {detail}'}"


def record(stage: Stage, now: float) -> dict[str, Any]:
    """The same as a JSON object; seconds, and `null` where nothing is known."""
    rate, left = stage.rate(now), stage.left(now)
    return {
        "event": "stage",
        "stage": stage.name,
        "unit": stage.unit,
        "total": stage.total,
        "cached": stage.before,
        "done": stage.done,
        "finished": stage.finished,
        "note": stage.note,
        "per_second": None if rate is None else round(rate, 2),
        "seconds_left": None if left is None else round(left, 1),
    }


def duration(seconds: float) -> str:
    """Seconds in the two largest units that say something: `0.4 s`, `26 s`, `3 min 05 s`, `2 h 10 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest:02} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


def _amount(stage: Stage) -> str:
    unit = stage.unit if stage.total != 1 or stage.unit == "images" else "job"
    if stage.finished:
        return stage.note or f"{stage.total:,} {unit}"
    return f"{stage.before + stage.done:,} of {stage.total:,} {unit}" if stage.total else "..."


def _pace(stage: Stage, now: float) -> str:
    rate, left = stage.rate(now), stage.left(now)
    parts = [f"{rate:,.0f} images/s" if rate >= 10 else f"{rate:.1f} images/s"] if rate is not None and stage.unit == "images" else []
    if stage.finished and stage.started is not None and stage.done:
        parts.append(duration((now if stage.ended is None else stage.ended) - stage.started))
    if left is not None and stage.unit == "images":
        parts.append(f"{duration(left)} left")
    elif stage.running and stage.started is not None and not stage.finished:
        # Jobs take unequal times, so how long the rest takes is unknown.
        parts.append(f"{duration(now - stage.started)} so far")
    return "".join(f"   {part}" for part in parts)


def _before(stage: Stage) -> str:
    if not stage.before:
        return ""
    return "   all as before" if stage.finished and not stage.done else f"   {stage.before:,} of them as before"
