"""Law 8 and F24: after a cut or a crash the page comes back by itself, with zoom kept and nothing lost."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect
from tests.browser.conftest import Guard
from tests.browser.looking import (
    buckets_of,
    colors_in,
    drag,
    held,
    held_buckets,
    panel,
    role,
    statistics,
    value_of,
    wait_newest,
    wait_points,
    wait_rest,
    wait_state,
    wait_value,
)
from tests.browser.served import Served, fresh_number

pytestmark = pytest.mark.browser


FINE = "() => window.cadran.points('vibration').every((one) => one.k <= 0)"
"""Buckets of a second, of which a pixel of ten minutes has more: on a slow link coarse ones may come first."""


class Sent:
    """All that a plant was told of the chart's two lines."""

    def __init__(self, plant: Served) -> None:
        self._plant = plant
        now = time.time()
        self.points = {name: [(now - 400 + i, math.sin(i / 5)) for i in range(400)] for name in ("left", "right")}

    def fill(self) -> None:
        """Tell a plant all of it at once."""
        for name, points in self.points.items():
            self._plant.fill(name, points)

    def add(self, name: str, *points: tuple[float, float]) -> None:
        self.points[name] += points
        self._plant.add(name, *points)

    def assert_held(self, page: Page, *, whole: bool = True) -> None:
        """The page holds, for each line, the very buckets that all these points make; ``whole``: to the newest."""
        for series in held(page, "vibration"):
            expected = buckets_of(self.points[series["label"]], series["k"])
            got = held_buckets(series)
            newest = max(expected) if whole else max(got)
            assert got == {number: bucket for number, bucket in expected.items() if min(got) <= number <= newest}


def test_law08_a_cut_socket_resumes_without_loss(plant: Served, open_page: Callable[..., Page]) -> None:
    now, sent = time.time(), Sent(plant)
    sent.fill()
    plant.fill("pressure", [(now - 400 + i, 5.0) for i in range(400)])
    routes: list[WebSocketRoute] = []
    is_cut = False

    def through(route: WebSocketRoute) -> None:
        if is_cut:
            route.close(code=1012)
            return
        routes.append(route)
        route.connect_to_server()

    plant.set(temperature=(value := fresh_number()))
    page = open_page(plant.url + "s/plant/", prepare=lambda page: page.route_web_socket(re.compile(r"/ws$"), through))
    wait_points(page, "vibration", 700)
    wait_value(page, "temperature", value)
    page.evaluate("window.isThisPage = true")
    drag(page, "pressure", 0.3, 0.7)
    for cut in range(3):
        is_cut = True
        routes[-1].close(code=1012)
        expect(role(page, "connection")).to_have_attribute("data-state", "disconnected")
        # What came meanwhile: new points, and late ones between those that are held.
        sent.add("left", *[(now + cut + i / 10, float(cut)) for i in range(10)])
        sent.add("right", (now - 100.5 - cut, 9.0), (now + cut, 3.0))
        plant.set(temperature=(value := fresh_number()))
        is_cut = False
        wait_value(page, "temperature", value)
        wait_newest(page, "vibration", now + cut + 0.9)
        expect(role(page, "connection")).to_have_attribute("data-state", "live")
        page.wait_for_function(FINE)
        sent.assert_held(page)
    assert statistics(page)["reconnects"] == 3
    assert page.evaluate("window.isThisPage") is True
    expect(panel(page, "pressure").locator('[data-role="reset-zoom"]')).to_be_visible()


def test_f24_a_killed_server_is_noticed_and_its_successor_found(
    own_plant: Served, open_page: Callable[..., Page], guard: Guard
) -> None:
    guard.allow("ERR_CONNECTION_REFUSED|WebSocket is closed before")
    sent = Sent(own_plant)
    sent.fill()
    own_plant.set(temperature=81.25)
    page = open_page(own_plant.url + "s/plant/")
    wait_points(page, "vibration", 700)
    wait_value(page, "temperature", 81.25)
    page.evaluate("window.isThisPage = true")
    epoch = statistics(page)["epoch"]
    drag(page, "vibration", 0.4, 0.7)
    reset = panel(page, "vibration").locator('[data-role="reset-zoom"]')
    expect(reset).to_be_visible()
    page.wait_for_function("() => window.cadran.points('vibration').every((one) => one.k < 0)")
    wait_rest(page, "vibration")
    zoomed = held(page, "vibration")

    port = own_plant.port
    own_plant.kill()
    expect(role(page, "connection")).to_have_attribute("data-state", "disconnected")
    wait_state(page, "temperature", "disconnected")
    wait_state(page, "vibration", "disconnected")
    expect(panel(page, "temperature").locator('[data-role="badge"]')).to_be_visible()
    expect(value_of(page, "temperature")).to_have_attribute("data-value", "81.25")  # the old picture stays
    assert len(colors_in(page, "vibration")) > 3
    assert held(page, "vibration") == zoomed

    own_plant.restart(port)
    sent.fill()
    own_plant.set(temperature=82.5)
    wait_value(page, "temperature", 82.5)
    wait_state(page, "temperature", "live")
    expect(role(page, "connection")).to_have_attribute("data-state", "live")
    page.wait_for_function("() => window.cadran.points('vibration').every((one) => one.ids.length > 50)")
    assert statistics(page)["epoch"] != epoch
    assert page.evaluate("window.isThisPage") is True
    expect(reset).to_be_visible()
    sent.assert_held(page, whole=False)
    reset.click()
    page.wait_for_function("() => window.cadran.points('vibration').every((one) => one.ids.length > 350)")
    sent.assert_held(page)
