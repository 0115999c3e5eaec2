"""The screens of the long tests: ``python plant.py FOLDER OPTIONS`` serves them, and prints its address.

``OPTIONS`` is JSON: ``updates_per_sec`` of eight metrics, in ``batches_per_sec``. While there is a file
``FOLDER/quiet`` nothing is sent. The screen ``rates`` reads sources that are quick and slow; a source that is read
twice at the same time gives -1.
"""

from __future__ import annotations

import json
import math
import sys
import threading
import time
from pathlib import Path

import numpy as np

import cadran as cd
from cadran.screen.program import Program
from cadran.server.bind import bind_socket
from cadran.server.run import serve

NUM = 4
HISTORY_SECS = 3_600
SLOW_SECS, STRETCHED_SECS, BUSY_SECS = 5.0, 0.8, 0.02


def load_screen(folder: Path, updates_per_sec: int, batches_per_sec: int) -> cd.DashboardScreen:
    """Four cards and four lines with an hour of noise, and a source that is read each second."""
    press = cd.channel("press", keep="2h", max_items=1_000_000)

    @cd.source(every="1s", name="stock")
    def stock() -> float:
        return 7.0

    @press.feed
    def sample(send: cd.Sender, stop: cd.Stop) -> None:
        now, noise = time.time(), np.random.default_rng(1)
        xs = np.linspace(now - HISTORY_SECS, now, 20_000)
        send(*(cd.ChartDataUpdated.xy(f"v{i}", xs, noise.normal(size=xs.size)) for i in range(NUM)))
        number = 0
        while not stop.wait(1 / batches_per_sec):
            if (folder / "quiet").exists():
                continue
            now = time.time()
            for _ in range(updates_per_sec // batches_per_sec):
                number += 1
                key = number % (2 * NUM)
                if key < NUM:
                    send(cd.KpiUpdated(f"k{key}", math.sin(now + number)))
                else:
                    send(cd.ChartDataUpdated.point(f"v{key - NUM}", now, math.cos(now + number)))

    @cd.screen("Load", slug="bench", zone="UTC")  # by this name the bench's viewers look for it
    def load(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        with ui.columns(4):
            for number in range(NUM):
                ui.kpi(f"K{number}", press.kpi(f"k{number}"))
        for number in range(NUM):
            ui.line(f"V{number}", press.series(f"v{number}"), window=HISTORY_SECS)
        ui.kpi("Stock", stock)

    return load


class Reads:
    """Counts the reads of a source that takes so long, and notices two at once."""

    def __init__(self, secs: float) -> None:
        self._secs = secs
        self._num = 0
        self._lock = threading.Lock()

    def read(self) -> float:
        if not self._lock.acquire(blocking=False):
            return -1.0
        try:
            threading.Event().wait(self._secs)
            self._num += 1
            return float(self._num)
        finally:
            self._lock.release()


def rates_screen() -> cd.DashboardScreen:
    """A source slower than its interval, one that takes most of it, a quick one, and a slow metric."""
    slow_reads, stretched_reads, quick_reads = Reads(SLOW_SECS), Reads(STRETCHED_SECS), Reads(0.0)

    @cd.source(every="1s", name="slow", timeout="30s")
    def slow() -> float:
        return slow_reads.read()

    @cd.source(every="1s", name="stretched")
    def stretched() -> float:
        return stretched_reads.read()

    @cd.source(every="0.1s", name="quick")
    def quick() -> float:
        return quick_reads.read()

    @cd.metric(quick)
    def busy(value: cd.Scalar) -> float:
        until = time.perf_counter() + BUSY_SECS
        while time.perf_counter() < until:
            continue
        return float(value) if isinstance(value, float) else 0.0

    @cd.screen("Rates", zone="UTC")
    def rates(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Slow", slow)
        ui.kpi("Stretched", stretched)
        ui.kpi("Quick", quick)
        ui.kpi("Busy", busy)

    return rates


def main() -> None:
    folder, options = Path(sys.argv[1]), json.loads(sys.argv[2])
    program = Program([load_screen(folder, **options), rates_screen()])

    def announce(url: str) -> None:
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()

    serve(program, sock=bind_socket("127.0.0.1", 0), on_ready=announce)


if __name__ == "__main__":
    main()
