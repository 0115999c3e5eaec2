"""Whether compressing frames pays: what ``permessage-deflate`` would save of real messages, and what it costs a viewer.

The messages are those that the core gives a viewer of twelve live lines and eight cards, ten times a second.
"""

from __future__ import annotations

import statistics
import sys
import time
import tracemalloc
import zlib
from collections.abc import Sequence
from typing import NamedTuple

import cadran as cd
from bench.contenders.cadran import VIEWER_PX
from bench.load import Generator, Load
from bench.screens import live_screen
from cadran import testing
from cadran.channel import Channel
from cadran.testing import HeadlessViewer

RATES = (10, 100, 1_000, 10_000)
NUM_UPDATES = 100
COLD_SECS = 0.02
"""Between two messages: what is at rest meanwhile is cold, as it is ten times a second."""


class Setting(NamedTuple):
    """How a server might compress."""

    name: str
    level: int
    window_bits: int
    mem_level: int
    keeps_context: bool
    """Whether a viewer's compressor remembers the messages before."""

    def compressor(self) -> zlib._Compress:
        """Return one for a viewer, or for a message."""
        return zlib.compressobj(self.level, zlib.DEFLATED, -self.window_bits, self.mem_level)


SETTINGS = (
    Setting("level 1", 1, 15, 8, keeps_context=True),
    Setting("level 6", 6, 15, 8, keeps_context=True),
    Setting("level 1, 4 KiB of window", 1, 12, 5, keeps_context=True),
    Setting("level 1, each message alone", 1, 15, 8, keeps_context=False),
)


class Noting(HeadlessViewer):
    """Keeps what it hears."""

    def __init__(self) -> None:
        super().__init__(px=VIEWER_PX)
        self.messages: list[bytes] = []

    def hear(self, data: bytes) -> None:
        self.messages.append(data)
        super().hear(data)


def main() -> int:
    """Print a table of bytes and processor time. Returns the exit code."""
    print("| message | kB | compressed | kB | µs | µs after a pause |")
    print("| --- | ---: | --- | ---: | ---: | ---: |")
    for rate in RATES:
        first, updates = messages_of(rate)
        _print(f"an update, {rate:,} points/s", updates, SETTINGS if rate == RATES[-1] else SETTINGS[:1])
    _print(f"the first picture, in {len(first)} messages", [b"".join(first)], SETTINGS[-1:])
    for setting in SETTINGS[:3]:
        print(f"\nA viewer's compressor ({setting.name}) takes {_memory_bytes(setting) / 1024:.0f} KiB.")
    return 0


def messages_of(points_per_sec: int) -> tuple[list[bytes], list[bytes]]:
    """Return what a viewer is sent until it has a picture, and then, one for each update."""
    load = Load(began=time.time(), points_per_sec=points_per_sec, updates_per_sec=10.0)
    with testing.open(live_screen(load)) as live:
        (press,) = (source for source in live.program.sources if isinstance(source, Channel))
        generator = Generator(load, lambda: live.clock.now().wall)

        def feed() -> None:
            update = generator.update()
            lines = (cd.ChartDataUpdated.xy(f"line{i}", update.xs, ys) for i, ys in enumerate(update.ys))
            press.send(*lines, *(cd.KpiUpdated(f"kpi{i}", value) for i, value in enumerate(update.kpis)))
            live.advance(1 / load.updates_per_sec)

        feed()
        viewer = Noting()
        live.viewer(viewer=viewer)
        live.advance("2s")
        first, viewer.messages = viewer.messages, []
        feed()  # what passed since
        viewer.messages = []
        for _ in range(NUM_UPDATES):
            feed()
        return first, [one for one in viewer.messages if len(one) > 100]  # no beats


def _print(what: str, messages: Sequence[bytes], settings: Sequence[Setting]) -> None:
    num_bytes = statistics.mean(map(len, messages))
    for setting in settings:
        hot = _compressed(setting, messages, 0.0)
        cold = _compressed(setting, messages, COLD_SECS)
        small = statistics.mean(size for size, _ in hot)
        micros = [statistics.median(micros for _, micros in found) for found in (hot, cold)]
        print(f"| {what} | {num_bytes / 1000:.2f} | {setting.name} | {small / 1000:.2f}", end=" ")
        print(f"| {micros[0]:.0f} | {micros[1]:.0f} |", flush=True)


def _compressed(setting: Setting, messages: Sequence[bytes], pause_secs: float) -> list[tuple[int, float]]:
    """Return the bytes of each message as they would be sent, and the µs of processor time that it took."""
    found: list[tuple[int, float]] = []
    compressor = setting.compressor()
    for message in messages:
        time.sleep(pause_secs)
        began = time.thread_time_ns()
        if not setting.keeps_context:
            compressor = setting.compressor()
        data = compressor.compress(message) + compressor.flush(zlib.Z_SYNC_FLUSH)
        found.append((len(data) - 4, (time.thread_time_ns() - began) / 1000))
    return found


def _memory_bytes(setting: Setting) -> int:
    """Return what a compressor holds."""
    tracemalloc.start()
    kept = [setting.compressor() for _ in range(10)]
    num_bytes = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return num_bytes // len(kept)


if __name__ == "__main__":
    sys.exit(main())
