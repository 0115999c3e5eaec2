"""Menus of filters: of few values a letter finds one, of thousands some letters do, by keyboard and for who listens."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.looking import role, wait_value
from tests.browser.plant import NUM_CUSTOMERS
from tests.browser.served import Served

pytestmark = pytest.mark.browser

OPEN = '.popover:not([hidden]) [role="option"]:not([hidden])'


@pytest.fixture
def page(plant: Served, open_page: Callable[..., Page]) -> Page:
    page = open_page(f"{plant.url}s/chosen/")
    wait_value(page, "amount", sum(range(NUM_CUSTOMERS)))
    return page


def open_menu(page: Page, name: str) -> Locator:
    page.locator(f'[data-filter="{name}"]').focus()
    page.keyboard.press("Enter")
    options = page.locator(OPEN)
    options.first.wait_for()
    return options


def test_a_letter_moves_on_to_the_next_value_that_begins_with_it(page: Page) -> None:
    open_menu(page, "size")
    for letter, value in (("l", "Large"), ("S", "Small"), ("m", "Medium"), ("x", "Medium")):
        page.keyboard.press(letter)
        expect(page.locator(':focus[role="option"]')).to_have_text(value)
    expect(page.locator('.popover:not([hidden]) [data-role="option-search"]')).to_be_hidden()


def test_of_thousands_some_letters_find_the_one(page: Page) -> None:
    options = open_menu(page, "customer")
    told = page.locator(".popover:not([hidden]) .option-told")
    expect(told).to_have_text("1,300 more: type to find them")
    expect(options).to_have_count(200)  # not all are drawn
    page.keyboard.type("elan 1418")  # from the button: the letters go to the field
    search = page.locator(".popover:not([hidden])").get_by_label("Search: Customer")
    expect(search).to_be_focused()
    expect(search).to_have_value("elan 1418")
    expect(options).to_have_text(["Élan 1418"])
    expect(told).to_be_hidden()
    page.keyboard.press("Enter")
    wait_value(page, "amount", 1418)
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.type("no such")  # what was typed is marked, and gives way
    expect(options).to_have_count(0)
    expect(told).to_have_text("Nothing like that")
    page.keyboard.press("Escape")
    expect(search).to_have_value("")
    # What is chosen can be taken back, although it lies far down.
    expect(options.first).to_have_text("Élan 1418")
    page.keyboard.press("ArrowDown")
    expect(page.locator(':focus[role="option"]')).to_have_text("Élan 1418")
    page.keyboard.press("ArrowUp")
    expect(search).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator('[data-filter="customer"]')).to_be_focused()
    expect(role(page, "chip")).to_have_text(["Customer: Élan 1418×"])


def test_a_menu_that_opens_again_finds_all_again(page: Page) -> None:
    options = open_menu(page, "customer")
    page.keyboard.type("1499")
    expect(options).to_have_count(1)
    page.locator("h1").click()
    expect(page.locator(".popover:not([hidden])")).to_have_count(0)
    expect(open_menu(page, "customer")).to_have_count(200)


def test_a_menu_in_french_says_so(plant: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{plant.url}s/chosen/?lang=fr", width=390, height=844)
    open_menu(page, "customer")
    expect(page.locator(".popover:not([hidden]) .option-told")).to_have_text(
        "1\u202f300 de plus\u00a0: tapez pour les trouver"
    )
    box = page.locator(".popover:not([hidden])").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
