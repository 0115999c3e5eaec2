"""Write what ``docs/cli.md`` and ``docs/settings.md`` take from the code; ``--check`` exits 1 if out of date.

A generated part stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from cadran.cli.parser import make_parser
from cadran.settings.table import Setting, rows

DOCS = Path(__file__).parents[1] / "docs"
_PART = re.compile(r"(<!-- generated: ([a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def main() -> int:
    stale = [file.name for file in (DOCS / "cli.md", DOCS / "settings.md") if not _update(file, "--check" in sys.argv)]
    if stale and "--check" in sys.argv:
        print(f"out of date: {', '.join(stale)}; run python scripts/generate_docs.py", file=sys.stderr)
        return 1
    return 0


def _update(file: Path, is_check: bool) -> bool:
    old = file.read_text("utf-8")
    new = _PART.sub(lambda part: f"{part[1]}{generate(part[2])}\n{part[3]}", old)
    if not is_check:
        file.write_text(new, "utf-8")
    return old == new


def generate(name: str) -> str:
    """Return the text of one generated part. Raises ``KeyError`` for a name that is none."""
    if name == "settings":
        return _settings_table()
    return _command(commands()[name.removeprefix("command ")])


def commands() -> dict[str, argparse.ArgumentParser]:
    """Return the parser of each command."""
    for action in make_parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    raise AssertionError("cadran has commands")


def _settings_table() -> str:
    lines = ["| setting | flag | environment | default | meaning |", "| --- | --- | --- | --- | --- |"]
    lines += [
        f"| `{row.name}` | {_flag(row)} | `{row.variable}` | {row.shown_default} | {row.about.help} |" for row in rows()
    ]
    return "\n".join(lines)


def _flag(row: Setting) -> str:
    if row.about.flag is None:
        return "–"
    if isinstance(row.default, bool):
        return f"`{row.about.flag}`, `--no-{row.about.flag.removeprefix('--')}`"
    return f"`{row.about.flag}`"


def _command(parser: argparse.ArgumentParser) -> str:
    lines = ["| argument | meaning |", "| --- | --- |"]
    for action in parser._actions:
        if isinstance(action, argparse._HelpAction):
            continue
        names = ", ".join(f"`{name}`" for name in action.option_strings) or f"`{action.metavar}`"
        takes_value = action.option_strings and action.nargs != 0
        value = f" `{action.metavar or action.dest.upper()}`" if takes_value else ""
        lines.append(f"| {names}{value} | {action.help} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
