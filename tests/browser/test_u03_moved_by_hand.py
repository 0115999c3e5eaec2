"""U3: charts over time are moved and zoomed by mouse, wheel, keys, buttons and fingers, and keep what they show."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import CDPSession, Locator, Page, WebSocketRoute, expect
from tests.browser.looking import (
    FRAME,
    SOME_FRAMES,
    Points,
    Wire,
    buckets_of,
    drag,
    draws,
    held,
    held_buckets,
    hover,
    panel,
    plot_box,
    role,
    statistics,
    wait_points,
    wait_rest,
    wait_until,
    wait_value,
)
from tests.browser.served import Served, fresh_number

pytestmark = pytest.mark.browser

WINDOW = 600.0
NUM_SECS = 3_000
"""Five windows are held, and one is shown."""


@pytest.fixture
def points(plant: Served) -> Points:
    """What the chart's line holds, every second: any minute of it reaches as high and as low."""
    now = math.floor(time.time())
    points = [(now - NUM_SECS + 1.0 + i, math.sin(i / 3)) for i in range(NUM_SECS)]
    plant.fill("left", points)
    plant.fill("right", [])
    plant.fill("pressure", [(x, 5.0) for x, _ in points[-300:]])
    return points


@pytest.fixture
def moving(plant: Served, points: Points, wired: Callable[..., tuple[Page, Wire]]) -> tuple[Page, Wire]:
    page, wire = wired(plant.url + "s/plant/", height=1000)
    wait_points(page, "vibration", 400)
    return page, wire


def shift_drag(page: Page, key: str, begin: float, end: float, steps: int = 6) -> None:
    """Drag with Shift, from and to these shares of a plot's width."""
    left, y, width = plot_box(page, key)
    page.keyboard.down("Shift")
    page.mouse.move(left + begin * width, y)
    page.mouse.down()
    page.mouse.move(left + end * width, y, steps=steps)
    page.mouse.up()
    page.keyboard.up("Shift")


def wait_shown(page: Page, key: str, x0: float, x1: float) -> None:
    """Wait until a chart's first line holds something near both ends of a range, and nothing right of it."""
    page.wait_for_function(
        """([key, x0, x1, near]) => {
          const {xs} = window.cadran.points(key)[0];
          return xs.length > 0 && xs[0] < x0 + near && xs.at(-1) > x1 - near && xs.at(-1) < x1 + near;
        }""",
        arg=[key, x0, x1, (x1 - x0) / 20],
    )


def wait_told(page: Page, wire: Wire, condition: Callable[[list[tuple[float, float]]], bool]) -> tuple[float, float]:
    """Wait until the zooms that the server was told are so, and stay; returns the first of them, NaN for none.

    What a hand asks for on its way may be so already: it rests when nothing more is told for longer than it is paced.
    """
    zooms: list[tuple[float, float]] = []

    def is_told() -> bool:
        nonlocal zooms
        zooms = wire.zooms()
        page.evaluate(SOME_FRAMES)
        return zooms == wire.zooms() and condition(zooms)

    wait_until(page, is_told, wire.zooms)
    return zooms[0] if zooms else (math.nan, math.nan)


def begins_before(x: float, zooms: list[tuple[float, float]]) -> bool:
    return len(zooms) == 1 and zooms[0][0] < x


def controls(page: Page, key: str) -> tuple[Locator, Locator, Locator]:
    earlier, later, back = (
        panel(page, key).locator(f'[data-role="{name}"]') for name in ("earlier", "later", "reset-zoom")
    )
    return earlier, later, back


def test_u03_dragging_with_shift_shows_older_points_and_the_present_is_followed_again(
    points: Points, moving: tuple[Page, Wire]
) -> None:
    page, wire = moving
    earlier, later, back = controls(page, "vibration")
    expect(earlier).to_be_hidden()
    for _ in range(4):
        shift_drag(page, "vibration", 0.2, 0.7)
    x0, x1 = wait_told(page, wire, lambda zooms: len(zooms) == 1 and zooms[0][0] < points[-1][0] - 2.9 * WINDOW)
    assert x1 - x0 == pytest.approx(WINDOW)
    wait_shown(page, "vibration", x0, x1)
    series = held(page, "vibration")[0]
    expected = buckets_of(points, series["k"])
    got = held_buckets(series)
    assert got == {number: expected[number] for number in got}
    assert len(got) > 0.9 * WINDOW / 2.0 ** series["k"]
    expect(back).to_have_text("Back to live")

    # As far to the right as it goes, and further: the present is where it ends.
    for _ in range(5):
        shift_drag(page, "vibration", 0.9, 0.1)
    wait_told(page, wire, lambda zooms: zooms == [])
    expect(back).to_be_hidden()
    expect(later).to_be_hidden()


