"""What an Arrow stream says of itself, looked through before anything reads it for good.

A reader trusts a stream's own words: how many rows there are, how long a packed buffer is, how deep columns nest.
So a kilobyte can ask for gigabytes, or for more depth than a stack has. Only flat, plain columns pass here, whose
parts lie where they are said to. After the Arrow columnar format, version 1.5, "Encapsulated message format".
"""

from __future__ import annotations

import struct

from cadran.errors import UsageError

COLUMNS_MAX = 4_096
BATCHES_MAX = 1_000
CELLS_MIN = 1_000_000
"""So many cells are let in however few bytes they take; past it, one for each byte."""
_FILE_MAGIC = b"ARROW1"
_CONTINUATION = 0xFFFFFFFF
_SCHEMA, _DICTIONARY, _BATCH = 1, 2, 3
_FLAT_TYPES = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 18, 19, 20, 23, 24})
"""Null, integers, floats, binary, text, bool, decimal, date, time, timestamp, duration; the large and view forms."""


def check_stream(body: bytes) -> None:
    """Raise ``UsageError`` for a stream that a reader should not be given."""
    try:
        _check_messages(body)
    except struct.error:
        raise _broken("a message that reaches past its end") from None


def _check_messages(body: bytes) -> None:
    if body.startswith(_FILE_MAGIC):
        raise UsageError("Arrow: expected the IPC stream format, got a file (Feather); write it as a stream")
    at, num_cells, num_batches, num_columns = 0, 0, 0, -1
    while at < len(body):
        continuation, num_metadata = struct.unpack_from("<Ii", body, at)
        at += 8
        if continuation != _CONTINUATION or not 0 <= num_metadata <= len(body) - at:
            raise _broken("something else")
        if num_metadata == 0:
            return  # the end, as it is marked
        message = _Table.root(body[at : at + num_metadata])
        kind, header = message.number(1, "B"), message.table(2)
        num_body = message.number(3, "q")
        at += num_metadata
        if header is None or not 0 <= num_body <= len(body) - at:
            raise _broken("a part that is longer than what came")
        at += num_body
        if kind == _SCHEMA and num_columns < 0:
            num_columns = _check_schema(header)
        elif kind == _BATCH and num_columns >= 0:
            num_cells += _check_batch(header, num_columns, num_body)
            num_batches += 1
        elif kind == _DICTIONARY:
            raise UsageError("Arrow: expected plain columns, got a dictionary; send it as text")
        else:
            raise _broken("parts out of order")
        if num_batches > BATCHES_MAX:
            raise UsageError(f"Arrow: expected at most {BATCHES_MAX:,} batches, got more; write longer ones")
        if num_cells > max(CELLS_MIN, len(body)):
            raise UsageError(
                f"Arrow: expected at most one cell for each byte, got {num_cells:,} in {len(body):,} bytes"
            )
    if num_columns < 0:
        raise _broken("nothing")


def _check_schema(schema: _Table) -> int:
    fields = schema.tables(1)
    if len(fields) > COLUMNS_MAX:
        raise UsageError(f"Arrow: expected at most {COLUMNS_MAX:,} columns, got {len(fields):,}")
    for index, field in enumerate(fields):
        where = f"Arrow: column {field.text(0) or index!r}"
        if field.number(2, "B") not in _FLAT_TYPES or field.vector(5, 4)[1]:
            raise UsageError(f"{where}: expected numbers, text, dates, times or bytes, got a nested or rare type")
        if field.table(4) is not None:
            raise UsageError(f"{where}: expected plain values, got a dictionary; send it as text")
    return len(fields)


def _check_batch(batch: _Table, num_columns: int, num_body: int) -> int:
    """Return how many cells a batch has."""
    if batch.table(3) is not None:
        raise UsageError(
            "Arrow: expected buffers as they are, got compressed ones; write the stream without compression"
        )
    num_rows = batch.number(0, "q")
    at, num_nodes = batch.vector(1, 16)
    lengths = [batch.unpack("<qq", at + 16 * index)[0] for index in range(num_nodes)]
    if num_rows < 0 or num_nodes != num_columns or any(length != num_rows for length in lengths):
        raise _broken("columns of different lengths")
    at, num_buffers = batch.vector(2, 16)
    buffers = [batch.unpack("<qq", at + 16 * index) for index in range(num_buffers)]
    if any(start < 0 or length < 0 or start + length > num_body for start, length in buffers):
        raise _broken("a buffer outside its part")
    if sum(length for _, length in buffers) > num_body:
        raise _broken("buffers that overlap")
    at, num_counts = batch.vector(4, 8)
    if any(not 0 <= batch.unpack("<q", at + 8 * index)[0] <= num_buffers for index in range(num_counts)):
        raise _broken("more buffers than there are")
    return num_rows * max(1, num_columns)


def _broken(got: str) -> UsageError:
    return UsageError(f"Arrow: expected an IPC stream, got {got}")


class _Table:
    """One table of a FlatBuffer: fields by number, each of them optional, all looked up within bounds."""

    def __init__(self, buffer: bytes, at: int) -> None:
        self._buffer, self._at = buffer, at
        self._vtable = at - self.unpack("<i", at)[0]
        self._num_vtable = self.unpack("<H", self._vtable)[0]

    @classmethod
    def root(cls, buffer: bytes) -> _Table:
        return cls(buffer, struct.unpack_from("<I", buffer, 0)[0])

    def unpack(self, form: str, at: int) -> tuple[int, ...]:
        """As ``struct.unpack_from``, which would take a place before the beginning for one before the end."""
        if at < 0:
            raise struct.error("before the beginning")
        return struct.unpack_from(form, self._buffer, at)

    def _place(self, field: int) -> int | None:
        entry = 4 + 2 * field
        if entry + 2 > self._num_vtable:
            return None
        offset = self.unpack("<H", self._vtable + entry)[0]
        return self._at + offset if offset else None

    def number(self, field: int, form: str) -> int:
        place = self._place(field)
        return 0 if place is None else self.unpack("<" + form, place)[0]

    def table(self, field: int) -> _Table | None:
        place = self._place(field)
        return None if place is None else _Table(self._buffer, place + self.unpack("<I", place)[0])

    def vector(self, field: int, item_bytes: int) -> tuple[int, int]:
        """Return where its items begin, and how many there are."""
        place = self._place(field)
        if place is None:
            return 0, 0
        at = place + self.unpack("<I", place)[0]
        num_items = self.unpack("<I", at)[0]
        if at + 4 + num_items * item_bytes > len(self._buffer):
            raise struct.error("a vector past the end")
        return at + 4, num_items

    def tables(self, field: int) -> list[_Table]:
        at, num_tables = self.vector(field, 4)
        places = [at + 4 * index for index in range(num_tables)]
        return [_Table(self._buffer, place + self.unpack("<I", place)[0]) for place in places]

    def text(self, field: int) -> str:
        at, num_chars = self.vector(field, 1)
        return self._buffer[at : at + num_chars].decode("utf-8", "replace")[:100]
