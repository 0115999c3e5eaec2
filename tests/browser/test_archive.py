"""A chart of past and present is moved back over weeks: the picture is the database's, and the present goes on."""

from __future__ import annotations

import math
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.archive import FAULT, NUM_ROWS, STEP_SECS
from tests.browser.looking import (
    Wire,
    colors_in,
    held,
    hover,
    num_points,
    panel,
    plot_box,
    wait_newest,
    wait_rest,
    wait_state,
    wait_until,
    wait_value,
)
from tests.browser.served import Served, fresh_number

pytestmark = pytest.mark.browser

KEY = "strain"
DAY = 86_400.0


class Bridge:
    """The program, and its archive as anybody else reads it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.served = Served(Path(__file__).with_name("archive.py"), folder, "0", str(folder))

    def put(self, name: str, *, is_there: bool) -> None:
        """Make the archive slow (``hold``) or failing (``broken``), or as it was."""
        (self.folder / name).touch() if is_there else (self.folder / name).unlink(missing_ok=True)

    def buckets(self, k: int, low: float, high: float) -> dict[float, tuple[float, float]]:
        """Least and greatest value of each bucket ``low <= id <= high``."""
        with closing(sqlite3.connect(self.folder / "archive.db")) as database:
            rows = database.execute(
                "SELECT ts, strain FROM archive WHERE ts >= ? AND ts < ?", (low * 2.0**k, (high + 1) * 2.0**k)
            ).fetchall()
        found: dict[float, tuple[float, float]] = {}
        for x, y in rows:
            bucket = float(math.floor(x / 2.0**k))
            least, greatest = found.get(bucket, (math.inf, -math.inf))
            found[bucket] = (min(least, y), max(greatest, y))
        return found


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    bridge = Bridge(tmp_path_factory.mktemp("archive"))
    yield bridge
    bridge.served.stop()


@pytest.fixture
def bridge(started: Bridge) -> Iterator[Bridge]:
    now = time.time()
    started.served.fill(KEY, [(now - 30 + i, 20.0) for i in range(30)])
    yield started
    for name in ("hold", "broken"):
        started.put(name, is_there=False)


@pytest.fixture
def opened(bridge: Bridge, wired: Callable[..., tuple[Page, Wire]]) -> tuple[Page, Wire]:
    page, wire = wired(bridge.served.url + "s/bridge/", height=900)
    wait_newest(page, KEY, time.time() - 60)
    return page, wire


def shift_drag(page: Page, begin: float, end: float) -> None:
    left, y, width = plot_box(page, KEY)
    page.keyboard.down("Shift")
    page.mouse.move(left + begin * width, y)
    page.mouse.down()
    page.mouse.move(left + end * width, y, steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")


def wait_answered(page: Page, wire: Wire, is_there: Callable[[float, float], bool]) -> dict[str, Any]:
    """Wait until the range that was told last is such a one, and is there as a whole; returns the line."""
    line: dict[str, Any] = {}

    def answered() -> bool:
        nonlocal line
        zooms = wire.zooms()
        if len(zooms) != 1 or not is_there(*zooms[0]):
            return False
        (x0, x1), line = zooms[0], held(page, KEY)[0]
        near = max(2 * STEP_SECS, 2 * 2.0 ** line["k"])
        return bool(line["xs"]) and line["xs"][0] < x0 + near and x1 - near < line["xs"][-1] < x1 + near

    def told() -> str:
        ends = [(one["k"], one["xs"][:1], one["xs"][-1:]) for one in held(page, KEY)]
        return f"{wire.zooms()} is not there, but {ends}"

    wait_until(page, answered, told)
    return line


def zoomed(page: Page, wire: Wire, wheel: float, width: float) -> tuple[dict[str, Any], float]:
    """Turn the wheel, and wait until the range is as much wider or narrower, and there; returns line and width."""
    hover(page, KEY, 0.5)
    page.keyboard.down("Control")
    page.mouse.wheel(0, wheel)
    page.keyboard.up("Control")
    line = wait_answered(page, wire, lambda x0, x1: (x1 - x0 > 1.1 * width) if wheel > 0 else (x1 - x0 < 0.9 * width))
    ((x0, x1),) = wire.zooms()
    return line, x1 - x0


def assert_as_archived(bridge: Bridge, line: dict[str, Any]) -> None:
    """All buckets from the first to the last that are held have the least and greatest value of the archive's rows."""
    expected = bridge.buckets(line["k"], line["ids"][0], line["ids"][-1])
    assert [float(one) for one in line["ids"]] == list(expected)
    for name, place in (("min", 0), ("max", 1)):
        assert line[name] == pytest.approx([one[place] for one in expected.values()], rel=2**-23, abs=2**-21)


