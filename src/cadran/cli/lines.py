"""``cadran send CHANNEL -``: lines from standard input, sent as they come, each a value, a point or JSON."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from cadran.cli.values import number_from_text, pair_from_text
from cadran.client import ClientStatistics, RemoteChannel
from cadran.errors import UsageError
from cadran.updates import ChartDataUpdated, KpiUpdated, Update, XKind, decode_updates

LINE_BYTES_MAX = 1024 * 1024
WRONG_SHOWN_MAX = 10
LINES_PER_LOOK = 500
"""So many lines are read between two looks at whether the server keeps up."""
_INTERRUPTED_SECS = 2.0
_KINDS: dict[str, XKind] = {"time": "time", "number": "number", "now": "time"}
_EXPECTED = 'expected KEY=VALUE, "SERIES X Y" or JSON'


@dataclass
class Pipe:
    """Lines on their way to a channel. ``x``: ``time``, ``number``, or ``now``: then a line is ``SERIES Y``."""

    channel: RemoteChannel
    x: str = "time"
    wait_secs: float = 10.0
    """How long the pipe may be held back while the server does not keep up, and how long to wait at the end."""
    num_wrong: int = 0
    _is_behind: bool = False

    def send_all(self, stream: IO[bytes]) -> bool:
        """Send each line as it comes; return whether the server took all of it."""
        try:
            for number, line in _lines(stream):
                self._send(number, line)
                if number % LINES_PER_LOOK == 0:
                    self._let_catch_up()
        except KeyboardInterrupt:
            self.channel.flush(min(self.wait_secs, _INTERRUPTED_SECS))
            raise
        return self.channel.flush(self.wait_secs)

    def _send(self, number: int, line: bytes) -> None:
        try:
            self.channel.send(*updates_from_line(line, self.x))
        except UsageError as error:
            self.num_wrong += 1
            if self.num_wrong <= WRONG_SHOWN_MAX:
                print(f"cadran: line {number}: {error}", file=sys.stderr)

    def _let_catch_up(self) -> None:
        """Hold the pipe back rather than drop points; once it was held in vain, no longer until there is room."""
        self._is_behind = not self.channel.wait_for_room(0.001 if self._is_behind else self.wait_secs)


def updates_from_line(line: bytes, x: str) -> list[Update]:
    """Return what a line says, nothing for a blank one. Raises ``UsageError`` for what says nothing."""
    if len(line) > LINE_BYTES_MAX:
        raise UsageError(f"{_EXPECTED} of at most {LINE_BYTES_MAX:,} bytes, got more")
    if line.lstrip()[:1] in (b"{", b"["):
        return decode_updates(line)
    try:
        text = line.decode().strip()
    except UnicodeDecodeError:
        raise UsageError(f"{_EXPECTED}, got bytes that are not UTF-8") from None
    if not text:
        return []
    if "=" in text:
        return [KpiUpdated(*pair_from_text(text))]
    parts = text.split()
    if x == "now" and len(parts) == 2:
        parts = [parts[0], repr(time.time()), parts[1]]
    if len(parts) != 3:
        raise UsageError(f"{_EXPECTED}, got {text[:100]!r}")
    series, at, value = parts
    return [ChartDataUpdated(series, [(number_from_text(at), number_from_text(value))], x=_KINDS[x])]


def _lines(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield lines by number, what is longer than the bound cut just past it."""
    number = 0
    while line := stream.readline(LINE_BYTES_MAX + 1):
        number += 1
        yield number, line
        while len(line) > LINE_BYTES_MAX and not line.endswith(b"\n") and line:
            line = stream.readline(LINE_BYTES_MAX + 1)  # the rest of it


def report(counts: ClientStatistics, num_wrong: int) -> str:
    """One line for who asked for it."""
    return (
        f"sent {counts.num_sent:,}, accepted {counts.num_accepted:,}, merged {counts.num_merged:,}, "
        f"dropped {counts.num_dropped:,}, refused {counts.num_refused + counts.num_rejected:,}, "
        f"pending {counts.num_pending:,}, wrong lines {num_wrong:,}"
    )
