"""Make LICENCES.md: the licences of the parts that a wheel and a site carry, from viewer/package-lock.json and viewer/node_modules.

make viewer && python docs/data/licences.py
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
OUT = ROOT / "LICENCES.md"

_HEAD = """# Licences of the parts

PixPlot Steps is under the [MIT License](LICENSE). A wheel, and every site that is made, carry the built viewer, which is made with
the parts below;
some of them serve its making alone. Python packages are not carried: they are installed by your package manager,
under their own licences, and
`requirements.lock` names them.

The coasts in `pixplot_steps/layouts/world.npz` are from [Natural Earth](https://www.naturalearthdata.com), in the public domain, as
[world-atlas](https://github.com/topojson/world-atlas) 2.0.2 (ISC) has them.

| part | version | licence |
|---|---|---|
"""


def parts(lock: dict[str, dict[str, dict[str, object]]]) -> Iterator[tuple[str, str, str]]:
    """Folder, version and licence of each package that the viewer itself depends on."""
    for folder, one in lock["packages"].items():
        if folder and not one.get("dev") and not one.get("optional"):
            yield folder, str(one["version"]), str(one.get("license"))


def table(lock: dict[str, dict[str, dict[str, object]]]) -> str:
    """The rows of the table."""
    return "".join(f"| {_name(folder)} | {version} | {licence} |\n" for folder, version, licence in parts(lock))


def _name(folder: str) -> str:
    return folder.rpartition("node_modules/")[2]


def _texts(folder: str) -> Iterator[str]:
    for path in sorted((ROOT / "viewer" / folder).iterdir()):
        if path.name.lower().startswith(("license", "licence", "copying")):
            yield path.read_text("utf-8").strip()


def main() -> None:
    """Write the file."""
    lock = json.loads((ROOT / "viewer" / "package-lock.json").read_text("utf-8"))
    text = _HEAD + table(lock)
    for folder, version, licence in parts(lock):
        said = "\n\n".join(_texts(folder)) or f"(the package has no text of its own; it says {licence})"
        text += f"\n## {_name(folder)} {version}\n\n```\n{said}\n```\n"
    OUT.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
