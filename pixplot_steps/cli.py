"""`pixplot`: the command. Its steps stand in the order of the data and are the workflow's table of contents.

Exit codes: 0 done; 1 an error of the tree in errors.py, told in a few lines; 2 wrong flags; 128 and a signal's number where one ended a
build, such as 130 for Ctrl-C; anything else is a fault of this program (docs/command.md).
"""

from __future__ import annotations

import argparse
import importlib
import os
import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from pixplot_steps import __version__
from pixplot_steps.command import flags
from pixplot_steps.errors import DamagedError, PixplotError, of_storage
from pixplot_steps.store import commit, lock

STEPS = ("fetch", "catalog", "ingest", "features", "vectors", "neighbours", "layouts", "hotspots", "atlases", "deepzoom", "site")
COMMANDS = {
    "build": ("command.build", "build a map from a folder of pictures, or from a configuration file; `build` may be left out"),
    "tsne": ("command.tsne", "build with the flags of image-tsne-ui, for its page"),
    "compact": ("compact", "remove what is no longer used, and merge small shards"),
    "verify": ("site.verify", "check a built site against docs/format.md"),
    "serve": ("site.serve", "serve a built site on this machine"),
    "export": ("exchange.exporting", "write a site for another program: Embedding Atlas, FiftyOne, VIKUS, CSN, GeoJSON, IIIF"),
    "import": ("exchange.importing", "take over what PixPlot, VIKUS or Collection Space Navigator made"),
    "publish": ("site.publish", "copy a finished site to where it is served"),
    "start": ("site.start", "write a page that leads to several sites"),
    "completion": ("command.completion", "print what bash, zsh or fish completes"),
}
"""Module and description of each."""

_DESCRIPTION = "A folder of pictures becomes a map in the browser on which similar pictures lie together."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    given = completed(list(sys.argv[1:] if arguments is None else arguments))
    if not given or given[0] in ("-h", "--help"):
        _help().print_help()
        return 0
    if given[0] not in (*COMMANDS, "step", "--version"):
        return _no_command(given[0])
    module = _module(given)
    parser = parser_of(given)
    options, unknown = parser.parse_known_args(given)
    if unknown:
        return _no_flag(given, unknown)
    if module is None:
        parser.print_help()
        return 0
    try:
        _join_jobs(options)
        code: int | None = module.run(options)
    except PixplotError as error:
        _tell(error)
        return 1
    except OSError as error:
        known = of_storage(error)
        if known is None:
            raise
        _tell(known)
        return 1
    return code or 0


def completed(given: list[str]) -> list[str]:
    """The same with `build` before flags that stand alone, as PixPlot's do, and with its spelling of them."""
    if given and given[0].startswith("-") and given[0] not in ("-h", "--help", "--version"):
        given = ["build", *given]
    return ["build", *flags.tidy(given[1:])] if given and given[0] == "build" else given


def _no_command(word: str) -> int:
    """Tell what is no command, and what may have been meant; returns the exit code."""
    meant = f"To build a map of it: pixplot --images {shlex.quote(word)}" if Path(word).exists() else _near(word, (*COMMANDS, "step"))
    print(f"pixplot: error: there is no command {word!r}. {meant or 'All commands: pixplot --help'}", file=sys.stderr)
    return 2


def _no_flag(given: Sequence[str], unknown: Sequence[str]) -> int:
    """Tell what is no flag, and what may have been meant; returns the exit code."""
    words = [] if given[0] == "build" else given[: 2 if given[0] == "step" else 1]
    told, module = argparse.ArgumentParser(), _module(given)
    if module is not None:
        module.configure(told)
    flags_ = re.findall(r"(?<![\w-])--?[a-zA-Z][\w-]*", told.format_help())
    meant = _near(unknown[0].partition("=")[0], flags_) or f"All flags: {' '.join(['pixplot', *words, '--help'])}"
    print(f"{' '.join(['pixplot', *words])}: error: not understood: {' '.join(unknown)}. {meant}", file=sys.stderr)
    return 2


def _near(word: str, known: Sequence[str]) -> str:
    import difflib

    near = difflib.get_close_matches(word, known, 1, 0.7)
    return f"Did you mean {near[0]}?" if near else ""


def _help() -> argparse.ArgumentParser:
    """The help of all: how to build, and the other commands."""
    commands = {"step": "run one step of the workflow", **{name: text for name, (_, text) in COMMANDS.items()}}
    width = max(map(len, commands))
    listed = "\n".join(f"  {name:<{width}}  {text}" for name, text in commands.items())
    parser = argparse.ArgumentParser(
        prog="pixplot",
        usage='pixplot --images "path/*.jpg" [--metadata metadata.csv] [more flags]\n       pixplot COMMAND ...',
        description=_DESCRIPTION,
        epilog=f"commands (each has a --help of its own):\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"pixplot {__version__}")
    flags.configure(parser)
    return parser


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
    if given and given[0] == "build" and {"-h", "--help"} & set(given):
        # The flags alone: help needs nothing that runs them.
        return flags
    if given and given[0] in COMMANDS:
        return importlib.import_module(f"pixplot_steps.{COMMANDS[given[0]][0]}")
    return None


def parser_of(given: Sequence[str]) -> argparse.ArgumentParser:
    """What reads these words: only the command that they name has its flags."""
    module = _module(given)
    parser = argparse.ArgumentParser(prog="pixplot", description=_DESCRIPTION)
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
