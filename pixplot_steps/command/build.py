"""`pixplot` and `pixplot build`: from flags or a configuration file to a site."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import shlex
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any

from pixplot_steps import config, place, plan, spec
from pixplot_steps.command import flags
from pixplot_steps.command import run as runner
from pixplot_steps.command.progress import Progress
from pixplot_steps.command.screen import Json, Plain, Screen, Terminal
from pixplot_steps.command.understood import Understood, is_manifests, understand
from pixplot_steps.errors import ConfigError
from pixplot_steps.store import commit, ledger

NAME = "config.yaml"
FORMER = "config.former.yaml"
"""The configuration that another one has replaced, as its owner may have edited it."""

_HEAD = "# Written by `pixplot`: what it understood. Keys that are not here have the defaults of config/config.yaml.\n"
_PAGE = """<!doctype html>
<meta charset="utf-8">
<title>pixplot: to the map</title>
<meta http-equiv="refresh" content="0; url=site/">
<p><a href="site/">To the map</a></p>
"""
_OURS = "<title>pixplot: to the map</title>"
_TAIL = 15
_PATHS = ("images", "metadata", "geojson", "out_dir")
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_NEEDS = {"keras": "keras", "keras_file": "keras", "onnx": "openvino"}
"""For kinds of models a package without which they do not run."""


@dataclass(frozen=True)
class Built:
    """A finished run: its work folder, its site and its configuration file."""

    workdir: Path
    site: Path
    configuration: Path


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    flags.configure(parser)


def run(args: argparse.Namespace) -> int:
    """Build; returns the exit code: 0, 1, or 128 and the signal that stopped it."""
    screen = _screen(args)
    code, _ = build(vars(args), screen, Path.cwd())
    return code


def build(given: Mapping[str, Any], screen: Screen, base: Path) -> tuple[int, Built]:
    """Understand the flags (None where not given), write the configuration, run, and tell. Raises PixplotError before anything runs."""
    understood = _understood(given, base)
    for remark in understood.remarks:
        screen.say(remark)
    wanted = config.merged(understood.configuration, base)
    _check_packages(wanted)
    built = Built(wanted.workdir, wanted.workdir / "site", wanted.workdir / NAME)
    dry = bool(given.get("dry_run"))
    configuration = built.configuration if not dry else wanted.workdir / f".{NAME}.dry"
    if _write(configuration, understood.configuration):
        screen.say(f"the configuration of the run before is now {_quoted(wanted.workdir / FORMER, base)}")
    profile = str(given.get("profile") or "")
    order = runner.Order(
        configuration=configuration,
        workdir=wanted.workdir,
        base=base,
        cores=str(given.get("cores") or ("" if profile else "all")),
        profile=_profile(profile, base),
        dry=dry,
        force=not wanted.use_cache,
        log=None if given.get("verbose") else wanted.workdir / "logs" / "snakemake.log",
    )
    watch = _Watch(wanted, screen)
    outcome = runner.run(order, watch.hear)
    if dry:
        configuration.unlink(missing_ok=True)
        return _end_dry(outcome, watch, order), built
    return _end(outcome, watch, order, built), built


def _profile(name: str, base: Path) -> str:
    """The path of a profile: a folder from here, or one that comes with the workflow, such as slurm; else its name for Snakemake."""
    places = [base / name, place.root() / "workflow" / "profiles" / name]
    return next((str(path.absolute()) for path in places if name and path.is_dir()), name)


def _screen(args: argparse.Namespace) -> Screen:
    if args.json:
        return Json(sys.stdout)
    # With Snakemake's own text between them lines cannot be renewed.
    return Terminal(sys.stderr) if sys.stderr.isatty() and not args.verbose else Plain(sys.stderr)


# --- the configuration ---


def _understood(given: Mapping[str, Any], base: Path) -> Understood:
    values = {name: _absolute(value, base) if name in _PATHS else value for name, value in given.items()}
    start = _start(values, base)
    return understand(values, start, manifests=_names_manifests(values.get("images")), kept=_defaults()["neighbours"]["count"])


def _defaults() -> Mapping[str, Any]:
    value: Mapping[str, Any] = config.keys(place.root() / "config" / NAME)
    return value


def _start(values: Mapping[str, Any], base: Path) -> Mapping[str, Any] | None:
    """The file that --config names; of --copy_web_only, which changes nothing else, the one of the last run."""
    if values.get("config"):
        return config.keys(base / values["config"])
    if not values.get("copy_web_only"):
        return None
    last = Path(values.get("out_dir") or base / "output") / (values.get("plot_id") or "") / NAME
    if not last.is_file():
        raise ConfigError(
            "There is no earlier run whose page could be brought up to date",
            expected=f"{NAME}, which a run leaves behind",
            where=str(last.parent),
            action="run without --copy_web_only first, or name the folder with --out_dir",
        )
    return config.keys(last)


def absolute(text: str, base: PurePath) -> str:
    """A path, pattern or address as the configuration has it: addresses as they are, else absolute, with forward slashes."""
    return text if _ADDRESS.match(text) else (base / text).as_posix()


def _absolute(value: Any, base: Path) -> Any:
    if isinstance(value, list):
        return [absolute(os.path.expanduser(text), base) for text in value]  # noqa: PTH111 - a pattern or an address is no path
    return None if value is None else absolute(os.path.expanduser(value), base)  # noqa: PTH111


def _names_manifests(images: list[str] | None) -> bool:
    """Whether --images is what PixPlot takes for IIIF: addresses, or one text file of them; or manifests that lie here."""
    if not images:
        return False
    if _ADDRESS.match(images[0]) or all(one.lower().endswith(".json") for one in images):
        return True
    path = Path(images[0])
    if len(images) > 1 or path.suffix.lower() not in (".txt", ".csv", "") or not path.is_file():
        return False
    with path.open("rb") as file:
        return is_manifests(file.read(4096).decode("utf-8", "replace").splitlines())


def _check_packages(wanted: spec.Spec) -> None:
    """Say before hours of work what is missing."""
    for model in wanted.features.models:
        package = _NEEDS.get(model.kind)
        if package and importlib.util.find_spec(package) is None:
            raise ConfigError(
                f"The model {model.name} needs packages that are not installed",
                expected=package,
                where="features.models, or --model",
                action="install this program again with them, as docs/models.md says (in a checkout: make setup-models); "
                "or take the model that needs none: --model builtin",
            )


def _write(path: Path, value: Mapping[str, Any]) -> bool:
    """Write the file, unless it says the same already: it may have remarks of its owner. Returns whether another one was set aside."""
    found = path.read_bytes() if path.is_file() else None
    if found is not None and config.keys(path) == value:
        return False
    if found is not None:
        commit.bytes_file(path.with_name(FORMER), found)
    commit.bytes_file(path, _HEAD.encode() + config.written(value))
    return found is not None


# --- the run ---


@dataclass
class _Watch:
    """Turns events into progress, and progress into lines."""

    wanted: spec.Spec
    screen: Screen
    progress: Progress = field(default_factory=Progress)
    planned: dict[str, int] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)
    last: list[str] = field(default_factory=list)
    catalogues: set[int] = field(default_factory=set)

    @property
    def now(self) -> float:
        return time.monotonic() - self.started

    def hear(self, event: dict[str, Any] | None) -> None:
        """One event, or a tick."""
        if event is not None:
            self._take(event)
        self.show()

    def show(self) -> None:
        """Show all stages that have something to say."""
        stages = [stage for stage in self.progress.stages.values() if stage.total or stage.started is not None]
        self.screen.show(stages, self.now, self._detail())

    def _take(self, event: dict[str, Any]) -> None:
        if event["event"] == "planned":
            self.planned = event["jobs"]
            if not {"catalog", "fetch"} & set(self.planned):
                self.look()
        elif event["event"] == "job":
            self.progress.begin(event["id"], event["log"], event["shard"], self.now)
            self.last = event["log"]
            if event["rule"] == "catalog":
                self.catalogues.add(event["id"])
        elif event["event"] == "finished":
            self.progress.end(event["id"], self.now)
            if event["id"] in self.catalogues:
                self.look()

    def look(self) -> None:
        """Take in the plan, once the catalogue is there."""
        path = self.wanted.workdir / "catalog" / "plan.json"
        if path.is_file():
            told = json.loads(path.read_bytes())
            self.progress.plan(*_totals(self.wanted, told))
            self.progress.stages["catalog"].note = _catalogued(told)

    def _detail(self) -> str:
        """The last line of what the job in the foreground said, of those that take long and are one job: fetch."""
        running = [stage.name for stage in self.progress.stages.values() if stage.running]
        if running != ["fetch"] or not self.last:
            return ""
        path = self.wanted.workdir / self.last[0]
        return path.read_bytes()[-500:].decode("utf-8", "replace").strip().rpartition("\n")[2] if path.is_file() else ""


def _catalogued(told: Mapping[str, Any]) -> str:
    items, images, problems = told["items"], told["images"], told["problems"]["count"]
    same = f" of {images:,} contents" if images != items else ""
    return f"{items:,} pictures{same}" + (f", {problems:,} problems" if problems else "")


def _totals(wanted: spec.Spec, told: Mapping[str, Any]) -> tuple[dict[str, tuple[int, int]], dict[str, int]]:
    """For each stage how much the plan has and how much of it is there; and the images of each shard, which `told`, plan.json, has."""
    work = wanted.workdir
    now = plan.of_run(wanted)
    counts = {shard["name"]: int(shard["count"]) for shard in told["shards"]}

    def there(stamp: str) -> bool:
        return wanted.use_cache and (work / stamp).is_file()

    def images(stamps: list[str]) -> tuple[int, int]:
        of = {stamp: counts[Path(stamp).parent.stem] for stamp in stamps}
        return sum(of.values()), sum(count for stamp, count in of.items() if there(stamp))

    def jobs(stamps: list[str]) -> tuple[int, int]:
        return len(stamps), sum(map(there, stamps))

    made = ledger.read_made(work / "ledger" / "made.json") == now.site and there("site/data/manifest.json")
    return {
        **({"fetch": (1, 1)} if wanted.manifests else {}),
        "catalog": (1, 1),
        "ingest": images(now.images_stamps),
        "features": images(now.all_features_stamps),
        "vectors": jobs(now.vectors_stamps),
        "neighbours": jobs(now.neighbours_stamps),
        "layouts": jobs(now.layouts_stamps),
        "hotspots": jobs([*now.hotspots_stamps, *now.names_stamps]),
        "atlases": jobs([f"atlases/{now.atlases}/plan.zarr/stamp.json", *now.atlas_stamps]),
        **({"deepzoom": jobs(now.deepzoom_stamps)} if now.deepzooms else {}),
        "site": (1, int(made)),
    }, counts


# --- the end ---


def _end(outcome: runner.Outcome, watch: _Watch, order: runner.Order, built: Built) -> int:
    again = f"pixplot build --config {_quoted(built.configuration, order.base)}" + (" --use_cache True" if order.force else "")
    if order.force and outcome.stopped:
        watch.screen.say("what this run made is used by the next one only with --use_cache True")
    if outcome.stopped:
        watch.show()
        watch.screen.say(
            "stopped; what is finished is kept. To go on, " + ("" if order.force else "type the same command again, or: ") + again
        )
        watch.screen.end({"event": "stopped", "signal": outcome.stopped, "again": again})
        return 128 + outcome.stopped
    if outcome.code:
        watch.screen.say(_reason(outcome, order))
        watch.screen.end({"event": "failed", "logs": outcome.failed, "again": again})
        return 1
    watch.look()
    watch.show()
    _page(built)
    _report(watch, built, order)
    return 0


def _end_dry(outcome: runner.Outcome, watch: _Watch, order: runner.Order) -> int:
    if outcome.code or outcome.stopped:
        watch.screen.say(_reason(outcome, order))
        return 128 + outcome.stopped if outcome.stopped else 1
    jobs = {name: count for name, count in watch.planned.items() if name not in ("all", "total")}
    told = ", ".join(f"{name} {count}" for name, count in jobs.items()) or "nothing"
    watch.screen.say(f"would make: {told}" + (" (and then what depends on the list of pictures)" if "catalog" in jobs else ""))
    watch.screen.end({"event": "planned", "jobs": jobs})
    return 0


def _reason(outcome: runner.Outcome, order: runner.Order) -> str:
    """What went wrong: the words of the first job that failed, or Snakemake's."""
    for path in outcome.failed:
        log = order.workdir / path
        if log.is_file():
            said = log.read_text("utf-8", "replace").strip().splitlines()
            start = max((i for i, text in enumerate(said) if text.startswith("pixplot: error:")), default=max(0, len(said) - _TAIL))
            return "\n".join([*said[start:][:_TAIL], f"  (from {log})"])
    if outcome.errors:
        return f"pixplot: error: {outcome.errors[-1].strip()}"
    said = order.log.read_text("utf-8", "replace").strip().splitlines() if order.log and order.log.is_file() else []
    return "\n".join(["pixplot: error: Snakemake did not finish", *said[-_TAIL:]])


def _page(built: Built) -> None:
    """A page that leads to the map, so that the work folder can be served as PixPlot's output is; a page of others stays."""
    path = built.workdir / "index.html"
    if not path.is_file() or _OURS in path.read_text("utf-8", "replace"):
        commit.bytes_file(path, _PAGE.encode())


def _report(watch: _Watch, built: Built, order: runner.Order) -> None:
    manifest = json.loads((built.site / "data" / "manifest.json").read_bytes())
    counts = manifest["counts"]
    left = (
        f"; {counts['problems']:,} problems: {_quoted(built.workdir / 'problems.parquet', order.base)}, and on the page"
        if counts["problems"]
        else ""
    )
    site = _quoted(built.site, order.base)
    watch.screen.say(f"{counts['items']:,} pictures on the map{left}\nto look at it: pixplot serve {site}")
    watch.screen.end({"event": "done", "site": str(built.site), "configuration": str(built.configuration), "counts": counts})


def _quoted(path: Path, base: Path) -> str:
    return shlex.quote(str(path.relative_to(base) if path.is_relative_to(base) else path))
