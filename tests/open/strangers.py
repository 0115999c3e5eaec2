"""Databases of strangers: shapes that people have and nothing was made for. Each ends at a moment that is given."""

from __future__ import annotations

import json
import math
import sqlite3
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
from tests.open.databases import NOW, iso, write

Made = Callable[[Path, float], Path]
HOUR, DAY = 3_600.0, 86_400.0


def readings(folder: Path, now: float = NOW) -> Path:
    """A long table of measurements: which device, which metric, and one column for all values."""
    metrics = (("temperature", 21.0, 3.0), ("humidity", 55.0, 9.0), ("co2_ppm", 700.0, 150.0))
    return write(
        folder / "readings.db",
        "CREATE TABLE devices (id INTEGER PRIMARY KEY, name TEXT, room TEXT)",
        "CREATE TABLE readings (id INTEGER PRIMARY KEY, device_id INTEGER REFERENCES devices (id), metric TEXT, "
        "ts INTEGER, value REAL)",
        rows={
            "INSERT INTO devices VALUES (?, ?, ?)": [
                (number, name, name.split()[0]) for number, name in enumerate(("Kitchen", "Office east", "Cellar"), 1)
            ],
            "INSERT INTO readings (device_id, metric, ts, value) VALUES (?, ?, ?, ?)": [
                (device, metric, int(now - (1200 - step) * 60), round(base + swing * math.sin(step / 90 + device), 2))
                for step in range(1201)
                for device in (1, 2, 3)
                for metric, base, swing in metrics
            ],
        },
    )  # fmt: skip


def star(folder: Path, now: float = NOW) -> Path:
    """A warehouse: facts with keys of dimensions, a day as the number 20260101, no time of day."""
    path = folder / "warehouse.duckdb"
    first = datetime.fromtimestamp(now, UTC) - timedelta(days=119)
    days = [first + timedelta(days=number) for number in range(120)]
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE dim_date (date_key INTEGER PRIMARY KEY, full_date DATE, weekday VARCHAR)")
        connection.execute(
            "CREATE TABLE dim_product (product_key INTEGER PRIMARY KEY, product_name VARCHAR, category VARCHAR)"
        )
        connection.execute("CREATE TABLE dim_store (store_key INTEGER PRIMARY KEY, city VARCHAR, region VARCHAR)")
        connection.execute(
            "CREATE TABLE fact_sales (date_key INTEGER, product_key INTEGER, store_key INTEGER, units_sold INTEGER, "
            "net_amount DECIMAL(12, 2), discount_pct DOUBLE, "
            "FOREIGN KEY (date_key) REFERENCES dim_date (date_key), "
            "FOREIGN KEY (product_key) REFERENCES dim_product (product_key), "
            "FOREIGN KEY (store_key) REFERENCES dim_store (store_key))"
        )
        connection.executemany(
            "INSERT INTO dim_date VALUES (?, ?, ?)",
            [(int(day.strftime("%Y%m%d")), day.date(), day.strftime("%A")) for day in days],
        )
        products = ("Espresso", "Filter", "Decaf", "Kettle", "Grinder", "Mug", "Scale", "Press")
        connection.executemany(
            "INSERT INTO dim_product VALUES (?, ?, ?)",
            [(number, name, "coffee" if number < 4 else "gear") for number, name in enumerate(products, 1)],
        )
        cities = (("Lyon", "south"), ("Lille", "north"), ("Paris", "north"), ("Nice", "south"))
        connection.executemany(
            "INSERT INTO dim_store VALUES (?, ?, ?)", [(number, *city) for number, city in enumerate(cities, 1)]
        )
        connection.executemany(
            "INSERT INTO fact_sales VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    int(day.strftime("%Y%m%d")), product, store, 1 + (at * product + store) % 9,
                    round(4.5 * product * (1 + (at + store) % 7), 2), (at % 4) * 5.0,
                )
                for at, day in enumerate(days)
                for product in range(1, 9)
                for store in range(1, 5)
            ],
        )  # fmt: skip
    return path


