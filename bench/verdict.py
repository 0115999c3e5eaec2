"""One figure to reach, and whether it is: what the tables of targets are made with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from bench.numerals import number


class Verdict(NamedTuple):
    """One line of the table."""

    workload: str
    wanted: str
    measured: str
    """Empty: not measured."""
    holds: bool | None
    """None: not measured."""


Named = tuple[str, float]
"""What a value is of, and the value."""


def verdict(
    workload: str,
    wanted: str,
    values: Sequence[tuple[str, float | None]],
    is_met: Callable[[float], bool],
    beside: str = "",
) -> Verdict:
    """All values must meet the figure; one that does not settles it, one that was not measured leaves it open.

    ``beside``: what is said after them, and decides nothing.
    """
    known: list[Named] = [(name, value) for name, value in values if value is not None]
    text = ", ".join(f"{name} {number(value)}".strip() for name, value in known)
    text = "; ".join(one for one in (text, beside) if one)
    if not all(is_met(value) for _, value in known):
        return Verdict(workload, wanted, text, False)
    return Verdict(workload, wanted, text, True if known and len(known) == len(values) else None)


def at_least(least: float) -> Callable[[float], bool]:
    """Met from this on."""
    return lambda value: value >= least


def at_most(most: float) -> Callable[[float], bool]:
    """Met up to this."""
    return lambda value: value <= most


def below(limit: float) -> Callable[[float], bool]:
    """Met under this."""
    return lambda value: value < limit


def quotient(one: float | None, other: float | None) -> float | None:
    """Return one ÷ other; None where either is not known, or the other is nothing."""
    return one / other if one is not None and other else None


def least(found: Sequence[Named]) -> list[tuple[str, float | None]]:
    """Return the least of named values, if there is any."""
    return [min(found, key=lambda one: one[1])] if found else []
