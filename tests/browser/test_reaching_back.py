"""A line of past and present is scrolled back past what is held: the database is read where somebody looks."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect
from tests.browser.looking import held, hover, panel, wait_points
from tests.browser.plant import PAST_SECS, PAST_STEP_SECS, past_at
from tests.browser.served import Served

pytestmark = pytest.mark.browser

WINDOW = 600.0


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A plant of these tests: its database ends where it began, and that must not be too long ago."""
    served = Served.plant(tmp_path_factory.mktemp("plant"))
    yield served
    served.stop()


class Bar:
    """The page of the spliced line, with answers that can be kept back."""

    def __init__(self, plant: Served, open_page: Callable[..., Page], **options: object) -> None:
        now = time.time()
        plant.fill("spliced", [(now - 60 + i, 3.0) for i in range(60)])
        plant.fill("pressure", [(now - 60 + i, 3.0) for i in range(60)])
        self.kept_back: list[str | bytes] | None = None
        self._routes: list[WebSocketRoute] = []
        self.page = open_page(plant.url + "s/spliced/", prepare=self._prepare, **options)
        wait_points(self.page, "bar", 50)
        self.panel = panel(self.page, "bar")
        self.earlier = self.panel.locator('[data-role="earlier"]')
        self.reading = self.panel.locator('[data-role="reading"]')
        self.plot = self.panel.locator(".plot")

    def _prepare(self, page: Page) -> None:
        def through(route: WebSocketRoute) -> None:
            def heard(message: str | bytes) -> None:
                if self.kept_back is None:
                    route.send(message)
                else:
                    self.kept_back.append(message)

            self._routes.append(route)
            route.connect_to_server().on_message(heard)

        page.route_web_socket(re.compile(r"/ws$"), through)

    def release(self) -> None:
        """Let what was kept back come, and all that follows."""
        late, self.kept_back = self.kept_back or [], None
        for message in late:
            self._routes[-1].send(message)

    def wait_held(self, condition: str, *args: object) -> dict[str, list[float]]:
        """Wait until this is true of the line that is held; returns it."""
        self.page.wait_for_function(
            f"([args]) => (({{ids, xs, ys}}, ...args) => {condition})(window.cadran.points('bar')[0], ...args)",
            arg=[list(args)],
        )
        line: dict[str, list[float]] = held(self.page, "bar")[0]
        return line


def test_what_is_not_held_is_read_where_somebody_looks_step_by_step(
    plant: Served, open_page: Callable[..., Page]
) -> None:
    bar = Bar(plant, open_page)
    expect(panel(bar.page, "beside").locator('[data-role="earlier"]')).to_be_hidden()
    bar.page.mouse.move(1, 1)
    controls = bar.panel.locator(".moves")
    expect(controls).to_have_css("opacity", "0")
    hover(bar.page, "bar", 0.5)
    expect(controls).to_have_css("opacity", "1")
    began = time.time()
    for step in range(1, 9):
        bar.earlier.click()
        x0 = began - WINDOW - step * WINDOW / 2
        # It comes from the right, piece by piece.
        is_whole = "xs.length >= args[0] && xs[0] < args[1] && xs.at(-1) < args[2]"
        line = bar.wait_held(is_whole, WINDOW / PAST_STEP_SECS - 1, x0 + 60, x0 + WINDOW + 60)
    # One more where it begins just on one, and one beyond either end.
    assert len(line["ids"]) <= WINDOW / PAST_STEP_SECS + 3
    # Buckets are no wider than a second here: each holds the one row that the database has of it.
    assert [round(y, 5) for y in line["ys"]] == [round(past_at(x), 5) for x in line["ids"]]
    assert {b - a for a, b in zip(line["ids"], line["ids"][1:], strict=False)} == {PAST_STEP_SECS}
    expect(bar.reading).to_be_empty()


def test_days_are_shown_in_as_many_points_as_there_are_pixels_and_the_beginning_is_found(
    plant: Served, open_page: Callable[..., Page]
) -> None:
    bar = Bar(plant, open_page)
    first = time.time() - PAST_SECS
    bar.plot.focus()
    for num_times in range(1, 10):
        bar.page.keyboard.press("-")
        reaches_to = max(first + 600, time.time() - WINDOW * 2**num_times)
        line = bar.wait_held("xs.length > 1 && xs[0] < args[0]", reaches_to + 0.05 * WINDOW * 2**num_times)
    line = bar.wait_held("Math.abs(xs[0] - args[0]) < 1200", first)
    assert len(line["xs"]) < 1300
    assert max(line["ys"]) == pytest.approx(3.0)
    assert min(line["ys"]) == pytest.approx(-1, abs=0.01)

    bar.page.keyboard.press("End")
    bar.wait_held("xs.length > 1 && xs[0] > args[0]", time.time() - 1.2 * WINDOW)
    bar.page.keyboard.press("Home")
    expect(bar.panel.locator('[data-role="reset-zoom"]')).to_have_text("Back to live")  # it was found
    # The past was made when the plant began, some minutes ago perhaps.
    is_there = "xs.length > 1 && args[0] < xs[0] && xs[0] < args[1] && xs.at(-1) < args[2]"
    bar.wait_held(is_there, first - 1_200, first + WINDOW / 10, first + 2 * WINDOW)
    expect(bar.panel.locator('[data-role="days"]')).to_contain_text(time.strftime("%Y", time.gmtime(first)))
    # Beyond it there is nothing, and no way far into that.
    for _ in range(16):
        bar.page.keyboard.press("Shift+ArrowLeft")
        bar.page.evaluate("() => new Promise(requestAnimationFrame)")
    expect(bar.earlier).to_have_attribute("aria-disabled", "true")
    bar.wait_held("xs.length === 0")
    assert bar.panel.get_attribute("data-filled") == "true"
    bar.panel.locator('[data-role="reset-zoom"]').click()
    bar.wait_held("xs.length > 1 && xs[0] > args[0]", time.time() - 1.2 * WINDOW)
    expect(bar.panel.locator('[data-role="days"]')).to_be_empty()


def test_while_the_past_is_read_the_old_picture_stays_and_says_so(
    plant: Served, open_page: Callable[..., Page]
) -> None:
    bar = Bar(plant, open_page, locale="fr")
    bar.plot.focus()
    before = bar.wait_held("xs[0] < args[0]", time.time() - 0.8 * WINDOW)["ids"]  # the database was read
    bar.kept_back = []
    for _ in range(3):
        bar.page.keyboard.press("Shift+ArrowLeft")
    expect(bar.reading).to_have_text("lecture des données plus anciennes…")
    assert bar.reading.get_attribute("role") == "status"
    assert held(bar.page, "bar")[0]["ids"] == before
    box, plot = bar.reading.bounding_box(), bar.panel.locator(".u-over").bounding_box()
    assert box is not None
    assert plot is not None
    assert plot["x"] <= box["x"] < plot["x"] + plot["width"] / 4
    bar.release()
    expect(bar.reading).to_be_empty()
    bar.wait_held("xs.length > 10 && xs[0] < args[0]", time.time() - 1.7 * WINDOW)


def test_where_nothing_hovers_the_way_back_is_always_shown(plant: Served, open_page: Callable[..., Page]) -> None:
    bar = Bar(plant, open_page, width=390, height=844, has_touch=True, is_mobile=True)
    box = bar.earlier.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 24
    expect(bar.panel.locator(".moves")).to_have_css("opacity", "1")
    bar.earlier.tap()
    bar.wait_held("xs.length > 10 && xs[0] < args[0]", time.time() - 1.4 * WINDOW)
