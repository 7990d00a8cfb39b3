"""`snakemake --report` of a run: it has the captions, figures and tables, and is made and shown without a network."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from tests.workflow.collection import ROOT, Collection

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")

# A host that answers nobody: whatever were asked for would fail.
CLOSED = {f"{name}_proxy": "http://127.0.0.1:9" for name in ("http", "https", "HTTP", "HTTPS", "all", "ALL")}


@pytest.fixture(scope="module")
def made(twelve: Collection, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the twelve, made without a network."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    done = subprocess.run(
        twelve.command("--report", str(path)),
        cwd=ROOT,
        env={**os.environ, **CLOSED},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return path


def variable(made: Path, name: str) -> Any:
    """A value that the report's page carries."""
    found = re.search(rf"^    var {name} = (.*);$", made.read_text("utf-8"), re.MULTILINE)
    assert found, name
    return json.loads(found[1])


def test_it_has_the_figures_and_tables_of_the_run(made: Path, twelve: Collection) -> None:
    results = variable(made, "results")
    found = {Path(path).name: one for path, one in results.items()}
    assert found.keys() == {"map.png", "collection.html", "problems.html"}
    for name, one in found.items():
        data = base64.b64decode(one["data_uri"].partition("base64,")[2])
        assert data == (twelve.work / "report" / name).read_bytes()


def test_every_figure_has_a_caption_and_a_category(made: Path) -> None:
    results = variable(made, "results")
    captions = {Path(path).name: one["caption"] for path, one in results.items()}
    assert "Similar pictures lie together" in captions["map.png"]
    assert "Venna and Kaski" in captions["collection.html"]
    assert "stops nothing" in captions["problems.html"]
    assert set(variable(made, "categories")) == {"The map", "The collection", "Problems"}
    assert "nearest neighbours" in variable(made, "workflow_desc")


def test_it_says_how_long_each_rule_took(made: Path) -> None:
    timed = {one["rule"] for one in variable(made, "runtimes_spec")["data"]["values"]}
    assert {"catalog", "ingest", "features", "umap", "site"} <= timed


def test_every_caption_is_used() -> None:
    rules = (ROOT / "workflow/rules/site.smk").read_text("utf-8") + (ROOT / "workflow/Snakefile").read_text("utf-8")
    assert sorted(re.findall(r"report/(\w+\.rst)", rules)) == sorted(path.name for path in (ROOT / "workflow/report").iterdir())


@pytest.mark.parametrize("name", ["report/map.png", "report/collection.html", "report/problems.html", "problems.parquet"])
def test_a_work_folder_without_one_of_them_gets_a_new_site(twelve: Collection, name: str) -> None:
    """As one that an earlier version left, of which Snakemake knows no parameters to compare."""
    (twelve.work / name).rename(twelve.work / "away")
    try:
        done = subprocess.run(twelve.command("-n"), cwd=ROOT, capture_output=True, text=True, check=True, timeout=300)
    finally:
        (twelve.work / "away").rename(twelve.work / name)
    assert re.search(r"^site +1$", done.stdout, re.MULTILINE), done.stdout


@pytest.mark.skipif(not CHROMIUM, reason="no Chromium: install one, or name it in $CHROMIUM")
def test_in_a_browser_it_asks_nobody(made: Path) -> None:
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(made.as_uri())
        page.get_by_text("The collection").first.wait_for()
        browser.close()
    assert [address for address in asked if not address.startswith(("file:", "data:", "blob:"))] == []
