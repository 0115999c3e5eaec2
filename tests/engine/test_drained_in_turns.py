"""What hundreds of sends left in a channel is put in order over several steps, and all of it is shown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

import cadran as cd
from cadran import testing
from cadran.channel import Channel
from cadran.channel.backlog import Backlog, Ready
from cadran.channel.channel import POINTS_IN_TURN
from cadran.clock import Instant
from cadran.engine.core import TICK_SECS
from cadran.engine.messages import Rang
from cadran.store import Key
from cadran.testing import LiveScreen
from cadran.updates.prepare import PreparedPoints

BATCH, NUM_SENDS, NUM_LINES, NUM_KPIS = 5_000, 400, 4, 3_000


@pytest.fixture
def channels() -> tuple[Channel, Channel]:
    return cd.channel("press", max_items=10_000_000, max_bytes=1 << 30), cd.channel("other")


@pytest.fixture
def live(channels: tuple[Channel, Channel]) -> LiveScreen:
    press, other = channels

    @cd.screen("Turns")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("last", press.kpi("last"))
        ui.kpi("other", other.kpi("value"))
        ui.line("v", press.series("v0", x="number"))

    return testing.open(screen)


def leave_much(press: Channel) -> None:
    """Send while nobody else may put in order what waits, as happens while an engine takes it."""
    with press._lock:
        for number in range(NUM_SENDS):
            xs = np.arange(float(BATCH)) + BATCH * (number // NUM_LINES)
            press.send(cd.ChartDataUpdated.xy(f"v{number % NUM_LINES}", xs, -xs, x="number"))
        press.send(*(cd.KpiUpdated(f"k{number}", 0.0) for number in range(NUM_KPIS)), cd.KpiUpdated("last", 1.0))


def test_a_step_puts_a_bounded_part_in_order_and_others_are_served_meanwhile(
    live: LiveScreen, channels: tuple[Channel, Channel], monkeypatch: pytest.MonkeyPatch
) -> None:
    press, other = channels
    num_points_of_step: list[int] = []
    fold = Backlog.fold

    def counted(self: Backlog, items: Sequence[Ready], slack: float = 0.0) -> None:
        num_points_of_step[-1] += sum(one.xs.size for one in items if isinstance(one, PreparedPoints))
        fold(self, items, slack)

    with live:
        viewer = live.viewer()
        live.settle()
        leave_much(press)
        other.send(cd.KpiUpdated("value", 5.0))
        monkeypatch.setattr(Backlog, "fold", counted)
        num_points_of_step.append(0)
        live._step()
        assert live.core.store.cell(Key(other.id, "kpi", "value")) is not None
        assert live.core.store.cell(Key(press.id, "kpi", "last")) is None
        assert live.core.health(live.clock.now())[press.id].is_behind
        while live.core.health(live.clock.now())[press.id].is_behind:
            num_points_of_step.append(0)
            live._step()
        assert sum(num_points_of_step) == NUM_SENDS * BATCH
        assert max(num_points_of_step) < 2 * (POINTS_IN_TURN + BATCH)
        live.settle()
        assert viewer.value("last") == 1.0
        series = live.core.store.series(Key(press.id, "series", "v1"))
        assert series is not None
        np.testing.assert_array_equal(series.points.xs, np.arange(NUM_SENDS * BATCH / NUM_LINES))


def test_a_tick_goes_on_before_all_is_in_order_and_each_step_gets_on_with_it(
    live: LiveScreen, channels: tuple[Channel, Channel], monkeypatch: pytest.MonkeyPatch
) -> None:
    press, other = channels
    num_folded = 0
    fold = Backlog.fold

    def counted(self: Backlog, items: Sequence[Ready], slack: float = 0.0) -> None:
        nonlocal num_folded
        num_folded += len(items)
        fold(self, items, slack)

    with live:
        live.viewer()
        live.settle()
        leave_much(press)
        other.send(cd.KpiUpdated("value", 5.0))
        monkeypatch.setattr(Backlog, "fold", counted)
        began, num_ticks, num_steps = live.clock.now(), live.core.num_ticks, 0
        while num_folded < NUM_SENDS:
            before, num_steps = num_folded, num_steps + 1
            secs = 0.012 * num_steps
            live.core.step(Instant(began.mono + secs, began.wall + secs), [Rang()])
            assert num_folded > before
        assert live.core.num_ticks > num_ticks, "it waited for a moment only"


def test_what_is_sent_while_more_is_put_in_order_and_lands_is_not_left_behind(
    live: LiveScreen, channels: tuple[Channel, Channel]
) -> None:
    """It rings once, while its channel can't be drained: that must not be forgotten."""
    press, _ = channels
    with live:
        live.viewer()
        live.settle()
        leave_much(press)
        now, rings = live.clock.now(), []
        press._wake = lambda: rings.append(True)
        outputs = live.core.step(now, [Rang()])
        num_steps = num_sent = 0
        while outputs.wake_mono is not None and outputs.wake_mono <= now.mono:
            num_steps += 1
            is_taken = press._take_until is None and live.core.health(now)[press.id].is_behind
            if num_sent < (2 if is_taken else num_steps > 2):
                num_sent += 1
                press.send(cd.KpiUpdated("last", 10.0 + num_sent))
            inputs = [Rang()] * len(rings)
            rings.clear()
            outputs = live.core.step(now, inputs)
        assert num_sent == 2
        if outputs.wake_mono is not None and outputs.wake_mono <= now.mono + TICK_SECS:
            live.core.step(Instant(outputs.wake_mono, now.wall + outputs.wake_mono - now.mono))
        cell = live.core.store.cell(Key(press.id, "kpi", "last"))
        assert cell is not None
        assert cell.value == 12.0
