"""``cadran open TARGET``: a screen over any database, table, query or file, with no code."""

from __future__ import annotations

import argparse
import re
from dataclasses import replace
from pathlib import Path

from cadran.cli.flags import settings_from
from cadran.cli.serving import serve_program
from cadran.errors import UsageError
from cadran.open.opening import Wish, open_target
from cadran.open.plan import DatabaseOrigin, ProgramPlan
from cadran.open.program_text import program_text
from cadran.open.screens import program_of

SKIPPED_SHOWN = 5
_PASSWORD = re.compile(r"^(\w+://[^:/@?#]*):([^@]*)@")


def open_(args: argparse.Namespace) -> int:
    """Look, propose, and serve until stopped, or write the program; return the exit code."""
    settings = settings_from(args)
    opened = open_target(
        Wish(target=args.target, tables=tuple(args.table or ()), query=args.query, every=args.every, title=args.title)
    )
    for one in opened.skipped[:SKIPPED_SHOWN]:
        print(f"Left out: {one.name}: {one.reason}")
    if len(opened.skipped) > SKIPPED_SHOWN:
        print(f"Left out: {len(opened.skipped) - SKIPPED_SHOWN} more")
    if args.save is not None:
        save(opened.plan, Path(args.save))
        print(f"Saved {args.save}; show it with: cadran run {args.save}")
        return 0
    return serve_program(program_of(opened.plan), settings)


def save(plan: ProgramPlan, path: Path) -> None:
    """Write the program of a plan. Raises ``UsageError`` where a file is already, or none can be."""
    if path.suffix != ".py":
        raise UsageError(f"--save: expected the name of a Python file such as shop.py, got {path}")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(program_text(without_password(plan), path.name))
    except FileExistsError:
        raise UsageError(f"--save: {path} is there already: name another file, or move it") from None
    except OSError as problem:
        raise UsageError(f"--save: {path} can't be written: {problem.strerror}") from None


def without_password(plan: ProgramPlan) -> ProgramPlan:
    """Return the plan with ``${DATABASE_PASSWORD}`` in place of a password that the URL says in plain."""
    if not isinstance(plan.origin, DatabaseOrigin):
        return plan
    found = _PASSWORD.match(plan.origin.url)
    if found is None or found[2].startswith("${"):
        return plan
    print("The password is not saved: set the environment variable DATABASE_PASSWORD")
    url = f"{found[1]}:${{DATABASE_PASSWORD}}@{plan.origin.url[found.end() :]}"
    return replace(plan, origin=DatabaseOrigin(url=url))
