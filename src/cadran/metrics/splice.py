"""Past and present as one: what ``cadran.splice`` describes. Both are read as they lie; nothing is copied."""

from __future__ import annotations

from cadran.metrics.computed import series_of
from cadran.metrics.results import MISSING
from cadran.readable import Points, Readable
from cadran.readable.splice import Chunked, Spliced
from cadran.store import SeriesColumns, SeriesSnapshot


def lacks_values(readable: Readable[object], values: tuple[object, ...]) -> bool:
    """Whether what it reads has not come yet: of past and present one is enough."""
    lack = all if isinstance(readable, Spliced) else any
    return lack(value is MISSING for value in values)


def chunked(readable: Chunked, value: object) -> SeriesSnapshot:
    """Return a series in chunks, whose levels stay as long as it is the same."""
    series = series_of(value, readable)
    if isinstance(series, SeriesSnapshot):
        return series
    columns = SeriesColumns()
    columns.replace(Points(series.xs, series.ys), 0, is_sorted=True)
    return columns.snapshot()


def spliced(readable: Spliced, values: tuple[object, ...]) -> SeriesSnapshot:
    """Return the history before the seam, and the present from it on. Costs chunks, not points."""
    past, live = (value if value is MISSING else chunked(readable.history, value) for value in values)
    if not isinstance(live, SeriesSnapshot) or live.first_x is None:
        return past if isinstance(past, SeriesSnapshot) else SeriesColumns().snapshot()
    seam_x = _seam_of(live, live.first_x, past)
    if live.first_x < seam_x:
        live = live.window(live.count(seam_x, "left"), len(live))
    return live if not isinstance(past, SeriesSnapshot) else live.after(past.before(seam_x))


def _seam_of(live: SeriesSnapshot, first_x: float, past: object) -> float:
    """Return from where on the present is shown: where it began, or behind its last hole that the history fills.

    A history with points in the middle of a hole was read after it began, so it has what came before the hole, too.
    """
    seam_x = max(live.began_x, first_x)
    if not isinstance(past, SeriesSnapshot) or past.first_x is None or past.first_x > seam_x:
        return seam_x
    for before_x, behind_x in reversed(live.holes):
        quarter = (behind_x - before_x) / 4
        if behind_x > seam_x and past.count(behind_x - quarter, "right") > past.count(before_x + quarter, "left"):
            return behind_x
    return seam_x
