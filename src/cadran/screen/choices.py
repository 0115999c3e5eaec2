"""What one viewer chose, as far as a screen knows it: checked, bounded, and in one form for equal choices."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple
from urllib.parse import quote

from cadran.durations import parse_secs
from cadran.errors import UsageError
from cadran.screen.controls import ControlSpec, FilterSpec, RangeSpec, SearchSpec

NAMES_MAX = 32
"""So many parameters are looked at."""
VALUES_MAX = 50
VALUE_CHARS_MAX = 200
WALL_MAX = 1e11
"""No custom range lies beyond this wall second."""
Said = Mapping[str, Sequence[str]]
"""Values by parameter, as a viewer or an address says them."""
Why = Literal["unknown", "malformed", "crowded"]


class Refused(NamedTuple):
    """A choice that is ignored, and why."""

    name: str
    why: Why


class Range(NamedTuple):
    """A span, up to now or up to a wall second."""

    secs: float
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """Values by parameter, in the order of the names; what is chosen by default is left out."""

    items: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def of(self, name: str) -> tuple[str, ...]:
        """Return what was chosen of one parameter; empty for nothing."""
        return dict(self.items).get(name, ())

    @property
    def key(self) -> str:
        """Return the same text for equal choices, and only for these; empty for none."""
        return "&".join(
            f"{name}={quote(value, safe='', errors='replace')}" for name, values in self.items for value in values
        )


NO_CHOICES = Choices()


def choices_from(controls: Sequence[ControlSpec], said: Said) -> tuple[Choices, tuple[Refused, ...]]:
    """Return what a viewer chose, and what of it is ignored. Whatever it says, this raises nothing."""
    known = {control.name: control for control in controls}
    taken: dict[str, tuple[str, ...]] = {}
    refused: list[Refused] = []
    for name, values in list(said.items())[:NAMES_MAX]:
        control = known.get(name)
        if control is None:
            refused.append(Refused(name[:40], "unknown"))
            continue
        given = tuple(dict.fromkeys(value for value in values if value))
        if not given:
            continue
        chosen = _checked(control, given)
        if chosen is None:
            refused.append(Refused(name, "malformed"))
        elif chosen:
            taken[name] = chosen
    return Choices(tuple(sorted(taken.items()))), tuple(refused)


def range_from(text: str) -> Range | None:
    """Read a range: ``1h``, or ``FROM~TO`` in seconds since 1970 UTC. None for what is neither."""
    if "~" not in text:
        try:
            return Range(parse_secs(text, "range"))
        except UsageError:
            return None
    first, _, last = text.partition("~")
    try:
        start, end = float(first), float(last)
    except ValueError:
        return None
    if not (math.isfinite(start) and math.isfinite(end) and abs(end) <= WALL_MAX and 0 < end - start <= WALL_MAX):
        return None
    return Range(end - start, end)


def typed(control: ControlSpec, text: str) -> str | int | float | None:
    """Return a value as it is bound to SQL; None where it is none of the control's type."""
    kind = control.type if isinstance(control, FilterSpec) else str
    if kind is str:
        return text
    try:
        number = kind(text)
    except ValueError:
        return None
    is_whole = isinstance(number, int) and -(2**63) <= number < 2**63
    return number if is_whole or (isinstance(number, float) and math.isfinite(number)) else None


def _checked(control: ControlSpec, values: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the values in their one form; empty for what is chosen by default, None for what is malformed."""
    if len(values) > VALUES_MAX or any(len(value) > VALUE_CHARS_MAX or "\0" in value for value in values):
        return None
    if isinstance(control, RangeSpec):
        chosen = range_from(values[0]) if len(values) == 1 else None
        if chosen is None or (chosen.until is None and not 1 <= chosen.secs <= WALL_MAX):
            return None
        if chosen.until is not None:
            return (f"{chosen.until - chosen.secs:.3f}~{chosen.until:.3f}",)
        return () if chosen.secs == control.default_secs else (f"{chosen.secs:.3f}".rstrip("0").rstrip(".") + "s",)
    if isinstance(control, SearchSpec):
        text = values[0].strip()
        return None if len(values) > 1 else (text,) if text else ()
    if len(values) > 1 and not control.several:
        return None
    if control.options is not None and not set(values) <= set(control.options):
        return None
    if any(typed(control, value) is None for value in values):
        return None
    return tuple(sorted(values))
