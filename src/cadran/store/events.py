"""What can happen to the store. Every change is one of these, numbered, with its cause."""

from __future__ import annotations

from typing import NamedTuple

import msgspec


class Key(NamedTuple):
    """The name of one value in the store."""

    source: str
    kind: str
    """``kpi``, ``series``, ``table`` or ``whole`` (what a polled source gives)."""
    name: str = ""


class Value(msgspec.Struct, frozen=True, gc=False):
    """The value of ``key`` is another."""

    key: Key
    s: int
    cause: str


class From(msgspec.Struct, frozen=True, gc=False):
    """At ``x >= x0`` the series is now another."""

    key: Key
    s: int
    cause: str
    x0: float


class Reset(msgspec.Struct, frozen=True, gc=False):
    """Nothing of what the series was counts."""

    key: Key
    s: int
    cause: str


Event = Value | From | Reset
