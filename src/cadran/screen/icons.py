"""The icons that the page draws, by name."""

from __future__ import annotations

from cadran.errors import UsageError
from cadran.words import nearest

ICONS = (
    "dial",
    "cpu",
    "memory",
    "disk",
    "network",
    "load",
    "process",
    "clock",
    "temperature",
    "gauge",
    "banknote",
    "cart",
    "users",
    "bolt",
    "alert",
    "append",
    "refresh",
    "light",
    "dark",
    "system",
    "more",
    "up",
    "down",
    "steady",
)
"""The same as in ``page/src/chrome/icons.ts``."""


def check_icon(where: str, icon: object) -> None:
    """Raise ``UsageError`` for an icon that the page does not have."""
    if icon is not None and icon not in ICONS:
        raise UsageError(f"{where}: there is no icon {icon!r}{nearest(str(icon), ICONS)}")
