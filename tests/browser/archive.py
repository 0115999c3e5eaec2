"""A line whose past is an archive of two months: ``python archive.py PORT FOLDER`` serves it, and FOLDER steers it.

Reads of the past wait while there is a file ``FOLDER/hold``, and fail while there is a file ``FOLDER/broken``.
"""

from __future__ import annotations

import math
import sqlite3
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import cadran as cd
from cadran.engine import Engine
from cadran.errors import OutsideError
from cadran.polars_when_used import pl
from cadran.server import asgi_app
from cadran.server.bind import bind_socket, url_of
from cadran.server.run import Server
from cadran.sources import Database
from cadran.sources.driver import Connection, Driver, Ordered

STEP_SECS, NUM_ROWS = 15, 4 * 86_400
"""Sixty days of the past, up to the start."""
KEEP, WINDOW = "20m", "10m"
FAULT = "the archive's disk is gone"


def strain_at(x: int) -> float:
    """What the archive has at a wall second: a day's wave, and peaks that no neighbour has."""
    return round(10 * math.sin(x / 13_751) + (x * 2_654_435_761 % 1_009) / 1_009, 6)


class Steered:
    """A connection whose reads of the past wait and fail as they are told to."""

    def __init__(self, folder: Path, real: Connection) -> None:
        self._folder = folder
        self._real = real
        self.version, self.is_steady, self.rest, self.close = real.version, real.is_steady, real.rest, real.close
        self._cancelled = threading.Event()

    def fetch(self, sql: str, parameters: Mapping[str, object], max_rows: int, timeout_secs: float) -> pl.DataFrame:
        if "past_from" in sql:
            while (self._folder / "hold").exists() and not self._cancelled.wait(0.01):
                pass
            if (self._folder / "broken").exists():
                raise OutsideError(FAULT)
        return self._real.fetch(sql, parameters, max_rows, timeout_secs)

    def fetch_ordered(
        self, sql: str, parameters: Mapping[str, object], max_rows: int, timeout_secs: float, column: str
    ) -> Ordered:
        return self._real.fetch_ordered(sql, parameters, max_rows, timeout_secs, column)

    def cancel(self) -> None:
        self._cancelled.set()
        self._real.cancel()


class SteeredDriver:
    """A driver of such connections."""

    def __init__(self, folder: Path, real: Driver) -> None:
        self._folder = folder
        self._real = real
        self.name, self.dialect, self.is_typed = real.name, real.dialect, real.is_typed
        self.secrets, self.close = real.secrets, real.close

    def connect(self, timeout_secs: float) -> Connection:
        return Steered(self._folder, self._real.connect(timeout_secs))


def fill(file: Path) -> None:
    file.unlink(missing_ok=True)
    end = int(time.time())
    times = range(end - NUM_ROWS * STEP_SECS, end, STEP_SECS)
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE archive (ts INTEGER PRIMARY KEY, strain REAL)")
        database.executemany("INSERT INTO archive VALUES (?, ?)", ((x, strain_at(x)) for x in times))


def make_program(folder: Path) -> cd.Program:
    file = folder / "archive.db"
    fill(file)
    archive = Database(SteeredDriver(folder, cd.database(f"sqlite:///{file}").driver)).query(
        "SELECT ts, strain FROM archive WHERE ts > :cursor AND ts >= :since ORDER BY ts LIMIT :limit",
        cursor="ts", time="ts", every="30s", keep=KEEP,
    )  # fmt: skip
    press = cd.channel("press")

    @cd.screen("Bridge", zone="UTC")
    def bridge(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Beat", press.kpi("beat"), spark=False)
        ui.line("Strain", cd.splice(history=archive.series("strain"), live=press.series("strain")), window=WINDOW)

    return cd.Program([bridge])


def main() -> None:
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    program = make_program(folder)
    engine = Engine(program)
    listener = bind_socket("127.0.0.1", port)

    def announce() -> None:
        sys.stdout.write(f"{url_of(listener)}\n")
        sys.stdout.flush()

    server = Server(asgi_app(program, engine=engine), on_ready=announce)
    try:
        server.run(sockets=[listener])
    finally:
        engine.stop()


if __name__ == "__main__":
    main()
