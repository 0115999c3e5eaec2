"""S11: whatever viewers choose reaches SQL as a bound value or not at all, by every path to a real database."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

import cadran as cd
import cadran.testing
from cadran.screen.choices import choices_from
from cadran.screen.controls import FilterSpec, RangeSpec, SearchSpec

HOSTILE = (
    "'; DROP TABLE orders; --",
    "' OR '1'='1",
    '" OR ""="',
    "EU' UNION SELECT name, sql, 1 FROM sqlite_master --",
    "%",
    "_",
    "*",
    ":region",
    ":limit",
    "?",
    "?1",
    "$1",
    "%(region)s",
    "{region}",
    "NULL",
    "EU\0",
    "\0",
    "EU;",
    "EU--",
    "/*",
    "x" * 100_000,
    "\U0001f600" * 100,
    "\u202eUE",
    ".*",
    "(?i)eu",
    "[",
    "\\",
    "1e309",
    "nan",
    "-0",
    "0x10",
    "9" * 150,
    "1h; DROP TABLE orders",
    "nan~nan",
    "inf~-inf",
    "1~1e308",
    "~",
)
ROWS = [(1, "EU", 10.0), (2, "US", 20.0), (3, "O'Neil", 40.0), (4, "100 %", 80.0)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, region TEXT, amount REAL)")
        connection.executemany("INSERT INTO orders VALUES (?, ?, ?)", ROWS)
    return path


def rows_of(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("orders",)]
        return connection.execute("SELECT * FROM orders ORDER BY id").fetchall()


def shop_over(path: Path) -> cd.DashboardScreen:
    """Every path of a choice: bound to a whole query, to a cursor, to a number, to LIKE, and compared here."""
    shop = cd.database(f"sqlite:///{path}")
    whole = shop.query("SELECT * FROM orders WHERE :region IS NULL OR region = :region", every="1s", name="whole")
    cursor = shop.query(
        "SELECT * FROM orders WHERE id > :cursor AND (:region IS NULL OR region = :region) ORDER BY id LIMIT :limit",
        cursor="id",
        every="1s",
        name="cursor",
    )
    number = shop.query("SELECT * FROM orders WHERE :id IS NULL OR id = :id", every="1s", name="number")
    like = shop.query(
        "SELECT * FROM orders WHERE :q IS NULL OR instr(region, :q) > 0", every="1s", name="searched", key="id"
    )
    plain = shop.query("SELECT * FROM orders", every="1s", name="plain")

    @cd.screen("Shop")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.filter("region")
        ui.filter("id", type=int)
        ui.search()
        ui.range("1h")
        for query in (whole, cursor, number, like, plain):
            ui.table(query.label, query)

    return screen


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text)[:24])
def test_s11_no_value_does_more_than_choose(path: Path, text: str) -> None:
    with cadran.testing.open(shop_over(path)) as live:
        viewer, other = live.viewer(), live.viewer()
        for name in ("region", "id", "q", "range", text[:1_000] or "x"):
            viewer.choose(region=None, id=None, q=None, range=None)
            viewer.choose(**{name: text})
            live.advance("1.5s")
            wanted = [row for row in ROWS if name != "region" or "region" in viewer.refused or row[1] == text]
            assert viewer.close_code is None or len(text) > 60_000
            if viewer.close_code is not None:
                break
            assert viewer.rows("whole") == viewer.rows("cursor") or name in ("q", "id")
            if name == "region":
                assert viewer.rows("whole") == wanted
                assert viewer.rows("plain") == wanted
            assert [viewer.state(one) for one in ("whole", "cursor", "number", "searched", "plain")].count("error") == 0
        assert other.rows("plain") == ROWS
    assert rows_of(path) == ROWS


@pytest.mark.parametrize(("region", "ids"), [("O'Neil", [3]), ("100 %", [4]), ("EU", [1])])
def test_s11_a_value_with_signs_is_just_a_value(path: Path, region: str, ids: list[int]) -> None:
    with cadran.testing.open(shop_over(path)) as live:
        viewer = live.viewer()
        viewer.choose(region=region)
        live.advance("2s")
        for key in ("whole", "cursor", "plain"):
            assert [row[0] for row in viewer.rows(key)] == ids


def test_s11_any_message_at_all_is_checked(path: Path) -> None:
    rng = random.Random(11)
    shapes: list[object] = [None, 1, "EU", ["EU"], [1], [None], [["EU"]], {"a": 1}, {"region": "EU"}, {"region": [1]}]
    with cadran.testing.open(shop_over(path)) as live:
        other = live.viewer()
        for number in range(60):
            viewer = live.viewer()
            names = rng.sample(["region", "id", "q", "range", "limit", "cursor", "__class__", ""], 3)
            choices = {name: [rng.choice(HOSTILE[:20]) for _ in range(rng.randrange(4))] for name in names}
            said = rng.choice([choices, choices, rng.choice(shapes)])
            viewer.say(msgspec.json.encode({"t": "view", "n": 10 + number, "choices": said}))
            live.advance("0.2s")
            if viewer.close_code is None:
                live.cut(viewer)
            else:
                assert viewer.close_code == 1002
        live.advance("2s")
        assert other.rows("plain") == ROWS
    assert rows_of(path) == ROWS


def test_s11_what_is_accepted_is_bounded_and_known() -> None:
    controls = (FilterSpec("region", "region"), FilterSpec("id", "id", int), SearchSpec("q"), RangeSpec(60.0, (60.0,)))
    rng = random.Random(3)
    for _ in range(2_000):
        said = {
            rng.choice(["region", "id", "q", "range", "x", "limit"]): rng.choices(HOSTILE, k=rng.randrange(60))
            for _ in range(rng.randrange(50))
        }
        choices, refused = choices_from(controls, said)
        assert len(choices.key) <= 20_000
        assert all(name in ("region", "id", "q", "range") for name, _ in choices.items)
        assert all(len(value) <= 200 and "\0" not in value for _, values in choices.items for value in values)
        assert len(refused) <= 32
        assert choices_from(controls, dict(choices.items)) == (choices, ())
