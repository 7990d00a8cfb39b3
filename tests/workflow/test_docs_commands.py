"""The commands of the documentation, run as they stand there, one after another, in a folder such as the first tutorial asks for.

A command that cannot be run here is named in ELSEWHERE, with the test that runs the same thing, or in NOT_HERE, with the reason.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.workflow.collection import ROOT, draw

FIRST = ("docs/tutorial-folder.md", "docs/exchange.md")
"""Pages whose commands come first: the others go on with what the first makes, and the second needs its table."""

PAGES = [
    ROOT / path
    for path in dict.fromkeys(
        [*FIRST, "README.md", "config/README.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")))]
    )
]
"""Not that of the viewer, whose npm commands are those of the Makefile."""

PROGRAMS = ("pixplot", ".venv/bin/pixplot", "snakemake", "make", "uv", "pipx", "docker", "git", "conda", "npm", "python")

# What stands for a reader's own names.
OURS = {
    "path/to/folder": "photographs",
    "path/to/table.csv": "metadata.csv",
    '"path/*.jpg"': '"photographs/*.jpg" --model builtin',
    "--images pictures ": "--images photographs ",
    "my.yaml": "output/config.yaml",
    "path/to/datasets/paintings": "elsewhere/csn",
    "path/to/pictures": "output/site",
    "/var/www/photographs": "www/photographs",
    "/shared/results/mine/site": "output/site",
    "results/birds/site": "output/site",
    "results/maps/site": "output/site",
}

ELSEWHERE = {
    r"pixplot --images manifests\.txt ": "tests/workflow/test_iiif.py",
    r"pixplot import (pixplot|vikus) ": "tests/exchange/test_import.py",
    r"pixplot tsne ": "tests/workflow/test_tsne.py",
    r"(pixplot build|snakemake) .*--profile \S*slurm": "tests/workflow/test_slurm.py",
    r"uv tool install ": "tests/test_wheel.py",
}
"""Pattern of a command, and the test that runs it on data of its own."""

NOT_HERE = {
    r"make demo$": "downloads 74 MB of emoji",
    r"make test$": "is this run",
    r"make setup": "sets up what runs the tests; .ci/run does it",
    r"git clone ": "has no address",
    r"pipx install ": "pipx is not among the packages; it installs the wheel as uv does",
    r"docker ": "needs Docker",
}
"""Pattern of a command, and why no test runs it."""


def commands() -> list[tuple[str, str]]:
    """Page and text of each command that stands on lines of its own, with continuations joined and remarks gone."""
    found = []
    for page in PAGES:
        text = re.sub(r" \\\n +", " ", page.read_text("utf-8"))
        lines = re.findall(r"^(?: {4}| {0,3}\$ )(\S+ .+)$", text, re.MULTILINE)
        found += [(page.relative_to(ROOT).as_posix(), re.sub(r" +# .*", "", line)) for line in lines if line.split()[0] in PROGRAMS]
    return found


def way(text: str) -> str:
    """The test that runs a command on data of its own, the reason why none does, or nothing where it is run here."""
    return next((said for pattern, said in {**ELSEWHERE, **NOT_HERE}.items() if re.match(pattern, text)), "")


RUN = [(page, text) for page, text in commands() if not way(text)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photographs, and the table of the first tutorial as it stands there."""
    root = tmp_path_factory.mktemp("docs")
    for number in range(1, 31):
        draw(root / "photographs" / f"a{number:03}.jpg", number)
    table = re.search(r"^ {4}filename,.*\n(?: {4}a\d+.*\n)+", (ROOT / "docs/tutorial-folder.md").read_text("utf-8"), re.MULTILINE)
    assert table
    (root / "metadata.csv").write_text(re.sub("^    ", "", table[0], flags=re.MULTILINE), "utf-8")
    (root / "www").mkdir()
    return root


def here(text: str) -> list[str]:
    """The words of a command, with our names for the reader's."""
    for theirs, ours in OURS.items():
        text = text.replace(theirs, ours)
    words = shlex.split(text.removeprefix(".venv/bin/"))
    words[:1] = [str(Path(sys.executable).parent / words[0])]
    if words[0].endswith("snakemake"):
        # The page is for a reader in the checkout.
        words[1:1] = ["--snakefile", str(ROOT / "workflow/Snakefile")]
    return words


def served(words: list[str], folder: Path) -> None:
    """`pixplot serve` shows the page at the address that it prints, until Ctrl-C."""
    serving = subprocess.Popen(
        [*words, "--port", "0"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    assert serving.stdout is not None
    try:
        address = next(found[0] for line in serving.stdout if (found := re.search(r"http://\S+", line)))
        with urllib.request.urlopen(address) as answer:  # noqa: S310
            assert b"<html" in answer.read()
    finally:
        serving.send_signal(signal.SIGINT)
        serving.communicate(timeout=60)


@pytest.mark.parametrize(("page", "text"), RUN, ids=[f"{Path(page).stem}: {text[:60]}" for page, text in RUN])
def test_it_runs(folder: Path, page: str, text: str) -> None:
    words = here(text)
    if words[1] == "serve":
        served(words, folder)
        return
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=580)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_first_tutorial_did_what_it_says(folder: Path) -> None:
    if not (folder / "output").is_dir():
        pytest.skip("the commands did not run before")
    assert (folder / "www/photographs/data/manifest.json").is_file()
    assert "Our photographs" in (folder / "output/config.yaml").read_text("utf-8") or (folder / "output/config.former.yaml").is_file()


def test_what_is_run_elsewhere_or_not_is_in_the_docs() -> None:
    every = [text for _, text in commands()]
    assert len(every) > 40
    assert len(RUN) > 25
    assert [pattern for pattern in {**ELSEWHERE, **NOT_HERE} if not any(re.match(pattern, text) for text in every)] == []
    assert [path for path in ELSEWHERE.values() if not (ROOT / path).is_file()] == []


SPANS = [
    (page.relative_to(ROOT).as_posix(), span)
    for page in PAGES
    for span in re.findall(r"`((?:make|python) [^`]+)`", page.read_text("utf-8"))
]


@pytest.mark.parametrize(("page", "span"), SPANS)
def test_targets_and_scripts_in_the_text_are_there(page: str, span: str) -> None:
    program, *words = shlex.split(span)
    if program == "make":
        targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
        assert {word for word in words if "=" not in word} <= set(targets)
    elif words[0] != "-m":
        script = (ROOT / words[0]).read_text("utf-8")
        assert [word for word in words[1:] if word.startswith("--") and f'"{word}"' not in script] == []
