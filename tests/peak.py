"""The most memory that a command and all processes below it take together."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

_EVERY_S = 0.02


def of(command: Sequence[str]) -> float:
    """Run a command; the most MiB that it and all below it took at one moment. Pages that they share count once (PSS)."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, _tree(process.pid))
            time.sleep(_EVERY_S)
        told = process.stdout.read() if process.stdout else b""
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{told.decode(errors='replace')[-3000:]}")
    return round(peak, 1)


def _tree(process: int) -> float:
    try:
        children = [int(text) for task in Path(f"/proc/{process}/task").iterdir() for text in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return _proportional(process) + sum(_tree(child) for child in children)


def _proportional(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)
