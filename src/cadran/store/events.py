"""What can happen to the store. Every change is one of these, numbered, with its cause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Key(NamedTuple):
    """The name of one value in the store."""

    source: str
    kind: str
    """``kpi``, ``series``, ``table`` or ``whole`` (what a polled source gives)."""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """The value of ``key`` is another."""

    key: Key
    s: int
    cause: str


@dataclass(frozen=True, slots=True)
class From:
    """At ``x >= x0`` the series is now another."""

    key: Key
    s: int
    cause: str
    x0: float


@dataclass(frozen=True, slots=True)
class Reset:
    """Nothing of what the series was counts."""

    key: Key
    s: int
    cause: str


Event = Value | From | Reset
