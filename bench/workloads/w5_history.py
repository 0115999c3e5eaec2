"""W5: a long history in one chart: opened, zoomed to one percent, panned."""

from __future__ import annotations

import time

import numpy as np
import psutil

from bench.chromium import Chromium, chromium_path
from bench.contender import Contender, HistoryHooks, Peer, find
from bench.load import HISTORY_END, HISTORY_PER_SEC, Load, history
from bench.page import Page
from bench.plan import Plan, say, watch_for
from bench.probe import probe_script
from bench.processes import ServerChild
from bench.results import FLOOR, Recorder, quantile
from bench.usage import rss_mb, tree_of
from cadran.frames.encode import series_pieces
from cadran.store import SeriesColumns, id_of, level_for

NUMBER = "W5"
TITLE = "History: open, zoom, pan"
NOTE = """
One chart of one line with 10 or 100 million points, held by the server before anybody looks. *Open* is from navigation
to the first picture of everything painted; *first open* is the server's first page. *Zoom* is from releasing the mouse,
after dragging over 1 % of the width, to the detail of that range painted: a redraw of what was there does not count.
Every page has half a second of rest between opening and dragging, as somebody looks before choosing a range.
*Pan* moves the range by half of its width. The floor answers from minima and maxima made beforehand and draws them on a
plain canvas. The server's part is `view` and encoding of a zoomed range, in this process, the median of 50 ranges.
Peers are measured once, by their own means of zooming.
"""
SIZES = (10_000_000, 100_000_000)
ZOOMS = (0.43, 0.61, 0.27)
"""Where zooms begin, as shares of the width."""
ZOOM_SHARE = 0.01
REST_SECS = 0.5
"""After a page was opened, of whoever is measured: what is still done for the opening is none of the zoom."""
WAIT_SECS = 120.0
PEER_WAIT_SECS = 60.0
WIDTH, HEIGHT = 1_600, 800
VIEW_PX = 1_500


def run(plan: Plan, recorder: Recorder) -> None:
    """Measure Cadran, the floor and the peers with each size."""
    path = chromium_path()
    for num_points in sizes(plan):
        _add_server_part(num_points, recorder)
        for name in plan.names(NUMBER, 0) if path else ():
            contender = find(name)
            if contender.page.history is None or (isinstance(contender, Peer) and num_points > contender.max_history):
                continue
            say(f"W5: {points(num_points)}, {name}")
            try:
                _measure(str(path), contender, contender.page.history, num_points, plan, recorder)
            except (TimeoutError, RuntimeError) as error:
                if name == FLOOR:
                    raise
                say(f"W5: {points(num_points)}, {name}: not all of it could be measured ({error})")
                recorder.fail(points(num_points), name, str(error))


def secs(plan: Plan) -> float:
    """Return about how long this takes."""
    own = sum(55.0 if num_points > SIZES[0] else 25.0 for num_points in sizes(plan))
    return own + 45.0 * len(plan.peers_in(NUMBER))


def sizes(plan: Plan) -> tuple[int, ...]:
    """Return the numbers of points."""
    return (1_000_000,) if plan.is_quick else SIZES


def points(num_points: int) -> str:
    """Return the name of a case."""
    return f"{num_points // 1_000_000} M points"


def _measure(
    path: str, contender: Contender | Peer, hooks: HistoryHooks, num_points: int, plan: Plan, recorder: Recorder
) -> None:
    load = Load(began=plan.began, num_kpis=0, num_lines=1, updates_per_sec=10.0, history_points=num_points)
    wait_secs = PEER_WAIT_SECS if isinstance(contender, Peer) else WAIT_SECS
    case = points(num_points)

    def add(measure: str, unit: str, value: float) -> None:
        recorder.add(case, contender.name, numbers.setdefault(measure, -1) + 1, measure, unit, value)
        numbers[measure] += 1

    numbers: dict[str, int] = {}
    with ServerChild(contender.name, load, life_secs=plan.life_secs) as server, Chromium(path) as browser:
        page = browser.page
        page.fit(WIDTH, HEIGHT)
        watch_for(2 * plan.settle_secs)  # what was sent lands
        script = probe_script(contender.page, has_stamp=False)
        for num_opened in range(1 + plan.repeats):
            page.open(server.url, script, timeout_secs=wait_secs)
            page.wait_for("window.probe", wait_secs)
            opened = _until(page, f"() => {hooks.full_js}", wait_secs) - page.evaluate("performance.timeOrigin")
            add("open" if num_opened else "first open", "ms", opened)
            if num_opened == 0:
                add("open, bytes", "kB", page.evaluate(contender.page.bytes_js) / 1000)
        if hooks.before_drag_js:
            page.evaluate(hooks.before_drag_js)
        for start in ZOOMS:
            watch_for(REST_SECS)
            num_bytes = page.evaluate(contender.page.bytes_js)
            range_, millis = _zoom(page, hooks, start, num_points, wait_secs)
            add("zoom to 1 %", "ms", millis)
            add("zoom, bytes", "kB", (page.evaluate(contender.page.bytes_js) - num_bytes) / 1000)
            if start == ZOOMS[0] and (hooks.pan_js or hooks.zoom_js):
                x0, x1 = range_
                half = (x1 - x0) / 2
                add(
                    "pan by half",
                    "ms",
                    _steer(page, hooks, hooks.pan_js or hooks.zoom_js, x0 + half, x1 + half, wait_secs),
                )
            page.open(server.url, script, timeout_secs=wait_secs)  # zooms begin from the whole picture
            page.wait_for("window.probe", wait_secs)
            _until(page, f"() => {hooks.full_js}", wait_secs)
            if hooks.before_drag_js:
                page.evaluate(hooks.before_drag_js)
        add("server memory, RSS", "MB", rss_mb(tree_of(psutil.Process(server.pid))))
        add("page memory, RSS", "MB", rss_mb(browser.renderers()[:1]))


