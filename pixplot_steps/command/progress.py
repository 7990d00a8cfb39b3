"""How far a run is: the state of each stage, from what Snakemake tells and what the plan says. No files, no clock, no printing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pixplot_steps.cli import STEPS

BY_IMAGE = ("ingest", "features")
"""Stages whose jobs are counted by the images of their shards; the others by jobs."""


@dataclass
class Stage:
    """`total`: images or jobs of the plan, 0 as long as it is not known.

    `before`: those of them that an earlier run made; `done`: by this one.

    `started`, `ended`: on the run's clock in seconds, None where that has not happened. `note`: what it found, in words.
    """

    name: str
    total: int = 0
    before: int = 0
    done: int = 0
    started: float | None = None
    ended: float | None = None
    running: int = 0
    note: str = ""

    @property
    def unit(self) -> str:
        """What is counted."""
        return "images" if self.name in BY_IMAGE else "jobs"

    @property
    def finished(self) -> bool:
        """Whether all of it is there."""
        return self.total > 0 and self.before + self.done >= self.total

    def rate(self, now: float) -> float | None:
        """Images or jobs a second in this run; None before the first is done."""
        if self.started is None or not self.done:
            return None
        return self.done / max((now if self.ended is None else self.ended) - self.started, 1e-6)

    def left(self, now: float) -> float | None:
        """Seconds until it is finished, if it goes on like this; None where nothing can be said."""
        rate = self.rate(now)
        return None if rate is None or self.finished else (self.total - self.before - self.done) / rate


@dataclass
class _Job:
    stage: str
    amount: int
    open: bool = True


@dataclass
class Progress:
    """The stages of a run. `counts`: images of each shard, once the catalogue is there."""

    stages: dict[str, Stage] = field(default_factory=lambda: {name: Stage(name) for name in STEPS})
    counts: dict[str, int] = field(default_factory=dict)
    jobs: dict[int, _Job] = field(default_factory=dict)

    def plan(self, totals: Mapping[str, tuple[int, int]], counts: Mapping[str, int]) -> None:
        """Take in the plan: for each stage how much there is and how much of it is there already."""
        self.counts = dict(counts)
        for name, (total, before) in totals.items():
            stage = self.stages[name]
            stage.total, stage.before = total, min(before, total - stage.done)

    def begin(self, number: int, log: Iterable[str], shard: str, now: float) -> Stage | None:
        """A job has begun; its stage is told by the folder of its log."""
        name = next((path.split("/")[1] for path in log if path.startswith("logs/") and path.split("/")[1] in self.stages), None)
        if name is None:
            return None
        stage = self.stages[name]
        again = self.jobs.get(number)
        if again is None or not again.open:
            stage.running += 1
        self.jobs[number] = _Job(name, self.counts.get(shard, 1) if name in BY_IMAGE else 1)
        stage.started = now if stage.started is None else stage.started
        return stage

    def end(self, number: int, now: float) -> Stage | None:
        """A job is done; returns its stage, None for one that was never told."""
        job = self.jobs.get(number)
        if job is None or not job.open:
            return None
        job.open = False
        stage = self.stages[job.stage]
        stage.done += job.amount
        stage.running -= 1
        # What was damaged is made again, though the plan took it for finished.
        stage.before = min(stage.before, max(stage.total - stage.done, 0))
        stage.total = max(stage.total, stage.before + stage.done)
        if stage.finished and not stage.running:
            stage.ended = now
        return stage
