"""Rows counted, added up or averaged for each step of time; what a proposed screen's lines are made of."""

from __future__ import annotations

from typing import Literal

import numpy as np

from cadran.durations import Duration, parse_secs
from cadran.errors import UsageError
from cadran.polars_when_used import pl
from cadran.readable import Floats, Points
from cadran.store.rows import floats_of, seconds_of

CalendarStep = Literal["month", "quarter", "year"]
_MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "year": 12}
STEPS_MAX = 100_000
WEEK_SECS, MONDAY_SECS = 604_800.0, 4 * 86_400.0  # the first Monday after the beginning of 1970


def per_step(
    rows: pl.DataFrame,
    time: str,
    step: Duration | CalendarStep,
    column: str | None = None,
    *,
    mean: bool = False,
) -> Points:
    """Return one point for each ``step`` of the column ``time``: the number of rows, or the sum or mean of ``column``.

    Steps begin at whole multiples since 1970 UTC, weeks on Mondays, a ``"month"``, ``"quarter"`` or ``"year"`` as in
    the calendar; a point stands where its step begins. A step
    without rows counts 0 and has the sum 0, and no mean. It ends with the newest row; ``.resample`` goes on to
    the present.
    Raises ``UsageError`` for a column that is not there or holds no numbers.
    """
    months = _MONTHS.get(step) if isinstance(step, str) else None
    step_secs = 0.0 if months is not None else parse_secs(step, "step")
    if not rows.columns:
        return Points(np.empty(0), np.empty(0))
    times, numbers = _columns(rows, time, column)
    known = np.isfinite(times) & ~np.isnan(numbers)
    times, numbers = times[known], numbers[known]
    if not times.size:
        return Points(np.empty(0), np.empty(0))
    origin_secs = MONDAY_SECS if months is None and step_secs % WEEK_SECS == 0 else 0.0
    if months is not None:
        places = times.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64) // months
    else:
        places = np.floor((times - origin_secs) / step_secs).astype(np.int64)
    first, num_steps = int(places.min()), int(places.max() - places.min()) + 1
    if num_steps > STEPS_MAX:
        raise UsageError(f"per_step: expected at most {STEPS_MAX:,} steps, got {num_steps:,}: use a longer step")
    places -= first
    ys = np.bincount(places, weights=numbers, minlength=num_steps).astype(np.float64)
    if mean:
        counts = np.bincount(places, minlength=num_steps)
        ys = np.where(counts > 0, ys / np.maximum(counts, 1), np.nan)
    steps = np.arange(num_steps) + first
    if months is not None:
        return Points((steps * months).astype("datetime64[M]").astype("datetime64[s]").astype(np.float64), ys)
    xs: Floats = steps.astype(np.float64) * step_secs + origin_secs
    return Points(xs, ys)


def _columns(rows: pl.DataFrame, time: str, column: str | None) -> tuple[Floats, Floats]:
    for name in (time, column):
        if name is not None and name not in rows.columns:
            raise UsageError(f"expected the column {name!r}, got {', '.join(rows.columns)}")
    times = seconds_of(rows[time])
    if column is None:
        return times, np.ones(times.size)
    if not (rows[column].dtype.is_numeric() or rows[column].dtype in (pl.Boolean, pl.Null)):
        raise UsageError(f"expected numbers in the column {column!r}, got {rows[column].dtype}")
    return times, floats_of(rows[column])
