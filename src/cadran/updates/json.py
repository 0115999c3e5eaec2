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
from cadran.updates.update import ChartDataUpdated, KpiUpdated, TableUpdated, Update, XKind

_Number = int | float | None


class KpiMessage(msgspec.Struct, tag="KpiUpdated", forbid_unknown_fields=True):
    """``age``: measured so many seconds ago, for senders without a clock to trust; never together with ``at``."""

    key: str
    value: int | float | bool | str | None
    at: float | None = None
    age: float | None = None

    def update(self, arrival: Arrival) -> Update:
        return KpiUpdated(self.key, self.value, arrival.at(self.at, self.age, f"KpiUpdated({self.key!r}).age"))


class _Points(msgspec.Struct, tag="ChartDataUpdated", forbid_unknown_fields=True):
    series: str
    points: list[tuple[_Number, _Number]]
    replace: bool = False
    x: XKind = "time"

    def update(self, arrival: Arrival) -> Update:
        return ChartDataUpdated(self.series, self.points, self.replace, self.x)


class _Table(msgspec.Struct, tag="TableUpdated", forbid_unknown_fields=True):
    table: str
    rows: list[dict[str, int | float | bool | str | None]]
    key: str | None = None

    def update(self, arrival: Arrival) -> Update:
        return TableUpdated(self.table, self.rows, self.key)


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
