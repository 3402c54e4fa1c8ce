"""`python -m app.settings`: the documentation of every setting, as Markdown."""

from __future__ import annotations

from app.settings.table import SECTIONS, SETTINGS
from app.settings.toml import allowed, literal

HEAD = """# Settings

Refrain keeps its settings in `settings.toml` in the configuration folder of the user (on Linux `~/.config/refrain`).
Every setting is on the Settings page too, and there it acts at once unless it says otherwise. Change the file while
Refrain is closed. Keys that Refrain does not know are kept; a value that cannot be used is not used, and said.

This page is made from `app/settings/table.py` by `python -m app.settings`.
"""


def markdown() -> str:
    """The whole page."""
    parts = [HEAD]
    for section in SECTIONS:
        parts.append(f"\n## {section}\n\n| Key | Default | What it does |\n|---|---|---|\n")
        for setting in SETTINGS:
            if setting.section == section:
                later = "From the next start on." if setting.needs_restart else ""
                words = " ".join(filter(None, (setting.description, allowed(setting), later)))
                parts.append(f"| `{setting.key}` | `{literal(setting.default)}` | {words} |\n")
    return "".join(parts)


if __name__ == "__main__":
    print(markdown(), end="")
