"""CSV, Parquet and NDJSON files, or a folder of them, as a source that grows with them.

A file is looked at by its time of change and its size; only what was added to a text file is read. A last line
without its end waits until it is whole, or nobody has written for a while.
"""

from __future__ import annotations

import contextlib
import io
import os
import threading
import time as clock
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG

from cadran.durations import Duration, parse_secs
from cadran.errors import OutsideError, UsageError
from cadran.open.times import kind_of_time, seconds_from
from cadran.polars_when_used import pl
from cadran.sources import TableFunction
from cadran.sources.plain import plain_frame
from cadran.updates.numbers import describe

MAX_ROWS = 100_000
MAX_BYTES = 64 * 1024 * 1024
"""Of a text file, and of what was added to one since it was last read, so much of its end is read."""
RESTED_SECS = 10.0
"""A file that nobody wrote for so long has a whole last line, with or without its end."""
FILES_MAX = 1_000
"""Of a folder's files so many are read, the last by name."""
ENDINGS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".parquet": "parquet",
    ".pq": "parquet",
}
TIMEOUT = "30s"


def files(
    path: str | os.PathLike[str],
    *,
    every: Duration = "2s",
    time: str | None = None,
    key: str | None = None,
    max_rows: int = MAX_ROWS,
    name: str | None = None,
) -> TableFunction:
    """Follow a CSV, TSV, NDJSON or Parquet file, or all of these in a folder, as it grows.

    ``time`` names the column that says when a row happened: a time, ISO 8601 text, a year, a day such as the number
    20260131, or a count of seconds, ms, µs or ns since 1970. Of more than ``max_rows`` rows the last are kept.
    Raises ``UsageError`` for another kind of file.
    """
    given: object = max_rows
    if isinstance(given, bool) or not isinstance(given, int) or given < 1:
        raise UsageError(f"files: max_rows: expected an int of at least 1, got {describe(max_rows)}")
    followed = FollowedFiles(Path(path), time, max_rows)
    if not followed.path.is_dir() and followed.path.suffix.lower() not in ENDINGS:
        raise UsageError(f"files: expected a folder or a file that ends in {', '.join(ENDINGS)}, got {path}")
    return TableFunction(
        followed.rows,
        followed.path.stem if name is None else name,
        gives="table",
        every_secs=parse_secs(every, "every"),
        timeout_secs=parse_secs(TIMEOUT, "timeout"),
        is_always=False,
        time=time,
        key=key,
        keep_secs=None,
    )


@dataclass(slots=True)
class _Held:
    """What is known of one file."""

    state: tuple[int, int, int]
    """Which file it is, its size, its time of change in ns."""
    end: int
    """Up to which byte it was read."""
    head: bytes
    """The line of a CSV file that names its columns."""
    rows: pl.DataFrame
    rest: bytes = b""
    """A last line without its end."""
    last: pl.DataFrame | None = None
    """That line as a row, once the file has rested for so long that it must be whole."""


