"""``cadran demo``: a live screen of this machine, no data needed."""

from __future__ import annotations

import argparse

from cadran.cli.flags import settings_from
from cadran.cli.serving import serve_program


def demo(args: argparse.Namespace) -> int:
    """Serve the demonstration until stopped; return the exit code."""
    settings = settings_from(args)
    from cadran.demo.machine import program

    return serve_program(program(), settings)
