"""Whether a column says when a row happened, and how it is written: as a time, as text, or counted since 1970."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cadran.errors import OutsideError
from cadran.polars_when_used import pl
from cadran.readable import Floats
from cadran.store.rows import seconds_of

TimeKind = Literal["time", "text", "slashes", "mdy", "dmy", "dmy dots", "named", "ymd", "year", "s", "ms", "us", "ns"]
PER_SEC: dict[TimeKind, int] = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_FIRST_SECS, _LAST_SECS = 946_684_800, 4_102_444_800  # the years 2000 and 2100
_NAMED = re.compile(
    r"(^|_)(at|on|ts|time|timestamp|date|datetime|day|when|epoch|created|updated|modified|logged|recorded|seen|start|"
    r"started|end|ended|utc|ms|millis|micros|us|ns)(_|$)|time$|date$|_ts$|^t$"
)
_DAY_NAMED = re.compile(r"(^|_)(date|day|on|at|dt|datum|fecha)(_|$)|date$|day$")
_YEAR_NAMED = re.compile(r"year|yr|jahr|ann[ée]e|año|anno")
YEARS_MIN = 5
"""Fewer years are a category: a line through them says nothing."""
_TEXT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?\s?(Z|[+-]\d\d:?\d\d)?)?")
_PARTS = re.compile(r"(\d{1,2})([/.])(\d{1,2})\2\d{4}")
FORMATS: dict[TimeKind, str] = {
    "mdy": "%m/%d/%Y", "dmy": "%d/%m/%Y", "dmy dots": "%d.%m.%Y", "named": "%b %d %Y", "ymd": "%Y%m%d",
}  # fmt: skip
_NAMED_MONTH = re.compile(r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{1,2} \d{4}")
_SLASHES = re.compile(r"\d{4}/\d\d/\d\d( \d\d:\d\d(:\d\d(\.\d+)?)?)?")


@dataclass(frozen=True, slots=True)
class TimeFacts:
    """A column of times."""

    kind: TimeKind
    oldest: float
    """Seconds since 1970 UTC, of what was looked at."""
    newest: float
    has_gaps: bool = False
    """Whether some rows have none."""
    is_date: bool = False
    """Whether all are whole days."""


def time_facts(name: str, column: pl.Series) -> TimeFacts | None:
    """Return how a column says times; None for one that does not. ``name`` counts where numbers alone leave doubt."""
    kind = _kind_of(name.lower(), column)
    if kind is None:
        return None
    try:
        secs = seconds_from(column, kind)
    except OutsideError:
        return None
    known = secs[np.isfinite(secs)]
    if not known.size:
        return None
    is_date = bool((known % 86_400 == 0).all()) and kind not in PER_SEC
    return TimeFacts(kind, float(known.min()), float(known.max()), known.size < secs.size, is_date)


def kind_of_time(column: pl.Series) -> TimeKind | None:
    """Return how a column that is known to hold times says them; a part of it is enough."""
    if column.dtype.is_numeric():
        numbers = column.drop_nulls().cast(pl.Float64).to_numpy()
        if numbers.size and _are_days(numbers):
            return "ymd"
        if numbers.size and _are_years(numbers):
            return "year"
    facts = time_facts("time", column)
    return None if facts is None else facts.kind


def seconds_from(column: pl.Series, kind: TimeKind) -> Floats:
    """Return a column of times as seconds since 1970 UTC, NaN where there is none. Raises ``OutsideError``."""
    if kind == "slashes":
        return seconds_of(column.str.replace_all("/", "-", literal=True))
    if kind in FORMATS:
        texts = column.cast(pl.String) if kind != "ymd" else column.cast(pl.Int64, strict=False).cast(pl.String)
        return seconds_of(texts.str.to_date(FORMATS[kind], strict=False))
    if kind == "year":
        dates = column.cast(pl.Int32, strict=False).to_frame("y").select(pl.date(pl.col("y"), 1, 1))
        return seconds_of(dates.to_series())
    if kind in PER_SEC:
        secs: Floats = seconds_of(column) / PER_SEC[kind]
        return secs
    return seconds_of(column)


def _kind_of(name: str, column: pl.Series) -> TimeKind | None:
    if column.dtype in (pl.Date, pl.Datetime):
        return "time"
    if column.dtype == pl.String:
        return _text_kind(column)
    if column.dtype.is_integer() or column.dtype.is_float():
        return _number_kind(name, column)
    return None


def _text_kind(column: pl.Series) -> TimeKind | None:
    texts = column.drop_nulls()
    if not len(texts):
        return None
    # All of them: one that is none would stop the others from being read.
    if all(_TEXT.fullmatch(text) for text in texts):
        return "text"
    if all(_SLASHES.fullmatch(text) for text in texts):
        return "slashes"
    if all(_NAMED_MONTH.fullmatch(text) for text in texts):
        return "named"
    parts = [_PARTS.fullmatch(text) for text in texts]
    if not all(parts):
        return None
    if any(part and part[2] == "." for part in parts):
        return "dmy dots"
    is_month_second = any(part and int(part[1]) > 12 for part in parts)
    is_month_first = any(part and int(part[3]) > 12 for part in parts)
    if is_month_first == is_month_second:
        return None  # nobody can tell
    return "mdy" if is_month_first else "dmy"


def _number_kind(name: str, column: pl.Series) -> TimeKind | None:
    numbers = column.drop_nulls().cast(pl.Float64).to_numpy()
    if _DAY_NAMED.search(_snake(name)) is not None and numbers.size and _are_days(numbers):
        return "ymd"
    if _YEAR_NAMED.fullmatch(_snake(name)) is not None and _are_years(numbers) and np.unique(numbers).size >= YEARS_MIN:
        return "year"
    numbers = numbers[np.isfinite(numbers) & (numbers > 0)]
    if not numbers.size or numbers.size < 0.5 * max(1, len(column) - column.null_count()):
        return None
    low, high = float(numbers.min()), float(numbers.max())
    for kind, per_sec in PER_SEC.items():
        if _FIRST_SECS * per_sec <= low and high <= _LAST_SECS * per_sec:
            # Large numbers that are no times are seldom in so narrow a range; a name decides for the rest.
            is_narrow = high - low < 0.2 * (_LAST_SECS - _FIRST_SECS) * per_sec and kind != "s"
            if _NAMED.search(_snake(name)) is not None or (is_narrow and column.dtype.is_integer()):
                return kind
    return None


def _are_days(numbers: Floats) -> bool:
    """Whether all are written as the day 20260131 is."""
    months, days = numbers // 100 % 100, numbers % 100
    is_year = (numbers >= 1900_01_01) & (numbers < 2200_01_01)
    return bool((is_year & (months >= 1) & (months <= 12) & (days >= 1) & (days <= 31) & (numbers % 1 == 0)).all())


def _are_years(numbers: Floats) -> bool:
    return bool(((numbers >= 1500) & (numbers < 2200) & (numbers % 1 == 0)).all())


def _snake(name: str) -> str:
    return re.sub(r"\W+", "_", name)
