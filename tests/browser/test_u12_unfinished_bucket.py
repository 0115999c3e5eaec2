"""U12: the bucket of the present is kept, and seen to be unfinished: dashed, hollow, hatched, and said in words."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import wraps
from typing import cast

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.looking import hover, panel, wait_drawn, wait_points, wait_value
from tests.browser.served import Served, chart

pytestmark = pytest.mark.browser

QUARTER_SECS = 6 * 3600.0
VALUE = 50.0

RUNS = """
(uplot) => {
  const canvases = [...uplot.querySelectorAll("canvas")];
  const [{width, height}] = canvases;
  const all = new OffscreenCanvas(width, height).getContext("2d", {willReadFrequently: true});
  const ratio = devicePixelRatio;
  for (const one of canvases) {
    const {left, top} = one.style;
    all.drawImage(one, ratio * (parseFloat(left) || 0), ratio * (parseFloat(top) || 0));
  }
  const {data} = all.getImageData(0, 0, width, height);
  const isBlue = (x, y) => data[4 * (y * width + x) + 2] - data[4 * (y * width + x)] > 100;
  let best = [];
  for (let y = 0; y < height; y += 1) {
    const runs = [];
    let length = 0;
    for (let x = 0; x <= width; x += 1) {
      if (x < width && isBlue(x, y)) length += 1;
      else if (length > 0) { runs.push(length); length = 0; }
    }
    if (runs.length > 0 && Math.max(...runs) > Math.max(0, ...best)) best = runs;
  }
  return best;
}
"""
"""The runs of the line's colour along the row of pixels where the longest one is, from left to right."""


def again_if_a_quarter_began(test: Callable[..., None]) -> Callable[..., None]:
    """Run a test once more if it fails where one quarter of a day ends: what had just begun is over then."""

    @wraps(test)
    def tried(**fixtures: object) -> None:
        began = time.time() // QUARTER_SECS
        try:
            test(**fixtures)
        except AssertionError:
            if time.time() // QUARTER_SECS == began:
                raise
            test(**fixtures)

    return tried


def filled(plant: Served) -> None:
    """Give the kiln seven quarters of a day of the same value, and the one that has just begun."""
    now = time.time()
    points = [(now - QUARTER_SECS * back, VALUE) for back in range(7, -1, -1)]
    plant.send("kiln", chart("heat", points, replace=True))


def lines_of(page: Page) -> list[int]:
    """Wait until the line is drawn; return how it runs along its height."""
    wait_points(page, "kiln", 8)
    wait_drawn(page, "kiln")
    return cast(list[int], panel(page, "kiln").locator(".uplot").evaluate(RUNS))


@pytest.mark.parametrize("theme", ["light", "dark"])
@again_if_a_quarter_began
def test_u12_the_line_is_dashed_to_the_unfinished_bucket(
    plant: Served, open_page: Callable[..., Page], theme: str
) -> None:
    filled(plant)
    page = open_page(f"{plant.url}s/buckets/?theme={theme}")
    runs = lines_of(page)
    solid = max(runs)
    assert runs[0] == solid > 5 * sum(runs[1:])  # six of the seven steps between eight buckets
    dashes = runs[1:]
    assert len(dashes) >= 3
    assert all(one <= max(dashes[0], 12) for one in dashes)


@pytest.mark.parametrize(("lang", "words"), [("en", "so far"), ("fr", "en cours")])
@again_if_a_quarter_began
def test_u12_words_say_that_it_is_unfinished(
    plant: Served, open_page: Callable[..., Page], lang: str, words: str
) -> None:
    filled(plant)
    page = open_page(f"{plant.url}s/buckets/?lang={lang}")
    wait_value(page, "newest", VALUE)
    wait_points(page, "kiln", 8)
    expect(panel(page, "kiln").locator(".plot")).to_have_attribute("aria-label", re.compile(rf"\({words}\s?: 50\)$"))
    hover(page, "kiln", 0.99)
    tooltip = panel(page, "kiln").locator(".tooltip-spread")
    expect(tooltip).to_have_text(words)
    hover(page, "kiln", 0.4)
    expect(tooltip).to_have_text("")
    marked(panel(page, "quarters").locator(".bar-row:not([hidden])"), ".bar-label", words, last=True)
    marked(panel(page, "rows").locator("tbody tr"), "td", words, last=False)
    hatched = (
        panel(page, "quarters")
        .locator(".bar")
        .evaluate_all("(bars) => bars.map((bar) => getComputedStyle(bar).backgroundImage.includes('gradient'))")
    )
    assert sum(hatched) == 1
    assert hatched[-1]


def marked(rows: Locator, cell: str, words: str, *, last: bool) -> None:
    """Check that of these rows the one of the present says so, and no other."""
    expect((rows.last if last else rows.first).locator(cell).first).to_contain_text(words)
    assert sum(words in text for text in rows.all_inner_texts()) == 1