class FollowedFiles:
    """The rows of a file or a folder, each part read once."""

    def __init__(self, path: Path, time: str | None, max_rows: int, wall: Callable[[], float] = clock.time) -> None:
        self.path = path.absolute()
        self._time = time
        self._max_rows = max_rows
        self._wall = wall
        self._held: dict[Path, _Held] = {}
        self._rows: pl.DataFrame | None = None
        self._lock = threading.Lock()
        self.num_bytes_read = 0

    def rows(self) -> pl.DataFrame:
        """Return the last rows. Raises ``OutsideError`` for a file that can't be read."""
        with self._lock:
            found = self._found()
            is_changed = self._rows is None or set(found) != set(self._held)
            for gone in set(self._held) - set(found):
                del self._held[gone]
            for file, state in found.items():
                held = self._held.get(file)
                if held is None or held.state != state:
                    self._held[file] = self._read(file, state, held)
                    is_changed = True
                is_changed = self._take_rest(file, self._held[file]) or is_changed
            if is_changed:
                parts = [part for file in found for part in (self._held[file].rows, self._held[file].last)]
                self._rows = self._joined([part for part in parts if part is not None])
            assert self._rows is not None
            return self._rows

    def _take_rest(self, file: Path, held: _Held) -> bool:
        """Make a row of a last line without its end, if it has waited for long; return whether it did."""
        if not held.rest or held.last is not None or self._wall() - held.state[2] / 1e9 < RESTED_SECS:
            return False
        with contextlib.suppress(pl.exceptions.PolarsError):
            held.last = self._timed(_parsed(ENDINGS[file.suffix.lower()], held.head, held.rest + b"\n"))
        held.rest = b""
        return held.last is not None

    def _found(self) -> dict[Path, tuple[int, int, int]]:
        try:
            if self.path.is_dir():
                names = sorted(one for one in os.listdir(self.path) if Path(one).suffix.lower() in ENDINGS)
                paths = [self.path / name for name in names if not name.startswith(".")][-FILES_MAX:]
            else:
                paths = [self.path]
            states = {path: os.stat(path) for path in paths}
        except OSError as problem:
            raise OutsideError(f"{problem.filename or self.path} can't be read: {problem.strerror}") from None
        return {
            path: (one.st_ino, one.st_size, one.st_mtime_ns) for path, one in states.items() if S_ISREG(one.st_mode)
        }

    def _read(self, file: Path, state: tuple[int, int, int], held: _Held | None) -> _Held:
        kind = ENDINGS[file.suffix.lower()]
        try:
            if kind == "parquet":
                rows = pl.scan_parquet(file).tail(self._max_rows).collect()
                self.num_bytes_read += state[1]
                return _Held(state, state[1], b"", self._timed(_plain(rows)))
            return self._read_text(file, kind, state, held)
        except (OSError, pl.exceptions.PolarsError, UnicodeDecodeError) as problem:
            reason = getattr(problem, "strerror", None) or str(problem).partition("\n")[0]
            raise OutsideError(f"{file} can't be read: {reason}") from None

    def _read_text(self, file: Path, kind: str, state: tuple[int, int, int], held: _Held | None) -> _Held:
        with file.open("rb") as opened:
            head = opened.readline(1024 * 1024) if kind != "ndjson" else b""
            if kind != "ndjson" and not head.endswith(b"\n"):
                return _Held(state, 0, b"", pl.DataFrame())  # not even the names are whole
            # Only a file that grew, and begins as before, goes on where it was read to.
            grew = held is not None and held.state[0] == state[0] and state[1] > held.end > 0 and held.head == head
            begin = held.end if held is not None and grew else len(head)
            is_cut = state[1] - begin > MAX_BYTES
            opened.seek(max(begin, state[1] - MAX_BYTES))
            if is_cut:
                opened.readline()
            begin = opened.tell()
            body = opened.read(MAX_BYTES)
        body, rest = body[: body.rfind(b"\n") + 1], body[body.rfind(b"\n") + 1 :]
        self.num_bytes_read += len(head) + len(body)
        rows = self._timed(_parsed(kind, head, body))
        if grew and held is not None:
            rows = self._joined([held.rows, rows])
        return _Held(state, begin + len(body), head, rows.tail(self._max_rows), rest)

    def _timed(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Make a time of the column that is one, however it is written."""
        if self._time is None or self._time not in rows.columns or not rows.height:
            return rows
        column = rows[self._time]
        kind = kind_of_time(column)
        if kind is None or kind == "time":
            return rows
        micros = pl.Series(self._time, seconds_from(column, kind) * 1e6).fill_nan(None).round()
        return rows.with_columns(micros.cast(pl.Int64, strict=False).cast(pl.Datetime("us")))

    def _joined(self, parts: list[pl.DataFrame]) -> pl.DataFrame:
        """Put parts one below the other; a column that one lacks is empty there, one of two types becomes text."""
        filled = [part for part in parts if part.height]  # one without rows knows nothing of its types
        parts = filled or [part for part in parts if part.width][:1]
        if not parts:
            return pl.DataFrame()
        try:
            rows = pl.concat(parts, how="diagonal_relaxed")
        except pl.exceptions.PolarsError:
            kinds: dict[str, set[pl.DataType]] = {}
            for part in parts:
                for name, dtype in part.schema.items():
                    kinds.setdefault(name, set()).add(dtype)
            mixed = [name for name, dtypes in kinds.items() if len(dtypes - {pl.Null()}) > 1]
            texts = [
                part.with_columns([pl.col(name).cast(pl.String) for name in mixed if name in part.columns])
                for part in parts
            ]
            rows = pl.concat(texts, how="diagonal_relaxed")
        return rows.tail(self._max_rows)


def _parsed(kind: str, head: bytes, body: bytes) -> pl.DataFrame:
    if not body.strip():
        return pl.DataFrame() if kind == "ndjson" else _csv(kind, head).clear()
    if kind == "ndjson":
        return _plain(pl.read_ndjson(io.BytesIO(body), infer_schema_length=None, ignore_errors=True))
    return _csv(kind, head + body)


def _csv(kind: str, text: bytes) -> pl.DataFrame:
    first = text.partition(b"\n")[0]
    separators = {"\t": first.count(b"\t"), ";": first.count(b";"), ",": first.count(b",")}
    separator = "\t" if kind == "tsv" else max(separators, key=lambda one: separators[one])
    frame = pl.read_csv(
        io.BytesIO(text), separator=separator, try_parse_dates=True, infer_schema_length=10_000, ignore_errors=True,
        truncate_ragged_lines=True, encoding="utf8-lossy",
    )  # fmt: skip
    return _plain(frame)


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    return plain_frame(frame)
