"""Databases as people have them, oddities included. Each is made in a file that nobody has seen before.

``NOW`` is the present of all of them: what is live ends there.
"""

from __future__ import annotations

import csv
import gzip
import json
import math
import sqlite3
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

NOW = 1_767_225_600.0 + 11 * 3600  # 2026-01-01 11:00 UTC, in the virtual clock's neighbourhood
REGIONS = ("north", "south", "east", "west")
Made = Callable[[Path], Path]


def write(path: Path, *statements: str, rows: dict[str, Iterable[tuple[object, ...]]] | None = None) -> Path:
    """Make a SQLite file. ``rows``: by the statement that inserts one."""
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    for statement, values in (rows or {}).items():
        connection.executemany(statement, values)
    connection.commit()
    connection.close()
    return path


def iso(secs: float) -> str:
    return datetime.fromtimestamp(secs, UTC).strftime("%Y-%m-%d %H:%M:%S")


def shop(folder: Path) -> Path:
    """Orders that come all day, customers, and the foreign key between them."""
    orders = [
        (
            number, number % 40 + 1, iso(NOW - (3000 - number) * 120 - number * number % 97), REGIONS[number * 7 % 4],
            ("card", "cash", "invoice")[number % 3], round(20 + 15 * math.sin(number / 40) + number % 11, 2), "EUR",
            number % 5 + 1,
        )
        for number in range(1, 3001)
    ]  # fmt: skip
    return write(
        folder / "shop.db",
        "CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, country TEXT, since DATE)",
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers(id), created_at TEXT, "
        "region TEXT, payment TEXT, amount REAL, currency TEXT, quantity INTEGER)",
        rows={
            "INSERT INTO customers VALUES (?, ?, ?, ?)": [
                (number, f"Customer {number}", ("FR", "DE", "ES")[number % 3], f"2024-{number % 12 + 1:02d}-15")
                for number in range(1, 41)
            ],
            "INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?)": orders,
        },
    )


def sensors(folder: Path) -> Path:
    """Regular samples with times in whole milliseconds, in a table without a primary key."""
    samples = [
        (int((NOW - (5000 - number) * 10) * 1000), 20 + 3 * math.sin(number / 200), 18 + 2 * math.sin(number / 150),
         50 + number % 7, 48.8566, 2.3522)
        for number in range(5001)
    ]  # fmt: skip
    return write(
        folder / "sensors.db",
        "CREATE TABLE samples (ts INTEGER, temp_inside REAL, temp_outside REAL, humidity_pct REAL, lat REAL, lon REAL)",
        rows={"INSERT INTO samples VALUES (?, ?, ?, ?, ?, ?)": samples},
    )


def epochs(folder: Path) -> Path:
    """Times as whole seconds, milliseconds and microseconds, each in a table of its own."""
    return write(
        folder / "epochs.db",
        *(f"CREATE TABLE in_{unit} (id INTEGER PRIMARY KEY, at INTEGER, value REAL)" for unit in ("s", "ms", "us")),
        rows={
            f"INSERT INTO in_{unit} VALUES (?, ?, ?)": [
                (number, int((NOW - (400 - number) * 60 - number % 9) * per_sec), float(number % 13))
                for number in range(400)
            ]
            for unit, per_sec in (("s", 1), ("ms", 1_000), ("us", 1_000_000))
        },
    )  # fmt: skip


def no_time(folder: Path) -> Path:
    """No column says when."""
    return write(
        folder / "stock.db",
        "CREATE TABLE stock (sku TEXT PRIMARY KEY, warehouse TEXT, quantity INTEGER, unit_price REAL)",
        rows={
            "INSERT INTO stock VALUES (?, ?, ?, ?)": [
                (f"SKU-{number:04d}", f"W{number % 3}", number % 17, 2.5 + number) for number in range(300)
            ]
        },
    )


