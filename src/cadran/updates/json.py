"""The JSON form of updates, as ``POST /api/channels/{name}`` takes it.

``{"type": "KpiUpdated", "key": "temperature", "value": 81.2}``, a list of such objects, or the short
form for KPIs, ``{"temperature": 81.2, "state": "ok"}``. An object with ``type`` is never the short form.
"""

from __future__ import annotations

from typing import Any

import msgspec

from cadran.errors import UsageError
from cadran.updates.update import ChartDataUpdated, KpiUpdated, TableUpdated, Update, XKind

_Number = int | float | None


class _Kpi(msgspec.Struct, tag="KpiUpdated", forbid_unknown_fields=True):
    key: str
    value: int | float | bool | str | None
    at: float | None = None

    def update(self) -> Update:
        return KpiUpdated(self.key, self.value, self.at)


class _Points(msgspec.Struct, tag="ChartDataUpdated", forbid_unknown_fields=True):
    series: str
    points: list[tuple[_Number, _Number]]
    replace: bool = False
    x: XKind = "time"

    def update(self) -> Update:
        return ChartDataUpdated(self.series, self.points, self.replace, self.x)


class _Table(msgspec.Struct, tag="TableUpdated", forbid_unknown_fields=True):
    table: str
    rows: list[dict[str, int | float | bool | str | None]]
    key: str | None = None

    def update(self) -> Update:
        return TableUpdated(self.table, self.rows, self.key)


_TAGGED = _Kpi | _Points | _Table
_SHORT = dict[str, int | float | bool | str | None]


def decode_updates(body: bytes) -> list[Update]:
    """Return the updates in ``body``. Raises ``UsageError`` naming the path of what is wrong."""
    try:
        document: Any = msgspec.json.decode(body)
    except RecursionError:
        raise UsageError("updates: expected JSON nested a few levels deep, got deeper") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise UsageError(f"updates: expected JSON, got {problem}") from None
    if isinstance(document, list):
        return [update for index, item in enumerate(document) for update in _updates_from(item, f"$[{index}]")]
    return _updates_from(document, "$")


def _updates_from(item: Any, path: str) -> list[Update]:
    if not isinstance(item, dict):
        raise UsageError(f"updates at {path}: expected an object, got {type(item).__name__}")
    try:
        if "type" in item:
            tagged: _Kpi | _Points | _Table = msgspec.convert(item, _TAGGED)
            return [tagged.update()]
        short = msgspec.convert(item, _SHORT)
        return [KpiUpdated(key, value) for key, value in short.items()]
    except msgspec.ValidationError as problem:
        raise UsageError(f"updates: {str(problem).replace('`$', f'`{path}', 1)}") from None
