"""Cadran's accounts of what work costs, switched off and on within its server: only the bench does that."""

from __future__ import annotations

from typing import Any

from cadran.frames.costs import Costs
from cadran.timings import Durations, Histogram

_PLACES = ((Costs, "encoded"), (Costs, "sent"), (Durations, "add"), (Histogram, "add"))
_KEPT = {place: getattr(*place) for place in _PLACES}


def _nothing(*_: Any) -> None:
    """Take what would be put on an account."""


def switch_accounts(*, on: bool) -> bool:
    """From now on nothing is put on any account of this process, or all is again; return which."""
    for (kind, name), kept in _KEPT.items():
        setattr(kind, name, kept if on else _nothing)
    return on
