"""`pixplot start`: a page that leads to several collections, each a finished site in a folder beside it.

The page is plain HTML without a script: title, picture and number of each. It is written anew from the sites' own manifests,
so running the command again after a site was published is all its upkeep.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import html
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from pixplot_steps.errors import SiteError
from pixplot_steps.site import folder
from pixplot_steps.site.manifest import picture_path
from pixplot_steps.site.untrusted import Site, Wrong
from pixplot_steps.store import commit

_PAGE = "index.html"
_MARK = '<meta name="generator" content="pixplot start" />'
_WORDS = {"en": ("picture", "pictures", ","), "de": ("Bild", "Bilder", "."), "fr": ("image", "images", "\u202f")}
"""Of a language: one, several, and what stands between thousands."""

_STYLE = """
:root { color-scheme: light dark; --ground: light-dark(#f5f3ee, #151413); --page: light-dark(#fdfcfa, #1d1b1a);
  --text: light-dark(#211e1a, #f0ece5); --muted: light-dark(#665f55, #aaa296); --accent: light-dark(#a8441b, #f2a468);
  --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", "Book Antiqua", Georgia, serif; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, "Segoe UI", Roboto, Arial, sans-serif; }
main { max-width: 1200px; margin: 0 auto; padding: 48px 24px 64px; }
h1 { margin: 0 0 32px; font: 500 34px/1.2 var(--serif); overflow-wrap: anywhere; }
ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 260px), 1fr)); gap: 24px;
  margin: 0; padding: 0; list-style: none; }
a { display: block; height: 100%; padding: 0 0 16px; border-radius: 12px; overflow: hidden; background: var(--page); color: inherit;
  text-decoration: none; box-shadow: 0 1px 3px rgb(0 0 0 / 16%); }
a:hover h2 { color: var(--accent); }
a:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
img { display: block; width: 100%; height: 220px; object-fit: contain; background: light-dark(rgb(70 58 40 / 7%), rgb(255 248 235 / 8%)); }
h2 { margin: 16px 18px 2px; font: 500 20px/1.25 var(--serif); overflow-wrap: anywhere; }
p { margin: 0 18px; color: var(--muted); font-size: 14px; }
"""


@dataclass(frozen=True)
class Collection:
    """What the page says of a site: the name of its folder, its title, the number of its items, and its picture, below the folder."""

    name: str
    title: str
    items: int
    picture: str


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("folder", type=Path, help="folder whose folders are finished sites; the page is written into it")
    parser.add_argument("sites", nargs="*", help="names of the sites' folders, in order; without any all, by their titles")
    parser.add_argument("--title", required=True, help="title of the page")
    parser.add_argument("--language", choices=sorted(_WORDS), default="en", help="language of the page (default: en)")


def run(args: argparse.Namespace) -> None:
    """Write the page. Raises SiteError where a site is not one, or where another page would be overwritten."""
    target = args.folder / _PAGE
    _check_owner(args.folder, target)
    found = [_read(args.folder, name) for name in args.sites or _names(args.folder)]
    if not found:
        raise SiteError(
            "there are no collections to lead to",
            expected=f"folders with {folder.MANIFEST}",
            where=str(args.folder),
            action="publish each site into a folder of its own here (pixplot publish SITE FOLDER/NAME), then run this again",
        )
    ordered = found if args.sites else sorted(found, key=lambda one: (one.title.casefold(), one.name))
    commit.bytes_file(target, page(args.title, ordered, args.language).encode())
    print(f"start: {target} leads to {len(found)} collections: {', '.join(ascii(one.name) for one in ordered)}", file=sys.stderr)


def page(title: str, collections: list[Collection], language: str) -> str:
    """The page; all texts in it are escaped, and its policy lets it load the pictures beside it and nothing else."""
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src 'self' data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{language}">',
            "<head>",
            '<meta charset="utf-8" />',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}" />',
            '<meta name="viewport" content="width=device-width, initial-scale=1" />',
            '<meta name="referrer" content="no-referrer" />',
            _MARK,
            '<link rel="icon" href="data:," />',
            f"<title>{html.escape(title)}</title>",
            f"<style>{_STYLE}</style>",
            "</head>",
            "<body>",
            "<main>",
            f'<h1 dir="auto">{html.escape(title)}</h1>',
            "<ul>",
            *(_entry(one, language) for one in collections),
            "</ul>",
            "</main>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _entry(one: Collection, language: str) -> str:
    place = quote(one.name)
    # The page of the collection then leads back here.
    link = f"{place}/?start"
    # The title is beside the picture, which has nothing to add for those who do not see it.
    image = f'<img src="{place}/{quote(one.picture)}" alt="" loading="lazy" />'
    text = f'<h2 dir="auto">{html.escape(one.title or one.name)}</h2><p>{_count(one.items, language)}</p>'
    return f'<li><a href="{link}">{image}{text}</a></li>'


def _count(items: int, language: str) -> str:
    one, several, between = _WORDS[language]
    return f"{items:,}".replace(",", between) + f" {one if items == 1 else several}"


def _names(root: Path) -> list[str]:
    return sorted(path.parent.parent.name for path in root.glob(f"*/{folder.MANIFEST}"))


def _read(root: Path, name: str) -> Collection:
    """A site's entry, with the medoid of its largest hotspot; its first picture where it has none."""
    site = Site(root / name)
    try:
        manifest = site.manifest()
        hotspots = manifest.get("hotspots")
        listed = hotspots["list"].list() if hotspots else []
        items = manifest["counts"]["items"].integer(1)
        row = listed[0]["item"].integer(0, items - 1) if listed else 0
        image = site.table(manifest["table"])["image"][row].as_py()
        picture = picture_path(str(image))
        site.path(picture)
        return Collection(name, manifest["title"].text(), items, picture)
    except (Wrong, OSError, KeyError) as error:
        fault = error.fault if isinstance(error, Wrong) else None
        raise SiteError(
            "this is no finished site",
            expected=fault.expected if fault else folder.MANIFEST,
            found=fault.found if fault else type(error).__name__,
            where=str(root / name),
            action="publish it again (pixplot publish), or name only the sites that are to be led to",
        ) from None


def _check_owner(root: Path, target: Path) -> None:
    if (root / folder.MANIFEST).is_file():
        raise SiteError(
            "this folder is a site itself",
            expected="a folder whose folders are sites",
            where=str(root),
            action="publish each site into a folder of its own, one level below the start page",
        )
    if target.exists() and _MARK.encode() not in target.read_bytes():
        raise SiteError(
            "there is another page already",
            expected="no index.html, or one that this command wrote",
            where=str(target),
            action="move it away, or choose another folder",
        )
