"""Filters, a search, a time range, and drill-down from a bar to the orders behind it: one command, nothing to set up.

    cadran run examples/shop_filters.py

Click a bar, a slice or a row to filter the rest; what is chosen stands in the address, so a view can be shared. The
database is a file in a folder of its own, which goes with the program; a feeder adds an order twice a second.
"""

from __future__ import annotations

import atexit
import random
import shutil
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

import cadran as cd

REGIONS = {"Europe": 0.5, "Americas": 0.3, "Asia": 0.15, "Africa": 0.05}
PRODUCTS = {"Lamp": 40.0, "Chair": 85.0, "Table": 210.0, "Shelf": 120.0, "Rug": 65.0}
STATUSES = {"paid": 0.6, "shipped": 0.3, "returned": 0.1}

folder = tempfile.mkdtemp(prefix="cadran-shop-")
atexit.register(shutil.rmtree, folder, ignore_errors=True)
path = Path(folder) / "shop.db"


def add_orders(times: list[float], rng: random.Random) -> None:
    """Add an order for each wall second."""
    rows = [
        (
            at,
            rng.choices(list(REGIONS), list(REGIONS.values()))[0],
            product := rng.choice(list(PRODUCTS)),
            rng.choices(list(STATUSES), list(STATUSES.values()))[0],
            round(PRODUCTS[product] * rng.uniform(0.8, 1.4), 2),
        )
        for at in times
    ]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany("INSERT INTO orders (ts, region, product, status, amount) VALUES (?, ?, ?, ?, ?)", rows)


with closing(sqlite3.connect(path)) as made, made:
    made.execute("PRAGMA journal_mode = WAL")
    made.execute(
        "CREATE TABLE IF NOT EXISTS orders "
        "(id INTEGER PRIMARY KEY, ts REAL, region TEXT, product TEXT, status TEXT, amount REAL)"
    )
past = random.Random(1)
add_orders(sorted(time.time() - past.uniform(0, 6 * 86_400) for _ in range(6_000)), random.Random(2))

till = cd.channel("till")


@till.feed
def sell(send: cd.Sender, stop: cd.Stop) -> None:
    """Sell something twice a second."""
    rng = random.Random()
    while not stop.wait(0.5):
        add_orders([time.time()], rng)
        send(cd.KpiUpdated("sold", time.time()))


shop = cd.database(f"sqlite:///{path}")
orders = shop.query(
    "SELECT id, ts, region, product, status, amount FROM orders WHERE id > :cursor ORDER BY id LIMIT :limit",
    cursor="id",
    time="ts",
    every="1s",
    keep="7d",
    name="orders",
)
# A filter that the query names is bound in the database: only these rows are read.
of_product = shop.query(
    "SELECT id, ts, region, status, amount FROM orders WHERE (:product IS NULL OR product = :product) "
    "ORDER BY id DESC LIMIT 200",
    time="ts",
    key="id",
    every="1s",
    name="orders of a product",
)


@cd.screen("Shop, filtered", slug="shop")
def shop_screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
    """The whole shop, or what a viewer chooses of it."""
    ui.search(label="Search orders")
    ui.range("24h")
    ui.filter("region", label="Region", several=True)
    ui.filter("status", label="Status", options=list(STATUSES))
    recent = orders.last("24h", follows=True)
    with ui.columns(4):
        ui.kpi(
            "Revenue", recent.sum("amount"), format=cd.currency("EUR"), compare="previous", icon="banknote", good="up"
        )
        ui.kpi("Orders", recent.count(), compare="previous", icon="cart", good="up")
        ui.kpi("Mean order", recent.mean("amount"), format=cd.currency("EUR"))
        ui.kpi("Last sale", till.kpi("sold"), format=cd.date("time"), icon="clock")
    ui.line("Amounts", orders.series("amount"), unit="EUR")
    with ui.columns(3):
        ui.bar("Revenue by region", recent.sum("amount", by="region"), format=cd.currency("EUR"))
        ui.pie("Orders by status", recent.count(by="status"))
        ui.bar("Revenue by product", recent.sum("amount", by="product"), format=cd.currency("EUR"), to="product")
    ui.table("Last orders", recent.tail(50))


@cd.screen("One product", slug="product")
def product_screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
    """The newest orders of one product; opened from a bar of the shop."""
    ui.filter("product", label="Product", options=list(PRODUCTS))
    ui.filter("region", label="Region", several=True)
    with ui.columns(2):
        ui.kpi("Orders shown", of_product.count())
        ui.kpi("Revenue shown", of_product.sum("amount"), format=cd.currency("EUR"))
    with ui.columns(2):
        ui.bar("By region", of_product.sum("amount", by="region"), format=cd.currency("EUR"))
        ui.pie("By status", of_product.count(by="status"))
    ui.table("Orders", of_product.tail(100))
