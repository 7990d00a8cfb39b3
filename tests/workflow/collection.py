"""Small collections drawn by numpy, and Snakemake run over them as a user runs it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from PIL import Image

from pixplot_steps import digest

ROOT = Path(__file__).parents[2]
COLOURS = ((200, 60, 60), (60, 160, 70), (60, 80, 200))


def draw(path: Path, number: int) -> None:
    """Draw a picture: one of three colours, a lighter disc whose place and size depend on the number, and true aspect ratios."""
    width, height = 60 + number % 5 * 17, 50 + number % 3 * 30
    y, x = np.mgrid[:height, :width]
    pixels = np.full((height, width, 3), COLOURS[number % 3], np.uint8)
    radius = 8 + number % 7
    pixels[(x - width // 2) ** 2 + (y - height // 2) ** 2 < radius**2] = np.minimum(255, np.array(COLOURS[number % 3]) + 50)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


@dataclass(frozen=True)
class Run:
    """What a call of Snakemake gave: exit code, all text, and the jobs that ran, by rule."""

    code: int
    text: str
    jobs: dict[str, int]


@dataclass(frozen=True)
class Collection:
    """A folder of pictures and a work folder, both below `root`."""

    root: Path

    @property
    def pictures(self) -> Path:
        return self.root / "pictures"

    @property
    def work(self) -> Path:
        return self.root / "work"

    @property
    def site(self) -> Path:
        return self.work / "site"

    def draw(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            draw(self.pictures / f"p{number:03}.png", number)

    def configure(self, changes: Mapping[str, Any] | None = None) -> Path:
        """Write a configuration file of two shards for twelve pictures; returns its path."""
        value = {
            "images": str(self.pictures),
            "workdir": str(self.work),
            "catalog": {"shard_size": 8},
            # Its features are the same bytes on every processor.
            "features": {"models": ["descriptor"]},
            **(changes or {}),
        }
        path = self.root / "config.yaml"
        path.write_text(yaml.safe_dump(value), "utf-8")
        return path

    def command(self, *flags: str) -> list[str]:
        return [
            sys.executable,
            "-m",
            "snakemake",
            "--cores",
            "2",
            "--printshellcmds",
            "--configfile",
            str(self.root / "config.yaml"),
            *flags,
        ]

    def run(self, *flags: str) -> Run:
        """Run the workflow with the configuration written last."""
        done = subprocess.run(self.command(*flags), cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
        text = done.stdout + done.stderr
        started = re.findall(r"^(?:local)?(?:rule|checkpoint) (\w+):$", text, re.MULTILINE)
        return Run(done.returncode, text, {rule: started.count(rule) for rule in sorted(set(started))})


def contents(folder: Path) -> dict[str, str]:
    """Digest of every file below a folder, by its path."""
    return {path.relative_to(folder).as_posix(): digest.of_file(path) for path in sorted(folder.rglob("*")) if path.is_file()}