def test_u03_a_hand_that_moves_asks_now_and_then_and_is_followed_at_once(
    plant: Served, points: Points, open_page: Callable[..., Page]
) -> None:
    routes: list[WebSocketRoute] = []
    asked: list[int] = []
    late: list[bytes] = []
    late_from = math.inf

    def answered(message: bytes) -> int:
        """The view that a message answers."""
        return int.from_bytes(message[4:8], "little")

    def let_through() -> None:
        passing = [message for message in late if answered(message) < late_from]
        late[:] = [message for message in late if answered(message) >= late_from]
        for message in passing:
            routes[-1].send(message)

    def through(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def said(message: str | bytes) -> None:
            told = json.loads(message)
            asked.extend([told["n"]] if told["t"] == "view" else [])
            server.send(message)

        def heard(message: str | bytes) -> None:
            assert isinstance(message, bytes)
            late.append(message)
            let_through()

        routes.append(route)
        route.on_message(said)
        server.on_message(heard)

    page = open_page(
        plant.url + "s/plant/", height=1000, prepare=lambda page: page.route_web_socket(re.compile(r"/ws$"), through)
    )
    wait_points(page, "vibration", 400)
    late_from = 0
    num_messages, num_draws, num_asked = statistics(page)["messages"], draws(page, "vibration"), len(asked)
    began, now = time.monotonic(), time.time()
    left, y, width = plot_box(page, "vibration")
    page.keyboard.down("Shift")
    page.mouse.move(left + 0.1 * width, y)
    page.mouse.down()
    for step in range(40):
        page.mouse.move(left + (0.1 + 0.02 * step) * width, y)
        page.evaluate(FRAME)
    took_secs = time.monotonic() - began
    num_moving = draws(page, "vibration") - num_draws
    assert len(asked) - num_asked <= took_secs / 0.1 + 2
    page.mouse.up()
    page.keyboard.up("Shift")

    def has_asked() -> bool:
        num = len(asked)
        page.evaluate(SOME_FRAMES)
        return num == len(asked)

    wait_until(page, has_asked)
    assert statistics(page)["messages"] == num_messages
    assert num_moving >= 30
    # Answers of older views are of a picture that nobody looks at any more.
    before = held(page, "vibration")[0]["ids"]
    late_from = newest = asked[-1]
    let_through()
    wait_until(page, lambda: late)  # the server waits for what is on its way
    assert statistics(page)["messages"] > num_messages
    assert held(page, "vibration")[0]["ids"] == before
    assert asked[-1] == newest
    late_from = math.inf
    let_through()
    page.wait_for_function("([id]) => window.cadran.points('vibration')[0].ids[0] < id - 100", arg=[before[0]])
    first = held(page, "vibration")[0]["xs"][0]
    moved_to = now - 1.78 * WINDOW
    assert moved_to - WINDOW / 8 - 30 < first < moved_to + 30  # up to an eighth more is held: others may look there


def test_u03_a_wheel_moves_to_the_side_zooms_with_control_and_else_scrolls_the_page(moving: tuple[Page, Wire]) -> None:
    page, wire = moving
    width = plot_box(page, "vibration")[2]
    page.set_viewport_size({"width": 1280, "height": 500})
    hover(page, "vibration", 0.25)
    page.mouse.wheel(0, 60)
    page.wait_for_function("() => scrollY > 0")
    assert wire.zooms() == []
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_function("() => scrollY === 0")

    hover(page, "vibration", 0.25)
    page.mouse.wheel(-width / 2, 0)
    x0, x1 = wait_told(page, wire, lambda zooms: len(zooms) == 1)
    page.keyboard.down("Shift")
    page.mouse.wheel(0, -width / 4)
    page.keyboard.up("Shift")
    moved0, moved1 = wait_told(page, wire, lambda zooms: len(zooms) == 1 and zooms[0][0] < x0 - 0.2 * WINDOW)
    assert x1 - x0 == pytest.approx(WINDOW)
    assert moved1 - moved0 == pytest.approx(WINDOW)

    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    near0, near1 = wait_told(page, wire, lambda zooms: len(zooms) == 1 and zooms[0][1] - zooms[0][0] < 0.9 * WINDOW)
    under = moved0 + 0.25 * WINDOW
    assert near0 + 0.25 * (near1 - near0) == pytest.approx(under, abs=WINDOW / 100)
    expect(controls(page, "vibration")[2]).to_have_text("Reset zoom")
    assert page.evaluate("scrollY") == 0
    assert page.evaluate("visualViewport.scale") == 1

    hover(page, "vibration", 0.9)
    for _ in range(8):
        page.mouse.wheel(width, 0)
    wait_told(page, wire, lambda zooms: zooms == [])


def test_u03_keys_move_and_zoom_the_chart_that_has_the_focus(points: Points, moving: tuple[Page, Wire]) -> None:
    page, wire = moving
    plot = panel(page, "vibration").locator(".plot")
    plot.focus()
    page.keyboard.press("Shift+ArrowLeft")
    x0, x1 = wait_told(page, wire, lambda zooms: len(zooms) == 1)
    assert x1 - x0 == pytest.approx(WINDOW)
    page.keyboard.press("Shift+ArrowLeft")
    again, _ = wait_told(page, wire, lambda zooms: zooms[0][0] < x0)
    assert x0 - again == pytest.approx(WINDOW / 4)
    page.keyboard.press("+")
    near0, near1 = wait_told(page, wire, lambda zooms: zooms[0][1] - zooms[0][0] < 0.9 * WINDOW)
    assert near1 - near0 == pytest.approx(WINDOW / 2)
    page.keyboard.press("-")
    wait_told(page, wire, lambda zooms: zooms[0][1] - zooms[0][0] > 0.9 * WINDOW)

    page.keyboard.press("Home")
    first = points[0][0]
    x0, x1 = wait_told(page, wire, lambda zooms: len(zooms) == 1 and abs(zooms[0][0] - first) < WINDOW / 20)
    assert x1 - x0 == pytest.approx(WINDOW)
    wait_shown(page, "vibration", x0, x1)
    # There is no way into what nobody has.
    earlier, _, _ = controls(page, "vibration")
    for _ in range(6):
        page.keyboard.press("Shift+ArrowLeft")
        page.evaluate(FRAME)
    expect(earlier).to_have_attribute("aria-disabled", "true")
    x0, _ = wait_told(page, wire, lambda zooms: len(zooms) == 1)
    assert first - 0.6 * WINDOW < x0 < first

    # Arrows alone point, and Escape takes away what is pointed at, then the range.
    page.keyboard.press("End")
    wait_told(page, wire, lambda zooms: zooms == [])
    page.keyboard.press("Shift+ArrowLeft")
    wait_told(page, wire, lambda zooms: len(zooms) == 1)
    page.keyboard.press("ArrowLeft")
    tooltip = panel(page, "vibration").locator(".tooltip")
    expect(tooltip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tooltip).to_be_hidden()
    assert len(wire.zooms()) == 1
    page.keyboard.press("Escape")
    wait_told(page, wire, lambda zooms: zooms == [])


def test_u03_buttons_step_back_and_on_and_stay_where_they_are(moving: tuple[Page, Wire]) -> None:
    page, wire = moving
    drag(page, "vibration", 0.4, 0.6)
    earlier, later, back = controls(page, "vibration")
    expect(earlier).to_be_visible()
    for one in (earlier, later, back):
        box = one.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 24
    x0, x1 = wait_told(page, wire, lambda zooms: len(zooms) == 1)
    wait_shown(page, "vibration", x0, x1)
    wait_rest(page, "vibration")  # values fit, and the axis has the room of its labels
    place = earlier.bounding_box()
    plot = plot_box(page, "vibration")
    for step in range(1, 4):
        earlier.click()
        bound = x0 - (step - 0.1) * (x1 - x0) / 2
        moved, end = wait_told(page, wire, partial(begins_before, bound))
        assert x0 - moved == pytest.approx(step * (x1 - x0) / 2)
        wait_shown(page, "vibration", moved, end)
    assert earlier.bounding_box() == place
    # The axis has the room that labels of what is shown now need; the right end is where it was.
    left, _, width = plot_box(page, "vibration")
    assert left + width == plot[0] + plot[2]
    later.click()
    wait_told(page, wire, lambda zooms: zooms[0][0] > x0 - 1.1 * (x1 - x0))
    back.click()
    wait_told(page, wire, lambda zooms: zooms == [])
    assert page.evaluate("document.activeElement.closest('[data-panel]').dataset.panel") == "vibration"


def test_u03_what_was_moved_stays_through_updates_a_pause_and_a_cut(
    plant: Served, points: Points, open_page: Callable[..., Page]
) -> None:
    routes: list[WebSocketRoute] = []
    told: list[dict[str, float]] = []
    """The panels in the view that was said last."""

    def through(route: WebSocketRoute) -> None:
        server = route.connect_to_server()

        def said(message: str | bytes) -> None:
            view = json.loads(message)
            told[:] = view.get("view", view).get("panels", told)
            server.send(message)

        routes.append(route)
        route.on_message(said)

    page = open_page(
        plant.url + "s/plant/", height=1000, prepare=lambda page: page.route_web_socket(re.compile(r"/ws$"), through)
    )
    wait_points(page, "vibration", 400)
    for _ in range(2):
        shift_drag(page, "vibration", 0.1, 0.9)
    page.evaluate(SOME_FRAMES)
    ((x0, x1),) = [(one["x0"], one["x1"]) for one in told if "x0" in one]
    assert x1 < points[-1][0] - WINDOW
    wait_shown(page, "vibration", x0, x1)
    expect(panel(page, "vibration").locator('[data-role="reset-zoom"]')).to_be_visible()
    wait_rest(page, "vibration")
    hover(page, "vibration", 0.5)
    tooltip = panel(page, "vibration").locator(".tooltip")
    expect(tooltip).to_contain_text("left")
    text = tooltip.inner_text()
    before = held(page, "vibration")[0]["ids"]

    value = fresh_number()
    plant.add("left", (time.time(), 1.5))
    plant.set(temperature=value)
    wait_value(page, "temperature", value)
    routes[-1].close(code=1012)
    page.wait_for_function("() => window.cadran.statistics().reconnects === 1")
    value = fresh_number()
    plant.set(temperature=value)
    wait_value(page, "temperature", value)
    assert held(page, "vibration")[0]["ids"] == before
    assert tooltip.inner_text() == text

    role(page, "auto-refresh").click()
    expect(role(page, "connection")).to_have_attribute("data-state", "paused")
    shift_drag(page, "vibration", 0.1, 0.6)
    page.wait_for_function("([id]) => window.cadran.points('vibration')[0].ids[0] < id - 100", arg=[before[0]])


class Fingers:
    """Touches of a page, through the debugger: there is no other way to put two fingers on it."""

    def __init__(self, page: Page) -> None:
        self._session: CDPSession = page.context.new_cdp_session(page)

    def go(self, *ways: tuple[tuple[float, float], tuple[float, float]], steps: int = 12) -> None:
        """Put a finger on the beginning of each way, move all to the ends, and lift them."""
        self._tell("touchStart", [begin for begin, _ in ways])
        for step in range(1, steps + 1):
            share = step / steps
            self._tell("touchMove", [(a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])) for a, b in ways])
        self._tell("touchEnd", [])

    def _tell(self, kind: str, at: list[tuple[float, float]]) -> None:
        touches = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(at)]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


