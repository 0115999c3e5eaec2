"""What a panel says of its source although it is live: rows that are not all there, rows that are only ever added."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.looking import panel, role, wait_state
from tests.browser.served import Served, table

pytestmark = pytest.mark.browser

PROGRAM = """
import cadran as cd

shop = cd.database("sqlite:///shop.db")
some = shop.query("SELECT id, n FROM orders ORDER BY id", every="1s", max_rows=1200)
new = shop.query("SELECT id, n FROM orders WHERE id > :cursor ORDER BY id LIMIT :limit", cursor="id", every="1s")


@cd.screen("Shop", slug="shop", zone="UTC")
def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
    with ui.columns(2):
        ui.kpi("Some", some.count(), key="some-count")
        ui.kpi("New", new.count(), key="new-count")
    with ui.columns(2):
        ui.table("Some orders", some.tail(5), key="some")
        ui.table("New orders", new.tail(5), key="new")
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Served]:
    with sqlite3.connect(tmp_path / "shop.db") as writer:
        writer.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, n INTEGER)")
        writer.executemany("INSERT INTO orders VALUES (?, 1)", [(id_,) for id_ in range(1, 1_501)])
    writer.close()
    (tmp_path / "shop.py").write_text(PROGRAM.replace("sqlite:///shop.db", f"sqlite:///{tmp_path}/shop.db"))
    served = Served(None, tmp_path, "-m", "cadran.cli", "run", str(tmp_path / "shop.py"), "--port", "0", "--no-open")
    yield served
    served.stop()


def test_panels_say_what_their_rows_are(shop: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(shop.url + "s/shop/")
    for key in ("some", "some-count", "new", "new-count"):
        wait_state(page, key, "live")
    for key in ("some", "some-count"):
        badge = panel(page, key).locator('[data-role="badge"]')
        expect(badge).to_have_text("only the first 1,200 rows")
        expect(badge).to_have_attribute("title", "Only the first 1,200 rows were read: there are more")
        expect(panel(page, key).locator('[data-role="remark"]')).to_have_count(0)
    for key in ("new", "new-count"):
        expect(panel(page, key).locator('[data-role="badge"]')).to_be_hidden()
    remark = panel(page, "new").locator('[data-role="remark"]')
    hint = "append-only: Only new rows are read: what is changed or deleted at the source stays here as it was"
    for key in ("new", "new-count"):
        expect(panel(page, key).get_by_role("img", name=hint)).to_have_count(1)
    # A sign, not words on every panel; a card has no room for it either: it is heard there, and its title tells.
    expect(remark).to_have_text("")
    expect(remark.locator("svg")).to_be_visible()
    expect(remark).to_have_attribute("title", hint)
    card = panel(page, "new-count").locator('[data-role="remark"]').bounding_box()
    assert card is not None
    assert card["width"] <= 1
    expect(panel(page, "new-count").locator(".title")).to_have_attribute(
        "title", "New\nOnly new rows are read: what is changed or deleted at the source stays here as it was"
    )
    role(page, "language").click()
    expect(panel(page, "some").locator('[data-role="badge"]')).to_have_text("1\u202f200 premières lignes seulement")
    expect(remark).to_have_attribute("title", re.compile("^ajouts uniquement\u00a0: "))
    with sqlite3.connect(shop.folder / "shop.db") as writer:
        writer.execute("DELETE FROM orders WHERE id > 1000")
    writer.close()
    expect(panel(page, "some").locator('[data-role="badge"]')).to_be_hidden()


def test_a_pie_says_how_many_negative_values_it_leaves_out(own_plant: Served, open_page: Callable[..., Page]) -> None:
    amounts = {"North": 3.0, "South": -1.0, "East": 1.0, "West": -2.5, "Here": 0.0}
    rows = [{"region": name, "amount": amount} for name, amount in amounts.items()]
    own_plant.send("press", table("regions", rows))
    page = open_page(own_plant.url + "s/plant/", height=1400)
    badge = panel(page, "shares").locator('[data-role="badge"]')
    expect(badge).to_have_text("2 negative")
    expect(badge).to_have_attribute("title", "2 negative values have no share of a whole and are not shown")
    expect(panel(page, "by-region").locator('[data-role="badge"]')).to_be_hidden()
    role(page, "language").click()
    expect(badge).to_have_text("2 négatives")
    own_plant.send("press", table("regions", rows[:1]))
    expect(badge).to_be_hidden()
