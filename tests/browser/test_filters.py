"""Filters in the page: a click filters the rest, the address holds it, nothing of before looks as if it were of now."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.looking import colors_in, panel, role, wait_until
from tests.browser.served import Served

pytestmark = pytest.mark.browser

EXAMPLE = Path(__file__).parents[2] / "examples" / "shop_filters.py"
OpenPage = Callable[..., Page]

REGIONS = """
() => {
  const rows = [...document.querySelectorAll('[data-panel="last-orders"] tbody tr')];
  return [...new Set(rows.map((row) => row.cells[2].textContent))];
}
"""
# At each animation frame: whether a panel that looks present shows rows of another choice.
WATCH = """
() => {
  window.mixed = [];
  window.looks = 0;
  const look = () => {
    const shown = document.querySelector('[data-panel="last-orders"]');
    const chosen = new URLSearchParams(location.search).getAll("region");
    const regions = [...shown.querySelectorAll("tbody tr")].map((row) => row.cells[2].textContent);
    const isWrong = chosen.length > 0 && regions.some((region) => !chosen.includes(region));
    if (isWrong && !shown.hasAttribute("data-renewing")) window.mixed.push([chosen.join(), regions.join()]);
    if (regions.length === 0 || shown.dataset.filled !== "true") window.mixed.push(["blinks"]);
    window.looks += 1;
    requestAnimationFrame(look);
  };
  look();
}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("filters")


@pytest.fixture(scope="module")
def shop(folder: Path) -> Iterator[str]:
    kept = {"TMPDIR": str(folder)}
    served = Served(None, folder, "-m", "cadran.cli", "run", str(EXAMPLE), "--no-open", "--port", "0", env=kept)
    yield served.url
    served.stop()


def wait_regions(page: Page, *regions: str) -> None:
    page.wait_for_function(f"(wanted) => ({REGIONS})().sort().join() === wanted", arg=",".join(sorted(regions)))


def open_shop(open_page: OpenPage, url: str, query: str = "", **options: object) -> Page:
    page = open_page(f"{url}s/shop/{query}", height=1400, **options)
    panel(page, "last-orders").locator("tbody tr").first.wait_for()
    return page


