"""Zones by their IANA names: the one in which a screen shows times, and in which days begin."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo

from cadran.errors import UsageError


def check_zone(name: object) -> str:
    """Return ``name`` if it is an IANA zone; raises ``UsageError`` otherwise."""
    if not isinstance(name, str) or not _is_known(name):
        raise UsageError(f'zone must be an IANA name such as "Europe/Paris" or "UTC", got {name!r}')
    return name


def local_zone(root: Path = Path("/")) -> str:
    """Return the IANA name of this machine's zone: ``TZ``, ``/etc/timezone``, ``/etc/localtime``, else UTC.

    ``root`` is where ``etc`` is looked for.
    """
    candidates = (os.environ.get("TZ", "").lstrip(":"), _from_timezone_file(root), _from_localtime_link(root))
    return next((name for name in candidates if _is_known(name)), "UTC")


def _from_timezone_file(root: Path) -> str:
    try:
        return (root / "etc/timezone").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _from_localtime_link(root: Path) -> str:
    try:
        target = os.readlink(root / "etc/localtime")
    except OSError:
        return ""
    return target.partition("zoneinfo/")[2]


def _is_known(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; not a relative path; a directory
        return False
    return bool(name)
