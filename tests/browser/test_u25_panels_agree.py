"""U25: two panels fed by one value never disagree on screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from tests.browser.looking import wait_value
from tests.browser.served import Served, fresh_number

pytestmark = pytest.mark.browser

WATCH = """
() => {
  const panel = (key) => document.querySelector(`[data-panel="${key}"]`);
  const value = (key) => Number(panel(key).querySelector("[data-role=value]").dataset.value);
  window.seen = {frames: 0, values: new Set(), disagreements: [], behind: 0};
  const look = () => {
    const [one, again, double] = [value("temperature"), value("again"), value("double")];
    seen.frames += 1;
    seen.values.add(one);
    // A derived value may be late, if it says so; two views of the same one never are.
    const isBehind = panel("double").dataset.state === "behind";
    if (isBehind) seen.behind += 1;
    if (one !== again || (double !== 2 * one && !isBehind)) seen.disagreements.push([one, again, double]);
    requestAnimationFrame(look);
  };
  look();
}
"""


def test_u25_panels_of_one_value_agree_in_every_frame(plant: Served, open_page: Callable[..., Page]) -> None:
    plant.set(temperature=(value := fresh_number()))
    page = open_page(plant.url + "s/plant/")
    wait_value(page, "temperature", value)
    wait_value(page, "double", 2 * value)
    page.evaluate(WATCH)
    for _ in range(30):
        for _ in range(4):
            plant.set(temperature=(value := fresh_number()))
        page.wait_for_function("(value) => seen.values.has(value)", arg=value)
    wait_value(page, "double", 2 * value)
    seen = page.evaluate("() => ({...seen, values: seen.values.size})")
    assert seen["disagreements"] == []
    assert seen["values"] >= 30
    assert seen["behind"] < seen["frames"] / 2
