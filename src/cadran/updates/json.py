"""The JSON form of updates, as ``POST /api/channels/{name}`` takes it.

``{"type": "KpiUpdated", "key": "temperature", "value": 81.2}``, a list of such objects, or the short
form for KPIs, ``{"temperature": 81.2, "state": "ok"}``. An object with ``type`` is never the short form.
"""

from __future__ import annotations

import time
from typing import Any

import msgspec

from cadran.errors import UsageError
from cadran.updates.arrival import Arrival
from cadran.updates.numbers import describe
from cadran.updates.times import secs_from_time
from cadran.updates.update import ChartDataUpdated, KpiUpdated, TableUpdated, Update, XKind

_Number = int | float | None


class KpiMessage(msgspec.Struct, tag="KpiUpdated", forbid_unknown_fields=True):
    """``age``: measured so many seconds ago, for senders without a clock to trust; never together with ``at``."""

    key: str
    value: int | float | bool | str | None
    at: float | str | None = None
    age: float | None = None

    def update(self, arrival: Arrival) -> Update:
        at = _secs(self.at, "$.at") if isinstance(self.at, str) else self.at
        return KpiUpdated(self.key, self.value, arrival.at(at, self.age, f"KpiUpdated({self.key!r}).age"))


class _Points(msgspec.Struct, tag="ChartDataUpdated", forbid_unknown_fields=True):
    series: str
    points: list[tuple[_Number | str, _Number]]
    """An x may be ISO 8601 text where it is a time; one without a zone is UTC."""
    replace: bool = False
    x: XKind = "time"

    def update(self, arrival: Arrival) -> Update:
        points: list[tuple[_Number, _Number]] = [
            (self._x_of(x, index) if isinstance(x, str) else x, y) for index, (x, y) in enumerate(self.points)
        ]
        return ChartDataUpdated(self.series, points, self.replace, self.x)

    def _x_of(self, text: str, index: int) -> float:
        place = f"$.points[{index}][0]"
        if self.x != "time":
            raise msgspec.ValidationError(f'Expected a number, as x is "{self.x}", got {describe(text)} - at `{place}`')
        return _secs(text, place)


class _Table(msgspec.Struct, tag="TableUpdated", forbid_unknown_fields=True):
    table: str
    rows: list[dict[str, int | float | bool | str | None]]
    key: str | None = None

    def update(self, arrival: Arrival) -> Update:
        return TableUpdated(self.table, self.rows, self.key)


def _secs(text: str, place: str) -> float:
    """Return seconds since 1970 UTC. Raises what a wrong type raises, so that all say alike where it is."""
    found = secs_from_time(text)
    if found is None:
        expected = 'seconds since 1970 UTC or ISO 8601 text such as "2026-11-22T10:00:00Z"'
        raise msgspec.ValidationError(f"Expected {expected}, got {describe(text)} - at `{place}`")
    return found[0]


_TAGGED = KpiMessage | _Points | _Table
_SHORT = dict[str, int | float | bool | str | None]


def decode_updates(body: bytes, arrival: Arrival | None = None) -> list[Update]:
    """Return the updates in ``body``. Raises ``UsageError`` naming the path of what is wrong."""
    return _updates_in(body, arrival or Arrival(time.time()), "")


def decode_lines(body: bytes, arrival: Arrival | None = None) -> list[Update]:
    """Return the updates of NDJSON: each line that is not blank is such a document. ``UsageError`` names the line."""
    arrival = arrival or Arrival(time.time())
    return [
        update
        for number, line in enumerate(body.split(b"\n"), 1)
        if line.strip()
        for update in _updates_in(line, arrival, f"line {number}: ")
    ]


def _updates_in(body: bytes, arrival: Arrival, place: str) -> list[Update]:
    try:
        document: Any = msgspec.json.decode(body)
    except RecursionError:
        raise UsageError(f"{place}updates: expected JSON nested a few levels deep, got deeper") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise UsageError(f"{place}updates: expected JSON, got {problem}") from None
    if not isinstance(document, list):
        return _updates_from(document, "$", arrival, place)
    return [
        update for index, item in enumerate(document) for update in _updates_from(item, f"$[{index}]", arrival, place)
    ]


def _updates_from(item: Any, path: str, arrival: Arrival, place: str) -> list[Update]:
    if not isinstance(item, dict):
        raise UsageError(f"{place}updates at {path}: expected an object, got {type(item).__name__}")
    try:
        if "type" in item:
            tagged: KpiMessage | _Points | _Table = msgspec.convert(item, _TAGGED)
            return [tagged.update(arrival)]
        short = msgspec.convert(item, _SHORT)
        return [KpiMessage(key, value).update(arrival) for key, value in short.items()]
    except msgspec.ValidationError as problem:
        raise UsageError(f"{place}updates: {str(problem).replace('`$', f'`{path}', 1)}") from None
