"""Where the workflow, its defaults and the built viewer lie: beside the package in a checkout, within it where it was installed."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def root() -> Path:
    """The folder that holds config/, workflow/ and viewer/dist/."""
    # Only a wheel has this folder (pyproject.toml).
    installed = _PACKAGE / "installed"
    return installed if installed.is_dir() else _PACKAGE.parent
