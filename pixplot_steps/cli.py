"""`pixplot`: the command. Its steps stand in the order of the data and are the workflow's table of contents.

Exit codes: 0 done; 1 an error of the tree in errors.py, told in a few lines; 2 wrong flags; anything else is a fault of this program.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from pixplot_steps import __version__
from pixplot_steps.errors import DamagedError, PixplotError, of_storage
from pixplot_steps.store import commit, lock

STEPS = ("fetch", "catalog", "ingest", "features", "vectors", "neighbours", "layouts", "hotspots", "atlases", "deepzoom", "site")
COMMANDS = {
    "compact": ("compact", "remove what is no longer used, and merge small shards"),
    "verify": ("site.verify", "check a built site against docs/format.md"),
    "serve": ("site.serve", "serve a built site on this machine"),
    "publish": ("site.publish", "copy a finished site to where it is served"),
}
"""Module and description of each."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    module = _module(given)
    parser = _parser(given, module)
    options = parser.parse_args(given)
    if module is None:
        parser.print_help()
        return 0
    try:
        _join_jobs(options)
        module.run(options)
    except PixplotError as error:
        _tell(error)
        return 1
    except OSError as error:
        known = of_storage(error)
        if known is None:
            raise
        _tell(known)
        return 1
    return 0


def _join_jobs(options: argparse.Namespace) -> None:
    """Keep the next run from starting while this step is at work, even when the run that started it was killed."""
    path = os.environ.get(lock.JOBS)
    if options.command == "step" and path:
        lock.share(Path(path))


def _tell(error: PixplotError) -> None:
    print(f"pixplot: error: {error}", file=sys.stderr)
    if isinstance(error, DamagedError) and error.part is not None:
        commit.unfinish(error.part)


def _module(given: Sequence[str]) -> ModuleType | None:
    """The one module that the command needs; others are not imported, so that a step starts quickly."""
    if len(given) >= 2 and given[0] == "step" and given[1] in STEPS:
        return importlib.import_module(f"pixplot_steps.{given[1]}.step")
    if given and given[0] in COMMANDS:
        return importlib.import_module(f"pixplot_steps.{COMMANDS[given[0]][0]}")
    return None


def _parser(given: Sequence[str], module: ModuleType | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="pixplot", description="A folder of pictures becomes a map in the browser.")
    parser.add_argument("--version", action="version", version=f"pixplot {__version__}")
    commands = parser.add_subparsers(dest="command", title="commands")
    step = commands.add_parser("step", help="run one step of the workflow")
    steps = step.add_subparsers(dest="step", title="steps, in the order of the data", required=True)
    for name in STEPS:
        child = steps.add_parser(name)
        if module is not None and given[:2] == ["step", name]:
            module.configure(child)
    for name, (_, text) in COMMANDS.items():
        child = commands.add_parser(name, help=text, description=text)
        if module is not None and given[0] == name:
            module.configure(child)
    return parser


if __name__ == "__main__":
    sys.exit(main())