def test_weeks_back_the_picture_is_the_archives_and_the_present_goes_on(
    bridge: Bridge, opened: tuple[Page, Wire]
) -> None:
    page, wire = opened
    line, width = zoomed(page, wire, 120, 600.0)
    while width < DAY:
        line, width = zoomed(page, wire, 120, width)
    now = time.time()
    for days in range(1, 15):
        shift_drag(page, 0.05, 0.95)
        line = wait_answered(page, wire, lambda x0, x1, days=days: x1 < now - 0.8 * days * DAY)  # type: ignore[misc]
    assert_as_archived(bridge, line)
    assert line["k"] >= 6
    assert len(line["ids"]) > 500
    assert any(low < high for low, high in zip(line["min"], line["max"], strict=True))

    # In again, until each bucket is one row.
    while width > 1_200:
        line, width = zoomed(page, wire, -120, width)
    assert_as_archived(bridge, line)
    assert line["min"] == line["max"]
    assert {b - a for a, b in zip(line["xs"], line["xs"][1:], strict=False)} == {STEP_SECS}

    panel(page, KEY).locator(".plot").focus()
    page.keyboard.press("End")
    now = time.time()
    bridge.served.add(KEY, (now, 21.0))
    wait_newest(page, KEY, now)
    page.wait_for_function("([key, x]) => window.cadran.points(key)[0].xs[0] > x", arg=[KEY, now - 700])
    assert held(page, KEY)[0]["ys"][-1] == 21.0
    assert wire.zooms() == []


def test_a_slow_archive_is_told_and_the_old_picture_stays(bridge: Bridge, opened: tuple[Page, Wire]) -> None:
    page, wire = opened
    reading = panel(page, KEY).locator('[data-role="reading"]')
    bridge.put("hold", is_there=True)
    panel(page, KEY).locator(".plot").focus()
    for _ in range(16):
        page.keyboard.press("Shift+ArrowLeft")
    expect(reading).to_have_text("reading older data…")
    assert num_points(page, KEY) > 0
    assert panel(page, KEY).get_attribute("data-filled") == "true"
    before = held(page, KEY)[0]["ids"]
    number = fresh_number()
    bridge.served.set(beat=number)
    wait_value(page, "beat", number)
    assert held(page, KEY)[0]["ids"] == before
    bridge.put("hold", is_there=False)
    expect(reading).to_be_empty()
    now = time.time()
    assert_as_archived(bridge, wait_answered(page, wire, lambda x0, x1: x1 < now - 900))


def test_an_archive_that_fails_is_said_and_the_present_goes_on(bridge: Bridge, opened: tuple[Page, Wire]) -> None:
    page, _ = opened
    bridge.put("broken", is_there=True)
    panel(page, KEY).locator(".plot").focus()
    page.keyboard.press("Home")
    wait_state(page, KEY, "error")
    expect(panel(page, KEY)).to_contain_text(FAULT)
    number = fresh_number()
    bridge.served.set(beat=number)
    wait_value(page, "beat", number)
    page.keyboard.press("End")
    now = time.time()
    bridge.served.add(KEY, (now, 22.0))
    wait_newest(page, KEY, now)
    assert held(page, KEY)[0]["ys"][-1] == 22.0
    assert NUM_ROWS * STEP_SECS == 60 * DAY


def test_retry_asks_a_mended_archive_at_once(bridge: Bridge, opened: tuple[Page, Wire]) -> None:
    page, wire = opened
    bridge.put("broken", is_there=True)
    panel(page, KEY).locator(".plot").focus()
    for _ in range(16):
        page.keyboard.press("Shift+ArrowLeft")
    wait_state(page, KEY, "error")
    began = time.time()
    told = re.search(r"Next try in (\d+) s", panel(page, KEY).inner_text())
    assert told
    bridge.put("broken", is_there=False)
    panel(page, KEY).locator('[data-role="retry"]').click()
    wait_state(page, KEY, "live")
    assert time.time() < began + int(told[1]) - 5, "and not when it would have been tried by itself"
    assert_as_archived(bridge, wait_answered(page, wire, lambda x0, x1: x1 < began - 900))


def test_between_two_rows_the_line_crosses_the_chart(bridge: Bridge, opened: tuple[Page, Wire]) -> None:
    page, wire = opened
    panel(page, KEY).locator(".plot").focus()
    for _ in range(16):
        page.keyboard.press("Shift+ArrowLeft")
    now = time.time()
    xs = wait_answered(page, wire, lambda x0, x1: x1 < now - 900)["xs"]
    ((x0, x1),) = wire.zooms()
    between = (xs[len(xs) // 2] + xs[len(xs) // 2 + 1]) / 2
    hover(page, KEY, (between - x0) / (x1 - x0))
    for _ in range(12):
        page.keyboard.press("+")
    wait_until(page, lambda: wire.zooms()[0][1] - wire.zooms()[0][0] < STEP_SECS / 10, wire.zooms)
    wait_rest(page, KEY)
    page.wait_for_function("([key]) => window.cadran.points(key)[0].xs.length === 2", arg=[KEY])
    ((x0, x1),) = wire.zooms()
    (line,) = held(page, KEY)
    assert x1 - x0 < STEP_SECS / 10
    assert line["xs"][0] < x0 < x1 < line["xs"][1]
    assert line["xs"][1] - line["xs"][0] == pytest.approx(STEP_SECS, abs=0.1)
    style = "getComputedStyle(document.documentElement)"
    color = page.evaluate(f"() => {style}.getPropertyValue('--color-series-1').trim()")
    assert color, "the line's colour is a token"
    wait_until(page, lambda: int(color.removeprefix("#"), 16) in colors_in(page, KEY))
