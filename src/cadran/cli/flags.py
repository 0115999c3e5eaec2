"""From parsed flags to settings."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from cadran.settings import Settings, read_settings
from cadran.settings.kinds import read_token_file
from cadran.settings.read import parse
from cadran.settings.table import rows


def settings_from(args: argparse.Namespace) -> Settings:
    """Return the settings for a command line. Raises ``UsageError`` naming the flag, variable or key that is wrong."""
    given = vars(args)
    flags: dict[str, object] = {}
    for row in rows():
        value = given.get(row.name)
        if value is None or row.about.flag is None:
            continue
        if row.about.is_secret:
            value = read_token_file(value)
        flags[row.name] = parse(row, ",".join(value) if isinstance(value, list) else value, row.about.flag)
    file = given.get("config")
    return read_settings(flags, os.environ, Path(file) if file else None, is_required=file is not None)
