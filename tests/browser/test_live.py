"""The screen is alive: values move, charts gain points, and a viewer can stop and resume all that."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect
from tests.browser.looking import (
    Wire,
    held,
    number_in,
    role,
    statistics,
    value_of,
    wait_drawn,
    wait_newest,
    wait_points,
    wait_state,
    wait_until,
    wait_value,
)
from tests.browser.served import Served, fresh_number

pytestmark = pytest.mark.browser


def test_values_move_and_charts_gain_points(plant: Served, open_page: Callable[..., Page]) -> None:
    now = time.time()
    plant.fill("pressure", [(now - 10 + i, 5.0) for i in range(5)])
    plant.set(temperature=(first := fresh_number()))
    page = open_page(plant.url + "s/plant/")
    wait_value(page, "temperature", first)
    assert "never" not in role(page, "last-update").inner_text()  # no value without its age
    wait_points(page, "pressure", 5)
    for i in range(5):
        plant.add("pressure", (now - 5 + i, 6.0))
        plant.set(temperature=(value := fresh_number()))
        wait_value(page, "temperature", value)
        wait_value(page, "double", 2 * value)
    wait_points(page, "pressure", 10)
    wait_drawn(page, "pressure", 4)


def test_pause_holds_the_picture_and_resume_shows_the_present(
    plant: Served, open_page: Callable[..., Page], wired: Callable[..., tuple[Page, Wire]]
) -> None:
    plant.set(temperature=(before := fresh_number()))
    (page, wire), other = wired(plant.url + "s/plant/"), open_page(plant.url + "s/plant/")
    wait_value(page, "temperature", before)
    switch = role(page, "auto-refresh")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(role(page, "connection")).to_have_attribute("data-state", "paused")
    wait_state(page, "temperature", "paused")
    wait_until(page, lambda: wire.views[-1]["paused"])
    # What was under way when it said so has come once the other page shows what was sent after it.
    for _ in range(2):
        plant.set(temperature=(value := fresh_number()))
        wait_value(other, "temperature", value)
    shown, frames = number_in(page, "temperature"), statistics(page)["frames"]
    for _ in range(5):
        plant.set(temperature=(value := fresh_number()))
        wait_value(other, "temperature", value)
    assert number_in(page, "temperature") == shown
    assert statistics(page)["frames"] == frames

    role(page, "refresh").click()
    wait_value(page, "temperature", value)
    wait_state(page, "temperature", "paused")
    refreshed = value
    plant.set(temperature=(value := fresh_number()))
    wait_value(other, "temperature", value)
    assert number_in(page, "temperature") == refreshed

    switch.click()
    wait_value(page, "temperature", value)
    wait_state(page, "temperature", "live")
    expect(role(page, "connection")).to_have_attribute("data-state", "live")


def test_a_paused_viewer_asks_nothing_and_refresh_asks_once(plant: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(plant.url + "s/polled/", height=500)
    wait_state(page, "kiln", "live")
    role(page, "auto-refresh").click()
    wait_state(page, "tick", "paused")
    num_reads = len(plant.reads("broken"))
    shown = number_in(page, "tick")
    role(page, "refresh").click()
    expect(value_of(page, "tick")).not_to_have_attribute("data-value", str(int(shown)))
    wait_value(page, "kiln", 7)
    assert len(plant.reads("broken")) in (num_reads, num_reads + 1)


def test_the_interval_picker_changes_how_often_is_asked(plant: Served, wired: Callable[..., tuple[Page, Wire]]) -> None:
    page, wire = wired(plant.url + "s/polled/", height=500)
    wait_state(page, "tick", "live")
    picker = role(page, "interval")

    def wait_gaps(secs: float, are_so: Callable[[list[float]], bool]) -> None:
        """Choose an interval, and wait until it is told, and these are so: the times between reads, from the least."""
        picker.select_option(str(secs))
        wait_until(page, lambda: wire.views[-1]["refresh_secs"] == secs)
        num_before = len(plant.reads("tick"))

        def gaps() -> list[float]:
            reads = plant.reads("tick")[num_before:]
            return sorted(after - before for before, after in pairwise(reads[-5:]))

        wait_until(page, lambda: len(gaps()) == 4 and are_so(gaps()), gaps)

    # On a busy machine one read may come late, and the next as much sooner: it is most of them that tell.
    wait_gaps(0.5, lambda gaps: gaps[1] > 0.4)
    wait_gaps(0.1, lambda gaps: gaps[2] < 0.3)


def test_the_address_chooses_the_interval(plant: Served, wired: Callable[..., tuple[Page, Wire]]) -> None:
    page, wire = wired(plant.url + "s/polled/?refresh=1m+30s", height=500)
    assert wire.views[0]["refresh_secs"] == 90
    expect(role(page, "interval")).to_have_value("90")


def test_the_demonstration_is_alive(demo: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(demo.url, width=1600, height=1000)
    kinds = page.locator("section[data-panel]").evaluate_all("(panels) => panels.map((one) => one.dataset.kind)")
    assert kinds.count("kpi") >= 8
    assert kinds.count("line") >= 6
    assert {"bar", "pie", "table"} <= set(kinds)
    assert page.evaluate("document.documentElement.scrollHeight") > 1000  # more than one screen high
    key = str(page.locator('section[data-panel][data-kind="line"]').first.get_attribute("data-panel"))
    wait_points(page, key, 1)
    newest = max(one["xs"][-1] for one in held(page, key) if one["xs"])
    wait_newest(page, key, newest + 1)  # their number grows only until its minute is full
    values = "() => [...document.querySelectorAll('[data-kind=kpi] [data-role=value]')].map((one) => one.dataset.value)"
    before = page.evaluate(values)
    changed = f"(before) => ({values})().filter((value, i) => value !== before[i]).length >= 3"
    page.wait_for_function(changed, arg=before)

    def troubled() -> list[str]:
        return [f"{name} {state}" for name, state in statistics(page)["panels"].items() if state in ("error", "stale")]

    wait_until(page, lambda: troubled() == [], troubled)  # what a busy machine reads late is stale until it is read
