"""Write the model card: `python -m training.card --run RUN --weights FILE --figures FILE --out docs/model-card.md`.

The text is card.md; what was measured comes from the run's plan and log, the file of weights, and the last line of benchmarks/quality.py.
"""

from __future__ import annotations

import argparse
import json
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


def card(run: Path, weights: Path, figures: dict[str, float]) -> str:
    """The card of a run's folder, of which only `plan.json` and `log.jsonl` are read."""
    plan = json.loads((run / "plan.json").read_text("utf-8"))
    log = [json.loads(line) for line in (run / "log.jsonl").read_text("utf-8").splitlines()]
    if len(log) != plan["rounds"]:
        raise SystemExit(f"the run is not finished: {len(log)} of {plan['rounds']} rounds")
    known: dict[str, Any] = {
        **plan["collections"],
        "rounds": plan["rounds"],
        "seed": plan["seed"],
        "steps": Plan(plan["rounds"], plan["seed"]).all_steps,
        "batch": BATCH,
        "minutes": round(sum(line["seconds"] for line in log) / 60),
        "held_out": sum(collection["held_out"] for collection in plan["collections"].values()),
        "held_out_overlap": log[-1]["held_out_overlap"],
        "digest": digest.of_file(weights),
        "bytes": weights.stat().st_size,
        "table": _table(figures),
    }
    return TEXT.read_text("utf-8").format_map(known)


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
    parser.add_argument("--run", type=Path, required=True, help="folder of the run")
    parser.add_argument("--weights", type=Path, required=True, help="file of weights that was exported")
    parser.add_argument("--figures", type=Path, required=True, help="the last line of benchmarks/quality.py, in a file")
    parser.add_argument("--out", type=Path, required=True, help="page to write")
    args = parser.parse_args()
    args.out.write_text(card(args.run, args.weights, json.loads(args.figures.read_text("utf-8"))), "utf-8")


if __name__ == "__main__":
    main()