def _zoom(
    page: Page, hooks: HistoryHooks, start: float, num_points: int, wait_secs: float
) -> tuple[tuple[float, float], float]:
    """Zoom to one percent; return the range in x, and the milliseconds from the input to the detail painted."""
    span = (num_points - 1) / HISTORY_PER_SEC
    x0 = HISTORY_END - span + start * span
    x1 = x0 + ZOOM_SHARE * span
    if hooks.area_js is None:
        return (x0, x1), _steer(page, hooks, hooks.zoom_js, x0, x1, wait_secs)
    left, top, width, height = page.evaluate(
        f"(({{left, top, width, height}}) => [left, top, width, height])({hooks.area_js})"
    )
    from_px, to_px = round(start * width), round((start + ZOOM_SHARE) * width)
    x0, x1 = (HISTORY_END - span + span * px / width for px in (from_px, to_px))
    page.evaluate("void (probe.inputAt = null)")
    page.drag(left + from_px, left + to_px, top + height / 2)
    done = _until(page, f"() => probe.inputAt !== null && ({hooks.detail_js})({x0!r}, {x1!r})", wait_secs)
    return (x0, x1), done - float(page.evaluate("probe.inputAt"))


def _steer(page: Page, hooks: HistoryHooks, steer_js: str | None, x0: float, x1: float, wait_secs: float) -> float:
    """Show a range by the page's own function; return the milliseconds to its detail painted."""
    began = f"(probe.inputAt = performance.timeOrigin + performance.now(), ({steer_js})({x0!r}, {x1!r}))"
    page.evaluate(f"void {began}")
    return _until(page, f"() => ({hooks.detail_js})({x0!r}, {x1!r})", wait_secs) - float(page.evaluate("probe.inputAt"))


def _until(page: Page, condition: str, wait_secs: float) -> float:
    """Return the milliseconds since 1970 at which a condition was true after a frame. Raises ``RuntimeError``."""
    return float(page.evaluate(f"probe.until({condition}, {1000 * wait_secs:g})", timeout_secs=wait_secs + 30.0))


def _add_server_part(num_points: int, recorder: Recorder) -> None:
    series = SeriesColumns()
    xs, ys = history(num_points)
    series.extend(xs, ys, s=1, is_sorted=True)
    del xs, ys
    span = (num_points - 1) / HISTORY_PER_SEC
    whole_k = level_for(span, VIEW_PX, HISTORY_END)
    series.view(whole_k, id_of(HISTORY_END - span, whole_k))  # catches up with the levels
    spent: list[float] = []
    for start in np.random.default_rng(5).uniform(0.0, 1.0 - ZOOM_SHARE, 50):
        x0 = HISTORY_END - span + float(start) * span
        x1 = x0 + ZOOM_SHARE * span
        began = time.perf_counter()
        k = level_for(x1 - x0, VIEW_PX, HISTORY_END)
        buckets = series.view(k, id_of(x0, k), id_of(x1, k))
        series_pieces(0, buckets, id_of(x0, k), replace=True, cadence=series.snapshot().cadence, newest_x=HISTORY_END)
        spent.append(1000 * (time.perf_counter() - began))
    recorder.add(points(num_points), "cadran", 0, "zoom, server's part", "ms", quantile(spent, 0.5))
    recorder.add(points(num_points), "cadran", 0, "zoom, server's part, p95", "ms", quantile(spent, 0.95))
