"""Train the student: `python -m training.train --data FOLDER --out RUN --rounds N`.

A round takes new views, asks the teacher about them, and trains on them and on those of the rounds just before; so the teacher's answers,
which cost much of the time and are asked for while the student trains, are used REUSED times. All that is drawn by chance follows from
`--seed` and the number of the round. The run's folder holds a checkpoint, from which the same command goes on where it stopped, and
`log.jsonl`. `--start RUN` begins with the weights of an earlier run instead of random ones: so that a longer schedule can follow a short
one.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections import deque
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pixplot_steps import machine
from training import data, loss, student, views
from training.teacher import MIRRORED, SIDE, Basis, Teacher, basis

WEIGHTS = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5"

NEW = 1024
"""Views drawn in a round."""
REUSED = 6
"""Rounds in which a view is trained on."""
SMALL = 2 / 3
"""Share of the rounds, and that of its side, at which the student sees smaller squares: half the work for a beginner who sees no detail yet
("EfficientNetV2: smaller models and faster training", Tan and Le, ICML 2021)."""
BATCH = 128
RATE = 2e-3
"""Highest learning rate; it falls to 0 as a cosine."""
WARM_UP = 300
"""Steps in which it rises from 0."""
DECAY = 0.03
"""Of weights (Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019)."""
AVERAGED = 0.998
"""Share of the running mean of all weights that stays at each step. The mean is what is exported."""
BASIS_VIEWS = 4096
JUDGED_EVERY = 10
"""Rounds between two looks at the pictures held out."""
NEIGHBOURS = 10

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Answered:
    """Views u8 [n, side, side, 3] and what the teacher says of their regions, f32 [n, 5, k]."""

    pixels: NDArray[np.uint8]
    wanted: Floats


@dataclass(frozen=True)
class Plan:
    """What a run is: kept in its folder, so that it goes on as it began."""

    rounds: int
    seed: int
    new: int = NEW
    batch: int = BATCH

    def steps(self, index: int) -> int:
        """Steps of a round: the first have fewer earlier views to go on with."""
        return min(index + 1, REUSED) * self.new // self.batch

    def side(self, index: int, full: int) -> int:
        """Side of the squares that a round trains on."""
        return round(full * SMALL) if index < self.rounds * SMALL else full

    @property
    def all_steps(self) -> int:
        """Steps of the whole run."""
        return sum(self.steps(index) for index in range(self.rounds))


class Training:
    """The student, its optimiser and the running mean of its weights."""

    def __init__(self, shape: student.Shape, plan: Plan, precision: str) -> None:
        import keras
        import tensorflow as tf

        keras.utils.set_random_seed(plan.seed)
        keras.config.set_dtype_policy("float32" if precision == "float32" else f"mixed_{precision}")
        self.network = student.build(shape)
        keras.config.set_dtype_policy("float32")
        self.rate = tf.Variable(0.0)
        self.optimizer = keras.optimizers.AdamW(0.0, weight_decay=DECAY, global_clipnorm=1.0)
        self.optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
        self.optimizer.build(self.network.trainable_variables)
        self.mean = [tf.Variable(value) for value in self.network.get_weights()]
        self.done = 0
        self._plan = plan
        self._step = tf.function(self._one_step)

    def step(self, pixels: NDArray[np.uint8], wanted: Floats) -> tuple[float, float]:
        """One step; the loss, and of it the error of whole views, before it."""
        self.optimizer.learning_rate.assign(learning_rate(self.done, self._plan.all_steps))
        kept = min(AVERAGED, (1 + self.done) / (10 + self.done))
        found, error = self._step(pixels.astype(np.float32), wanted, np.float32(kept))
        self.done += 1
        return float(found), float(error)

    def _one_step(self, pixels: Any, wanted: Any, kept: Any) -> tuple[Any, Any]:
        import tensorflow as tf

        with tf.GradientTape() as tape:
            places = tf.cast(self.network(pixels, training=True), tf.float32)
            found, error = loss.total(loss.regions(places), wanted)
        variables = self.network.trainable_variables
        self.optimizer.apply(tape.gradient(found, variables), variables)
        for mean, variable in zip(self.mean, self.network.weights, strict=True):
            mean.assign(kept * mean + (1 - kept) * variable.value)
        return found, error

    def averaged(self) -> list[NDArray[Any]]:
        """The running mean of each of the network's weights, in the order of `network.weights`."""
        return [mean.numpy() for mean in self.mean]

    def describe(self, pixels: NDArray[np.uint8]) -> Floats:
        """Features f32 [n, k] of views by the averaged weights."""
        import tensorflow as tf

        own = self.network.get_weights()
        self.network.set_weights(self.averaged())
        rows = [
            tf.reduce_mean(tf.cast(self.network(pixels[start : start + BATCH].astype(np.float32), training=False), tf.float32), axis=(1, 2))
            for start in range(0, len(pixels), BATCH)
        ]
        self.network.set_weights(own)
        return np.concatenate([row.numpy() for row in rows])

    def save(self, path: Path, finished: int) -> None:
        """Write all that the next round needs; what stood at `path` stays until this is whole."""
        state = {
            **{f"weight_{i:03}": value for i, value in enumerate(self.network.get_weights())},
            **{f"mean_{i:03}": value for i, value in enumerate(self.averaged())},
            **{f"optimizer_{i:03}": np.asarray(variable) for i, variable in enumerate(self.optimizer.variables)},
        }
        draft = path.with_suffix(".new.npz")
        np.savez(draft, finished=finished, done=self.done, **state)
        os.replace(draft, path)

    def load(self, path: Path) -> int:
        """Read what `save` wrote; returns how many rounds were finished."""
        with np.load(path) as state:
            self._set(state, "weight_")
            for variable, name in zip(self.optimizer.variables, _names(state, "optimizer_"), strict=True):
                variable.assign(state[name])
            self.done = int(state["done"])
            return int(state["finished"])

    def start_from(self, path: Path) -> None:
        """Take the averaged weights of another run."""
        with np.load(path) as state:
            self.network.set_weights([state[name] for name in _names(state, "mean_")])
            self._set_mean(state)

    def _set(self, state: Any, prefix: str) -> None:
        self.network.set_weights([state[name] for name in _names(state, prefix)])
        self._set_mean(state)

    def _set_mean(self, state: Any) -> None:
        for mean, name in zip(self.mean, _names(state, "mean_"), strict=True):
            mean.assign(state[name])


