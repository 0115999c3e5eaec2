"""Looking at a page: its panels, its drawings, what it says and hears. Waits, and never sleeps."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from typing import Any, cast

from playwright.sync_api import Locator, Page, TimeoutError, WebSocket, expect

from cadran.frames.wire import BEAT, HEADER

Points = list[tuple[float, float]]

WAIT_SECS = 40.0
"""A machine that is busy takes its time: only what never comes is a failure."""
FRAME = "() => new Promise(requestAnimationFrame)"
SOME_FRAMES = """
() => new Promise((done) => {
  let left = 15;
  const next = () => (left-- > 0 ? requestAnimationFrame(next) : done());
  next();
})
"""
"""250 ms, and more where frames take longer."""

PIXELS = """
(canvas) => {
  const scratch = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", {willReadFrequently: true});
  scratch.drawImage(canvas, 0, 0);
  const {data} = scratch.getImageData(0, 0, canvas.width, canvas.height);
  const counts = new Map();
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] < 255) continue;
    const color = (data[i] << 16) | (data[i + 1] << 8) | data[i + 2];
    counts.set(color, (counts.get(color) ?? 0) + 1);
  }
  return [...counts].sort((one, other) => other[1] - one[1]).slice(0, 8);
}
"""


def panel(page: Page, key: str) -> Locator:
    return page.locator(f'section[data-panel="{key}"]')


def value_of(page: Page, key: str) -> Locator:
    return panel(page, key).locator('[data-role="value"]')


def role(page: Page, name: str) -> Locator:
    return page.locator(f'[data-role="{name}"]')


def wait_attribute(page: Page, selector: str, name: str, value: str) -> None:
    """Wait, frame by frame, until the first such element has this attribute; Playwright's `expect` looks less often."""
    has_it = "([selector, name, value]) => document.querySelector(selector)?.getAttribute(name) === value"
    try:
        page.wait_for_function(has_it, arg=[selector, name, value])
    except TimeoutError:
        expect(page.locator(selector).first).to_have_attribute(name, value, timeout=1)  # which says what it has


def wait_until(page: Page, is_so: Callable[[], object], told: Callable[[], object] = lambda: "it never came") -> None:
    """Wait, frame by frame, for what is known on this side alone; ``told`` says how it was at the last."""
    deadline = time.monotonic() + WAIT_SECS
    while not is_so():
        assert time.monotonic() < deadline, told()
        page.evaluate(FRAME)


def wait_live(page: Page) -> None:
    """Wait until the page is connected."""
    wait_attribute(page, '[data-role="connection"]', "data-state", "live")


def wait_fonts(page: Page) -> None:
    """Wait until all is set in the font of the page: what came before it moves by some pixels, and is drawn again."""
    page.wait_for_function("() => document.fonts.check('16px \"Inter Variable\"')")
    page.evaluate("() => document.fonts.ready.then(() => true)")
    page.evaluate(FRAME)


def wait_value(page: Page, key: str, value: float | str) -> None:
    """Wait until a KPI shows exactly this."""
    text = value if isinstance(value, str) else f"{value:.12g}"
    wait_attribute(page, f'section[data-panel="{key}"] [data-role="value"]', "data-value", text)


def wait_state(page: Page, key: str, state: str) -> None:
    """Wait until a panel is in this state."""
    wait_attribute(page, f'section[data-panel="{key}"]', "data-state", state)


def number_in(page: Page, key: str) -> float:
    return float(value_of(page, key).get_attribute("data-value") or "nan")


def statistics(page: Page) -> dict[str, Any]:
    return cast(dict[str, Any], page.evaluate("() => window.cadran.statistics()"))


def draws(page: Page, key: str) -> int:
    return int(statistics(page)["draws"][key])


def held(page: Page, key: str) -> list[dict[str, Any]]:
    """What a chart holds of each of its series."""
    return cast(list[dict[str, Any]], page.evaluate("(key) => window.cadran.points(key)", key))


def wait_drawn(page: Page, key: str, more_than: int = 0) -> None:
    """Wait until a panel was drawn so often: what came is drawn in turns, some frames after it is held."""
    page.wait_for_function("([key, n]) => window.cadran.statistics().draws[key] > n", arg=[key, more_than])


