"""What was measured: samples by repeat, and the figures that are made of them."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

from msgspec import Struct

CADRAN, FLOOR, STROKES = "cadran", "floor", "strokes"
FLOORS = (FLOOR, STROKES)
"""Ratios are to the first; the other draws every point, and takes part where that is asked of it."""
MORE_IS_BETTER = frozenset(
    {"updates painted", "updates painted by each", "lines drawn", "charts drawn", "landed", "caught up", "rows read"}
)
"""Of all other measures less is better."""


class Sample(Struct, frozen=True, kw_only=True):
    """One number of one repeat."""

    workload: str
    case: str
    measure: str
    unit: str
    contender: str
    repeat: int
    value: float


class Figure(Struct, frozen=True, kw_only=True):
    """The median of the repeats, their least and most, and the median ratio to the floor of the same repeat."""

    workload: str
    case: str
    measure: str
    unit: str
    contender: str
    median: float
    least: float
    most: float
    num_repeats: int
    ratio: float | None = None


class Failure(Struct, frozen=True, kw_only=True):
    """Why there is no figure of a contender: it failed, or cannot take part."""

    case: str
    """Empty: in no case of the workload."""
    contender: str
    reason: str


class Part(Struct, frozen=True, kw_only=True):
    """One workload, measured in one run."""

    workload: str
    conditions: dict[str, str]
    contenders: dict[str, str]
    """What each is, by name."""
    figures: tuple[Figure, ...]
    failures: tuple[Failure, ...] = ()


class Results(Struct, frozen=True, kw_only=True):
    """Parts, each of its own run, in the order of their workloads."""

    parts: tuple[Part, ...] = ()

    def merged(self, newer: Results) -> Results:
        """Return these, with each part that is newer in the place of the old one."""
        by_name = {part.workload: part for part in (*self.parts, *newer.parts)}
        return Results(parts=tuple(by_name[name] for name in sorted(by_name)))

    def find(self, workload: str, case: str, measure: str, contender: str = "cadran") -> Figure | None:
        """Return one figure, or None if it was not measured."""
        for part in self.parts:
            if part.workload == workload:
                wanted = (case, measure, contender)
                return next((one for one in part.figures if (one.case, one.measure, one.contender) == wanted), None)
        return None

    def value(self, workload: str, case: str, measure: str, contender: str = "cadran") -> float | None:
        """Return the median of one figure, or None if it was not measured."""
        found = self.find(workload, case, measure, contender)
        return found.median if found else None

    def contenders_of(self, workload: str) -> tuple[str, ...]:
        """Return who took part in a workload, in order."""
        found = [figure.contender for part in self.parts if part.workload == workload for figure in part.figures]
        return tuple(dict.fromkeys(found))

    def failures_of(self, workload: str) -> tuple[Failure, ...]:
        """Return who failed in a workload, and why."""
        return tuple(one for part in self.parts if part.workload == workload for one in part.failures)


class Recorder:
    """Collects the samples of one workload, and who failed in it."""

    def __init__(self, workload: str) -> None:
        self._workload = workload
        self.samples: list[Sample] = []
        self.failures: list[Failure] = []

    def fail(self, case: str, contender: str, reason: str) -> None:
        """Keep why there is no number."""
        self.failures.append(Failure(case=case, contender=contender, reason=reason))

    def add(self, case: str, contender: str, repeat: int, measure: str, unit: str, value: float) -> None:
        """Keep one number."""
        sample = Sample(
            workload=self._workload,
            case=case,
            measure=measure,
            unit=unit,
            contender=contender,
            repeat=repeat,
            value=value,
        )
        self.samples.append(sample)


def figures_of(samples: Iterable[Sample]) -> tuple[Figure, ...]:
    """Return a figure for each workload, case, measure and contender, in the order of their first samples."""
    groups: dict[tuple[str, str, str, str], list[Sample]] = {}
    for one in samples:
        groups.setdefault((one.workload, one.case, one.measure, one.contender), []).append(one)
    return tuple(
        _figure(group, groups.get((workload, case, measure, FLOOR), []))
        for (workload, case, measure, _), group in groups.items()
    )


def _figure(group: Sequence[Sample], floor: Sequence[Sample]) -> Figure:
    first, values = group[0], [one.value for one in group]
    return Figure(
        workload=first.workload,
        case=first.case,
        measure=first.measure,
        unit=first.unit,
        contender=first.contender,
        median=statistics.median(values),
        least=min(values),
        most=max(values),
        num_repeats=len(values),
        ratio=None if first.contender == FLOOR else paired_ratio(group, floor),
    )


def paired_ratio(group: Sequence[Sample], floor: Sequence[Sample]) -> float | None:
    """Return the median over the repeats of value ÷ the floor's; None where no repeat has a floor above 0."""
    floors = {one.repeat: one.value for one in floor if one.value > 0}
    ratios = [one.value / floors[one.repeat] for one in group if one.repeat in floors]
    return statistics.median(ratios) if ratios else None


def quantile(values: Sequence[float], part: float) -> float:
    """Return the least value that ``part`` of all do not exceed (nearest rank). Raises ``ValueError`` for none."""
    if not values:
        raise ValueError("no values, so no quantile")
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, -(-int(part * 1_000_000) * len(ordered) // 1_000_000) - 1))]
