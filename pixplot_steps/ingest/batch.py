"""All pictures of a shard: processes decode, each row of the result depends on its own file alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from pixplot_steps import cells
from pixplot_steps.ingest import fault, phash, row, spool
from pixplot_steps.ingest.fault import Fault
from pixplot_steps.ingest.location import Location
from pixplot_steps.ingest.picture import Later, Wanted
from pixplot_steps.ingest.row import Row, Task
from pixplot_steps.ingest.workers import Limits, Lost, Workers

_MANY = 384
"""Mebibytes that each of several pictures decoded at a time may take."""

_ONE = 900
"""Mebibytes that a picture may take which is decoded alone."""

_SECONDS = 300.0
"""After which a decoder counts as hanging."""


class Batch:
    """The rows of one shard.

    `thumb` u8 [n, cell, cell, 3]; `small` u8 [n, 32, 32, 3]; `size` u32 [n, 2]; `colour` u8 [n, 3]; `phash` u64 [n, 4]; `ok` bool [n];
    `pictures`: n JPEG files, empty where not ok; `faults`: per row what was wrong; `squares`: by side, u8 [n, side, side, 3]. Rows that are
    not ok are the ground colour, 0 and False. What is large lies in files of `folder`, which must stay as long as the batch is read.
    """

    def __init__(self, rows: int, wanted: Wanted, folder: Path) -> None:
        self.wanted = wanted
        self.thumb = self._pixels(folder / "thumb", rows, wanted.thumbnail)
        self.small = self._pixels(folder / "small", rows, cells.SMALL)
        self.squares = {side: self._pixels(folder / f"square_{side}", rows, side) for side in wanted.squares}
        self.size = np.zeros((rows, 2), np.uint32)
        self.colour = np.zeros((rows, 3), np.uint8)
        self.phash = np.zeros((rows, phash.WORDS), np.uint64)
        self.ok = np.zeros(rows, np.bool_)
        self.pictures = spool.Files(folder / "pictures", rows)
        self.faults: list[tuple[Fault, ...]] = [()] * rows

    def _pixels(self, path: Path, rows: int, side: int) -> spool.Rows:
        return spool.Rows(path, rows, np.full((side, side, 3), self.wanted.ground, np.uint8))

    def read(self, places: Sequence[Location], workers: int) -> None:
        """Fill all rows: most of them several at a time, then those that need much memory, one by one."""
        tasks = [Task(number, place, self.wanted) for number, place in enumerate(places)]
        # Members of an archive in their order in it: seeking back in a compressed one starts from its beginning.
        tasks.sort(key=lambda task: (task.place.path or "", task.place.offset or 0))
        later = self._fill(tasks, Limits(workers, _MANY, _SECONDS))
        self._fill(later, Limits(1, _ONE, _SECONDS))

    def _fill(self, tasks: Sequence[Task], limits: Limits) -> list[Task]:
        """Do the tasks; gives those that are to be done alone."""
        later = []
        done: Iterator[tuple[Task, Row | Fault | Later | Lost]] = Workers(row.make, limits).each(tasks)
        for task, answer in done:
            if isinstance(answer, Later):
                later.append(task.alone)
            else:
                self._keep(task.row, answer)
        return sorted(later, key=lambda task: task.row)

    def _keep(self, number: int, answer: Row | Fault | Lost) -> None:
        if isinstance(answer, Lost):
            self.faults[number] = (fault.crashed(answer.how),)
        elif isinstance(answer, Fault):
            self.faults[number] = (answer,)
        else:
            self.thumb[number], self.small[number], self.pictures[number] = answer.thumb, answer.small, answer.picture
            self.colour[number], self.size[number], self.phash[number] = answer.colour, answer.size, answer.phash
            for squares, square in zip(self.squares.values(), answer.squares, strict=True):
                squares[number] = square
            self.faults[number], self.ok[number] = answer.repairs, True
