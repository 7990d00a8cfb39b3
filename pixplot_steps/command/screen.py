"""Where the lines go: a terminal, on which they are renewed in place; a file or pipe, plainly; or a program, as JSON."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from typing import Any, TextIO

from pixplot_steps.command.lines import line, record
from pixplot_steps.command.progress import Stage

_PLAIN_PAUSE = 15.0
_JSON_PAUSE = 1.0


@dataclass
class Screen:
    """What is told on the way. `show` may be called as often as one likes."""

    out: TextIO
    last: str = field(default="", kw_only=True)
    """The sentence said last."""

    def show(self, stages: list[Stage], now: float, detail: str = "") -> None:
        """Show the stages that have begun; `detail` belongs to the last that runs."""

    def say(self, text: str) -> None:
        """Show a sentence."""
        self.last = text
        print(text, file=self.out, flush=True)

    def end(self, value: dict[str, Any]) -> None:
        """The run has ended; `value` says how, for programs."""


@dataclass
class Collected(Screen):
    """Nothing is shown; the last sentence is kept."""

    def say(self, text: str) -> None:
        """Keep a sentence."""
        self.last = text


@dataclass
class Terminal(Screen):
    """Lines of stages that run are renewed in place."""

    _open: int = 0
    _closed: set[str] = field(default_factory=set)

    def show(self, stages: list[Stage], now: float, detail: str = "") -> None:
        """Write finished stages for good, in order, and the others below them."""
        self._rewind()
        width = shutil.get_terminal_size().columns - 1
        rest = [stage for stage in stages if stage.name not in self._closed]
        while rest and rest[0].finished and not rest[0].running:
            self._write(line(rest[0], now), width)
            self._closed.add(rest.pop(0).name)
        for stage in rest:
            self._write(line(stage, now, detail if stage.running and stage is rest[-1] else ""), width)
        self._open = len(rest)
        self.out.flush()

    def say(self, text: str) -> None:
        """Show a sentence above the lines that are renewed."""
        self._rewind()
        self._open = 0
        super().say(text)

    def _rewind(self) -> None:
        if self._open:
            self.out.write(f"\x1b[{self._open}F\x1b[J")

    def _write(self, text: str, width: int) -> None:
        self.out.write(f"{text[:width]}\n")


@dataclass
class Plain(Screen):
    """A line when a stage is finished, and now and then for one that takes long."""

    _told: dict[str, float] = field(default_factory=dict)
    _closed: set[str] = field(default_factory=set)

    def show(self, stages: list[Stage], now: float, detail: str = "") -> None:
        """Write what is new, or old enough to be told again."""
        for stage in stages:
            if stage.finished and not stage.running and stage.name not in self._closed:
                self._closed.add(stage.name)
                self.say(line(stage, now))
            elif stage.running and now - self._told.setdefault(stage.name, now) >= _PLAIN_PAUSE:
                self._told[stage.name] = now
                self.say(line(stage, now, detail))


@dataclass
class Json(Screen):
    """One object a line."""

    _told: dict[str, tuple[float, bool]] = field(default_factory=dict)

    def show(self, stages: list[Stage], now: float, detail: str = "") -> None:  # noqa: ARG002 - it is for people
        """Write the stages that went on, each once a second at most, and always its end."""
        for stage in stages:
            at, finished = self._told.get(stage.name, (-_JSON_PAUSE, False))
            ended = stage.finished and not stage.running
            if not finished and (ended or (stage.running and now - at >= _JSON_PAUSE)):
                self._told[stage.name] = (now, ended)
                self._write(record(stage, now))

    def say(self, text: str) -> None:
        """Write a sentence as an object."""
        self.last = text
        self._write({"event": "message", "text": text})

    def end(self, value: dict[str, Any]) -> None:
        """Write how the run ended."""
        self._write(value)

    def _write(self, value: dict[str, Any]) -> None:
        print(json.dumps(value, ensure_ascii=False), file=self.out, flush=True)