def wide(folder: Path) -> Path:
    """Three hundred columns."""
    names = ", ".join(f"m{number:03d} REAL" for number in range(298))
    return write(
        folder / "wide.db",
        f"CREATE TABLE wide (id INTEGER PRIMARY KEY, at TEXT, {names})",
        rows={
            f"INSERT INTO wide VALUES ({', '.join('?' * 300)})": [
                (row, iso(NOW - (200 - row) * 60), *(float(row * number % 101) for number in range(298)))
                for row in range(200)
            ]
        },
    )


def hostile_names(folder: Path) -> Path:
    """Reserved words, quotes, spaces and what looks like SQL, in names of tables and columns."""
    columns = '"select" TEXT, "order" INTEGER, "a""b" REAL, "c`d" REAL, "e f" TEXT, "x]; DROP TABLE ""group""" REAL'
    return write(
        folder / "names.db",
        f'CREATE TABLE "group" ("when" TEXT, {columns})',
        'CREATE TABLE "it\'s ""quoted"" :name" (":id" INTEGER PRIMARY KEY, "%s" REAL, "été" TEXT)',
        'CREATE TABLE "1; DELETE FROM x" (x INTEGER)',
        rows={
            'INSERT INTO "group" VALUES (?, ?, ?, ?, ?, ?, ?)': [
                (
                    iso(NOW - (100 - row) * 600),
                    "ab"[row % 2],
                    row % 7,
                    row / 3,
                    row * 2.5,
                    f"kind {row % 3}",
                    float(row),
                )
                for row in range(100)
            ],
            'INSERT INTO "it\'s ""quoted"" :name" VALUES (?, ?, ?)': [
                (row, row / 7, ("oui", "non")[row % 2]) for row in range(60)
            ],
            'INSERT INTO "1; DELETE FROM x" VALUES (?)': [(row,) for row in range(10)],
        },
    )


def views(folder: Path) -> Path:
    """A view that is right, one that groups, one whose table is gone."""
    path = shop(folder)
    connection = sqlite3.connect(path)
    connection.executescript(
        "CREATE VIEW recent AS SELECT id, created_at, region, amount FROM orders WHERE id > 2000;"
        "CREATE VIEW by_region AS SELECT region, sum(amount) AS amount, count(*) AS orders FROM orders GROUP BY region;"
        "CREATE TABLE gone (x); CREATE VIEW broken AS SELECT x FROM gone; DROP TABLE gone;"
    )
    connection.close()
    return path


def empty(folder: Path) -> Path:
    """Tables without a row."""
    return write(
        folder / "empty.db",
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, created_at TEXT, amount REAL)",
        "CREATE TABLE without_types (a, b, c)",
    )


