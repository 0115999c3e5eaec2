"""Four years of Seattle's weather, replayed as if it happened now: a day each second, in a SQLite file.

Run it: cadran run examples/seattle_weather.py        (needs the data: pip install vega_datasets)

The file is written by a feeder and read back by queries, as any database would be that another program writes.
`cadran open` proposes a screen for the same file: its path is in the panel "About".
"""

import atexit
import csv
import shutil
import sqlite3
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import cadran as cd

DAY_SECS = 1.0
DAYS_BEFORE = 1_000
FOLDER = Path(tempfile.mkdtemp(prefix="cadran-weather-"))
PATH = FOLDER / "weather.db"
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)


def read_days() -> list[tuple[float, float, float, float, str]]:
    """Return precipitation, the day's highest and lowest temperature, wind and weather, of each day in order."""
    spec = find_spec("vega_datasets")
    if spec is None or spec.origin is None:
        raise SystemExit("this example shows data of another package: pip install vega_datasets")
    with (Path(spec.origin).parent / "_data" / "seattle-weather.csv").open(newline="") as file:
        return [
            (
                float(row["precipitation"]),
                float(row["temp_max"]),
                float(row["temp_min"]),
                float(row["wind"]),
                row["weather"],
            )
            for row in csv.DictReader(file)
        ]


DAYS = read_days()


def make(path: Path, now: float) -> None:
    """Write the days that are over: the last of them has just ended."""
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute(
            "CREATE TABLE IF NOT EXISTS weather (id INTEGER PRIMARY KEY, at REAL, precipitation REAL, "
            "temp_max REAL, temp_min REAL, wind REAL, weather TEXT)"
        )
    write(path, [(number, now - (DAYS_BEFORE - number) * DAY_SECS) for number in range(DAYS_BEFORE)])


def write(path: Path, days: list[tuple[int, float]]) -> None:
    """Add days, each with its number and the moment at which it ends; after the last one the first comes again."""
    with sqlite3.connect(path) as database:
        database.executemany(
            "INSERT INTO weather (at, precipitation, temp_max, temp_min, wind, weather) VALUES (?, ?, ?, ?, ?, ?)",
            [(round(at, 3), *DAYS[number % len(DAYS)]) for number, at in days],
        )


make(PATH, time.time())
replay = cd.channel("replay")


@replay.feed
def go_on(send: cd.Sender, stop: cd.Stop) -> None:
    """Write a day each second."""
    number = DAYS_BEFORE
    while not stop.wait(DAY_SECS):
        write(PATH, [(number, time.time())])
        number += 1
        send(cd.KpiUpdated("days", number))


days = cd.database(f"sqlite:///{PATH}").query(
    "SELECT * FROM weather WHERE id > :cursor ORDER BY id LIMIT :limit",
    cursor="id",
    time="at",
    keep="1h",
    every="1s",
    name="weather",
)


@cd.screen("Seattle, a day each second", refresh="1s", zone="UTC")
def seattle(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
    month = days.last("30s")
    with ui.columns(4):
        ui.kpi("Days replayed", replay.kpi("days"), format=cd.number(0))
        ui.kpi("Highest, mean of 30 days", month.mean("temp_max"), unit="°C", compare="previous", icon="temperature")
        ui.kpi("Lowest, mean of 30 days", month.mean("temp_min"), unit="°C", compare="previous", icon="temperature")
        ui.kpi("Rain of 30 days", month.sum("precipitation"), unit="mm", compare="previous")
    with ui.columns(2):
        ui.line(
            "Temperature, a year",
            days.series("temp_max").named("highest"),
            days.series("temp_min").named("lowest"),
            window="365s",
            unit="°C",
        )
        ui.line(
            "Rain per week, a year", days.resample("7s").sum("precipitation").named("rain"), window="365s", unit="mm"
        )
    with ui.columns(2):
        ui.pie("Weather, a year", days.last("365s").count(by="weather"))
        ui.bar("Rain by weather, a year", days.last("365s").sum("precipitation", by="weather"), unit="mm")
    ui.table("Newest days", days.tail(20), columns=["at", "weather", "temp_max", "temp_min", "precipitation", "wind"])
    ui.text("About", f"The file is {PATH}. To see what cadran open makes of it: cadran open {PATH}")
