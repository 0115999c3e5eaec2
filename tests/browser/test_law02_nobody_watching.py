"""Law 2 and U6: what nobody sees is not drawn, not sent and not asked for, and is right when it is seen again."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.browser.looking import (
    Wire,
    draws,
    num_points,
    number_in,
    panel,
    statistics,
    wait_drawn,
    wait_newest,
    wait_points,
    wait_state,
    wait_until,
    wait_value,
)
from tests.browser.served import Served, fresh_number

pytestmark = pytest.mark.browser

WATCHES_COUNTED = """
window.watched = new Set();
for (const [name, change] of [["observe", "add"], ["unobserve", "delete"]]) {
  const was = IntersectionObserver.prototype[name];
  IntersectionObserver.prototype[name] = function (target) { watched[change](target); return was.call(this, target); };
}
const repeat = window.setInterval;
window.setInterval = (run, millis) => { if (millis === 1000) window.tick = run; return repeat(run, millis); };
"""

FAKED_VISIBILITY = """
window.isHidden = false;
for (const [name, get] of [["hidden", () => isHidden], ["visibilityState", () => (isHidden ? "hidden" : "visible")]])
  Object.defineProperty(Document.prototype, name, {get, configurable: true});
window.hide = (hidden) => { isHidden = hidden; document.dispatchEvent(new Event("visibilitychange")); };
"""


def test_u06_a_chart_out_of_sight_draws_and_gets_nothing(
    plant: Served, wired: Callable[..., tuple[Page, Wire]]
) -> None:
    now = time.time()
    plant.fill("below", [(now - 100 + i, 1.0) for i in range(100)])
    page, wire = wired(plant.url + "s/plant/", height=500)
    below = panel(page, "below")
    expect(below.locator(".title")).to_have_text("Below")  # its title is in the document, for those who search
    assert num_points(page, "below") == 0
    assert draws(page, "below") == 0

    below.scroll_into_view_if_needed()
    wait_points(page, "below", 50)
    wait_drawn(page, "below")
    page.evaluate("scrollTo(0, 0)")
    expect(below).not_to_be_in_viewport()
    page.wait_for_function("document.querySelector('[data-panel=temperature]').getBoundingClientRect().top > 0")
    wire.wait_unseen(page, "below")
    plant.set(temperature=(mark := fresh_number()))
    wait_value(page, "temperature", mark)  # the server knows by now that the chart is out of sight
    num_draws, held = draws(page, "below"), num_points(page, "below")
    for step in range(10):
        plant.add("below", (now + step / 10, 5.0))
        plant.set(temperature=(mark := fresh_number()))
        wait_value(page, "temperature", mark)
    assert draws(page, "below") == num_draws
    assert num_points(page, "below") == held

    below.scroll_into_view_if_needed()
    wait_newest(page, "below", now + 0.9)
    wait_drawn(page, "below", num_draws)


def test_law02_a_query_out_of_sight_stops_after_its_linger(
    plant: Served, wired: Callable[..., tuple[Page, Wire]]
) -> None:
    page, wire = wired(plant.url + "s/polled/", height=500)
    wait_state(page, "tick", "live")
    panel(page, "deep").scroll_into_view_if_needed()
    wait_state(page, "deep", "live")
    page.evaluate("scrollTo(0, 0)")
    expect(panel(page, "deep")).not_to_be_in_viewport()
    wire.wait_unseen(page, "deep")

    def wait_ticks(count: int) -> None:
        begin = number_in(page, "tick")
        page.wait_for_function(
            "(least) => Number(document.querySelector('[data-panel=tick] [data-role=value]').dataset.value) >= least",
            arg=begin + count,
        )

    # A second and a half by the clock of a like source, which is on screen; the plant lingers for half of one.
    wait_ticks(15)
    num_reads = len(plant.reads("deep"))
    wait_ticks(8)
    assert len(plant.reads("deep")) == num_reads

    panel(page, "deep").scroll_into_view_if_needed()
    page.wait_for_function(
        "(least) => Number(document.querySelector('[data-panel=deep] [data-role=value]').dataset.value) > least",
        arg=num_reads,
    )


def test_law02_a_hidden_document_gets_nothing_and_is_right_on_return(
    plant: Served, open_page: Callable[..., Page], wired: Callable[..., tuple[Page, Wire]]
) -> None:
    now = time.time()
    plant.fill("left", [(now - 10 + i, 1.0) for i in range(10)])
    wires: list[Wire] = []

    def prepare(page: Page) -> None:
        page.add_init_script(FAKED_VISIBILITY)
        wires.append(Wire(page))

    page = open_page(plant.url + "s/plant/", prepare=prepare)
    other = open_page(plant.url + "s/plant/")
    plant.set(temperature=(before := fresh_number()))
    wait_value(page, "temperature", before)
    wait_value(other, "temperature", before)
    page.evaluate("hide(true)")
    wait_until(page, lambda: wires[0].views[-1]["hidden"])
    # Whatever was under way when it said so has come once the other page shows what was sent after it.
    between = [fresh_number(), fresh_number()]
    for value in between:
        plant.set(temperature=value)
        wait_value(other, "temperature", value)
    num_messages, num_frames = wires[0].num_data_messages, statistics(page)["frames"]
    for step in range(20):
        plant.set(temperature=(value := fresh_number()))
        plant.add("left", (now + step / 10, 2.0))
        wait_value(other, "temperature", value)
    assert wires[0].num_data_messages == num_messages
    assert statistics(page)["frames"] == num_frames
    assert number_in(page, "temperature") in (before, *between)

    page.evaluate("hide(false)")
    wait_value(page, "temperature", value)
    wait_newest(page, "vibration", now + 1.9)
    assert wires[0].num_sockets == 1


def test_u06_charts_far_from_the_screen_hold_nothing_for_drawing_and_keep_their_place(
    plant: Served, open_page: Callable[..., Page]
) -> None:
    now = time.time()
    plant.fill("pressure", [(now - 100 + i, 1.0) for i in range(100)])
    page = open_page(plant.url + "s/many/", height=700)
    wait_points(page, "chart0", 50)
    page.wait_for_function("() => document.querySelectorAll('.row[data-far]').length > 5")
    # What is far is skipped, and takes the room that it would take.
    is_skipped = (
        "(key) => !document.querySelector(`[data-panel=${key}] .title`).checkVisibility({contentVisibilityAuto: true})"
    )
    assert page.evaluate(is_skipped, "chart119")
    height = page.evaluate("document.documentElement.scrollHeight")
    show_far = (
        "(how) => document.querySelectorAll('[data-far]').forEach((area) => (area.style.contentVisibility = how))"
    )
    page.evaluate(show_far, "visible")
    assert page.evaluate("document.documentElement.scrollHeight") == height
    page.evaluate(show_far, "")

    # Going past all of them leaves no more canvases than are near.
    for number in range(0, 120, 3):
        panel(page, f"chart{number}").scroll_into_view_if_needed()
        wait_drawn(page, f"chart{number}")
    page.wait_for_function("() => document.querySelectorAll('.plot canvas').length < 60")
    assert page.evaluate("document.documentElement.scrollHeight") == height
    page.wait_for_function("() => !document.querySelector('[data-panel=chart0] canvas')")

    # Back at the top, the first is drawn and judged anew.
    num_draws = draws(page, "chart0")
    page.evaluate("scrollTo(0, 0)")
    wait_drawn(page, "chart0", num_draws)
    assert page.evaluate("!!document.querySelector('[data-panel=chart0] canvas')")
    wait_state(page, "chart0", "live")


ALL_IN_SIGHT_DRAWN = """
() => {
  const inSight = [...document.querySelectorAll('[data-kind="line"]')].filter((one) => {
    const { top, bottom, height } = one.getBoundingClientRect();
    return height > 0 && top < innerHeight && bottom > 0;
  });
  return Object.values(cadran.statistics().draws).filter((count) => count > 0).length >= inSight.length;
}
"""
DRAWN_FAR_BELOW = """
() => Object.entries(cadran.statistics().draws)
  .filter(([, count]) => count > 0)
  .map(([key]) => key)
  .filter((key) => document.querySelector(`[data-panel="${key}"]`).getBoundingClientRect().top > 2 * innerHeight)
