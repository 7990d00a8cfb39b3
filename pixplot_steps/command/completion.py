"""`pixplot completion SHELL`: what the shell completes, made from the parsers themselves."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence

_BASH = """# bash: pixplot completion bash > ~/.local/share/bash-completion/completions/pixplot
_pixplot() {{
  local current="${{COMP_WORDS[COMP_CWORD]}}" command="${{COMP_WORDS[1]}}" words
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="{first}"
  else
    case "$command" in
{cases}
      -*) words="{flags}" ;;
    esac
  fi
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
    *) COMPREPLY=($(compgen -W "$(printf '%s\\n' $words | grep -v '^-')" -- "$current") $(compgen -f -- "$current")) ;;
  esac
}}
complete -o filenames -F _pixplot pixplot
"""


_ZSH = """# zsh: put `source <(pixplot completion zsh)` into ~/.zshrc
autoload -U +X compinit && compinit
autoload -U +X bashcompinit && bashcompinit
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the one argument."""
    parser.add_argument("shell", choices=tuple(_SHELLS), help="for which shell")


def run(args: argparse.Namespace) -> None:
    """Print the file."""
    from pixplot_steps import cli

    words = {name: _words(cli.parser_of([name]), name) for name in cli.COMMANDS}
    words["step"] = [*cli.STEPS, "--help"]
    print(_SHELLS[args.shell](words), end="")


def _words(parser: argparse.ArgumentParser, command: str) -> list[str]:
    """Flags and choices of a command."""
    commands = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    child: argparse.ArgumentParser = commands.choices[command]
    options = [name for action in child._actions for name in action.option_strings]
    choices = [str(one) for action in child._actions if action.choices for one in action.choices]
    return [*choices, *options]


def _bash(words: Mapping[str, Sequence[str]]) -> str:
    cases = "\n".join(f'      {name}) words="{" ".join(listed)}" ;;' for name, listed in words.items())
    return _BASH.format(first=" ".join([*words, *words["build"]]), flags=" ".join(words["build"]), cases=cases)


def _zsh(words: Mapping[str, Sequence[str]]) -> str:
    # zsh runs bash's completions.
    return _ZSH + _bash(words)


def _fish(words: Mapping[str, Sequence[str]]) -> str:
    lines = ["# fish: pixplot completion fish > ~/.config/fish/completions/pixplot.fish"]
    lines += [f"complete -c pixplot -n __fish_use_subcommand -a {name}" for name in words]
    lines += [_fish_flag(flag, "not __fish_seen_subcommand_from " + " ".join(words)) for flag in words["build"]]
    for name, listed in words.items():
        lines += [_fish_flag(one, f"__fish_seen_subcommand_from {name}") for one in listed]
    return "\n".join(lines) + "\n"


def _fish_flag(word: str, condition: str) -> str:
    kind = f"-l {word[2:]}" if word.startswith("--") else f"-s {word[1:]}" if word.startswith("-") else f"-a {word}"
    return f"complete -c pixplot -n '{condition}' {kind}"


_SHELLS: dict[str, Callable[[Mapping[str, Sequence[str]]], str]] = {"bash": _bash, "zsh": _zsh, "fish": _fish}
