"""Text in the OpenMetrics 1.0 format: families of samples, each with its type, its unit and a line of help."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"

MetricType = Literal["counter", "gauge", "histogram", "stateset"]


class Family(NamedTuple):
    """What one metric is. ``name`` ends with its unit, without ``_total``; the format adds that to counters."""

    name: str
    type: MetricType
    help: str
    unit: str = ""
    labels: tuple[str, ...] = ()


class Buckets(NamedTuple):
    """A histogram's value: for each bound, and then for all, how many samples did not exceed it."""

    bounds: Sequence[float]
    cumulative: Sequence[int]
    total: float


class Writer:
    """Collects families in order. A sample's label values are given in the order of its family's labels."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def add(self, family: Family, samples: Iterable[tuple[tuple[str, ...], float]]) -> None:
        """Write a family and its samples: label values, number. One without samples is left out."""
        suffix = "_total" if family.type == "counter" else ""
        lines = [
            f"{family.name}{suffix}{_labels(zip(family.labels, values, strict=True))} {_number(value)}"
            for values, value in samples
        ]
        if lines:
            self._lines += [*_head(family), *lines]

    def add_one(self, family: Family, value: float) -> None:
        """Write a family of one sample without labels."""
        self.add(family, [((), value)])

    def add_histogram(self, family: Family, buckets: Buckets) -> None:
        """Write a histogram without labels."""
        bounds = [*buckets.bounds, math.inf]
        self._lines += _head(family)
        self._lines += [
            f"{family.name}_bucket{_labels([('le', _number(float(bound)))])} {count}"
            for bound, count in zip(bounds, buckets.cumulative, strict=True)
        ]
        self._lines += [
            f"{family.name}_count {buckets.cumulative[-1]}",
            f"{family.name}_sum {_number(buckets.total)}",
        ]

    def take(self) -> str:
        """Return what was written since the last call."""
        lines, self._lines = self._lines, []
        return "".join(f"{line}\n" for line in lines)

    def end(self) -> None:
        """Write the last line."""
        self._lines.append("# EOF")


def _head(family: Family) -> list[str]:
    lines = [f"# TYPE {family.name} {family.type}"]
    if family.unit:
        lines.append(f"# UNIT {family.name} {family.unit}")
    return [*lines, f"# HELP {family.name} {_escaped(family.help)}"]


def _labels(pairs: Iterable[tuple[str, str]]) -> str:
    text = ",".join(f'{name}="{_escaped(value)}"' for name, value in pairs)
    return f"{{{text}}}" if text else ""


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _number(value: float) -> str:
    if isinstance(value, int):
        return str(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return repr(value)