def logs(folder: Path, now: float = NOW) -> Path:
    """A service's log: levels, status codes, durations, and the rest as JSON."""
    levels = ("INFO", "INFO", "INFO", "INFO", "INFO", "DEBUG", "DEBUG", "WARNING", "ERROR")
    statuses = (200, 200, 200, 200, 201, 204, 304, 404, 500)
    return write(
        folder / "logs.db",
        "CREATE TABLE log_entries (logged_at TEXT, level TEXT, service TEXT, status_code INTEGER, duration_ms REAL, "
        "port INTEGER, message TEXT, payload JSON)",
        rows={
            "INSERT INTO log_entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)": [
                (
                    iso(now - (4000 - row) * 20 - row * row % 31), levels[row * 7 % 9],
                    ("api", "web", "worker")[row % 3], statuses[row * 7 % 9],
                    round(12 + row * 13 % 240 + (row % 17 == 0) * 900, 1), 8000 + row % 3,
                    f"GET /orders/{row} handled",
                    json.dumps({"user": row % 90, "path": f"/orders/{row}", "ok": row % 9 != 8}),
                )
                for row in range(4000)
            ]
        },
    )  # fmt: skip


def payments(folder: Path, now: float = NOW) -> Path:
    """Money as whole cents, and as text with its currency; rows that are updated in place; keys that are UUIDs."""
    made = uuid.UUID(int=7)
    return write(
        folder / "payments.db",
        "CREATE TABLE payments (uuid TEXT PRIMARY KEY, created_at TEXT, updated_at TEXT, amount_cents INTEGER, "
        "listed_price TEXT, is_refunded BOOLEAN, method TEXT, state TEXT)",
        rows={
            "INSERT INTO payments VALUES (?, ?, ?, ?, ?, ?, ?, ?)": [
                (
                    str(uuid.uuid5(made, str(row))), iso(now - (900 - row) * 280 - row % 90),
                    iso(now - (900 - row) * 130), 1_999 + row * 977 % 48_000, f"€{20 + row * 977 % 480:,}.99",
                    int(row % 23 == 0), ("card", "transfer", "wallet")[row % 3],
                    ("settled", "settled", "settled", "pending", "failed")[row * 3 % 5],
                )
                for row in range(900)
            ]
        },
    )  # fmt: skip


def accents(folder: Path, now: float = NOW) -> Path:
    """camelCase, accents and emoji in names; yes and no as flags."""
    return write(
        folder / "accents.db",
        'CREATE TABLE "Commandes 🛒" ("idCommande" INTEGER PRIMARY KEY, "dateCréation" TEXT, "montantTTC" REAL, '
        '"nbArticles" INTEGER, "État" TEXT, "estPayée" BOOLEAN, "codePostal" INTEGER, "données 🎁" TEXT)',
        rows={
            'INSERT INTO "Commandes 🛒" VALUES (?, ?, ?, ?, ?, ?, ?, ?)': [
                (
                    row, iso(now - (700 - row) * 110 - row % 50), round(15 + row * 37 % 190 + 0.9, 2), 1 + row % 6,
                    ("payée", "expédiée", "annulée")[row * 5 % 3], row % 3 != 2, 69_000 + row % 9,
                    "cadeau" if row % 8 == 0 else None,
                )
                for row in range(700)
            ]
        },
    )  # fmt: skip


def notes(folder: Path, now: float = NOW) -> Path:
    """Texts and nothing else."""
    return write(
        folder / "notes.db",
        "CREATE TABLE notes (title TEXT, body TEXT, author TEXT, mood TEXT)",
        rows={
            "INSERT INTO notes VALUES (?, ?, ?, ?)": [
                (f"Note {row}", "Lorem ipsum " * (1 + row % 5), f"Author {row % 31}", ("calm", "glad", "sad")[row % 3])
                for row in range(220)
            ]
        },
    )  # fmt: skip


def school(folder: Path, now: float = NOW) -> Path:
    """Many to many: a table of two keys, and what it links."""
    return write(
        folder / "school.db",
        "CREATE TABLE students (id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, birth_year INTEGER)",
        "CREATE TABLE courses (id INTEGER PRIMARY KEY, title TEXT, credits INTEGER, room_no INTEGER)",
        "CREATE TABLE enrolments (student_id INTEGER REFERENCES students (id), "
        "course_id INTEGER REFERENCES courses (id), grade REAL, PRIMARY KEY (student_id, course_id)) WITHOUT ROWID",
        rows={
            "INSERT INTO students VALUES (?, ?, ?, ?)": [
                (number, ("Ada", "Alan", "Grace", "Edsger")[number % 4], f"Name {number}", 1998 + number % 7)
                for number in range(1, 121)
            ],
            "INSERT INTO courses VALUES (?, ?, ?, ?)": [
                (number, title, 3 + number % 4, 100 + number)
                for number, title in enumerate(("Algebra", "Logic", "Compilers", "Networks", "Graphics", "Ethics"), 1)
            ],
            "INSERT INTO enrolments VALUES (?, ?, ?)": [
                (student, course, round(8 + (student * 7 + course * 5) % 12 + 0.5, 1))
                for student in range(1, 121)
                for course in range(1, 7)
                if (student + course) % 3
            ],
        },
    )  # fmt: skip


