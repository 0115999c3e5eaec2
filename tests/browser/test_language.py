"""French and English: the original's line "Dernière mise à jour", numbers by locale, an age that goes on by itself."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.looking import Wire, panel, role, value_of, wait_until, wait_value
from tests.browser.served import Served

pytestmark = pytest.mark.browser

IS_OLDER = """
(age) => parseInt(document.querySelector('[data-role=last-update]').textContent.match(/\\d+/)[0]) > age
"""
NARROW, WIDE = "\u202f", "\u00a0"


def test_french_says_last_update_and_writes_numbers_its_way(plant: Served, open_page: Callable[..., Page]) -> None:
    plant.set(temperature=12345.5)
    page = open_page(plant.url + "s/plant/?lang=fr", locale="fr-FR")
    wait_value(page, "temperature", 12345.5)
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(role(page, "last-update")).to_have_text(re.compile(r"^Dernière mise à jour\s: (à l’instant|il y a \d+ s)$"))
    expect(value_of(page, "again")).to_have_text(f"12{NARROW}345,50")
    expect(role(page, "connection")).to_have_text("En direct")
    expect(role(page, "refresh")).to_have_text("Actualiser")

    role(page, "language").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(role(page, "last-update")).to_have_text(re.compile(r"^Last update: (now|\d+ s ago)$"))
    expect(value_of(page, "again")).to_have_text("12,345.50")
    expect(role(page, "refresh")).to_have_text("Refresh")


def test_the_browsers_language_is_taken_and_the_choice_is_remembered(
    plant: Served, open_page: Callable[..., Page]
) -> None:
    plant.set(temperature=0.5)
    page = open_page(plant.url + "s/plant/", locale="fr-CA")
    wait_value(page, "temperature", 0.5)
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(value_of(page, "again")).to_have_text("0,50")
    role(page, "language").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.reload()
    wait_value(page, "temperature", 0.5)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(panel(page, "again").locator('[data-role="value"]')).to_have_text("0.50")


def test_the_age_ticks_each_second_by_itself(plant: Served, wired: Callable[..., tuple[Page, Wire]]) -> None:
    plant.set(temperature=1.5)
    page, wire = wired(plant.url + "s/plant/?lang=fr")
    wait_value(page, "temperature", 1.5)
    expect(role(page, "last-update")).to_contain_text(re.compile(r"il y a \d+ s"))

    def ticks_alone() -> bool:
        """Two seconds pass; returns whether nothing came meanwhile: of the first picture something may still do."""
        num_messages = wire.num_data_messages
        ages = []
        for _ in range(2):
            ages.append(int(re.findall(r"\d+", role(page, "last-update").inner_text())[0]))
            page.wait_for_function(IS_OLDER, arg=ages[-1])
        assert ages == sorted(set(ages))
        return wire.num_data_messages == num_messages

    wait_until(page, ticks_alone)