def nulls(folder: Path) -> Path:
    """NULL nearly everywhere, and a column that is nothing else."""
    return write(
        folder / "nulls.db",
        "CREATE TABLE readings (id INTEGER PRIMARY KEY, at TEXT, value REAL, never REAL, kind TEXT)",
        rows={
            "INSERT INTO readings VALUES (?, ?, ?, ?, ?)": [
                (
                    row, None if row % 4 == 0 else iso(NOW - (500 - row) * 90), None if row % 3 else row / 10, None,
                    None if row % 2 else "ab"[row // 2 % 2],
                )
                for row in range(500)
            ]
        },
    )  # fmt: skip


def blobs(folder: Path) -> Path:
    """Blobs in a column of that type and in one without a type, and very long texts."""
    return write(
        folder / "blobs.db",
        "CREATE TABLE pictures (id INTEGER PRIMARY KEY, taken TEXT, size INTEGER, data BLOB, anything, story TEXT)",
        rows={
            "INSERT INTO pictures VALUES (?, ?, ?, ?, ?, ?)": [
                (row, iso(NOW - (60 - row) * 3600), 1000 + row, b"\xff" * 20_000, b"\x00\x01", "word " * 2_000)
                for row in range(60)
            ]
        },
    )


def old(folder: Path) -> Path:
    """Data that ended years ago: there is nothing in the last 24 hours."""
    return write(
        folder / "old.db",
        "CREATE TABLE trades (id INTEGER PRIMARY KEY, traded_on DATE, symbol TEXT, price REAL)",
        rows={
            "INSERT INTO trades VALUES (?, ?, ?, ?)": [
                (
                    day * 3 + at, (datetime(2015, 1, 1) + timedelta(days=day)).strftime("%Y-%m-%d"), symbol,
                    100 + 10 * at + 8 * math.sin(day / 20 + at),
                )
                for day in range(400)
                for at, symbol in enumerate(("ABC", "DEF", "GHI"))
            ]
        },
    )  # fmt: skip


def mixed(folder: Path) -> Path:
    """Values of several types in one column, as SQLite allows, and texts that are nearly times."""
    return write(
        folder / "mixed.db",
        "CREATE TABLE mixed (id INTEGER PRIMARY KEY, value, at TEXT)",
        rows={
            "INSERT INTO mixed VALUES (?, ?, ?)": [
                (row, (row, "text", 1.5, None)[row % 4], iso(NOW - row * 60) if row != 17 else "yesterday")
                for row in range(80)
            ]
        },
    )  # fmt: skip


def large(path: Path, num_rows: int, *, with_key: bool = False) -> Path:
    """Many rows without an index; times in seconds, one row a second, the last one now."""
    first = int(NOW) - num_rows
    key = "id INTEGER PRIMARY KEY, " if with_key else ""
    return write(
        path,
        f"CREATE TABLE events ({key}at INTEGER, kind TEXT, amount REAL)",
        f"""
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {num_rows})
        INSERT INTO events (at, kind, amount) SELECT {first} + i, substr('abcd', i % 4 + 1, 1), i % 100 / 4.0 FROM n
        """,
    )


def seattle_weather(folder: Path) -> Path:
    """Four years of weather, as a package ships it."""
    with _data("vega_datasets", "_data/seattle-weather.csv").open(newline="") as file:
        rows = [tuple(row) for row in csv.reader(file)][1:]
    return write(
        folder / "weather.db",
        "CREATE TABLE seattle_weather (date DATE, precipitation REAL, temp_max REAL, temp_min REAL, wind REAL, "
        "weather TEXT)",
        rows={"INSERT INTO seattle_weather VALUES (?, ?, ?, ?, ?, ?)": rows},
    )


def cars(folder: Path) -> Path:
    """Cars with what they consume: no key, dates that are years."""
    rows = json.loads(_data("vega_datasets", "_data/cars.json").read_text())
    names = list(rows[0])
    values = [tuple(row[name] for name in names) for row in rows]
    return write(
        folder / "cars.db",
        f"CREATE TABLE cars ({', '.join(names)})",
        rows={f"INSERT INTO cars VALUES ({', '.join('?' * len(names))})": values},
    )


def superstore(folder: Path) -> Path:
    """Orders of a shop over four years, names with blanks and dashes, as another package ships them."""
    with gzip.open(
        _data("bokeh_sampledata", "_data/SampleSuperstore.csv.gz"), "rt", encoding="cp1252", newline=""
    ) as file:
        names, *rows = list(csv.reader(file))
    numbers = {"Sales", "Quantity", "Discount", "Profit"}
    written = ", ".join(f'"{name}" {"REAL" if name in numbers else "TEXT"}' for name in names)
    return write(
        folder / "superstore.db",
        f"CREATE TABLE superstore ({written})",
        rows={f"INSERT INTO superstore VALUES ({', '.join('?' * len(names))})": map(tuple, rows)},
    )  # fmt: skip


def _data(package: str, path: str) -> Path:
    spec = find_spec(package)
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / path


ALL: dict[str, Made] = {
    made.__name__: made
    for made in (
        shop, sensors, epochs, no_time, wide, hostile_names, views, empty, nulls, blobs, old, mixed, seattle_weather,
        cars, superstore,
    )
}  # fmt: skip
