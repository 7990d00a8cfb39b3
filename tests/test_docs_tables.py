"""docs/rules.md and docs/flags.md hold every rule, command and flag, as rules and parsers have them. `UPDATE_GOLDEN=1` writes them."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterator
from pathlib import Path

from pixplot_steps import cli

ROOT = Path(__file__).parents[1]
MARK = "<!-- made from {}: UPDATE_GOLDEN=1 make test -->\n"


def check(page: str, source: str, made: str) -> None:
    """Compare all that follows the mark, or write it where that is asked for."""
    path, mark = ROOT / "docs" / page, MARK.format(source)
    before, found, _ = path.read_text("utf-8").partition(mark)
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(before + mark + "\n" + made, "utf-8")
    else:
        assert found, f"the mark of the tables is gone from {page}"
    assert path.read_text("utf-8") == before + mark + "\n" + made, "refresh it with UPDATE_GOLDEN=1 make test"


# --- rules ---


def rules(stage: str) -> dict[str, str]:
    """Rule -> its text."""
    parts = re.split(r"^(?:rule|checkpoint) (\w+):\n", (ROOT / f"workflow/rules/{stage}.smk").read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def local() -> set[str]:
    """Rules that always run where the command was typed."""
    found = re.search(r"^localrules:\n((?:    \w+,\n)+)", (ROOT / "workflow/Snakefile").read_text("utf-8"), re.MULTILINE)
    assert found
    return set(re.findall(r"\w+", found[1]))


def rule_row(rule: str, text: str) -> str:
    said = re.match(r'    """(.+)"""\n', text)
    assert said, f"rule {rule} says in no docstring what it does"
    command = re.search(r"^ +(pixplot step \w+(?: \w+)?) \\$", text, re.MULTILINE)
    threads = re.search(r"^    threads: (\d+)$", text, re.MULTILINE)
    assert command
    assert threads
    where = "here" if rule in local() else "anywhere"
    return f"| `{rule}` | {said[1]} | `{command[1]}` | {threads[1]} | {where} |"


def marked(word: str) -> str:
    """A word as code, where it is a path."""
    path = word.rstrip(".,;:")
    return f"`{path}`{word[len(path) :]}" if re.search(r"/|\.(parquet|json)$", path) else word


def stage_part(stage: str) -> str:
    head = re.match(r'"""(.+?)\n\n(.+?)"""', (ROOT / f"workflow/rules/{stage}.smk").read_text("utf-8"), re.DOTALL)
    assert head
    table = ["| rule | what it does | command | processors | where |", "|---|---|---|---|---|"]
    rows = [rule_row(rule, text) for rule, text in rules(stage).items()]
    paths = " ".join(marked(word) for word in head[2].replace("\n", " \n ").split(" ")).replace(" \n ", "\n").strip()
    return "\n".join([f"## {stage}", "", head[1], "", paths, "", *table, *rows, ""])


def test_the_table_of_rules_is_current() -> None:
    check("rules.md", "workflow/rules", "\n".join(map(stage_part, cli.STEPS)))


def test_every_rule_of_the_workflow_is_in_it() -> None:
    text = (ROOT / "docs/rules.md").read_text("utf-8")
    every = [rule for path in (ROOT / "workflow/rules").glob("*.smk") for rule in rules(path.stem)]
    assert len(every) > 30
    assert [rule for rule in every if f"\n| `{rule}` |" not in text] == []


# --- commands ---


def parser(command: str) -> argparse.ArgumentParser:
    """The parser of one command."""
    for action in cli.parser_of([command])._actions:
        if isinstance(action, argparse._SubParsersAction):
            child: argparse.ArgumentParser = action.choices[command]
            return child
    raise AssertionError(command)


def code(text: object) -> str:
    """A text as code, in a cell of a table."""
    return f"`{text}`".replace("|", "\\|")


def words(action: argparse.Action) -> str:
    """A flag with its value, or the name of what stands alone."""
    if not action.option_strings:
        return code(action.metavar or action.dest)
    value = "" if action.nargs == 0 or action.choices else f" {action.metavar or action.dest.upper()}"
    return ", ".join(map(code, [*action.option_strings[:-1], action.option_strings[-1] + value])) + (" ..." if action.nargs == "+" else "")


def flag_row(action: argparse.Action) -> str:
    given = action.default if action.option_strings and action.nargs != 0 else None
    said = (action.help or "") % {"default": given, "prog": "pixplot"}
    # Marks of tables, of HTML and of emphasis are meant as they are.
    text = re.sub(r"(?<!\S)(--\w+)", r"`\1`", re.sub(r"([|<>*])", r"\\\1", said))
    choices = "; one of " + ", ".join(map(code, action.choices)) if action.choices else ""
    return f"| {words(action)} | {text}{choices} |"


def groups(command: argparse.ArgumentParser) -> Iterator[tuple[str, list[argparse.Action]]]:
    """Heading and flags of each group that has any."""
    for group in command._action_groups:
        shown = [one for one in group._group_actions if one.help != argparse.SUPPRESS and not isinstance(one, argparse._HelpAction)]
        if shown:
            yield group.title or "", shown


def command_part(command: str) -> str:
    said = cli.COMMANDS[command][1]
    lines = [f"## pixplot {command}", "", f"{said[:1].upper()}{said[1:]}.", ""]
    for title, actions in groups(parser(command)):
        lines += [f"| {title} | |", "|---|---|", *map(flag_row, actions), ""]
    return "\n".join(lines)


def test_the_tables_of_flags_are_current() -> None:
    check("flags.md", "the parsers of `pixplot`", "\n".join(map(command_part, cli.COMMANDS)))


def test_every_flag_is_in_them() -> None:
    text = (ROOT / "docs/flags.md").read_text("utf-8")
    parts = dict(re.findall(r"^## pixplot (\w+)\n((?:(?!^## ).*\n?)*)", text, re.MULTILINE))
    assert parts.keys() == cli.COMMANDS.keys()
    flags = [(one, name) for one in cli.COMMANDS for action in parser(one)._actions for name in action.option_strings]
    assert len(flags) > 60
    assert [(one, name) for one, name in flags if f"`{name}" not in parts[one] and name not in ("-h", "--help")] == []
