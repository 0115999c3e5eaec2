"""Times that are texts, read once: of a column that grew, or lost its oldest rows, only what is new is parsed.

To parse a million texts takes a hundred times as long as to see that they are the same ones as before.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from cadran.polars_when_used import pl
from cadran.readable import Floats

REMEMBERED_MIN = 4_096
"""Shorter columns are parsed each time."""
REMEMBERED_ROWS_MAX = 2_000_000
"""So many rows are remembered in all."""
_SHAPE = r"^0000-00-00[T ]?[0:.]*(Z|[+-]00:?00)?$"


class _Parsed(NamedTuple):
    column: pl.Series
    seconds: Floats
    shape: str
    """Of every text in it, each digit as a 0: parsed together or apart, such texts are the same times."""


class ParsedTimes:
    """The columns of texts that were parsed last, for any thread. What it returns is what ``parse`` would."""

    def __init__(self, parse: Callable[[pl.Series], Floats]) -> None:
        self._parse = parse
        self._lock = threading.Lock()
        self._parsed: list[_Parsed] = []

    def seconds(self, column: pl.Series) -> Floats:
        """Return a column of texts as seconds since 1970 UTC, not for writing."""
        if len(column) < REMEMBERED_MIN:
            return self._parse(column)
        with self._lock:
            known = list(self._parsed)
        for before in known:
            parsed = self._grown(before, column)
            if parsed is not None:
                self._remember(parsed, before)
                return parsed.seconds
        seconds = self._parse(column)
        seconds.flags.writeable = False
        shape = shape_of(column)
        if shape is not None:
            self._remember(_Parsed(column, seconds, shape), None)
        return seconds

    def _grown(self, before: _Parsed, column: pl.Series) -> _Parsed | None:
        """Return a column whose rows begin with the last rows of one that is known; None for any other."""
        start = _place_of(column[0], before.column)
        num_same = 0 if start is None else min(len(before.column) - start, len(column))
        if start is None or 2 * num_same < len(column):
            return None
        if not before.column.slice(start, num_same).equals(column.slice(0, num_same)):
            return None
        same = before.seconds[start : start + num_same]
        new = column.slice(num_same)
        if not len(new):
            return _Parsed(column, same, before.shape)
        if shape_of(new) != before.shape:
            return None
        seconds = np.concatenate((same, self._parse(new)))
        seconds.flags.writeable = False
        return _Parsed(column, seconds, before.shape)

    def _remember(self, parsed: _Parsed, before: _Parsed | None) -> None:
        with self._lock:
            kept = [one for one in self._parsed if one is not before]
            self._parsed = [parsed]
            num_rows = len(parsed.column)
            for one in kept:
                num_rows += len(one.column)
                if num_rows <= REMEMBERED_ROWS_MAX:
                    self._parsed.append(one)


def shape_of(column: pl.Series) -> str | None:
    """Return the one shape that all texts have, each digit as a 0; None for several, none, or no ISO 8601."""
    shapes = column.drop_nulls().str.replace_all(r"\d", "0").unique()
    if len(shapes) != 1 or not bool(shapes.str.contains(_SHAPE)[0]):
        return None
    return str(shapes[0])


def _place_of(text: str | None, column: pl.Series) -> int | None:
    if column[0] == text:
        return 0
    places = (column == text).arg_true() if text is not None else pl.Series([], dtype=pl.UInt32)
    return int(places[0]) if len(places) else None
