"""One page of live lines in a real Chromium, watched for a window: what is painted, how old it is, what it costs."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

import psutil

from bench.chromium import Chromium
from bench.contender import Contender, PageHooks, Peer
from bench.load import Load
from bench.page import Page
from bench.plan import Plan, watch_for
from bench.probe import ages_millis, probe_script
from bench.processes import ServerChild
from bench.results import STROKES, quantile
from bench.usage import CpuMeter, pss_mb, rss_mb, tree_of

PAGE_SECS = 30.0
ANSWER_SECS = 60.0
"""A page that is busy answers late."""
LEAST_PAINTED = 3
SLOW_WINDOW_SECS = 60.0
"""A page that paints fewer than ``LEAST_PAINTED`` in a window is watched for up to this."""

Row = tuple[str, str, float]
"""A measure, its unit, a value."""


class PageFailedError(RuntimeError):
    """A page that could not be measured; the text says why, for the table."""


class Watched(NamedTuple):
    """What was seen of a page."""

    rows: list[Row]
    ages: list[tuple[float, float]]
    """Milliseconds since the window began, and the age then, in milliseconds; in the order of painting."""
    window_secs: float


def wait_until_drawn(page: Page, hooks: PageHooks, num_lines: int, num_painted: int, wait_secs: float) -> int:
    """Wait until all lines were drawn and so many updates painted; return how many lines were drawn.

    A page that has not come to all of them in time is watched as it is, if it painted anything at all. Raises
    ``PageFailedError`` if it did not.
    """
    until = time.monotonic() + wait_secs
    drawn_js = f"(() => {{ try {{ return {hooks.drawn_js} }} catch {{ return 0 }} }})()"
    counts = f"[window.probe?.painted.length ?? 0, {drawn_js}]"
    while True:
        painted, drawn = page.evaluate(counts, timeout_secs=max(ANSWER_SECS, wait_secs))
        if painted >= num_painted and drawn >= num_lines:
            return num_lines
        if time.monotonic() > until:
            if drawn and (painted or not num_painted):
                return int(drawn)
            raise PageFailedError(
                f"after {wait_secs:g} s its page had drawn {drawn} of {num_lines} lines and painted {painted} updates"
            )
        time.sleep(0.1)


def watch_page(path: str, contender: Contender | Peer, load: Load, plan: Plan, window_secs: float) -> Watched:
    """Show a contender's page, let it come to rest, and watch it. Raises ``PageFailedError``, ``TimeoutError``, and
    ``RuntimeError`` for what the page itself said."""
    hooks, wait_secs, num_first, is_slow = contender.page, PAGE_SECS, 6, False
    if isinstance(contender, Peer) or contender.name == STROKES:
        # One that paints once in 20 s is measured all the same.
        wait_secs, num_first, is_slow = getattr(contender, "open_secs", ANSWER_SECS), 1, True
    with ServerChild(contender.name, load, life_secs=plan.life_secs) as server, Chromium(path) as browser:
        page = browser.page
        page.open(server.url, probe_script(hooks), timeout_secs=wait_secs)
        num_drawn = wait_until_drawn(page, hooks, load.num_lines, num_first, wait_secs)
        watch_for(plan.settle_secs)
        counts = f"[{hooks.bytes_js}, {hooks.draws_js or 'null'}, performance.timeOrigin, performance.now() / 1000]"
        page_cpu, server_cpu = CpuMeter(browser.processes), CpuMeter.of(server.pid)
        began = page.evaluate(
            "(probe.painted.length = 0, performance.timeOrigin + performance.now())", timeout_secs=ANSWER_SECS
        )
        bytes_before, draws_before, opened, counted_secs = page.evaluate(counts, timeout_secs=ANSWER_SECS)
        page_cpu.start()
        server_cpu.start()
        began_mono = time.monotonic()
        watch_for(window_secs)
        while is_slow and time.monotonic() - began_mono < SLOW_WINDOW_SECS:
            if page.evaluate("probe.painted.length", timeout_secs=ANSWER_SECS) >= LEAST_PAINTED:
                break
            watch_for(1.0)
        passed_secs = time.monotonic() - began_mono
        page_cores, server_cores = page_cpu.cores(), server_cpu.cores()
        painted: list[tuple[int, float]] = page.evaluate("probe.painted", timeout_secs=ANSWER_SECS)
        num_bytes, num_draws, still_opened, until_secs = page.evaluate(counts, timeout_secs=ANSWER_SECS)
        if opened != still_opened:
            raise PageFailedError("its page was loaded again while it was watched")
        counted_secs = until_secs - counted_secs  # a busy page counts late
        memory = [*_memory("server", tree_of(psutil.Process(server.pid))), *_memory("page", browser.renderers()[:1])]
    painted = [one for one in painted if one[1] <= began + 1000 * passed_secs]  # not while it was asked
    if not painted:
        raise PageFailedError(f"its page painted nothing in {passed_secs:.0f} s")
    ages = ages_millis(painted, load.began)
    rows: list[Row] = [("updates painted", "1/s", len(painted) / passed_secs)]
    if num_drawn < load.num_lines:
        rows.append((f"lines shown, of {load.num_lines}", "lines", num_drawn))
    if num_draws is not None:
        rows.append(("lines drawn", "1/s", (num_draws - draws_before) / counted_secs))
    rows += [
        *age_rows(ages),
        ("server CPU", "% of a core", 100 * server_cores),
        ("page CPU", "% of a core", 100 * page_cores),
        ("to the page", "kB/s", (num_bytes - bytes_before) / counted_secs / 1000),
        *memory,
    ]
    return Watched(rows, [(at - began, age) for (_, at), age in zip(painted, ages, strict=True)], passed_secs)


def age_rows(ages: Sequence[float]) -> list[Row]:
    """Return what a table says of ages in milliseconds."""
    return [(f"age, p{part}", "ms", quantile(ages, part / 100)) for part in (50, 95, 99)] if ages else []


def _memory(side: str, processes: list[psutil.Process]) -> list[Row]:
    pss = pss_mb(processes)
    rss = (f"{side} memory, RSS", "MB", rss_mb(processes))
    return [rss, (f"{side} memory, PSS", "MB", pss)] if pss else [rss]
