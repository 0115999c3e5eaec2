"""Three years of a press in one line: the past read from a database, the present fed by a channel.

    cadran run examples/press_history.py

The first start makes the past, more than three million rows in a SQLite file, which takes some seconds. The file lies
in a folder of its own that goes with the program; with ``PRESS_DB=press.db`` it stays, and the next start goes on.

Try: drag a chart to the right with Shift held, back over the hours; Ctrl and the wheel, out to weeks, months and years,
each as sharp as the pixels; then in again to single seconds; End, or "Back to live". The press wears out over weeks
until its bearing is changed, breaks down now and then, and stands still on Sundays: all of it is there to be found. Two
hours are held in memory. What lies before is read when somebody looks there, in buckets that the database makes.
"""

from __future__ import annotations

import atexit
import math
import os
import shutil
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

import numpy as np

import cadran as cd

DAYS = float(os.environ.get("PRESS_DAYS", 3 * 365))
STEP_SECS = 30.0
"""Between two rows of the past; of the last three hours there is one each second, as the feeder writes."""
DENSE_SECS = 3 * 3600.0
BEARING_DAYS = 47.0
"""A bearing wears out in so many days, and is changed."""

Column = np.ndarray[tuple[int], np.dtype[np.float64]]


def load_at(at: Column) -> Column:
    """Return how hard the press works: 1 by day, less at night, and 0 on Sundays by day and during repairs."""
    weekday, hour = (np.floor(at / 86_400) + 3) % 7, at % 86_400 / 3600
    by_day = (hour >= 6) & (hour < 22)
    load = np.where(by_day, 1.0, 0.6)
    load[(weekday == 6) & (hour >= 6) & (hour < 18)] = 0.0
    load[secs_into_fault(at) > 900] = 0.0
    return load


def secs_into_fault(at: Column) -> Column:
    """Return for how long something has been broken: a fault every nine days and a bit, repaired after two hours."""
    since = at % (9.37 * 86_400)
    return np.where(since < 7_200, since, 0.0)


def vibration_at(at: Column, rng: np.random.Generator) -> Column:
    """Return the vibration in mm/s at wall seconds."""
    wear = 2.4 * (at / 86_400 % BEARING_DAYS / BEARING_DAYS) ** 3
    fault = np.where(secs_into_fault(at) > 0, 4.5, 0.0)
    working = 1.9 + 0.25 * np.sin(2 * math.pi * at / 1_260) + wear + fault
    return np.round((0.2 + load_at(at) * working) * rng.lognormal(0.0, 0.09, at.size), 3)


def temperature_at(at: Column, rng: np.random.Generator) -> Column:
    """Return the oil's temperature in °C at wall seconds: by season, by hour, and warmer at work."""
    season = 6 * np.sin(2 * math.pi * (at / 86_400 - 105) / 365.25)
    by_hour = 2 * np.sin(2 * math.pi * (at / 86_400 - 0.4))
    return np.round(24 + season + by_hour + 22 * load_at(at) + rng.normal(0, 0.4, at.size), 2)


def write(path: Path, at: Column, rng: np.random.Generator) -> tuple[Column, Column]:
    """Write what is measured at wall seconds; return vibration and temperature."""
    vibration, temperature = vibration_at(at, rng), temperature_at(at, rng)
    rows = zip(at.tolist(), vibration.tolist(), temperature.tolist(), strict=True)
    with closing(sqlite3.connect(path)) as database, database:
        database.executemany("INSERT OR IGNORE INTO measured VALUES (?, ?, ?)", rows)
    return vibration, temperature


