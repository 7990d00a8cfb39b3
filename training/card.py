"""Write the model card: `python -m training.card --runs RUN [RUN ...] --weights FILE --figures FILE --out docs/model-card.md`.

The text is card.md; what was measured comes from the plans and logs of the runs, each of which began with the weights of the one before
it, from the file of weights, and from the last line of benchmarks/quality.py.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pixplot_steps import digest
from training.train import BATCH, Plan

TEXT = Path(__file__).with_name("card.md")

ROWS = {"builtin": "`builtin` 2", "descriptor": "`descriptor` (shapes and colours)", "mobilenet_v2": "MobileNetV2 1.0, its teacher"}
COLUMNS = {
    "clothing_5nn": "clothes, 10 classes",
    "usda_5nn": "fruit, 13 species",
    "heritage_overlap": "teacher's neighbours, `heritage`",
    "images_per_s": "pictures/s, 2 cores",
}


def card(runs: Sequence[Path], weights: Path, figures: dict[str, float]) -> str:
    """The card of the folders of one or more runs, in order, of which only `plan.json` and `log.jsonl` are read."""
    plans = [json.loads((run / "plan.json").read_text("utf-8")) for run in runs]
    logs = [_log(run, plan["rounds"]) for run, plan in zip(runs, plans, strict=True)]
    collections = plans[-1]["collections"]
    if any(plan["collections"] != collections for plan in plans):
        raise SystemExit("the runs were trained on other pictures than each other")
    known: dict[str, Any] = {
        **collections,
        "runs": len(runs),
        "rounds": " and ".join(str(plan["rounds"]) for plan in plans),
        "seeds": " and ".join(str(plan["seed"]) for plan in plans),
        "steps": sum(Plan(plan["rounds"], plan["seed"]).all_steps for plan in plans),
        "batch": BATCH,
        "minutes": round(sum(line["seconds"] for log in logs for line in log) / 60),
        "held_out": sum(collection["held_out"] for collection in collections.values()),
        "held_out_overlap": logs[-1][-1]["held_out_overlap"],
        "digest": digest.of_file(weights),
        "bytes": weights.stat().st_size,
        "table": _table(figures),
    }
    return TEXT.read_text("utf-8").format_map(known)


def _log(run: Path, rounds: int) -> list[dict[str, Any]]:
    log = [json.loads(line) for line in (run / "log.jsonl").read_text("utf-8").splitlines()]
    if len(log) != rounds:
        raise SystemExit(f"the run in {run} is not finished: {len(log)} of {rounds} rounds")
    return log


def _table(figures: dict[str, float]) -> str:
    lines = [["", *COLUMNS.values()], ["---"] * (1 + len(COLUMNS))]
    lines += [[text, *(_figure(column, figures.get(f"{name}_{column}")) for column in COLUMNS)] for name, text in ROWS.items()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _figure(column: str, value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if column == "images_per_s" else f"{value:.3f}".removeprefix("0")


def main() -> None:
    """Write the card."""
    parser = argparse.ArgumentParser(description="Write the card of the model `builtin`.")
    parser.add_argument("--runs", type=Path, nargs="+", required=True, help="folders of the runs, the first first")
    parser.add_argument("--weights", type=Path, required=True, help="file of weights that was exported")
    parser.add_argument("--figures", type=Path, required=True, help="the last line of benchmarks/quality.py, in a file")
    parser.add_argument("--out", type=Path, required=True, help="page to write")
    args = parser.parse_args()
    args.out.write_text(card(args.runs, args.weights, json.loads(args.figures.read_text("utf-8"))), "utf-8")


if __name__ == "__main__":
    main()
