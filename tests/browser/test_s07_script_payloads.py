"""S7: script in any string from outside is shown as text, and runs nothing."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.looking import hover, panel, value_of, wait_points, wait_state
from tests.browser.plant import PAYLOAD
from tests.browser.served import Served, table

from cadran.server.assets import INLINE_SCRIPT, STATIC_FOLDER

pytestmark = pytest.mark.browser


def assert_inert(page: Page, *, is_screen: bool = True) -> None:
    assert page.evaluate("window.ran") is None
    assert page.locator("img").count() == 0
    scripts = page.locator('script:not([src]):not([type="application/json"])')  # that is data
    ours = INLINE_SCRIPT.findall((STATIC_FOLDER / "index.html").read_text("utf-8")) if is_screen else []
    assert scripts.all_text_contents() == ours


def test_s07_script_in_any_string_is_text(plant: Served, open_page: Callable[..., Page]) -> None:
    now = time.time()
    for series in ("left", "right"):
        plant.fill(series, [(now - 250 + i, 0.5 + i / 250) for i in range(250)])
    rows = [{PAYLOAD: f"cell {PAYLOAD}", "amount": 3.0}, {PAYLOAD: f"other {PAYLOAD}", "amount": 4.0}]
    plant.send("press", table("hostile", rows))
    plant.set(hostile=f"state {PAYLOAD}", temperature=20.5)
    page = open_page(plant.url + "s/hostile/", height=1400)
    wait_points(page, "line", 300)
    expect(page.locator("h1")).to_have_text(f"Hostile {PAYLOAD}")
    expect(page).to_have_title(f"Hostile {PAYLOAD}")
    expect(page.locator("h2")).to_have_text(f"Section {PAYLOAD}")
    expect(value_of(page, "card")).to_have_text(f"state {PAYLOAD}")
    expect(panel(page, "number").locator(".kpi-unit")).to_have_text(PAYLOAD)
    for kind in ("card", "line", "bar", "pie", "table", "text"):
        expect(panel(page, kind).locator(".title")).to_contain_text(f"{kind.capitalize()} {PAYLOAD}")
    expect(panel(page, "line").locator('[data-role="legend"]').first).to_contain_text(f"One {PAYLOAD}")
    expect(panel(page, "bar").locator(".bar-label").first).to_have_text(f"cell {PAYLOAD}")
    expect(panel(page, "pie").locator(".pie-label").first).to_have_text(f"cell {PAYLOAD}")
    expect(panel(page, "table").locator("th").first).to_have_text(PAYLOAD)
    expect(panel(page, "table").locator("td").first).to_have_text(f"cell {PAYLOAD}")
    expect(panel(page, "text")).to_contain_text(f"Body {PAYLOAD}")
    hover(page, "line", 0.5)
    expect(panel(page, "line").locator(".tooltip")).to_contain_text(f"One {PAYLOAD}")
    assert_inert(page)


def test_s07_script_in_an_error_is_text(plant: Served, open_page: Callable[..., Page]) -> None:
    (plant.folder / "broken").touch()
    try:
        page = open_page(plant.url + "s/polled/")
        page.locator('[data-role="refresh"]').click()
        wait_state(page, "kiln", "error")
        expect(panel(page, "kiln").locator(".fault-message")).to_contain_text(PAYLOAD)
        assert_inert(page)
    finally:
        (plant.folder / "broken").unlink()


def test_s07_script_in_the_list_of_screens_is_text(plant: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(plant.url, live=False)
    expect(page.get_by_role("link", name="Hostile")).to_have_text(f"Hostile {PAYLOAD}")
    assert_inert(page, is_screen=False)
