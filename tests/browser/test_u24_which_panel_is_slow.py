"""U24 in the page: `?debug` shows what each panel costs, where the update came from, and costs nothing when closed."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Guard
from tests.browser.looking import role, statistics, wait_rest, wait_value
from tests.browser.served import Served, fresh_number, table

pytestmark = pytest.mark.browser

KEYS = "Alt+Shift+KeyD"
MEASURED = """
() => performance.getEntriesByType("resource").filter(({name}) => /debug$|drawer/.test(new URL(name).pathname)).length
"""


def open_debug(plant: Served, open_page: Callable[..., Page], query: str = "?debug", **options: object) -> Page:
    now = time.time()
    for series in ("left", "right", "pressure"):
        plant.fill(series, [(now - 100 + i, 5 + i % 7) for i in range(100)])
    plant.send("press", table("regions", [{"region": "North", "amount": 10}]), table("events", [{"id": 1}], "id"))
    plant.set(temperature=fresh_number())
    page = open_page(plant.url + f"s/plant/{query}", **options)
    if query == "?debug":
        role(page, "debug-row").first.wait_for()
    return page


def titles(page: Page) -> list[str]:
    return role(page, "debug-open").all_inner_texts()


def test_u24_every_panel_has_a_row_with_what_it_cost(plant: Served, open_page: Callable[..., Page]) -> None:
    page = open_debug(plant, open_page)
    plant.set(temperature=(mark := fresh_number()))
    wait_value(page, "temperature", mark)
    assert set(titles(page)) == {
        *("Temperature", "Again", "Double", "State", "Vibration", "Pressure", "By region", "Shares", "Events", "Below")
    }
    row = role(page, "debug-row").filter(has=page.get_by_role("button", name="Double", exact=True))
    for column in ("recalculation", "encoding", "sending", "drawing"):
        expect(row.locator(f'[data-column="{column}"]')).to_contain_text(" / ")
    expect(row.locator('[data-column="query"]')).to_have_text("—")  # a channel is not asked
    expect(row.locator('[data-column="viewers"]')).to_have_text("1")
    expect(role(page, "debug-s")).not_to_have_text("0")


def test_u24_a_row_opens_to_the_chain_of_causes(plant: Served, open_page: Callable[..., Page]) -> None:
    page = open_debug(plant, open_page)
    opener = page.get_by_role("button", name="Double", exact=True)
    opener.focus()
    page.keyboard.press("Enter")
    expect(opener).to_have_attribute("aria-expanded", "true")
    for _ in range(2):  # what was drawn before somebody looked was not measured
        plant.set(temperature=(mark := fresh_number()))
        wait_value(page, "temperature", mark)
    chain = page.locator('[data-role="debug-chain"]:visible')
    expect(chain).to_contain_text("press: KpiUpdated temperature → S ")
    for part in ("double computed in", "encoded in", "handed over in", "to 1 viewer", "drawn here in", "Skipped: "):
        expect(chain).to_contain_text(part)
    page.keyboard.press("Space")
    expect(opener).to_have_attribute("aria-expanded", "false")


def test_u24_rows_are_sorted_by_any_column(plant: Served, open_page: Callable[..., Page]) -> None:
    page = open_debug(plant, open_page)
    column = page.locator('[data-role="debug-sort"][data-column="panel"]')
    column.focus()
    page.keyboard.press("Enter")
    expect(page.locator("th", has=column)).to_have_attribute("aria-sort", "ascending")
    shown = page.locator("section[data-panel] .title").all_text_contents()  # also of panels that are skipped, far away
    assert [one.partition(",")[0] for one in shown] == titles(page)
    page.locator('[data-role="debug-sort"][data-column="drawing"]').click()
    plant.set(temperature=(mark := fresh_number()))  # what was drawn before somebody looked was not measured
    wait_value(page, "temperature", mark)
    drawing = """
    () => [...document.querySelectorAll('[data-role="debug-row"] [data-column="drawing"]')]
      .map((cell) => cell.textContent.includes("/") ? Number(cell.textContent.split("/")[1]) : -1)
    """
    page.wait_for_function(f"() => ({drawing})().some((one) => one >= 0)")
    found = page.evaluate(drawing)
    assert found == sorted(found, reverse=True)


def test_u24_the_keys_open_and_close_it_and_the_screen_does_not_move(
    plant: Served, open_page: Callable[..., Page]
) -> None:
    page = open_debug(plant, open_page, "")
    where = "() => [...document.querySelectorAll('section[data-panel]')].map((one) => one.getBoundingClientRect().y)"
    places = page.evaluate(where)
    assert role(page, "debug").count() == 0
    page.keyboard.press(KEYS)
    role(page, "debug-row").first.wait_for()
    assert page.evaluate(where) == places
    assert "debug" in page.url
    role(page, "debug-close").focus()
    page.keyboard.press("Enter")
    expect(role(page, "debug")).to_have_count(0)
    assert "debug" not in page.url
    assert page.evaluate(where) == places
    page.keyboard.press(KEYS)
    role(page, "debug-row").first.wait_for()
    page.keyboard.press(KEYS)
    expect(role(page, "debug")).to_have_count(0)


def test_u24_without_it_nothing_is_asked_or_fetched(plant: Served, open_page: Callable[..., Page]) -> None:
    page = open_debug(plant, open_page, "")
    for _ in range(3):
        plant.set(temperature=(mark := fresh_number()))
        wait_value(page, "temperature", mark)
    assert page.evaluate(MEASURED) == 0
    page.keyboard.press(KEYS)
    role(page, "debug-row").first.wait_for()
    assert page.evaluate(MEASURED) >= 2, "its code, and its first question"


def test_u24_its_code_may_be_out_of_reach_for_a_moment(
    plant: Served, open_page: Callable[..., Page], guard: Guard
) -> None:
    page = open_debug(plant, open_page, "")
    guard.allow("Failed to load resource|net::ERR")
    page.route("**/drawer*", lambda route: route.abort(), times=1)
    with page.expect_event("requestfailed"):
        page.keyboard.press(KEYS)
    page.wait_for_function("() => !document.documentElement.hasAttribute('data-debug')")
    assert "debug" not in page.url
    page.keyboard.press(KEYS)
    role(page, "debug-row").first.wait_for()


def test_u24_measuring_draws_nothing(plant: Served, open_page: Callable[..., Page]) -> None:
    """U23: between two changes a page that shows its measurements draws no panel and is sent no frame."""
    page = open_debug(plant, open_page)
    plant.set(temperature=(mark := fresh_number()))
    wait_value(page, "temperature", mark)
    wait_value(page, "double", 2 * mark)
    still = ("temperature", "again", "double", "events", "shares")
    for key in still:
        wait_rest(page, key)
    before = statistics(page)
    asked = "() => performance.getEntriesByType('resource').filter(({name}) => name.endsWith('/debug')).length"
    more = page.evaluate(asked) + 2
    page.wait_for_function(f"() => ({asked})() >= {more}")
    after = statistics(page)
    assert {key: after["draws"][key] - before["draws"][key] for key in still} == dict.fromkeys(still, 0)
    assert after["frames"] == before["frames"]


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_u24_it_can_be_used_on_a_phone(plant: Served, open_page: Callable[..., Page], lang: str) -> None:
    page = open_debug(plant, open_page, "?debug", width=390, height=844, locale=lang)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    scroll = page.locator(".debug-scroll")
    assert scroll.evaluate("(node) => node.scrollWidth <= node.clientWidth"), "nothing lies beyond its edge"
    last = role(page, "debug-open").last
    last.scroll_into_view_if_needed()
    last.click()
    expect(last).to_have_attribute("aria-expanded", "true")