def settings(folder: Path, now: float = NOW) -> Path:
    """Two columns: a key and a value."""
    values = ("on", "off", "3", "https://example.org/a", "Europe/Paris", "0.75")
    return write(
        folder / "settings.db",
        "CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID",
        rows={
            "INSERT INTO settings VALUES (?, ?)": [(f"module.{row}.{row % 7}", values[row % 6]) for row in range(90)]
        },
    )


def invoices(folder: Path, now: float = NOW) -> Path:
    """Columns that the database computes, and a day of the month beside a date."""
    return write(
        folder / "invoices.db",
        "CREATE TABLE invoice_lines (line_no INTEGER PRIMARY KEY, invoiced_on DATE, unit_price REAL, quantity INTEGER, "
        "total REAL GENERATED ALWAYS AS (round(unit_price * quantity, 2)) STORED, vat_rate REAL, "
        "payable REAL AS (round(total * (1 + vat_rate), 2)) VIRTUAL, fiscal_year INTEGER, discount_percent REAL)",
        rows={
            "INSERT INTO invoice_lines (line_no, invoiced_on, unit_price, quantity, vat_rate, fiscal_year, "
            "discount_percent) VALUES (?, ?, ?, ?, ?, ?, ?)": [
                (row, iso(now - (1500 - row) * DAY / 5)[:10], 3.5 + row * 13 % 80, 1 + row % 12,
                 (0.055, 0.1, 0.2)[row % 3], int(iso(now - (1500 - row) * DAY / 5)[:4]), row % 4 * 5.0)
                for row in range(1500)
            ]
        },
    )  # fmt: skip


def houses(folder: Path, now: float = NOW) -> Path:
    """What must not be added up: years, postcodes, places, percentages, ratings, averages."""
    return write(
        folder / "houses.db",
        "CREATE TABLE houses (id INTEGER PRIMARY KEY, postcode INTEGER, year_built INTEGER, latitude REAL, "
        "longitude REAL, price INTEGER, floor_area_m2 REAL, energy_rating TEXT, rating REAL, "
        "occupancy_pct REAL, avg_income REAL, bedrooms INTEGER, has_garden INTEGER)",
        rows={
            "INSERT INTO houses VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)": [
                (
                    row, 10_115 + row * 31 % 4_000, 1890 + row * 17 % 130, 52.5 + row % 90 / 1000,
                    13.4 + row % 70 / 1000, 180_000 + row * 7_919 % 900_000, 40 + row * 13 % 160,
                    "ABCDEFG"[row * 3 % 7], 1 + row * 7 % 9 / 2,
                    50 + row * 11 % 50, 28_000 + row * 517 % 40_000, 1 + row % 6, row % 2,
                )
                for row in range(600)
            ]
        },
    )  # fmt: skip


def ended(folder: Path, now: float = NOW) -> Path:
    """A shop that closed in June 2019, in the middle of the month."""
    last = datetime(2019, 6, 17, 18, tzinfo=UTC).timestamp()
    return write(
        folder / "ended.db",
        "CREATE TABLE sales (id INTEGER PRIMARY KEY, sold_at TEXT, product TEXT, amount REAL, quantity INTEGER)",
        rows={
            "INSERT INTO sales VALUES (?, ?, ?, ?, ?)": [
                (
                    row, iso(last - (3000 - row) * 4 * HOUR - row % 100), f"Product {row * row % 25}",
                    round(10 + 6 * math.sin(row / 180) + row % 9, 2), 1 + row % 4,
                )
                for row in range(1, 3001)
            ]
        },
    )  # fmt: skip


def movies(folder: Path, now: float = NOW) -> Path:
    """Films, as a package ships them: a database of somebody else."""
    return _copied("bokeh_sampledata", "movies.db", folder)


def _copied(package: str, name: str, folder: Path) -> Path:
    from tests.open.databases import _data

    with sqlite3.connect(f"file:{_data(package, f'_data/{name}')}?mode=ro&immutable=1", uri=True) as shipped:
        copy = sqlite3.connect(folder / name)
        shipped.backup(copy)
        copy.close()
    shipped.close()
    return folder / name


ALL: dict[str, Made] = {
    made.__name__: made
    for made in (
        readings, star, logs, payments, accents, notes, school, settings, invoices, houses, ended, movies,
    )
}  # fmt: skip
