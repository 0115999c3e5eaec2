"""The binary form of updates, MessagePack: what a client sends, quicker to write and to read than JSON.

A list of maps as in the JSON form, but points are ``xs`` and ``ys``, each float64 little-endian as bytes, and a table
is ``frame``, an Arrow IPC stream as bytes.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import msgspec
import numpy as np

from cadran.errors import UsageError
from cadran.updates.arrival import Arrival
from cadran.updates.arrow import frame_from_stream
from cadran.updates.json import KpiMessage
from cadran.updates.update import ChartDataUpdated, TableUpdated, Update, XKind

_FLOAT64 = np.dtype("<f8")


class PointsMessage(msgspec.Struct, tag="ChartDataUpdated", forbid_unknown_fields=True, omit_defaults=True):
    """``xs`` and ``ys``: bytes of as many float64, little-endian; NaN in ``ys`` is a gap."""

    series: str
    xs: memoryview
    ys: memoryview
    replace: bool = False
    x: XKind = "time"

    def update(self, arrival: Arrival) -> Update:
        if len(self.xs) % 8 or len(self.xs) != len(self.ys):
            got = f"{len(self.xs)} and {len(self.ys)} bytes"
            raise UsageError(f"ChartDataUpdated({self.series!r}): expected as many float64 in xs as in ys, got {got}")
        xs, ys = np.frombuffer(self.xs, _FLOAT64), np.frombuffer(self.ys, _FLOAT64)
        return ChartDataUpdated.xy(self.series, xs, ys, replace=self.replace, x=self.x)


class TableMessage(msgspec.Struct, tag="TableUpdated", forbid_unknown_fields=True, omit_defaults=True):
    """``frame``: an Arrow IPC stream."""

    table: str
    frame: bytes
    key: str | None = None

    def update(self, arrival: Arrival) -> Update:
        return TableUpdated(self.table, frame_from_stream(self.frame), self.key)


Message = KpiMessage | PointsMessage | TableMessage
_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(list[Message])


def encode_messages(messages: Sequence[Message]) -> bytes:
    """Return the bytes of a batch."""
    return _ENCODER.encode(messages)


def decode_messages(body: bytes, arrival: Arrival | None = None) -> list[Update]:
    """Return the updates in ``body``. Raises ``UsageError`` naming what is wrong."""
    arrival = arrival or Arrival(time.time())
    try:
        return [_update(message, index, arrival) for index, message in enumerate(_DECODER.decode(body))]
    except RecursionError:
        raise UsageError("updates: expected MessagePack nested a few levels deep, got deeper") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise UsageError(f"updates: expected MessagePack, got {problem}") from None


def _update(message: Message, index: int, arrival: Arrival) -> Update:
    try:
        return message.update(arrival)
    except msgspec.ValidationError as problem:  # what only shows when it is looked at
        raise UsageError(f"updates: {str(problem).replace('`$', f'`$[{index}]', 1)}") from None
