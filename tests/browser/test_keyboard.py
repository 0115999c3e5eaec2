"""Without a mouse, without eyes, without motion: the screen can still be used."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.looking import panel, role, wait_points
from tests.browser.served import Served, table

pytestmark = pytest.mark.browser

FOCUSED = """
() => {
  const at = document.activeElement;
  const style = getComputedStyle(at);
  const where = at.closest("[data-panel]")?.dataset.panel ?? "";
  return [at.dataset.role ?? at.className, where, style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1];
}
"""


def fill(plant: Served) -> None:
    now = time.time()
    for series in ("left", "right", "pressure", "below"):
        plant.fill(series, [(now - 100 + i, 5 + i % 7) for i in range(100)])
    plant.send("press", table("regions", [{"region": "North", "amount": 10}]), table("events", [{"id": 1}], "id"))


def test_tab_reaches_the_controls_in_order_and_space_works_the_switch(
    plant: Served, open_page: Callable[..., Page]
) -> None:
    fill(plant)
    page = open_page(plant.url + "s/plant/")
    wait_points(page, "vibration", 100)
    stops = []
    for _ in range(11):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUSED))
    roles = [stop[0] for stop in stops]
    assert roles[:6] == ["auto-refresh", "refresh", "span", "interval", "theme", "language"]
    assert [(stop[0], stop[1]) for stop in stops[6:9]] == [
        ("legend", "vibration"),
        ("legend", "vibration"),
        ("plot", "vibration"),
    ]
    assert all(stop[2] for stop in stops)  # where the focus is can be seen

    switch = role(page, "auto-refresh")
    switch.focus()
    page.keyboard.press("Space")
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(role(page, "connection")).to_have_attribute("data-state", "paused")
    page.keyboard.press("Space")
    expect(switch).to_have_attribute("aria-checked", "true")


def test_arrows_read_a_chart_point_by_point(plant: Served, open_page: Callable[..., Page]) -> None:
    fill(plant)
    page = open_page(plant.url + "s/plant/")
    wait_points(page, "vibration", 100)
    plot, tooltip = panel(page, "vibration").locator(".plot"), panel(page, "vibration").locator(".tooltip")
    plot.focus()
    page.keyboard.press("ArrowLeft")
    expect(tooltip).to_be_visible()
    told = tooltip.text_content() or ""
    assert told
    page.keyboard.press("ArrowLeft")
    expect(tooltip).not_to_have_text(told)
    page.keyboard.press("Escape")
    expect(tooltip).to_be_hidden()


FOCUSED_ROW = "() => document.activeElement.matches('tbody tr') ? document.activeElement.cells[0].textContent : null"
IS_CLEAR = """
() => {
  const row = document.activeElement;
  const [here, head, scroll] = [row, row.closest("table").querySelector("th"), row.closest(".table-scroll")]
    .map((one) => one.getBoundingClientRect());
  return here.top >= head.bottom - 1 && here.bottom <= scroll.bottom + 1;
}
"""


def test_rows_that_can_be_chosen_are_one_stop_of_tab_and_arrows_go_through_them(
    plant: Served, open_page: Callable[..., Page]
) -> None:
    """The focus stays with its row while rows come, change and are put in another order."""

    def send(ids: list[int], amount: int) -> None:
        plant.send("press", table("events", [{"id": i, "amount": amount} for i in ids], "id"))
        expect(panel(page, "events").locator("tbody tr")).to_have_text([f"{i}{amount}" for i in ids])

    plant.send("press", table("events", [{"id": i, "amount": 5} for i in range(1, 31)], "id"))
    page = open_page(plant.url + "s/rows/")
    send(list(range(1, 31)), 6)
    role(page, "language").focus()
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED_ROW) == "1"
    for key, wanted in (("End", "30"), ("ArrowUp", "29"), ("Home", "1"), ("ArrowDown", "2")):
        page.keyboard.press(key)
        assert page.evaluate(FOCUSED_ROW) == wanted
    page.keyboard.press("PageDown")
    paged = int(page.evaluate(FOCUSED_ROW))
    assert 3 < paged < 29
    page.keyboard.press("PageUp")
    assert page.evaluate(FOCUSED_ROW) == "2"
    page.keyboard.press("End")
    for _ in range(20):
        page.keyboard.press("ArrowUp")
        assert page.evaluate(IS_CLEAR)  # it does not lie below the head
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(FOCUSED_ROW) == "2"
    send([2, *range(30, 2, -1), 1], 7)
    assert page.evaluate(FOCUSED_ROW) == "2"
    send([*range(30, 1, -1), 1], 8)
    assert page.evaluate(FOCUSED_ROW) == "2"
    send([30, 20, 10, 1], 9)
    assert page.evaluate(FOCUSED_ROW) == "1"  # it is gone: the one in its place, or the last
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.closest('[data-panel]').dataset.panel") == "after"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(FOCUSED_ROW) == "1"
    page.keyboard.press("Enter")
    page.wait_for_url("**/s/plant/**")


def test_everything_has_a_name(plant: Served, open_page: Callable[..., Page]) -> None:
    fill(plant)
    page = open_page(plant.url + "s/plant/", height=1600)
    wait_points(page, "vibration", 100)
    expect(panel(page, "vibration").locator(".plot")).to_have_attribute("aria-label", re.compile("left"))
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    named: dict[str, list[str]] = {}
    for node in nodes:
        if not node.get("ignored"):
            kind = node.get("role", {}).get("value", "")
            named.setdefault(kind, []).append(node.get("name", {}).get("value", ""))
    for kind in ("button", "switch", "combobox", "image", "region", "table", "heading"):
        assert named.get(kind), kind
        assert all(named[kind]), (kind, named[kind])
    assert any("Vibration" in name and "left" in name for name in named["image"])
    assert not named.get("Canvas")  # a drawing is within an image that has a name, or is none


def test_reduced_motion_is_honoured(plant: Served, open_page: Callable[..., Page]) -> None:
    fill(plant)
    page = open_page(plant.url + "s/plant/", reduced_motion="reduce")
    wait_points(page, "vibration", 100)
    moving = """
    () => [...document.querySelectorAll("*")].filter((node) => {
      const style = getComputedStyle(node);
      return style.animationName !== "none" || style.transitionDuration.split(",").some((time) => parseFloat(time) > 0);
    }).length
    """
    assert page.evaluate(moving) == 0
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate(moving) > 0