def test_u03_a_finger_moves_two_zoom_and_up_and_down_scrolls_the_page(
    plant: Served, points: Points, wired: Callable[..., tuple[Page, Wire]]
) -> None:
    page, wire = wired(plant.url + "s/plant/", width=390, height=844, has_touch=True, is_mobile=True)
    panel(page, "vibration").scroll_into_view_if_needed()
    wait_points(page, "vibration", 200)
    fingers = Fingers(page)
    left, y, width = plot_box(page, "vibration")

    before = page.evaluate("scrollY")
    fingers.go(((left + 0.1 * width, y), (left + 0.8 * width, y + 5)))
    x0, x1 = wait_told(page, wire, lambda zooms: len(zooms) == 1 and zooms[0][1] < points[-1][0] - 0.5 * WINDOW)
    assert x1 - x0 == pytest.approx(WINDOW)
    wait_shown(page, "vibration", x0, x1)

    fingers.go(((left + 0.4 * width, y), (left + 0.2 * width, y)), ((left + 0.6 * width, y), (left + 0.8 * width, y)))
    near0, near1 = wait_told(page, wire, lambda zooms: len(zooms) == 1 and zooms[0][1] - zooms[0][0] < 0.4 * WINDOW)
    assert near1 - near0 == pytest.approx(WINDOW / 3, rel=0.05)
    assert (near0 + near1) / 2 == pytest.approx((x0 + x1) / 2, abs=WINDOW / 50)
    assert page.evaluate("scrollY") == before
    assert page.evaluate("visualViewport.scale") == 1

    zooms = wire.zooms()
    fingers.go(((left + 0.5 * width, y), (left + 0.5 * width, y - 120)))
    page.wait_for_function("([y]) => scrollY > y + 50", arg=[before])
    assert wire.zooms() == zooms


def test_u03_a_plain_drag_selects_as_ever(moving: tuple[Page, Wire]) -> None:
    page, wire = moving
    drag(page, "vibration", 0.4, 0.6)
    x0, x1 = wait_told(page, wire, lambda zooms: len(zooms) == 1)
    assert x1 - x0 == pytest.approx(0.2 * WINDOW, rel=0.1)
    panel(page, "vibration").locator(".u-over").dblclick(position={"x": 200, "y": 60})
    wait_told(page, wire, lambda zooms: zooms == [])
