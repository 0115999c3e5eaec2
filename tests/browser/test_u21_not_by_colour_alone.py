"""U21: who sees no colours, or has the system set them, sees what colours say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.looking import panel, wait_value
from tests.browser.served import Served

pytestmark = pytest.mark.browser

PROGRAM = """
import cadran as cd

press = cd.channel("press")


@cd.screen("Oven")
def oven(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
    ui.kpi("Temperature", press.kpi("temperature"), bands=[cd.above(85, "warning"), cd.above(95, "error")])
    ui.line("Line", press.series("temperature"))
"""
GROUND = """(one) => {
  const of = (what) => getComputedStyle(what).backgroundColor;
  return of(one) !== of(one.closest("header, .panel"));
}"""


@pytest.fixture
def oven(tmp_path: Path) -> Iterator[Served]:
    program = tmp_path / "oven.py"
    program.write_text(PROGRAM)
    served = Served(None, tmp_path, "-m", "cadran.cli", "run", str(program), "--no-open", "--port", "0")
    yield served
    served.stop()


def test_u21_a_card_says_in_which_band_its_value_is(oven: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(oven.url, locale="en-GB")
    sign = panel(page, "temperature").locator('[data-role="sign"]')
    for value, name, text in ((85.5, "value in a warning range", "!"), (96.5, "value in an error range", "!!")):
        oven.set(temperature=value)
        wait_value(page, "temperature", value)
        expect(sign).to_have_text(text + name)
        expect(sign.locator(".kpi-mark")).to_have_text(text)
        expect(sign).to_be_visible()
    oven.set(temperature=20.5)
    wait_value(page, "temperature", 20.5)
    expect(sign).to_be_hidden()


def test_u21_where_the_system_sets_the_colours_nothing_is_gone(oven: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(oven.url, forced_colors="active")
    for selector in (".switch", ".dot", ".swatch"):
        assert page.locator(selector).first.evaluate(GROUND), selector
