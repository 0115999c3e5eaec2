"""U8: what is old says so, whichever part of the way went silent; the last value stays."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect
from tests.browser.looking import panel, role, value_of, wait_state, wait_until, wait_value
from tests.browser.served import Served, fresh_number, kpi

pytestmark = pytest.mark.browser

TRIES_MAX = 60
LONG_SECS = 16

WATCH = """
() => {
  const beat = document.querySelector('[data-panel="beat"]');
  const look = () => states.push([beat.dataset.state, beat.querySelector('[data-role="badge"]').checkVisibility()]);
  window.states = [];
  new MutationObserver(look).observe(beat, {attributes: true, attributeFilter: ["data-state"]});
}
"""
"""The states that a card had, and whether its badge was shown, from now on."""


def seconds_until_next_try(told: str) -> int:
    found = re.search(r"Next try in (\d+) s", told)
    return int(found[1]) if found else 0


def test_u08_a_page_whose_socket_is_dead_turns_stale_by_itself(plant: Served, open_page: Callable[..., Page]) -> None:
    is_dead = False

    def deaf(route: WebSocketRoute) -> None:
        """A link that can go silent without closing, as when a cable is pulled."""
        if is_dead:
            return
        server = route.connect_to_server()
        route.on_message(lambda text: None if is_dead else server.send(text))
        server.on_message(lambda data: None if is_dead else route.send(data))

    def prepare(page: Page) -> None:
        page.clock.install()
        page.route_web_socket(re.compile(r"/ws$"), deaf)

    plant.set(temperature=(value := fresh_number()))
    page = open_page(plant.url + "s/plant/", prepare=prepare)
    wait_value(page, "temperature", value)
    wait_state(page, "temperature", "live")
    is_dead = True
    page.clock.fast_forward(10_500)  # two beats, and no word
    expect(panel(page, "temperature")).to_have_attribute("data-state", re.compile("stale|disconnected"))
    expect(role(page, "connection")).to_have_attribute("data-state", "disconnected")
    page.clock.fast_forward(2_000)
    wait_state(page, "temperature", "disconnected")
    expect(panel(page, "temperature").locator('[data-role="badge"]')).to_have_text(re.compile(r"offline.*\d\d s"))
    expect(role(page, "last-update")).to_have_text(re.compile(r"\d\d s ago"))
    wait_value(page, "temperature", value)
    is_dead = False
    plant.set(temperature=(value := fresh_number()))
    page.clock.fast_forward(12_000)  # the attempt into the void is given up, and the next one gets through
    wait_value(page, "temperature", value)
    expect(role(page, "connection")).to_have_attribute("data-state", "live")


def test_u08_a_silent_channel_is_stale_and_says_its_age(plant: Served, open_page: Callable[..., Page]) -> None:
    plant.send("pulse", kpi("beat", 60))
    page = open_page(plant.url + "s/pulse/")
    page.evaluate(WATCH)
    wait_value(page, "beat", 60)
    wait_state(page, "beat", "stale")  # the channel declares expect="1s"
    badge = panel(page, "beat").locator('[data-role="badge"]')
    expect(badge).to_have_text(re.compile(r"^stale\W+\d+ s$"))
    expect(value_of(page, "beat")).to_have_attribute("data-value", "60")
    expect(role(page, "problems")).to_be_visible()
    page.evaluate("states.splice(0)")

    def is_alive() -> bool:
        """An equal value is a sign of life, for a second: on a busy machine that may be over when it comes."""
        plant.send("pulse", kpi("beat", 60))
        return bool(page.evaluate("states.length > 0"))

    wait_until(page, is_alive)
    assert page.evaluate("states[0]") == ["live", False]


def test_u08_an_error_says_what_and_when_and_retry_works(plant: Served, open_page: Callable[..., Page]) -> None:
    (plant.folder / "broken").touch()
    try:
        page = open_page(plant.url + "s/polled/", height=500)
        role(page, "refresh").click()
        wait_state(page, "kiln", "error")
        fault = panel(page, "kiln").locator(".fault")
        expect(fault).to_be_visible()
        expect(fault).to_contain_text("no answer from the kiln")
        expect(fault.locator(".fault-when")).to_contain_text(re.compile(r"Next try in \d+"))
        wait_state(page, "tick", "live")  # the fault stays where it is
        retry, when = panel(page, "kiln").locator('[data-role="retry"]'), fault.locator(".fault-when")
        for _ in range(TRIES_MAX):  # each asks at once, fails, and makes the next wait longer
            told = when.inner_text()
            if seconds_until_next_try(told) >= LONG_SECS:
                break
            retry.click()
            expect(when).not_to_have_text(told)
        num_reads = len(plant.reads("broken"))
    finally:
        (plant.folder / "broken").unlink()
    retry.click()
    expect(panel(page, "kiln")).to_have_attribute(
        "data-state", "live", timeout=(LONG_SECS - 4) * 1000
    )  # long before the next try
    wait_value(page, "kiln", 7)
    expect(fault).to_be_hidden()
    assert len(plant.reads("broken")) > num_reads
    assert page.evaluate("window.ran") is None


def test_u08_what_needs_attention_is_counted_of_what_is_in_view(
    own_plant: Served, open_page: Callable[..., Page]
) -> None:
    (own_plant.folder / "broken").touch()
    page = open_page(own_plant.url + "s/polled/", height=500)
    wait_state(page, "kiln", "error")
    problems = role(page, "problems")
    expect(problems).to_have_text("1 panel in view needs attention")
    expect(problems).to_have_attribute("title", re.compile("out of view"))
    page.evaluate("() => scrollTo(0, document.documentElement.scrollHeight)")
    expect(problems).to_be_hidden()
    page.evaluate("() => scrollTo(0, 0)")
    expect(problems).to_be_visible()


def test_u08_a_chart_whose_points_are_all_older_than_its_window_says_of_when_they_are(
    own_plant: Served, open_page: Callable[..., Page]
) -> None:
    """Neither is it still loading, nor is there no data yet. The last value stays, and one can go back to it."""
    own_plant.fill("below", [(time.time() - 3600.0, 2.5)])
    page = open_page(own_plant.url + "s/plant/", height=2000)
    below = panel(page, "below")
    expect(below.locator('[data-role="elsewhere"]')).to_have_text(
        re.compile(r"^no points here; the newest is of \d\d:\d\d:\d\d$|, \d\d:\d\d:\d\d$")
    )
    expect(below.locator(".skeleton")).to_be_hidden()
    expect(below.locator(".empty")).to_be_hidden()
    expect(below.locator(".legend-value")).to_have_text("2.50")
    below.locator(".plot").press("Home")
    expect(below.locator('[data-role="reset-zoom"]')).to_be_visible()
    expect(below.locator(".legend-value")).to_have_text("2.50")
    below.locator('[data-role="reset-zoom"]').click()
    own_plant.add("below", (time.time(), 3.5))
    expect(below.locator('[data-role="elsewhere"]')).to_have_text("")
    expect(below.locator(".legend-value")).to_have_text("3.50")


def test_u08_a_line_whose_points_are_ahead_of_the_clock_says_so(
    own_plant: Served, open_page: Callable[..., Page]
) -> None:
    """They lie right of its picture: without a word nothing told why it is empty, or that a clock is wrong."""
    own_plant.fill("below", [(time.time() + 3600.0, 2.5)])
    page = open_page(own_plant.url + "s/plant/", height=2000)
    below = panel(page, "below")
    badge = below.locator('[data-role="badge"]')
    expect(badge).to_have_text(re.compile(r"^(1 h|59 min) ahead$"))
    expect(badge).to_have_attribute("title", re.compile("ahead of the server’s clock"))
    expect(below).to_have_attribute("data-state", "live")
