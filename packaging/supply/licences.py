"""The page of licences that goes into a tree, made from what is really inside; each text stands there once.

    python3 packaging/supply/licences.py TREE PLATFORM
"""

from __future__ import annotations

import argparse
import hashlib
import html
import sys
from collections.abc import Iterable
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import contents
from contents import BuildError, Platform
from supply import inside
from supply.inside import Extra

PAGE = "licences.html"
_HEAD = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Licences of Refrain {version}</title>
<style>
body {{ font: 15px/1.5 sans-serif; margin: 2em auto; max-width: 60em; padding: 0 1em; color: #1d2126; background: #fff; }}
td {{ padding: .1em 1.5em .1em 0; vertical-align: top; }} pre {{ white-space: pre-wrap; background: #f5f5f2; padding: 1em; }}
</style>
<h1>Refrain {version}, and what it is made of</h1>
<table>
"""


def write(tree: Path, platform: Platform, extras: Iterable[Extra] = ()) -> Path:
    """Notes what is no package, and writes the page into the tree's root. Raises `BuildError` for a part without a licence."""
    inside.note(tree, platform, extras)
    rows, texts = [], {}
    for part in (parts := inside.parts(tree, platform)):
        text = part.text
        if not part.licence or not text:
            raise BuildError(f"{part.name} in {tree} brings no licence{'' if part.licence else ' name'}: find out which it is.")
        place = "t" + hashlib.sha256(text.encode()).hexdigest()[:12]
        texts.setdefault(place, (text, []))[1].append(part.name)
        cells = (part.name, part.version, part.licence)
        rows.append(f'<tr><td><a href="#{place}">{html.escape(cells[0])}</a></td>' + "".join(map(_cell, cells[1:])) + "</tr>\n")
    page = [_HEAD.format(version=html.escape(parts[0].version)), *rows, "</table>\n"]
    for place, (text, names) in texts.items():
        page.append(f'<h2 id="{place}">{html.escape(", ".join(names))}</h2>\n<pre>{html.escape(text)}</pre>\n')
    inside.write(tree / PAGE, "".join(page))
    return tree / PAGE


def _cell(text: str) -> str:
    return f"<td>{html.escape(text)}</td>"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tree", type=Path)
    parser.add_argument("platform", choices=contents.load().platforms)
    chosen = parser.parse_args()
    try:
        print(write(chosen.tree, contents.load().platform(chosen.platform)))
    except BuildError as error:
        sys.exit(f"licences: {error}")


if __name__ == "__main__":
    main()