def _names(state: Any, prefix: str) -> list[str]:
    return sorted(name for name in state.files if name.startswith(prefix))


def learning_rate(step: int, steps: int) -> float:
    """Of a step: rises for WARM_UP steps (a tenth of a run that is shorter than ten times that), then falls to 0 as a cosine."""
    warm_up = min(WARM_UP, max(1, steps // 10))
    return float(RATE * min(1, (step + 1) / warm_up) * 0.5 * (1 + np.cos(np.pi * min(1, step / steps))))


def train_round(training: Training, answered: Iterable[Answered], plan: Plan, index: int) -> dict[str, float]:
    """Train once on each view at hand, half of them mirrored; the mean loss and error."""
    generator = np.random.default_rng((plan.seed, 2, index))
    parts = list(answered)
    pixels = np.concatenate([views.resized(part.pixels, plan.side(index, part.pixels.shape[1])) for part in parts])
    wanted = np.concatenate([part.wanted for part in parts])
    order = generator.permutation(len(pixels))
    figures = []
    for start in range(0, len(order) - plan.batch + 1, plan.batch):
        rows = order[start : start + plan.batch]
        seen, told = pixels[rows], wanted[rows]
        mirrored = generator.random(len(rows)) < 0.5
        seen[mirrored] = seen[mirrored][:, :, ::-1]
        told[mirrored] = told[mirrored][:, MIRRORED]
        figures.append(training.step(seen, told))
    mean = np.mean(figures, axis=0)
    return {"loss": round(float(mean[0]), 4), "error": round(float(mean[1]), 4)}


def judge(found: Floats, wanted: Floats) -> dict[str, float]:
    """How well features of pictures held out agree, by centred cosine: its mean, and the share of 10 nearest neighbours in common."""
    one, other = _centred(found), _centred(wanted)
    first, second = _nearest(one), _nearest(other)
    overlap = (first[:, :, None] == second[:, None, :]).any(axis=2).mean()
    return {"held_out_cosine": round(float((one * other).sum(axis=1).mean()), 4), "held_out_overlap": round(float(overlap), 4)}


def _nearest(rows: Floats) -> NDArray[np.int64]:
    likeness = rows @ rows.T
    np.fill_diagonal(likeness, -np.inf)
    return np.argsort(-likeness, axis=1)[:, :NEIGHBOURS]


def _centred(rows: Floats) -> Floats:
    centred = rows - rows.mean(axis=0)
    return np.asarray(centred / (np.linalg.norm(centred, axis=1, keepdims=True) + 1e-12), np.float32)


def main() -> None:
    """Train, or go on training."""
    args = _arguments()
    threads = os.cpu_count() or 1
    args.out.mkdir(parents=True, exist_ok=True)
    collections = data.read(args.data)
    pool = views.Pool(tuple(c.trained for c in collections), tuple(data.SHARES[c.name] for c in collections), SIDE, student.SHAPE.side)
    teacher = Teacher(args.data / "weights" / WEIGHTS, threads)
    plan = plan_of(args.out / "plan.json", Plan(args.rounds, args.seed), collections)
    told = _basis(args.out / "basis.npz", pool, teacher, plan, threads, args.start)
    held_out = views.whole(tuple(picture for c in collections for picture in c.held_out), SIDE, student.SHAPE.side)
    truth = told.project(teacher.features(held_out.large))[:, 0] / told.scale
    training = Training(student.SHAPE, plan, "bfloat16" if machine.detect().bfloat16 else "float32")
    finished = _resume(training, args)
    _shorten(args.out / "log.jsonl", finished)

    def answer(index: int) -> Answered:
        drawn = views.draw(pool, plan.new, (plan.seed, 1, index), threads)
        return Answered(drawn.small, told.project(teacher.features(drawn.large)))

    answered = deque((answer(index) for index in range(max(0, finished - REUSED + 1), finished)), maxlen=REUSED)
    with ThreadPoolExecutor(1) as ahead:
        coming = ahead.submit(answer, finished)
        for index in range(finished, plan.rounds):
            started = time.perf_counter()
            answered.append(coming.result())
            coming = ahead.submit(answer, index + 1)
            figures: dict[str, float] = {"round": index, "steps": training.done, **train_round(training, answered, plan, index)}
            figures["seconds"] = round(time.perf_counter() - started, 1)
            if (index + 1) % JUDGED_EVERY == 0 or index + 1 == plan.rounds:
                figures |= judge(training.describe(held_out.small) / told.scale, truth)
                training.save(args.out / "checkpoint.npz", index + 1)
            _log(args.out / "log.jsonl", figures)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the network behind the model `builtin`.")
    parser.add_argument("--data", type=Path, required=True, help="folder with weights/ and the folders of pictures")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run: its checkpoint is gone on from where there is one")
    parser.add_argument("--rounds", type=int, required=True, help="length of the run: see README.md for the time a round takes")
    parser.add_argument("--seed", type=int, default=11, help="of all that is drawn by chance (default: %(default)s)")
    parser.add_argument("--start", type=Path, help="folder of an earlier run, whose weights to begin with")
    return parser.parse_args()


def plan_of(path: Path, wanted: Plan, collections: list[data.Collection]) -> Plan:
    """Write the plan of a new run; an old one must be the same, for pictures as well."""
    said = {
        "rounds": wanted.rounds,
        "seed": wanted.seed,
        "collections": {c.name: {"trained": len(c.trained), "held_out": len(c.held_out), "digest": c.digest} for c in collections},
    }
    if not path.exists():
        path.write_text(json.dumps(said, indent=1) + "\n", "utf-8")
    if json.loads(path.read_text("utf-8")) != said:
        raise SystemExit(f"{path} is of another run: give the same --rounds, --seed and pictures, or another --out")
    return wanted


def _basis(path: Path, pool: views.Pool, teacher: Teacher, plan: Plan, threads: int, start: Path | None) -> Basis:
    if not path.exists() and start:
        path.write_bytes((start / path.name).read_bytes())
    if not path.exists():
        drawn = [views.draw(pool, plan.new, (plan.seed, 0, part), threads).large for part in range(max(1, BASIS_VIEWS // plan.new))]
        found = basis(np.concatenate([teacher.features(pixels)[:, 0] for pixels in drawn]), student.SHAPE.dimensions)
        np.savez(path, **vars(found))
    with np.load(path) as kept:
        return Basis(kept["mean"], kept["axes"], kept["scale"], float(kept["explained"]))


def _resume(training: Training, args: argparse.Namespace) -> int:
    checkpoint = args.out / "checkpoint.npz"
    if checkpoint.exists():
        return training.load(checkpoint)
    if args.start:
        training.start_from(args.start / "checkpoint.npz")
    return 0


def _shorten(path: Path, finished: int) -> None:
    """Leave out of a log the rounds after the checkpoint, which are trained again."""
    if path.exists():
        lines = path.read_text("utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if json.loads(line)["round"] < finished), "utf-8")


def _log(path: Path, figures: dict[str, float]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(figures) + "\n")
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    main()
