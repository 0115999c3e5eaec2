"""On paper: all panels, nothing that is for the hand, light, below the title and the moment that they are of."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.looking import colors_in, panel, role, wait_drawn, wait_points
from tests.browser.served import Served, table

pytestmark = pytest.mark.browser

PANELS_MAX = 120
"""So many are printed."""

DARK, LIGHT, LINE = 0x151B23, 0xFFFFFF, 0x2563C9
"""Surfaces of both themes, and the first line of the light one."""

SIZES = """
() => [...document.querySelectorAll(".plot")].map((host) => {
  const canvas = host.querySelector("canvas");
  return [host.closest("[data-panel]").dataset.panel, host.clientWidth, canvas ? canvas.clientWidth : 0];
})
"""
PAPER_COLOR = "() => getComputedStyle(document.documentElement).backgroundColor"


def fill(plant: Served, num_rows: int = 40) -> None:
    now = time.time()
    for series in ("left", "right", "pressure", "below"):
        plant.fill(series, [(now - 300 + i, 5 + i % 7) for i in range(300)])
    regions: list[dict[str, object]] = [
        {"region": name, "amount": 10 + i} for i, name in enumerate(("North", "South", "East"))
    ]
    events: list[dict[str, object]] = [{"id": i, "amount": i * 1.5} for i in range(num_rows)]
    plant.send("press", table("regions", regions), table("events", events, "id"))
    plant.set(temperature=21.5, state="heating")


def press_print(page: Page) -> None:
    """Press Ctrl+P, and wait until the browser is asked to print."""
    page.evaluate("() => { window.asked = false; window.print = () => { window.asked = true; }; }")
    page.keyboard.press("Control+p")
    page.wait_for_function("() => window.asked")


def begin(page: Page) -> list[tuple[str, int, int]]:
    """What browsers do before they print; returns each chart with the widths of its box and of its drawing by then."""
    page.emulate_media(media="print")
    sizes = page.evaluate(f"() => {{ dispatchEvent(new Event('beforeprint')); return ({SIZES})() }}")
    return [(key, width, drawn) for key, width, drawn in sizes]


def end(page: Page) -> None:
    page.evaluate("() => { dispatchEvent(new Event('afterprint')) }")
    page.emulate_media(media="screen")


def test_all_panels_are_printed_also_those_that_were_never_in_view(
    plant: Served, open_page: Callable[..., Page]
) -> None:
    fill(plant)
    page = open_page(plant.url + "s/plant/?theme=dark", width=1600, height=500)
    wait_points(page, "vibration", 200)
    wait_points(page, "pressure", 200)
    wait_drawn(page, "vibration")
    wait_drawn(page, "pressure")
    before = {key: width for key, _, width in page.evaluate(SIZES)}
    color = page.evaluate(PAPER_COLOR)
    assert DARK in colors_in(page, "pressure")
    assert before["below"] == 0  # it is out of view
    press_print(page)
    sizes = begin(page)
    expect(page.locator(".print-head")).to_have_text(re.compile(r"^PlantAs of .*\d\d:\d\d:\d\d \(UTC\)$"))
    expect(page.locator("[data-unprinted]")).to_have_count(0)
    expect(panel(page, "events").locator("tbody tr")).to_have_count(40)
    assert [key for key, _, _ in sizes] == ["vibration", "pressure", "below"]
    assert all(width == drawn <= 700 for _, width, drawn in sizes)
    for key in ("pressure", "below"):
        assert {LIGHT, LINE} <= set(colors_in(page, key))
    assert page.evaluate(PAPER_COLOR) == "rgb(255, 255, 255)"
    for name in ("auto-refresh", "refresh", "theme", "interval", "connection", "earlier"):
        assert role(page, name).evaluate_all("(nodes) => nodes.every((node) => !node.checkVisibility())"), name
    scrolled = "(at) => at.scrollHeight > at.clientHeight + 1"
    assert not panel(page, "events").locator(".table-scroll").evaluate(scrolled)
    end(page)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator(".print-head")).to_be_hidden()
    after = {key: width for key, _, width in page.evaluate(SIZES)}
    assert after == before
    assert DARK in colors_in(page, "pressure")
    assert page.evaluate(PAPER_COLOR) == color


def test_the_browser_makes_pages_of_it_and_no_panel_is_cut(plant: Served, open_page: Callable[..., Page]) -> None:
    fill(plant, num_rows=5)
    page = open_page(plant.url + "s/plant/", width=1600, height=500)
    wait_points(page, "vibration", 200)
    press_print(page)
    pages = re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))  # by which the browser's own events come
    assert 1 <= len(pages) <= 2
    begin(page)
    avoided = "(panels) => panels.map((at) => getComputedStyle(at).breakInside)"
    assert set(page.locator(".panel:not([data-kind=table])").evaluate_all(avoided)) == {"avoid"}
    end(page)


def test_what_is_not_printed_is_said(plant: Served, open_page: Callable[..., Page]) -> None:
    fill(plant)
    page = open_page(plant.url + "s/many/", width=1280, height=800)
    wait_points(page, "chart0", 200)
    left_out = role(page, "left-out")
    begin(page)
    num_out = page.locator("[data-unprinted]").count()
    assert 60 < num_out < PANELS_MAX  # by a menu of the browser: only what was in view is there
    expect(left_out).to_have_text(f"{num_out} panels are left out: not loaded, or beyond the first {PANELS_MAX}")
    end(page)
    expect(page.locator("[data-unprinted]")).to_have_count(0)
    press_print(page)
    begin(page)
    expect(panel(page, f"chart{PANELS_MAX - 1}")).to_be_hidden()
    assert page.locator("[data-unprinted]").count() < num_out
    expect(left_out).to_have_text(re.compile(r"left out"))
    end(page)
    page.wait_for_function(f"() => !document.querySelector('[data-panel=chart{PANELS_MAX - 2}] canvas')")
