"""The screens that Cadran shows in the bench, each written as a user would."""

from __future__ import annotations

import atexit
import shutil
import sqlite3
import tempfile
import time
from pathlib import Path

import numpy as np

import cadran as cd
from bench.load import Floats, Generator, Load, Pace, history
from cadran.sources.database import Database
from cadran.sources.sqlite import SqliteDriver

HISTORY_BATCH = 1_000_000
WINDOW_BATCH = 5_000
"""Points of each line that a feed sends at a time, where it begins with a whole window."""
ROWS_PER_SEC = 10.0
BIG = 2**33
"""Bytes and points that may wait in a channel: a whole history is sent faster than anything drains."""


def live_screen(load: Load) -> cd.DashboardScreen:
    """Return the common screen."""
    press = cd.channel("press", keep=load.window_secs * 1.1, max_items=40_000_000, max_bytes=BIG)

    @cd.screen("Bench", slug="bench")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        with ui.columns(4):
            for kpi in range(load.num_kpis):
                ui.kpi(f"Value {kpi}", press.kpi(f"kpi{kpi}"), key=f"kpi{kpi}")
        with ui.columns(4):
            for line in range(load.num_charts or load.num_lines):
                ui.line(f"Line {line}", press.series(f"line{line}"), window=load.window_secs, key=f"line{line}")

    if not load.is_idle:

        @press.feed
        def sample(send: cd.Sender, stop: cd.Stop) -> None:
            generator, pace = Generator(load), Pace(load.updates_per_sec)
            while not stop.wait(pace.secs_to_next()):
                update = generator.update()
                for start in range(0, update.xs.size - WINDOW_BATCH, WINDOW_BATCH):  # the window, but for its end
                    send(*_lines(update.xs, update.ys, slice(start, start + WINDOW_BATCH)))
                end = slice(max(0, update.xs.size - 1) // WINDOW_BATCH * WINDOW_BATCH, None)
                kpis = (cd.KpiUpdated(f"kpi{i}", value) for i, value in enumerate(update.kpis))
                send(*_lines(update.xs, update.ys, end), *kpis)

    return screen


def _lines(xs: Floats, ys: Floats, part: slice) -> list[cd.ChartDataUpdated]:
    if not xs.size:
        return []
    return [cd.ChartDataUpdated.xy(f"line{i}", xs[part], line[part]) for i, line in enumerate(ys)]


def history_screen(load: Load) -> cd.DashboardScreen:
    """Return a screen of one chart; its data is sent at once."""
    archive = cd.channel("archive", keep=None, max_items=2 * load.history_points, max_bytes=BIG)

    @cd.screen("Bench", slug="bench")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.line("History", archive.series("history", x="number"), key="history")

    xs, ys = history(load.history_points)
    for start in range(0, load.history_points, HISTORY_BATCH):
        part = slice(start, start + HISTORY_BATCH)
        archive.send(cd.ChartDataUpdated.xy("history", xs[part], ys[part], x="number"))
    return screen


class CountedReads(SqliteDriver):
    """A driver that counts the reads that reach the database; it does not trust Cadran's own statistics."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.num_reads = 0

    def version(self) -> object:
        """Each read begins with this."""
        self.num_reads += 1
        return super().version()


def query_screen(load: Load) -> tuple[cd.DashboardScreen, CountedReads]:
    """Return a screen over a SQLite file to which a thread adds rows, and what counts its reads."""
    folder = Path(tempfile.mkdtemp(prefix="bench-sqlite-"))
    atexit.register(shutil.rmtree, folder, True)
    with sqlite3.connect(folder / "shop.db") as database:
        database.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, ts REAL, region TEXT, amount REAL)")
    driver = CountedReads(folder / "shop.db")
    regions = Database(driver).query(
        "SELECT region, count(*) AS orders, sum(amount) AS amount FROM orders GROUP BY region ORDER BY region",
        key="region",
        every=load.query_secs,
    )
    till = cd.channel("till")

    @till.feed
    def sell(send: cd.Sender, stop: cd.Stop) -> None:
        random, pace = np.random.default_rng(3), Pace(ROWS_PER_SEC)
        with sqlite3.connect(folder / "shop.db") as database:
            while not stop.wait(pace.secs_to_next()):
                row = (time.time(), "NESW"[random.integers(4)], float(random.integers(1, 100)))
                database.execute("INSERT INTO orders (ts, region, amount) VALUES (?, ?, ?)", row)
                database.commit()
                send(cd.KpiUpdated("sold", row[2]))

    @cd.screen("Bench", slug="bench")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        with ui.columns(2):
            ui.kpi("Sold", till.kpi("sold"))
            ui.table("Regions", regions, key="regions")

    return screen, driver
