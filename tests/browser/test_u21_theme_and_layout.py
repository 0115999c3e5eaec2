"""U21: one set of tokens colours everything, canvases included; text can be read, and everything has its place."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Page, expect
from tests.browser.conftest import Guard
from tests.browser.looking import (
    Wire,
    canvas_of,
    colors_in,
    panel,
    role,
    value_of,
    wait_points,
    wait_rest,
    wait_state,
    wait_until,
    wait_value,
)
from tests.browser.served import Served, chart, fresh_number, table

pytestmark = pytest.mark.browser

TALL = 1400
"""Pixels in which all of the screen is seen at once."""

COLORS = """
() => Object.fromEntries([
  ["page", "html"], ["bar", ".topbar"], ["panel", ".panel"], ["title", ".title"], ["value", ".kpi-value"],
  ["button", ".control"], ["legend", ".legend-entry"], ["cell", "td"], ["line", "th"],
].map(([name, selector]) => {
  const style = getComputedStyle(document.querySelector(selector));
  return [name, [style.color, style.backgroundColor, style.borderColor].join(" ")];
}))
"""

CONTRASTS = """
() => {
  const scratch = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
  const paint = (color) => {
    scratch.clearRect(0, 0, 1, 1);
    scratch.fillStyle = color;
    scratch.fillRect(0, 0, 1, 1);
    return [...scratch.getImageData(0, 0, 1, 1).data].map((part, i) => (i < 3 ? part : part / 255));
  };
  const over = (top, below, alpha = top[3]) => below.slice(0, 3).map((part, i) => top[i] * alpha + part * (1 - alpha));
  const light = (color) => color.map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) layers.push(paint(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255]);
  };
  const opacity = (node) => node ? Number(getComputedStyle(node).opacity) * opacity(node.parentElement) : 1;
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (!text || !node.checkVisibility({checkVisibilityCSS: true, checkOpacity: true})) continue;
    if (node.closest("option, script, noscript")) continue;
    const back = behind(node);
    const front = paint(getComputedStyle(node).color);
    const [a, b] = [light(over(front, back, front[3] * opacity(node))), light(back)];
    found.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), `${node.className} ${text.slice(0, 30)}`]);
  }
  return found;
}
"""


@pytest.fixture
def full(plant: Served) -> Served:
    """A plant in which every panel of the screen has something to show."""
    now = time.time()
    for series in ("left", "right", "pressure", "below"):
        plant.fill(series, [(now - 300 + i, 5 + i % 7) for i in range(300)])
    regions = [{"region": name, "amount": 10 + i} for i, name in enumerate(("North", "South", "East"))]
    events = [{"id": i, "what": f"event {i}", "amount": i * 1.5} for i in range(20)]
    plant.send("press", table("regions", regions), table("events", events, "id"))
    plant.set(state="heating")
    return plant


def open_full(opening: Callable[..., Any], full: Served, query: str = "", **options: Any) -> Any:
    full.set(temperature=(value := fresh_number()))
    opened = opening(f"{full.url}s/plant/{query}", **options)
    page = opened[0] if isinstance(opened, tuple) else opened
    wait_value(page, "temperature", value)
    wait_points(page, "vibration", 200)
    if page.viewport_size and page.viewport_size["height"] >= TALL:
        expect(panel(page, "events").locator("td").first).to_be_attached()
    return opened


def test_u21_theme_recolours_all_without_a_message(full: Served, wired: Callable[..., tuple[Page, Wire]]) -> None:
    page, wire = open_full(wired, full, height=TALL, color_scheme="light")
    html = page.locator("html")
    # A chart that follows the present has other edges of its line at each moment: this one rests.
    now = time.time()
    page.evaluate("([x0, x1]) => cadran.zoom('vibration', x0, x1)", [now - 250, now - 50])
    page.wait_for_function("([x]) => cadran.points('vibration')[0].xs.at(-1) < x", arg=[now - 40])
    wait_rest(page, "vibration")
    page.wait_for_function("() => document.getAnimations().length === 0")
    system, system_canvas = page.evaluate(COLORS), colors_in(page, "vibration")
    num_messages = wire.num_data_messages
    seen = {}
    for theme in ("light", "dark"):
        role(page, "theme").click()
        expect(html).to_have_attribute("data-theme", theme)
        page.wait_for_function("() => document.getAnimations().length === 0")
        seen[theme] = page.evaluate(COLORS), colors_in(page, "vibration")
    light, dark = seen["light"], seen["dark"]
    assert light == (system, system_canvas)
    assert [name for name, color in light[0].items() if color == dark[0][name]] == []
    assert light[1]
    assert set(light[1]).isdisjoint(dark[1])

    role(page, "theme").click()  # back to what the system says, which then changes its mind
    expect(html).not_to_have_attribute("data-theme", "dark")
    page.emulate_media(color_scheme="dark")
    wait_until(page, lambda: (page.evaluate(COLORS), colors_in(page, "vibration")) == dark)
    assert wire.num_data_messages == num_messages


def test_u21_the_address_chooses_theme_and_kiosk(full: Served, open_page: Callable[..., Page]) -> None:
    page = open_full(open_page, full, "?theme=dark&kiosk", color_scheme="light")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(role(page, "auto-refresh")).to_be_hidden()
    expect(role(page, "connection")).to_be_visible()
    expect(role(page, "last-update")).to_be_visible()
    red, green, blue = page.evaluate(
        "() => getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/g).map(Number)"
    )
    assert max(red, green, blue) < 40


@pytest.mark.parametrize("screen", ["plant", "demo"])
def test_u21_text_has_contrast_in_both_themes(
    full: Served, demo: Served, open_page: Callable[..., Page], screen: str
) -> None:
    if screen == "plant":
        page = open_full(open_page, full, "?theme=light", height=TALL)
    else:
        page = open_page(f"{demo.url}?theme=light", width=1600, height=TALL)
        wait_points(page, "memory-lines", 2)
    page.emulate_media(reduced_motion="reduce")  # what changes is marked for a moment, in other colours
    for theme in ("light", "dark"):
        expect(page.locator("html")).to_have_attribute("data-theme", theme)
        page.wait_for_function("() => document.getAnimations().length === 0")
        measured = page.evaluate(CONTRASTS)
        assert len(measured) > 60
        assert [one for one in measured if one[0] < 4.5] == []
        role(page, "theme").click()


def test_u21_a_legend_of_what_is_old_fades_and_can_be_read(plant: Served, open_page: Callable[..., Page]) -> None:
    plant.send("pulse", chart("wave", [(time.time(), 3.5)], replace=True))
    page = open_page(plant.url + "s/pulse/?theme=light")
    wait_state(page, "wave", "stale")  # its channel declares expect="1s"
    value = panel(page, "wave").locator(".legend-value")
    expect(value).to_have_text("3.50")
    for theme in ("light", "dark"):
        expect(page.locator("html")).to_have_attribute("data-theme", theme)
        page.wait_for_function("() => document.getAnimations().length === 0")
        contrasts = {told: contrast for contrast, told in page.evaluate(CONTRASTS)}
        assert 4.5 <= contrasts["legend-value 3.50"] < 0.7 * contrasts["screen-title Pulse"]
        role(page, "theme").click()


def box_of(page: Page, key: str) -> FloatRect:
    box = panel(page, key).bounding_box()
    assert box is not None
    return box


def test_u21_a_phone_has_one_column_and_no_sideways_scroll(full: Served, open_page: Callable[..., Page]) -> None:
    page = open_full(open_page, full, width=360, height=740)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    boxes = {
        key: box_of(page, key)
        for key in ("temperature", "again", "double", "state", "vibration", "pressure", "by-region", "shares", "events")
    }
    tops = [round(boxes[key]["y"]) for key in ("temperature", "again", "double", "state")]
    assert tops[0] == tops[1] < tops[2] == tops[3]
    for key in ("vibration", "pressure", "by-region", "shares", "events"):
        assert boxes[key]["width"] > 320
        assert boxes[key]["x"] + boxes[key]["width"] <= 360
    canvas = canvas_of(page, "vibration").bounding_box()
    assert canvas is not None
    assert canvas["width"] < 360


def test_u21_a_card_without_a_neighbour_is_as_wide_as_a_phone(plant: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(plant.url + "s/many/", width=360, height=740)
    alone, chart = (box_of(page, key) for key in ("temperature", "chart0"))
    assert (alone["x"], alone["width"]) == (chart["x"], chart["width"])


def test_u21_eight_cards_stand_in_one_row_on_a_desktop(demo: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(demo.url, width=1600, height=1000)
    cards = page.locator('section[data-panel][data-kind="kpi"]')
    tops = cards.evaluate_all(
        "(cards) => cards.slice(0, 8).map((card) => Math.round(card.getBoundingClientRect().top))"
    )
    assert len(tops) == 8
    assert len(set(tops)) == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 1600


def test_u21_no_figure_of_a_card_is_cut(own_plant: Served, open_page: Callable[..., Page]) -> None:
    """A part of a number would be another number: it is set smaller, or written short."""
    own_plant.set(temperature=-123456789.25)
    page = open_page(own_plant.url + "s/plant/", width=360, height=740)

    def wait_whole(key: str) -> None:
        is_whole = "(value) => value.scrollWidth <= value.clientWidth"
        page.wait_for_function(is_whole, arg=value_of(page, key).element_handle())

    for key, times in (("temperature", 1), ("again", 1), ("double", 2)):
        wait_value(page, key, str(-123456789.25 * times))
        wait_whole(key)
    own_plant.set(temperature=987_000_000_000_000_000)
    value = value_of(page, "temperature")
    expect(value).to_have_attribute("data-value", "987000000000000000")
    wait_whole("temperature")
    expect(value).to_have_attribute("title", re.compile(r"^987,000,000,000,000,000"))


def test_u21_other_tokens_of_a_program_that_was_reloaded_recolour_an_open_page(
    own_plant: Served, open_page: Callable[..., Page], guard: Guard
) -> None:
    """Canvases included, without a reload of the page."""
    guard.allow("ERR_CONNECTION_REFUSED|WebSocket is closed before")
    now = time.time()
    wave = chart("wave", [(now - 300 + i, i % 7) for i in range(300)])
    own_plant.send("pulse", wave)
    page = open_page(own_plant.url + "s/pulse/", color_scheme="light")
    wait_until(page, lambda: 0x2563C9 in colors_in(page, "wave"))
    page.evaluate("() => { window.stays = true }")
    port = own_plant.port
    own_plant.kill()
    (own_plant.folder / "accent").write_text("#c0ffee")
    own_plant.restart(port)
    accent = "() => getComputedStyle(document.documentElement).getPropertyValue('--color-accent').trim()"
    page.wait_for_function(f"() => ({accent})() === '#c0ffee'")
    own_plant.send("pulse", wave)
    wait_until(page, lambda: 0xC0FFEE in colors_in(page, "wave"))
    assert page.evaluate("() => window.stays")
    assert page.locator('link[href^="tokens.css"]').count() == 1
