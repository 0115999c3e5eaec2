"""Bands and reference lines: values that deserve attention."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar, get_args

from cadran.errors import UsageError
from cadran.screen.checks import is_finite, is_list, is_name
from cadran.screen.layout import Band, Level, Reference

Item = TypeVar("Item", Band, Reference)


def above(value: float, level: Level) -> Band:
    """Values above ``value`` are at ``level``: ``good``, ``warning`` or ``error``."""
    return Band(op="above", value=_finite("above()", value), level=_level("above()", level))


def below(value: float, level: Level) -> Band:
    """Values below ``value`` are at ``level``: ``good``, ``warning`` or ``error``."""
    return Band(op="below", value=_finite("below()", value), level=_level("below()", level))


def reference(value: float, label: str, level: Level | None = None) -> Reference:
    """A dashed horizontal line in a chart, with its name."""
    if not is_name(label):
        raise UsageError(f"reference() needs a label, got {label!r}")
    checked = None if level is None else _level("reference()", level)
    return Reference(value=_finite("reference()", value), label=label, level=checked)


def bands_from(values: Iterable[Band]) -> tuple[Band, ...]:
    """Return ``values`` as a tuple; raises ``UsageError`` for anything but bands."""
    return _all_of(values, Band, "bands", 'cd.above(80, "warning")')


def references_from(values: Iterable[Reference]) -> tuple[Reference, ...]:
    """Return ``values`` as a tuple; raises ``UsageError`` for anything but reference lines."""
    return _all_of(values, Reference, "references", 'cd.reference(80, "limit")')


def _all_of(values: Iterable[Item], kind: type[Item], name: str, example: str) -> tuple[Item, ...]:
    if not is_list(values):
        raise UsageError(f"{name} must be a list such as [{example}], got {values!r}")
    items = tuple(values)
    for item in items:
        if not isinstance(item, kind):
            raise UsageError(f"{name} must hold values such as {example}, got {item!r}")
    return items


def _finite(where: str, value: float) -> float:
    if not is_finite(value):
        raise UsageError(f"{where} needs a finite number, got {value!r}")
    return float(value)


def _level(where: str, level: Level) -> Level:
    if level not in get_args(Level):
        raise UsageError(f'{where} needs the level "good", "warning" or "error", got {level!r}')
    return level
