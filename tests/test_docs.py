"""The documentation is whole: every command and flag is in it, and every `pixplot` command in it can be parsed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml

from pixplot_steps import cli, config
from pixplot_steps.command import flags

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "config" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMAND = (ROOT / "docs" / "command.md").read_text("utf-8")


def commands() -> list[tuple[str, str]]:
    """Page and text of each `pixplot` command that stands on a line of its own or in a span of code."""
    found = []
    for page in PAGES:
        text = page.read_text("utf-8")
        lines = re.findall(r"^ {4}(?:\.venv/bin/)?(pixplot [^#\n]+)", text, re.MULTILINE)
        spans = re.findall(r"`(?:\.venv/bin/)?(pixplot [^`\n]+)`", text)
        found += [(page.relative_to(ROOT).as_posix(), one.strip()) for one in lines + spans]
    return found


def test_every_flag_of_pixplot_is_in_the_table_with_its_key() -> None:
    rows = dict(re.findall(r"^\| `--(\w+)`[^|]*\| `([\w.]+)`", COMMAND, re.MULTILINE))
    assert rows == {flag.dest: flag.key for flag in flags.FLAGS if flag.pixplot}


def test_every_command_is_in_the_docs() -> None:
    rows = set(re.findall(r"^\| `pixplot (\w+)", COMMAND, re.MULTILINE))
    assert rows == (cli.COMMANDS.keys() - {"build"}) | {"step"}
    assert "pixplot build --config" in COMMAND


def test_links_lead_somewhere() -> None:
    lost = [
        f"{page.name}: {link}"
        for page in [*PAGES, *sorted((ROOT / "docs" / "decisions").glob("*.md"))]
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8"))
        if not re.match(r"[a-z]+:", link) and not (page.parent / link).exists()
    ]
    assert lost == []


@pytest.mark.parametrize(("page", "text"), commands())
def test_commands_can_be_parsed(page: str, text: str) -> None:
    # Upper case words stand for something; of optional parts and continuations only the beginning is read.
    given = [word for word in shlex.split(re.sub(r"<[^>]+>", "NAME", text).split("[")[0].split("|")[0]) if word != "..."][1:]
    if given[:1] == ["step"]:
        assert set(given[1:2]) <= {*cli.STEPS, "NAME"}, "a step's flags are shown by its rule"
        return
    given = cli.completed(given)
    if len(given) == 1:
        assert given[0] in (*cli.COMMANDS, "step", "--help", "--version"), page
        return
    cli.parser_of(given).parse_args(given)


def settings() -> list[tuple[str, str]]:
    """Page and text of each part of a configuration that stands in a span of code, such as `catalog: {without_row: drop}`."""
    sections = "|".join(yaml.safe_load((ROOT / "config" / "config.yaml").read_text("utf-8")))
    found = []
    for page in PAGES:
        spans = re.findall(rf"`((?:{sections}): [{{\[][^`\n]+)`", page.read_text("utf-8"))
        found += [(page.relative_to(ROOT).as_posix(), one) for one in spans]
    return found


def test_there_are_settings_to_test() -> None:
    assert len(settings()) >= 5


@pytest.mark.parametrize(("page", "text"), settings())
def test_settings_are_allowed(page: str, text: str) -> None:
    value = yaml.safe_load(text)
    given = {"images": "x", "features": {"models": ["builtin"]}, "neighbours": {"count": 90}}
    config.merged({**given, **value}, ROOT)


def test_every_page_is_in_the_list_of_the_first() -> None:
    text = (ROOT / "docs" / "index.md").read_text("utf-8")
    listed = {(ROOT / "docs" / link).resolve() for link in re.findall(r"^\* .*?\]\(([^)#]+)\)", text, re.MULTILINE)}
    missing = [page.name for page in PAGES if page.name != "index.md" and page not in listed]
    assert missing == [], "name them in docs/index.md, which also makes the contents of the site"