def make(path: Path, now: float, days: float) -> None:
    """Make the past, but for a week in which nothing was recorded. Does nothing where there is one."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA journal_mode = WAL")
        # Rows lie in the order of their time: a range of it is read without looking elsewhere.
        database.execute(
            "CREATE TABLE IF NOT EXISTS measured (ts REAL PRIMARY KEY, vibration REAL, temperature REAL) WITHOUT ROWID"
        )
        database.execute("CREATE TABLE IF NOT EXISTS faults (id INTEGER PRIMARY KEY, ts REAL, what TEXT)")
        if database.execute("SELECT 1 FROM measured LIMIT 1").fetchone():
            return
    rng = np.random.default_rng(1)
    dense = now - DENSE_SECS
    at = np.arange(now - days * 86_400, dense, STEP_SECS)
    is_lost = (at > now - 0.4 * days * 86_400) & (at < now - 0.4 * days * 86_400 + 7 * 86_400)
    write(path, at[~is_lost], rng)
    write(path, np.arange(math.ceil(dense), now), rng)
    began = at[1:][(secs_into_fault(at[1:]) > 0) & (secs_into_fault(at[:-1]) == 0)]
    faults = [(float(one), ("bearing hot", "oil pressure", "belt torn")[i % 3]) for i, one in enumerate(began)]
    with closing(sqlite3.connect(path)) as database, database:
        database.executemany("INSERT INTO faults (ts, what) VALUES (?, ?)", faults)


def prepare() -> Path:
    """Return the file, with a past in it."""
    given = os.environ.get("PRESS_DB")
    if given is not None:
        path = Path(given).absolute()
    else:
        folder = tempfile.mkdtemp(prefix="cadran-press-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        path = Path(folder) / "press.db"
    make(path, time.time(), DAYS)
    return path


PATH = prepare()
sensors = cd.channel("press", expect="5s", keep="2h")


@sensors.feed
def measure(send: cd.Sender, stop: cd.Stop) -> None:
    """Measure once a second: into the database, and onto the channel."""
    rng = np.random.default_rng()
    with closing(sqlite3.connect(PATH)) as database:
        (newest,) = database.execute("SELECT max(ts) FROM measured").fetchone()
    if time.time() - newest < 300:  # the press went on while this program was starting
        write(PATH, np.arange(newest + 1, time.time()), rng)
    while not stop.wait(1.0):
        at = time.time()
        vibration, temperature = write(PATH, np.array([at]), rng)
        send(cd.ChartDataUpdated.point("vibration", at, vibration.item()))
        send(cd.ChartDataUpdated.point("temperature", at, temperature.item()))


database = cd.database(f"sqlite:///{PATH}")
measured = database.query(
    "SELECT ts, vibration, temperature FROM measured WHERE ts > :cursor AND ts >= :since ORDER BY ts LIMIT :limit",
    cursor="ts", time="ts", every="10s", keep="2h", name="measured",
)  # fmt: skip
faults = database.query("SELECT id, ts, what FROM faults ORDER BY id", key="id", time="ts", every="30s", name="faults")

# One line each: before the seam the database, from there on the channel.
vibration = cd.splice(history=measured.series("vibration"), live=sensors.series("vibration"), name="Vibration")
temperature = cd.splice(history=measured.series("temperature"), live=sensors.series("temperature"), name="Oil")


@cd.screen("Press, three years", slug="press")
def press_screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
    """Numbers of the last minutes, lines of an hour that go back for years, and the faults."""
    strong = [cd.above(4.5, "warning"), cd.above(7.1, "error")]
    with ui.columns(4):
        ui.kpi(
            "Vibration, 1 min", vibration.last("1m").mean(), unit="mm/s", icon="gauge", good="down", bands=strong,
            format=cd.number(2),
        )  # fmt: skip
        ui.kpi("Highest, 1 h", vibration.last("1h").max(), unit="mm/s", good="down", bands=strong)
        ui.kpi("Oil", temperature.latest(), unit="°C", icon="temperature", format=cd.number(1), history=temperature)
        ui.kpi("Faults, 30 days", faults.last("30d").count(), compare="previous", good="down")
    limits = [cd.reference(4.5, "high", "warning"), cd.reference(7.1, "limit", "error")]
    ui.line("Vibration, mm/s", vibration, window="1h", references=limits, y_min=0)
    ui.line("Oil, °C", temperature, window="1h", color=tokens.colors.accent)
    columns = [cd.column("ts", "Began"), cd.column("what", "What")]
    ui.table("Faults", faults.tail(20), key="last-faults", columns=columns)
