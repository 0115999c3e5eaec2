"""A shop's orders in PostgreSQL: ``cadran run examples/orders_postgres.py``.

It starts a server of its own (Debian's ``postgresql`` must be installed), fills it with the orders of two days, and
goes on selling as if it were now; all is removed at the end. ``ORDERS_URL=postgresql://…`` reads a table ``orders``
with these columns elsewhere, and only reads. Needs ``pip install "cadran[postgres]"``.
"""

from __future__ import annotations

import atexit
import os
import random
import time
from datetime import UTC, datetime, timedelta

import psycopg

import cadran as cd
from cadran.testing.servers import TemporaryPostgres

HISTORY_SECS = 2 * 86_400
GAP_SECS = 12.0
"""Between two orders of the past, on average; those that come live are ten times as quick."""
CREATE = """
    CREATE TABLE orders (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ts timestamptz NOT NULL, region text NOT NULL,
        product text NOT NULL, amount numeric(10, 2) NOT NULL, is_paid boolean NOT NULL DEFAULT false
    );
    CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NOTIFY orders; RETURN NULL; END';
    CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON orders EXECUTE FUNCTION tell();
"""
INSERT = "INSERT INTO orders (ts, region, product, amount, is_paid) VALUES (%s, %s, %s, %s, %s)"
PRICES = {"Kettle": 39.0, "Lamp": 24.5, "Chair": 89.0, "Desk": 249.0, "Shelf": 119.0}


def order(chance: random.Random, at: datetime, *, is_paid: bool) -> tuple[object, ...]:
    """Return one order: a row for ``INSERT``."""
    product = chance.choices(list(PRICES), weights=(5, 4, 3, 1, 2))[0]
    region = chance.choices(("North", "East", "South", "West"), weights=(4, 3, 2, 1))[0]
    return at, region, product, round(PRICES[product] * chance.randint(1, 3), 2), is_paid


def fill(url: str) -> None:
    """Make the table, with the orders of the last two days."""
    chance, now = random.Random(7), datetime.now(UTC)
    ages = sorted((chance.uniform(1, HISTORY_SECS) for _ in range(int(HISTORY_SECS / GAP_SECS))), reverse=True)
    rows = [order(chance, now - timedelta(seconds=age), is_paid=age > 1_800) for age in ages]
    with psycopg.connect(url) as shop:
        shop.execute(CREATE)
        with shop.cursor().copy("COPY orders (ts, region, product, amount, is_paid) FROM STDIN") as table:
            for row in rows:
                table.write_row(row)


def sell(url: str, chance: random.Random, at: datetime) -> float:
    """One order comes in and an older one is paid; returns its amount."""
    row = order(chance, at, is_paid=False)
    with psycopg.connect(url) as shop:
        shop.execute(INSERT, row)
        shop.execute("UPDATE orders SET is_paid = true WHERE id = (SELECT min(id) FROM orders WHERE NOT is_paid)")
    return float(str(row[3]))


def own_server() -> str:
    """Start a server that ends with this program, and fill it."""
    server = TemporaryPostgres()
    url = server.__enter__().url()
    atexit.register(server.__exit__, None, None, None)
    fill(url)
    return url


GIVEN = os.environ.get("ORDERS_URL")
URL = GIVEN or own_server()

shop = cd.database(URL)
orders = shop.query(
    "SELECT id, ts, region, product, amount FROM orders WHERE id > :cursor AND ts >= :since ORDER BY id LIMIT :limit",
    cursor="id", time="ts", every="5s", keep="3d", notify="orders", name="orders",
)  # fmt: skip
unpaid = shop.query(
    "SELECT region, count(*) AS orders, sum(amount) AS amount FROM orders WHERE NOT is_paid GROUP BY region ORDER BY 1",
    key="region", every="5s", notify="orders", name="unpaid",
)  # fmt: skip
till = cd.channel("till")


@till.feed
def sales(send: cd.Sender, stop: cd.Stop) -> None:
    """The shop goes on, unless its orders are those of somebody else."""
    chance = random.Random()
    while GIVEN is None and not stop.wait(chance.expovariate(10 / GAP_SECS)):
        send(cd.KpiUpdated("last", sell(URL, chance, datetime.fromtimestamp(time.time(), UTC))))


@cd.screen("Orders")
def orders_screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
    day, euros = orders.last("1d"), cd.currency("EUR")
    with ui.columns(4):
        ui.kpi("Revenue, 24 h", day.sum("amount"), format=euros, compare="previous", icon="banknote")
        ui.kpi("Orders, 24 h", day.count(), compare="previous")
        ui.kpi("Unpaid", unpaid.sum("amount"), format=euros, good="down")
        ui.kpi("Last order", till.kpi("last"), format=euros)
    with ui.columns(2):
        ui.line("Amount of each order", orders.series("amount"), window="1h", color=tokens.colors.accent)
        ui.bar("Revenue by region, 24 h", day.sum("amount", by="region"), format=euros)
    with ui.columns(2):
        ui.table("Last orders", orders.tail(30))
        ui.table("Unpaid by region", unpaid)
