"""How the pages become a site: `make docs`. Read by Sphinx, with MyST for Markdown and Furo for the look.

The source folder is the whole checkout, so that links between pages are the same here, on a forge and in an editor.
"""

from __future__ import annotations

import re

from pygments.lexers.python import PythonLexer
from sphinx.application import Sphinx

import pixplot_steps

project = "PixPlot Steps"
author = "the PixPlot Steps developers"
copyright = author  # noqa: A001 - Sphinx's own name
version = release = pixplot_steps.__version__

root_doc = "docs/index"
extensions = ["myst_parser"]
include_patterns = ["README.md", "CHANGELOG.md", "LICENCES.md", "config/README.md", "viewer/README.md", "docs/**.md"]
# Folders that hold no page are not walked.
exclude_patterns = [".*", "**/node_modules", "results", "output", "docs/build", "viewer/dist", "tests", "pixplot_steps"]

myst_heading_anchors = 3
highlight_language = "text"
nitpicky = True
# Two dashes begin a flag, and are no dash.
smartquotes = False

html_theme = "furo"
html_title = project
html_static_path = ["static"]
html_css_files = ["look.css"]
templates_path = ["templates"]
html_additional_pages = {"index": "entrance.html"}
html_copy_source = False
html_show_sphinx = False
html_use_index = False
html_last_updated_fmt = None

# The palette and the type of the map's own page (viewer/src/ui/style.css).
_SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif'
_LIGHT = {"text": "#211e1a", "muted": "#665f55", "accent": "#a8441b", "page": "#fdfcfa", "ground": "#f5f3ee", "line": "#e2ded6"}
_DARK = {"text": "#f0ece5", "muted": "#aaa296", "accent": "#f2a468", "page": "#1d1b1a", "ground": "#151413", "line": "#393633"}


def _variables(palette: dict[str, str]) -> dict[str, str]:
    """Furo's names for the colours of a palette."""
    return {
        "font-stack": _SANS,
        "color-foreground-primary": palette["text"],
        "color-foreground-secondary": palette["muted"],
        "color-foreground-muted": palette["muted"],
        "color-background-primary": palette["page"],
        "color-background-secondary": palette["ground"],
        "color-background-border": palette["line"],
        "color-brand-primary": palette["accent"],
        "color-brand-content": palette["accent"],
        "color-brand-visited": palette["accent"],
        "color-code-background": palette["ground"],
        "color-code-foreground": palette["text"],
    }


html_theme_options = {"light_css_variables": _variables(_LIGHT), "dark_css_variables": _variables(_DARK), "top_of_page_buttons": []}


def contents(page: str) -> str:
    """Sphinx's tables of contents for the lists of links of a page, one for each heading; a folder's README brings all its pages."""
    tables = []
    for heading, below in re.findall(r"^## (.+)\n((?:(?!^## ).*\n?)*)", page, re.MULTILINE):
        entries = [f"{text.strip('`')} <{path}>" for text, path in re.findall(r"^[*] \[(.+?)\]\(([^)#]+)\.md\)", below, re.MULTILINE)]
        if entries:
            tables.append("\n".join(["```{toctree}", ":hidden:", f":caption: {heading}", "", *entries, "```"]))
    return "\n\n".join(tables)


def _add_contents(_app: Sphinx, docname: str, source: list[str]) -> None:
    if docname == root_doc:
        source[0] += "\n\n" + contents(source[0])
    elif docname.endswith("decisions/README"):
        source[0] += "\n\n```{toctree}\n:glob:\n:reversed:\n\n*\n```\n"


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.add_lexer("snakemake", PythonLexer)
    app.connect("source-read", _add_contents)
