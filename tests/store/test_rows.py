"""Rows and time."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from cadran.errors import OutsideError
from cadran.store.rows import keep_recent, newest_time, seconds_of

AT = 1_790_000_000.25
MOMENT = datetime.fromtimestamp(AT, UTC)
NAIVE = MOMENT.replace(tzinfo=None)

TIMES: dict[str, tuple[pl.Series, float]] = {
    "float": (pl.Series([AT]), AT),
    "int": (pl.Series([1_790_000_000]), 1_790_000_000.0),
    "float32": (pl.Series([0.5], dtype=pl.Float32), 0.5),
    "uint8": (pl.Series([7], dtype=pl.UInt8), 7.0),
    "date": (pl.Series([date(2026, 9, 21)]), 1_789_948_800.0),
    "naive datetime": (pl.Series([NAIVE]), AT),
    "datetime in ms": (pl.Series([NAIVE], dtype=pl.Datetime("ms")), AT),
    "datetime in ns": (pl.Series([NAIVE], dtype=pl.Datetime("ns")), AT),
    "UTC": (pl.Series([MOMENT]), AT),
    "a zone": (pl.Series([MOMENT.astimezone(ZoneInfo("Europe/Paris"))]), AT),
    "text": (pl.Series([NAIVE.isoformat()]), AT),
    "text with a space": (pl.Series([NAIVE.isoformat(" ")]), AT),
    "text with Z": (pl.Series([NAIVE.isoformat() + "Z"]), AT),
    "text with an offset": (pl.Series([MOMENT.astimezone(timezone(timedelta(hours=2))).isoformat()]), AT),
    "text of a date": (pl.Series(["2026-09-21"]), 1_789_948_800.0),
    "text without fractions": (pl.Series(["2026-09-21T14:13:20"]), 1_790_000_000.0),
}


@pytest.mark.parametrize(("column", "seconds"), TIMES.values(), ids=TIMES.keys())
def test_seconds_of_every_type(column: pl.Series, seconds: float) -> None:
    got = seconds_of(column)
    assert got.dtype == np.float64
    assert got.tolist() == [pytest.approx(seconds, abs=1e-6)]


@pytest.mark.parametrize("dtype", [pl.Float64, pl.Int64, pl.Date, pl.Datetime, pl.String, pl.Null])
def test_what_is_missing_is_nan(dtype: pl.DataType) -> None:
    got = seconds_of(pl.Series([None, None], dtype=dtype))
    assert got.dtype == np.float64
    assert bool(np.isnan(got).all())
    assert seconds_of(pl.Series([], dtype=dtype)).size == 0


def test_missing_among_others() -> None:
    assert np.array_equal(seconds_of(pl.Series(["1970-01-01T00:00:05", None])), [5.0, math.nan], equal_nan=True)
    mixed = seconds_of(pl.Series(["1970-01-01T00:00:05Z", None, "1970-01-01T02:00:07Z"]))
    assert np.array_equal(mixed, [5.0, math.nan, 7_207.0], equal_nan=True)


def test_zoned_and_utc_texts_together() -> None:
    got = seconds_of(pl.Series(["1970-01-01T02:00:05+02:00", "1970-01-01T00:00:07Z"]))
    assert got.tolist() == [5.0, 7.0]


@pytest.mark.parametrize(
    "column", [pl.Series(["yesterday"]), pl.Series([True]), pl.Series([[1]]), pl.Series([b"x"]), pl.Series(["5", "x"])]
)
def test_what_holds_no_times_says_so(column: pl.Series) -> None:
    with pytest.raises(OutsideError, match="should hold"):
        seconds_of(column.alias("ts"))


def test_newest_time() -> None:
    rows = pl.DataFrame({"ts": [5.0, None, 9.0, math.nan], "a": [1, 2, 3, 4]})
    assert newest_time(rows, "ts") == 9.0
    assert newest_time(rows, None) is None
    assert newest_time(rows, "no such column") is None
    assert newest_time(rows.head(0), "ts") is None
    assert newest_time(pl.DataFrame({"ts": [None]}), "ts") is None


def test_keep_recent_drops_what_is_old_and_keeps_what_has_no_time() -> None:
    frame = pl.DataFrame({"ts": [1.0, None, 90.0, 100.0]})
    kept, num_over = keep_recent(frame, "ts", 10.0, 100.0, 1_000)
    assert kept["ts"].to_list() == [None, 90.0, 100.0]
    assert num_over == 0


def test_keep_recent_bounds_rows_and_counts_them() -> None:
    frame = pl.DataFrame({"ts": np.arange(100.0)})
    kept, num_over = keep_recent(frame, None, None, 0.0, 30)
    assert (kept.height, num_over, kept["ts"][0]) == (30, 70, 70.0)
    assert keep_recent(frame, "ts", 10.0, 1_000.0, 30)[0].height == 0


@pytest.mark.parametrize("end", ["", "Z", "+00:00"])
def test_texts_with_and_without_fractions_together(end: str) -> None:
    """As ``isoformat()`` writes them: the fraction is left out where it is 0."""
    texts = [f"1970-01-01T00:00:0{second}{end}" for second in ("5", "6.5", "7.250000", "8")]
    assert seconds_of(pl.Series(texts)).tolist() == [5.0, 6.5, 7.25, 8.0]
    assert seconds_of(pl.Series(texts[::-1])).tolist() == [8.0, 7.25, 6.5, 5.0]


def test_dates_and_datetimes_together() -> None:
    assert seconds_of(pl.Series(["1970-01-02", "1970-01-01T00:00:05"])).tolist() == [86_400.0, 5.0]