def wait_rest(page: Page, key: str) -> None:
    """Wait until a chart that does not follow the present is drawn no more: all that was asked for is there."""
    seen = -1

    def rests() -> bool:
        nonlocal seen
        page.evaluate(SOME_FRAMES)
        before, seen = seen, draws(page, key)
        return before == seen

    wait_until(page, rests)


def num_points(page: Page, key: str) -> int:
    return sum(len(one["xs"]) for one in held(page, key))


def wait_points(page: Page, key: str, at_least: int) -> None:
    page.wait_for_function(
        "([key, n]) => window.cadran.points(key).reduce((sum, one) => sum + one.xs.length, 0) >= n", arg=[key, at_least]
    )


def wait_newest(page: Page, key: str, x: float) -> None:
    """Wait until some series of a chart reaches x."""
    page.wait_for_function(
        "([key, x]) => window.cadran.points(key).some((one) => (one.ids.at(-1) + 1) * 2 ** one.k > x)", arg=[key, x]
    )


def buckets_of(points: Points, k: int) -> dict[float, tuple[float, float, float, float]]:
    """The buckets 2**k wide of these points by id, worked out one by one: first, min, max, last."""
    groups: dict[float, list[float]] = {}
    for x, y in sorted(points, key=lambda point: point[0]):
        groups.setdefault(float(math.floor(x / 2.0**k)), []).append(y)
    return {number: (ys[0], min(ys), max(ys), ys[-1]) for number, ys in groups.items()}


def held_buckets(series: dict[str, Any]) -> dict[float, tuple[float, float, float, float]]:
    columns = zip(series["ids"], series["first"], series["min"], series["max"], series["ys"], strict=True)
    return {float(number): (first, low, high, last) for number, first, low, high, last in columns}


def canvas_of(page: Page, key: str) -> Locator:
    return panel(page, key).locator("canvas").first


def colors_in(page: Page, key: str) -> list[int]:
    """The commonest opaque colours of a chart's drawing, as 0xRRGGBB."""
    return [color for color, _ in cast(list[tuple[int, int]], canvas_of(page, key).evaluate(PIXELS))]


def plot_box(page: Page, key: str) -> tuple[float, float, float]:
    """Left, middle of the height and width of a chart's plot."""
    box = panel(page, key).locator(".u-over").bounding_box()
    assert box is not None
    return box["x"], box["y"] + box["height"] / 2, box["width"]


def drag(page: Page, key: str, begin: float, end: float) -> None:
    """Drag over a chart's plot, from and to these shares of its width."""
    left, y, width = plot_box(page, key)
    page.mouse.move(left + begin * width, y)
    page.mouse.down()
    page.mouse.move(left + (begin + end) / 2 * width, y, steps=3)
    page.mouse.move(left + end * width, y, steps=3)
    page.mouse.up()


def hover(page: Page, key: str, share: float) -> None:
    """Rest the pointer on a chart's plot."""
    left, y, width = plot_box(page, key)
    page.mouse.move(left + share * width, y)


class Wire:
    """What goes over a page's sockets, from the first on. Up to date after any call of the page."""

    def __init__(self, page: Page) -> None:
        self.said: list[dict[str, Any]] = []
        self.num_data_messages = 0
        """Messages heard but for beats."""
        self.num_sockets = 0
        page.on("websocket", self._open)

    def _open(self, socket: WebSocket) -> None:
        self.num_sockets += 1
        socket.on("framesent", lambda text: self.said.append(json.loads(text)))
        socket.on("framereceived", self._heard)

    def _heard(self, data: str | bytes) -> None:
        if isinstance(data, bytes) and not HEADER.unpack_from(data)[1] & BEAT:
            self.num_data_messages += 1

    def wait_unseen(self, page: Page, key: str) -> None:
        """Wait until the server was told that a panel is out of sight."""
        index = page.evaluate("(key) => Object.keys(window.cadran.statistics().panels).indexOf(key)", key)
        wait_until(page, lambda: all(one["i"] != index for one in self.views[-1]["panels"]))

    @property
    def views(self) -> list[dict[str, Any]]:
        """The views that were sent, that of each hello included."""
        return [one["view"] if one["t"] == "hello" else one for one in self.said if one["t"] in ("hello", "view")]

    def zooms(self) -> list[tuple[float, float]]:
        """The zooms in the last view."""
        return [(one["x0"], one["x1"]) for one in self.views[-1]["panels"] if "x0" in one]