"""
IN_SIGHT_ALONE_JUDGED = """
() => {
  const inSight = [...document.querySelectorAll("[data-panel]")].filter((one) => {
    const { top, bottom, height } = one.getBoundingClientRect();
    return height > 0 && top < innerHeight && bottom > 0;
  });
  const before = cadran.statistics().judged;
  for (let i = 0; i < 5; i++) tick();
  const numJudged = cadran.statistics().judged - before;
  return numJudged > 0 && numJudged <= 5 * inSight.length;
}
"""


def test_u06_what_a_second_and_a_frame_touch_does_not_grow_with_the_charts_out_of_sight(
    plant: Served, open_page: Callable[..., Page]
) -> None:
    plant.fill("pressure", [(time.time() - 100 + i, 1.0) for i in range(100)])
    num_seen: list[int] = []
    num_watched: list[int] = []
    for slug in ("many", "most"):
        page = open_page(
            f"{plant.url}s/{slug}/", height=700, prepare=lambda page: page.add_init_script(WATCHES_COUNTED)
        )
        wait_points(page, "chart0", 50)
        page.wait_for_function("() => document.querySelectorAll('.row[data-far]').length > 5")
        page.wait_for_function(ALL_IN_SIGHT_DRAWN)  # charts are drawn in turns
        page.wait_for_function(IN_SIGHT_ALONE_JUDGED)
        # While the page is laid out (fonts, headings), a row just below may be in sight for a frame: it is drawn too.
        assert page.evaluate(DRAWN_FAR_BELOW) == []
        num_seen.append(page.evaluate("Object.values(cadran.statistics().draws).filter((count) => count > 0).length"))
        num_watched.append(page.evaluate("watched.size"))
    assert 0 < num_seen[1] <= 2 * num_seen[0]  # of eight times as many
    # At every frame the browser looks at what is watched: of charts out of sight, at the elements that hold many.
    assert num_watched[1] - num_watched[0] <= (960 - 120) / 90


def test_u06_a_chart_just_out_of_sight_gives_back_its_canvases_once_the_view_rests(
    plant: Served, open_page: Callable[..., Page]
) -> None:
    plant.fill("pressure", [(time.time() - 100 + i, 1.0) for i in range(100)])
    page = open_page(plant.url + "s/many/", height=700)
    wait_points(page, "chart0", 50)
    page.wait_for_function(ALL_IN_SIGHT_DRAWN)
    page.wait_for_function("() => document.querySelector('[data-panel=chart0] canvas')")
    # Its row lies right above the screen, and its block is none of those that are far.
    page.evaluate("scrollBy(0, document.querySelector('[data-panel=chart0]').getBoundingClientRect().bottom + 4)")
    page.wait_for_function("() => !document.querySelector('[data-panel=chart0] canvas')")
    assert not page.evaluate("!!document.querySelector('[data-panel=chart0]').closest('[data-far]')")
    page.wait_for_function("() => document.querySelector('[data-panel=chart4] canvas')")
    num_draws = draws(page, "chart0")
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_function("(n) => cadran.statistics().draws.chart0 > n", arg=num_draws)
    assert page.evaluate("!!document.querySelector('[data-panel=chart0] canvas')")


def test_u06_browsers_keep_no_layer_for_a_chart_but_those_of_its_canvases(
    plant: Served, open_page: Callable[..., Page]
) -> None:
    plant.fill("pressure", [(time.time() - 100 + i, 1.0) for i in range(100)])
    page = open_page(plant.url + "s/many/", height=700)
    wait_points(page, "chart0", 50)
    page.wait_for_function(ALL_IN_SIGHT_DRAWN)
    page.wait_for_function("() => document.querySelectorAll('.row[data-far]').length > 5")
    devtools = page.context.new_cdp_session(page)
    layers: list[dict[str, object]] = []

    def heard(event: dict[str, list[dict[str, object]]]) -> None:
        layers[:] = event.get("layers", layers)

    devtools.on("LayerTree.layerTreeDidChange", heard)
    devtools.send("DOM.getDocument")
    devtools.send("LayerTree.enable")
    for number in range(3):  # each update is another picture, of which the browser tells
        plant.add("pressure", (time.time(), float(number)))
        wait_newest(page, "chart0", time.time() - 60)
    page.wait_for_function("(n) => cadran.statistics().draws.chart0 > n", arg=draws(page, "chart0") - 1)

    def attributes() -> list[list[str]]:
        numbers = [layer["backendNodeId"] for layer in layers if "backendNodeId" in layer]
        nodes = [devtools.send("DOM.describeNode", {"backendNodeId": number})["node"] for number in numbers]
        return [node.get("attributes", []) for node in nodes]

    wait_until(page, lambda: any("tip" in one for one in attributes()), lambda: "the browser told of no layer")
    assert not any("u-over" in one for one in attributes())
