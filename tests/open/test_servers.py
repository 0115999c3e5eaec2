"""``cadran open`` on a real PostgreSQL and a real MariaDB: their catalogues, their quotes, their keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.open.databases import NOW, iso
from tests.open.test_open import shown
from tests.sources.backends import mariadb_backend, postgres_backend

from cadran.open.opening import Wish, open_target
from cadran.open.screens import program_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
NUM_ROWS = 25_000
_VALUES = ", ".join(
    f"({number}, {number % 40 + 1}, '{iso(NOW - (NUM_ROWS - number) * 20)}', '{'ab'[number % 2]}', {number % 50}.5)"
    for number in range(1, NUM_ROWS + 1)
)


def wrong_states(url: str) -> dict[str, object]:
    """Return the panels that are not live, after a check of what was proposed."""
    opened = open_target(Wish(target=url), lambda: NOW)
    assert opened.skipped == ()
    by_slug = {screen.slug: screen for screen in opened.plan.screens}
    assert set(by_slug) == {"customers", "order", "totals"}
    read = by_slug["order"].read
    assert (read.cursor, read.time, read.key) == ("id", "created at", "id")
    assert {kpi.number.window for kpi in by_slug["order"].kpis} == {"24h"}
    assert "data" not in (read.sql or "")
    assert "LEFT JOIN customers" in (read.sql or "")
    assert "Amount by customer" in {part.title.partition(",")[0] for part in by_slug["order"].breakdowns}
    seen = shown(program_of(opened.plan))
    return {key: value for key, value in seen.items() if key.endswith(" state") and "live" not in str(value)}


def test_postgresql(tmp_path: Path) -> None:
    with postgres_backend(tmp_path) as backend:
        backend.execute(
            "CREATE TABLE customers (id serial PRIMARY KEY, name text)",
            "INSERT INTO customers (name) SELECT 'Customer ' || i FROM generate_series(1, 40) AS i",
            'CREATE TABLE "Order" (id bigint PRIMARY KEY, customer_id int REFERENCES customers (id), '
            '"created at" timestamp, region text, amount numeric(10, 2), data bytea)',
            f'INSERT INTO "Order" (id, customer_id, "created at", region, amount) VALUES {_VALUES}',
            'CREATE VIEW totals AS SELECT region, sum(amount) AS amount FROM "Order" GROUP BY region',
        )
        assert wrong_states(backend.url) == {}


def test_mariadb(tmp_path: Path) -> None:
    with mariadb_backend(tmp_path) as backend:
        backend.execute(
            "CREATE TABLE customers (id int PRIMARY KEY AUTO_INCREMENT, name varchar(50))",
            "INSERT INTO customers (name) SELECT concat('Customer ', seq) FROM seq_1_to_40",
            "CREATE TABLE `Order` (id bigint PRIMARY KEY, customer_id int, `created at` datetime, region varchar(9), "
            "amount decimal(10, 2), data longblob, FOREIGN KEY (customer_id) REFERENCES customers (id))",
            f"INSERT INTO `Order` (id, customer_id, `created at`, region, amount) VALUES {_VALUES}",
            "CREATE VIEW totals AS SELECT region, sum(amount) AS amount FROM `Order` GROUP BY region",
        )
        assert wrong_states(backend.url) == {}
