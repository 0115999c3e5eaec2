"""``cadran run FILE[:NAME]``: serve the screens in a Python file."""

from __future__ import annotations

import argparse

from cadran.cli.flags import settings_from
from cadran.cli.loading import load_program, parse_target
from cadran.cli.serving import serve_program


def run(args: argparse.Namespace) -> int:
    """Serve until stopped; return the exit code."""
    settings = settings_from(args)
    target = parse_target(args.target)
    if args.reload:
        from cadran.cli.reload import run_with_reload

        return run_with_reload(target, settings)
    return serve_program(load_program(target), settings)
