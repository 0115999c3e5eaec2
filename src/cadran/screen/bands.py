"""Bands and reference lines: values that deserve attention; and the same words as conditions of rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal, TypeVar, get_args, overload

from cadran.errors import UsageError
from cadran.readable import Condition
from cadran.readable.where import Comparable, comparable
from cadran.screen.checks import is_finite, is_list, is_name
from cadran.screen.layout import Band, Level, Reference

Item = TypeVar("Item", Band, Reference)


@overload
def above(value: float, level: Level) -> Band: ...
@overload
def above(value: float | str | date) -> Condition: ...
def above(value: float | str | date, level: Level | None = None) -> Band | Condition:
    """Values above ``value``: a band at ``level`` (``good``, ``warning`` or ``error``), or rows for ``.where(…)``."""
    return _one_sided("above", value, level)


@overload
def below(value: float, level: Level) -> Band: ...
@overload
def below(value: float | str | date) -> Condition: ...
def below(value: float | str | date, level: Level | None = None) -> Band | Condition:
    """Values below ``value``: a band at ``level`` (``good``, ``warning`` or ``error``), or rows for ``.where(…)``."""
    return _one_sided("below", value, level)


def between(low: float | str | date, high: float | str | date) -> Condition:
    """Values from ``low`` to ``high``, both included, for ``.where(…)``: numbers, texts, or dates and times."""
    values = (_limit("between()", low), _limit("between()", high))
    if _kind(values[0]) is not _kind(values[1]):
        raise UsageError(f"between() needs two values of one kind, got {low!r} and {high!r}")
    return Condition("between", values)


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


def _one_sided(op: Literal["above", "below"], value: float | str | date, level: Level | None) -> Band | Condition:
    if level is None:
        return Condition(op, (_limit(f"{op}()", value),))
    if isinstance(value, str | date):
        raise UsageError(f"{op}() needs a finite number, got {value!r}")
    return Band(op=op, value=_finite(f"{op}()", value), level=_level(f"{op}()", level))


def _limit(where: str, value: object) -> Comparable:
    if isinstance(value, str | date):
        return value
    if not is_finite(value):
        raise UsageError(f"{where} needs a finite number, a text, a date or a time, got {value!r}")
    return comparable(value, where)


def _kind(value: Comparable) -> type:
    return next(kind for kind in (str, date, object) if isinstance(value, kind))


def _finite(where: str, value: float) -> float:
    if not is_finite(value):
        raise UsageError(f"{where} needs a finite number, got {value!r}")
    return float(value)


def _level(where: str, level: Level) -> Level:
    if level not in get_args(Level):
        raise UsageError(f'{where} needs the level "good", "warning" or "error", got {level!r}')
    return level
