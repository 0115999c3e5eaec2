"""A hand at a page of charts: moves, drags, clicks, keys and the wheel, at irregular moments."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from bench.page import Page

POINTER_JS = (Path(__file__).parent / "pointer.js").read_text("utf-8")
PAUSE_SECS = 0.05
"""Between two gestures, on average; exponential."""
MOVE_SECS = (0.004, 0.02)
"""Between two moves of one gesture."""
GESTURES = {"move": 6, "drag": 2, "click": 2, "key": 3, "wheel": 3}
"""How often each is made, of 16."""
MOVES = 4
WHEEL_PX = 20
KEYS = {"ArrowLeft": 37, "ArrowRight": 39, "Escape": 27}


class Box(NamedTuple):
    """A rectangle in CSS pixels of the viewport."""

    left: float
    top: float
    width: float
    height: float


class Spots(NamedTuple):
    """Where a page can be touched."""

    plots: list[Box]
    legends: list[Box]

    @classmethod
    def of(cls, page: Page, plots_js: str, legends_js: str) -> Spots:
        """Ask for the boxes of two lists of elements."""
        boxes = "[...{}].map((one) => (({{left, top, width, height}}) => [left, top, width, height])({}))"
        found: list[Any] = [
            page.evaluate(boxes.format(list_js, "one.getBoundingClientRect()")) for list_js in (plots_js, legends_js)
        ]
        return cls(*([Box(*box) for box in of_one] for of_one in found))


class Hand:
    """The same gestures for the same seed, as far as the page keeps up: each waits until the one before was taken."""

    def __init__(self, page: Page, spots: Spots, seed: int = 1) -> None:
        self._page = page
        self._spots = spots
        self._random = random.Random(seed)

    def work(self, secs: float) -> int:
        """Make gestures for so long; return how many."""
        until = time.monotonic() + secs
        for num, kind in enumerate(self._kinds()):
            time.sleep(min(self._random.expovariate(1 / PAUSE_SECS), 10 * PAUSE_SECS))
            if time.monotonic() >= until:
                return num
            getattr(self, f"_{kind}")()
        raise AssertionError("kinds never end")

    def _kinds(self) -> Iterator[str]:
        while True:
            yield from self._random.sample(list(GESTURES), counts=list(GESTURES.values()), k=sum(GESTURES.values()))

    def _spot(self) -> tuple[Box, float, float]:
        box = self._random.choice(self._spots.plots)
        across, down = self._random.uniform(0.1, 0.8), self._random.uniform(0.2, 0.8)
        return box, box.left + across * box.width, box.top + down * box.height

    def _move(self) -> None:
        _, x, y = self._spot()
        for step in range(MOVES):
            self._page.mouse("mouseMoved", x + 8 * step, y)
            time.sleep(self._random.uniform(*MOVE_SECS))

    def _drag(self) -> None:
        """Zoom, and take it back: a chart that stays zoomed is not live."""
        box, x, y = self._spot()
        self._page.drag(x, x + 0.15 * box.width, y)
        time.sleep(self._random.uniform(0.05, 0.15))
        for _ in range(2):  # the first closes the tooltip
            self._page.key("Escape", KEYS["Escape"])

    def _click(self) -> None:
        box = self._random.choice(self._spots.legends)
        for _ in range(2):  # hidden, and shown again
            self._page.click(box.left + box.width / 2, box.top + box.height / 2)
            time.sleep(self._random.uniform(*MOVE_SECS))

    def _key(self) -> None:
        name = self._random.choice(["ArrowLeft", "ArrowRight"])
        self._page.key(name, KEYS[name])

    def _wheel(self) -> None:
        _, x, y = self._spot()
        self._page.wheel(x, y, self._random.choice([-WHEEL_PX, WHEEL_PX]))
