"""Drill-down: from a bar, a slice or a row to another screen, with its parameters."""

from __future__ import annotations

from cadran.errors import UsageError
from cadran.screen.checks import is_name
from cadran.screen.controls import check_name
from cadran.screen.layout import Link
from cadran.screen.screen_name import ScreenName

Target = str | ScreenName | Link


def link(screen: str | ScreenName, **params: str) -> Link:
    """Another screen, and for each of its parameters the column whose value it gets: ``link("order", id="order_id")``.

    Raises ``UsageError`` for what is no screen and no column.
    """
    slug = screen if isinstance(screen, str) else getattr(screen, "slug", None)
    if not is_name(slug):
        raise UsageError(f"link() needs a screen or its slug, got {screen!r}")
    for name, column in params.items():
        check_name(f"link({slug!r})", name)
        if not is_name(column):
            raise UsageError(f"link({slug!r}): {name} needs the name of a column, got {column!r}")
    return Link(screen=slug, params=params)


def link_from(where: str, to: object) -> Link | None:
    """Return what ``to=`` says. Raises ``UsageError``."""
    if to is None or isinstance(to, Link):
        return to
    if isinstance(to, str) or hasattr(to, "slug"):
        return link(to)
    raise UsageError(f"{where}: to must be a screen, its slug, or cd.link(…), got {to!r}")