def test_a_click_on_a_bar_filters_the_rest_and_the_address_says_so(shop: str, open_page: OpenPage) -> None:
    page = open_shop(open_page, shop)
    page.evaluate(WATCH)
    for region in ("Europe", "Asia"):
        panel(page, "revenue-by-region").locator(".bar-row", has_text=region).click()
    wait_regions(page, "Europe", "Asia")
    expect(page).to_have_url(re.compile(r"region=Europe&region=Asia$"))
    expect(role(page, "chip")).to_have_count(2)
    # The bars that were clicked stay among the others, to choose another by.
    expect(panel(page, "revenue-by-region").locator(".bar-row:not([hidden])")).to_have_count(4)
    page.go_back()
    wait_regions(page, "Europe")
    role(page, "chip").click()
    expect(role(page, "chip")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/s/shop/$"))
    page.go_back()
    wait_regions(page, "Europe")
    assert page.evaluate("window.mixed") == []
    assert page.evaluate("window.looks") > 5


def test_a_shared_address_opens_the_same(shop: str, open_page: OpenPage) -> None:
    page = open_shop(open_page, shop, "?region=Asia&range=1h&status=nonsense&lang=fr")
    wait_regions(page, "Asia")
    expect(role(page, "chip")).to_have_text(["Période\u00a0: dernière heure×", "Region\u00a0: Asia×"])
    expect(role(page, "notice")).to_contain_text("Status")
    expect(page).to_have_url(re.compile(r"\?lang=fr&range=1h&region=Asia$"))
    role(page, "clear-filters").click()
    expect(page).to_have_url(re.compile(r"\?lang=fr$"))
    expect(role(page, "notice")).to_have_count(0)


def test_a_menu_offers_what_the_data_has_and_the_keyboard_chooses(shop: str, open_page: OpenPage) -> None:
    page = open_shop(open_page, shop)
    button = page.locator('[data-filter="region"]')
    button.focus()
    page.keyboard.press("Enter")
    options = page.locator('.popover:not([hidden]) [role="option"]:not([hidden])')
    expect(options).to_have_text(["Africa", "Americas", "Asia", "Europe"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    wait_regions(page, "Americas")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(page.locator(".popover:not([hidden])")).to_have_count(0)
    row = panel(page, "orders-by-status").locator(".pie-entry").first
    row.focus()
    page.keyboard.press("Enter")
    expect(role(page, "chip")).to_have_count(2)


def test_a_bar_opens_another_screen_with_its_parameters(shop: str, open_page: OpenPage) -> None:
    page = open_shop(open_page, shop, "?region=Europe&theme=dark")
    panel(page, "revenue-by-product").locator(".bar-row", has_text="Lamp").click()
    expect(page).to_have_url(re.compile(r"/s/product/\?theme=dark&region=Europe&product=Lamp$"))
    expect(role(page, "chip")).to_have_text(["Product: Lamp×", "Region: Europe×"])
    expect(panel(page, "orders").locator("tbody tr").first).to_be_visible()


def test_a_range_is_picked_for_charts_and_windows_alike(shop: str, open_page: OpenPage) -> None:
    page = open_shop(open_page, shop)
    orders = panel(page, "orders").locator('[data-role="value"]')
    expect(orders).to_have_attribute("data-value", re.compile(r"^[1-9]\d+$"))
    num_of_day = float(orders.get_attribute("data-value") or "nan")
    role(page, "range").click()
    page.locator('.option[data-value="1h"]').click()
    expect(page).to_have_url(re.compile(r"range=1h$"))
    # Twice a second there is one more of this hour, and of this day; of the hours before there are a thousand.
    is_less = "([value, most]) => Number(value.dataset.value) < most - 500"
    page.wait_for_function(is_less, arg=[orders.element_handle(), num_of_day])
    role(page, "range").click()
    page.locator('input[type="datetime-local"]').first.fill("2001-01-01T00:00:00")
    page.locator('input[type="datetime-local"]').last.fill("2001-01-02T00:00:00")
    page.locator(".range-form button").click()
    expect(page).to_have_url(re.compile(r"range=978\d+(%7E|~)978\d+$"))
    expect(orders).to_have_attribute("data-value", "0")


def test_what_is_typed_is_searched_and_is_one_step_back(shop: str, open_page: OpenPage) -> None:
    page = open_shop(open_page, shop)
    role(page, "search").press_sequentially("africa", delay=0)
    wait_regions(page, "Africa")
    page.go_back()
    expect(role(page, "search")).to_have_value("")
    expect(page).to_have_url(re.compile(r"/s/shop/$"))


@pytest.mark.parametrize(("width", "height"), [(1600, 1000), (390, 844)])
def test_the_bar_fits_the_page(shop: str, open_page: OpenPage, width: int, height: int) -> None:
    page = open_page(f"{shop}s/shop/?region=Europe&region=Asia&status=paid&q=a", width=width, height=height)
    expect(role(page, "chip")).to_have_count(4)
    role(page, "range").click()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = page.locator(".popover:not([hidden])").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width


def test_a_menu_stays_open_whatever_else_is_chosen(shop: str, open_page: OpenPage) -> None:
    page = open_shop(open_page, shop, "?status=paid")
    page.locator('[data-filter="region"]').click()
    for region in ("Asia", "Africa"):
        page.locator(".popover:not([hidden])").get_by_role("option", name=region).click()
    wait_regions(page, "Africa", "Asia")
    expect(page.locator(':focus[role="option"]')).to_have_text("Africa")


def test_chips_are_taken_back_by_the_keyboard_one_after_the_other(shop: str, open_page: OpenPage) -> None:
    page = open_shop(open_page, shop, "?region=Asia&region=Europe&status=paid")
    role(page, "chip").first.focus()
    for left in (2, 1):
        page.keyboard.press("Enter")
        expect(role(page, "chip")).to_have_count(left)
        expect(page.locator(':focus[data-role="chip"]')).to_have_count(1)
    page.keyboard.press("Enter")
    expect(role(page, "chip")).to_have_count(0)
    expect(page.locator(".filter-tools button:focus")).to_have_count(1)


@pytest.mark.parametrize("said", ["0~1e300", "~5", "1~2~3", "-1e13~5"])
def test_an_address_with_a_range_that_is_none_opens(shop: str, open_page: OpenPage, said: str) -> None:
    page = open_shop(open_page, shop, f"?range={said}&kiosk")
    expect(role(page, "notice")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?kiosk=?$"))


def test_long_values_and_many_fit_a_small_phone(shop: str, open_page: OpenPage) -> None:
    asked = "&".join(f"region={i:03d}{'W' * 190}" for i in range(1000))
    page = open_page(f"{shop}s/shop/?{asked[:10_000]}&q={'M' * 200}", width=360, height=740)
    expect(role(page, "chip").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    bar = role(page, "filters").bounding_box()
    assert bar is not None
    assert bar["height"] < 370


def test_what_is_not_chosen_is_faint_and_still_read(shop: str, open_page: OpenPage) -> None:
    page = open_shop(open_page, shop, "?region=Asia&status=paid", color_scheme="dark")
    for mark in (".bar-row[data-faint]", ".pie-entry[data-faint]"):
        faint = page.locator(mark).first
        expect(faint).to_have_css("opacity", "1")
    expect(page.locator(".bar-row[data-faint] .bar").first).not_to_have_css("opacity", "1")


def test_a_new_value_does_not_take_the_place_of_the_one_in_focus(shop: str, folder: Path, open_page: OpenPage) -> None:
    page = open_shop(open_page, shop)
    page.locator('[data-filter="region"]').click()
    options = page.locator('.popover:not([hidden]) [role="option"]:not([hidden])')
    options.nth(2).focus()
    expect(page.locator(":focus")).to_have_text("Asia")
    with sqlite3.connect(next(folder.glob("cadran-shop-*/shop.db"))) as writer:
        row = (time.time(), "Antarctica", "Lamp", "paid", 40.0)
        writer.execute("INSERT INTO orders (ts, region, product, status, amount) VALUES (?, ?, ?, ?, ?)", row)
    writer.close()
    expect(options).to_have_text(["Africa", "Americas", "Antarctica", "Asia", "Europe"])
    expect(page.locator(":focus")).to_have_text("Asia")


def test_a_range_that_has_ended_has_its_own_sparkline(shop: str, open_page: OpenPage) -> None:
    end = int(time.time()) - 86_400
    page = open_shop(open_page, shop, f"?range={end - 86_400}~{end}")
    orders = panel(page, "orders")
    page.wait_for_function("() => window.cadran.points('orders')[0].xs.length > 10")
    [held] = page.evaluate("window.cadran.points('orders')")
    assert end - 86_400 - 3600 <= held["xs"][0] <= held["xs"][-1] <= end
    # What the number counts is what is drawn.
    value = orders.locator('[data-role="value"]')
    total = "window.cadran.points('orders')[0].ys.reduce((sum, y) => sum + y, 0)"
    page.wait_for_function(f"(value) => {total} === Number(value.dataset.value)", arg=value.element_handle())
    expect(orders.locator("canvas.spark")).to_be_visible()
    wait_until(page, lambda: colors_in(page, "orders"), lambda: "nothing is drawn")
    role(page, "chip").first.click()
    # A point for each hour that is over: the last one began up to two hours ago, and is shown at a bucket's begin.
    page.wait_for_function("(end) => window.cadran.points('orders')[0].xs.at(-1) > end + 22 * 3600 - 600", arg=end)
