"""What a KPI compares itself with and draws beneath: both computed from what is kept, never remembered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeGuard, cast

from cadran.durations import Duration, format_secs, parse_secs
from cadran.errors import UsageError
from cadran.readable import (
    Aggregate,
    BucketSeries,
    FinishedBuckets,
    Points,
    Previous,
    Rate,
    Readable,
    Scalar,
    SeriesAggregate,
    SeriesLast,
    SeriesReadable,
    Sparkline,
    ValueAgo,
)
from cadran.readable.finished import finished
from cadran.screen.accepts import require_points, require_value, x_kind_of
from cadran.screen.keeps import check_keeps, least_keep_secs
from cadran.screen.layout import Compare, XKind
from cadran.screen.reach import follows_range, has_ended, windows_secs

SPARK_SECS = 300.0
"""The sparkline's window where nothing else says one."""
NUM_SPARK_BUCKETS = 24


@dataclass(frozen=True, slots=True)
class Spark:
    """A sparkline's series and its window."""

    reads: Readable[Points]
    window_secs: float | None
    x: XKind


@dataclass(frozen=True, slots=True)
class KpiPlan:
    """What a KPI reads."""

    value: Readable[object]
    base: Readable[object] | None
    compare: Compare | None
    spark: Spark | None

    @property
    def reads(self) -> tuple[Readable[object], ...]:
        """All that it reads, for its sources."""
        also = (self.base, self.spark.reads if self.spark else None)
        return (self.value, *(readable for readable in also if readable is not None))


def plan_kpi(where: str, value: object, history: object, compare: Duration | None, spark: bool | None) -> KpiPlan:
    """Return what ``ui.kpi`` reads. Raises ``UsageError`` where a change or a sparkline has nothing to come from."""
    shown = require_value(where, value)
    past = None if history is None else require_points(f"{where}: history", history)
    if isinstance(shown, SeriesReadable):
        past = shown if past is None else past
        shown = shown.latest()
    elif past is None and _is_newest_bucket(shown):
        past = shown.of
    # What has buckets of time is compared and drawn by those that have ended, as its newest value is.
    past = finished(past) if isinstance(past, SeriesReadable) else past
    base, compared = _compare(where, shown, past, compare)
    period_secs = compared.period_secs if compared else None
    drawn = _history_spark(where, past, period_secs, spark) if past is not None else _window_spark(where, shown, spark)
    plan = KpiPlan(shown, base, compared, drawn)
    check_keeps(where, *plan.reads)
    return plan


def _compare(
    where: str, value: Readable[object], past: Readable[Points] | None, compare: Duration | None
) -> tuple[Readable[object] | None, Compare | None]:
    if compare is None:
        return None, None
    if compare == "previous":
        return _compare_window(where, value)
    secs = _period_secs(where, compare)
    if past is None:
        raise UsageError(
            f'{where}: compare="{compare}" needs a past: show a series such as press.series("temperature"), '
            f'give history=…, or use compare="previous" over .last("{compare}")'
        )
    x_kind = x_kind_of(where, past, None)
    if x_kind != "time":
        raise UsageError(f'{where}: compare="{compare}" needs a history over "time", got one over "{x_kind}"')
    base = ValueAgo(cast(SeriesReadable, _whole(past)), secs)
    return base, Compare(label=format_secs(secs), period_secs=secs)


def _period_secs(where: str, compare: Duration) -> float:
    try:
        return parse_secs(compare)
    except UsageError:
        raise UsageError(f'{where}: compare must be "previous" or a duration such as "1h", got {compare!r}') from None


def _compare_window(where: str, value: Readable[object]) -> tuple[Readable[object], Compare]:
    windows = windows_secs(value)
    if not windows:
        raise UsageError(
            f'{where}: compare="previous" needs a window: show something over .last("1d"), '
            'or give history=… and a period such as compare="1h"'
        )
    is_fixed = len(windows) == 1 and not follows_range(value)
    label = f"previous {format_secs(windows[0])}" if is_fixed else "previous"
    return Previous(cast(Readable[Scalar], value)), Compare(label=label, period_secs=windows[-1])


def _history_spark(where: str, past: Readable[Points], period_secs: float | None, spark: bool | None) -> Spark | None:
    x_kind = x_kind_of(where, past, None)
    if spark is False or (x_kind == "free" and spark is None):
        return None
    if x_kind == "free":
        raise UsageError(f'{where}: spark=True needs a history over "time" or "number", got one over "free"')
    if x_kind == "number":
        return Spark(past, None, x_kind)
    if isinstance(past, SeriesLast):
        return Spark(past.of, past.window_secs, x_kind)
    wanted_secs = SPARK_SECS
    if isinstance(past, FinishedBuckets):
        wanted_secs = _span_of_buckets(past.of, period_secs)
    elif period_secs:
        return Spark(past, period_secs, x_kind)
    return Spark(past, min(wanted_secs, least_keep_secs(past) or wanted_secs), x_kind)


def _span_of_buckets(series: BucketSeries, period_secs: float | None) -> float:
    """Return in how many seconds lie enough buckets for a sparkline, or all that a window has."""
    windows = windows_secs(series.of)
    return max(windows[0] if windows else NUM_SPARK_BUCKETS * series.every_secs, period_secs or 0.0)


def _is_newest_bucket(value: Readable[object]) -> TypeGuard[SeriesAggregate]:
    """Whether a value is the newest of a resampled series, so that its past is at hand."""
    return isinstance(value, SeriesAggregate) and value.operation == "latest" and isinstance(value.of, FinishedBuckets)


def _window_spark(where: str, value: Readable[object], spark: bool | None) -> Spark | None:
    windows = windows_secs(value)
    is_default = isinstance(value, Aggregate | SeriesAggregate | Rate) and len(windows) == 1 and not has_ended(value)
    if isinstance(value, SeriesAggregate) and isinstance(value.of, FinishedBuckets):
        is_default = False  # a part of its window holds too few of its buckets
    if not (is_default if spark is None else spark):
        return None
    if len(windows) != 1:
        got = "none" if not windows else " and ".join(map(format_secs, windows))
        raise UsageError(
            f'{where}: spark=True needs a past: give history=…, or show something over one window such as .last("1d"); '
            f"got {got}"
        )
    return Spark(Sparkline(cast(Readable[Scalar], value), NUM_SPARK_BUCKETS), windows[0], "time")


def _whole(past: Readable[Points]) -> Readable[Points]:
    return past.of if isinstance(past, SeriesLast) else past
