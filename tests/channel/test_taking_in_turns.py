"""Much that waits is put in order a part at a time: what is taken is what would have been taken at once."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import numpy as np
import polars as pl
import pytest

import cadran as cd
from cadran.channel import Channel, Drained, Taken
from cadran.channel.backlog import Backlog, Ready
from cadran.channel.channel import BATCH_POINTS, FEW_ITEMS, ITEMS_IN_TURN, POINTS_IN_TURN
from cadran.store import Key, Store
from cadran.updates import Update
from cadran.updates.prepare import PreparedPoints

BATCH = 5_000


@pytest.fixture
def small_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("FEW_ITEMS", 2), ("ITEMS_IN_TURN", 5), ("POINTS_IN_TURN", 40), ("BATCH_POINTS", 2)):
        monkeypatch.setattr(import_module(Channel.__module__), name, value)


def taken_in_turns(press: Channel, between: Callable[[], None] = lambda: None) -> tuple[Taken, int]:
    """Return what is taken, and in how many turns."""
    for num_turns in range(1, 10_000):
        taken = press.take_in_turns()
        if taken is not None:
            return taken, num_turns
        between()
    raise AssertionError("it never ends")


def some_send(rng: random.Random, number: int) -> list[Update]:
    """What one send brings: always the same number to two values, and points here and there."""
    updates: list[Update] = [cd.KpiUpdated("first", number)]
    for name in rng.sample("abcd", rng.randrange(3)):
        xs = [rng.choice([float(number), float(rng.randrange(60))]) for _ in range(rng.choice([1, 3, 20]))]
        ys = [number + rng.random() for _ in xs]
        if rng.random() < 0.1:
            xs[0] = float("nan")
        updates.append(cd.ChartDataUpdated.xy(name, xs, ys, replace=rng.random() < 0.1))
    if rng.random() < 0.2:
        updates.append(cd.TableUpdated("rows", pl.DataFrame({"n": [number]})))
    if rng.random() < 0.2:
        updates.append(cd.KpiUpdated(f"other {rng.randrange(5)}", "text" if rng.random() < 0.5 else number))
    return [*updates, cd.KpiUpdated("last", number)]


def plain(drained: Drained) -> dict[str, Any]:
    points = {
        name: (one.xs.tolist(), one.ys.tolist(), one.replace, one.x, one.is_sorted)
        for name, one in drained.points.items()
    }
    tables = {name: (one.frame.to_dicts(), one.key) for name, one in drained.tables.items()}
    kpis = list(drained.kpis.items())
    return {"kpis": kpis, "points": points, "tables": tables, "num": drained.num_updates}


def num_points_of(items: Sequence[Ready]) -> int:
    return sum(one.xs.size for one in items if isinstance(one, PreparedPoints))


@pytest.mark.usefixtures("small_turns")
@pytest.mark.parametrize("seed", range(30))
def test_turns_give_what_is_taken_at_once(seed: int) -> None:
    rng = random.Random(seed)
    whole, turned = cd.channel("press"), cd.channel("press")
    for first in (0, 40):
        with turned._lock:  # nobody folds meanwhile
            for number in range(first, first + rng.choice([1, 10, 40])):
                updates = some_send(rng, number)
                whole.send(*updates)
                turned.send(*updates)
        taken, num_turns = taken_in_turns(turned)
        assert num_turns >= taken.num_updates // 5
        at_once = whole.take()
        assert (taken.num_rejected_ever, taken.rejected) == (at_once.num_rejected_ever, at_once.rejected)
        assert plain(taken.whole()) == plain(at_once.whole())
        kept = {"peak_pending", "peak_pending_bytes"}  # each looks when it folds
        counts = [
            {name: getattr(one.statistics(), name) for name in one.statistics().__slots__ if name not in kept}
            for one in (whole, turned)
        ]
        assert counts[0] == counts[1]


@pytest.mark.usefixtures("small_turns")
@pytest.mark.parametrize("seed", range(30))
def test_what_is_sent_between_turns_is_neither_lost_nor_torn(seed: int) -> None:
    """Senders fold the inbox meanwhile, and others look at what is pending."""
    rng = random.Random(seed)
    whole, turned = Store(), Store()
    straight, press = cd.channel("press"), cd.channel("press")
    number = num_updates = 0

    def send() -> None:
        nonlocal number
        updates = some_send(rng, number)
        number += 1
        straight.send(*updates)
        press.send(*updates)

    def meanwhile() -> None:
        for _ in range(rng.randrange(3)):
            send()
        if rng.random() < 0.2:
            press._fold_inbox()
        elif rng.random() < 0.1:
            assert press.num_pending > 0

    for _ in range(20):
        for _ in range(rng.choice([1, 30])):
            send()
        num_before = number
        taken, _ = taken_in_turns(press, meanwhile)
        num_updates += taken.num_updates
        values = dict(taken.kpis())
        assert values["first"].value == values["last"].value, "each send is taken whole"
        assert float(values["last"].value) >= num_before - 1  # type: ignore[arg-type]
        turned.apply("press", taken.whole(), now_wall=100.0, keep_secs=None)
    rest = press.take()
    turned.apply("press", rest.whole(), now_wall=100.0, keep_secs=None)
    whole.apply("press", straight.drain(), now_wall=100.0, keep_secs=None)
    assert num_updates + rest.num_updates == press.statistics().num_sent == straight.statistics().num_sent
    assert press.statistics().num_drained == press.statistics().num_sent
    for name in "abcd":
        expected, got = (store.series(Key("press", "series", name)) for store in (whole, turned))
        assert expected is not None
        assert got is not None
        np.testing.assert_array_equal(got.points.xs, expected.points.xs)
        np.testing.assert_array_equal(got.points.ys, expected.points.ys)


@pytest.mark.usefixtures("small_turns")
@pytest.mark.parametrize("seed", range(10))
def test_law11_what_is_taken_in_turns_holds_the_bounds_and_counts_what_it_drops(seed: int) -> None:
    rng = random.Random(seed)
    press = cd.channel("press", max_items=100)
    num_sent = num_landed = 0
    for _ in range(10):
        with press._lock:  # nobody folds meanwhile
            for _ in range(rng.choice([3, 60])):
                xs = np.arange(float(rng.choice([1, 20])))
                num_sent += xs.size
                press.send(cd.ChartDataUpdated.xy(rng.choice("ab"), xs, xs, x="number"))
        taken, _ = taken_in_turns(press)
        num_points = sum(one.num_points for one in taken.whole().points.values())
        assert num_points <= 100
        num_landed += num_points
        assert taken.num_dropped_ever == num_sent - num_landed
    assert num_landed < num_sent


def test_of_batches_that_each_begin_a_series_a_turn_puts_fewer_in_order() -> None:
    press = cd.channel("press")
    num_sends, most = ITEMS_IN_TURN - 1, POINTS_IN_TURN // BATCH_POINTS
    with press._lock:
        for number in range(num_sends):
            press.send(cd.ChartDataUpdated.xy(f"v{number}", [1.0, 2.0], [1.0, 2.0], x="number"))
    taken, num_turns = taken_in_turns(press)
    assert taken.num_series == num_sends
    assert most < num_sends
    assert num_turns == -(-num_sends // most)


@pytest.mark.parametrize("is_long", [False, True])
def test_a_turn_puts_a_bounded_part_in_order(is_long: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    press = cd.channel("press", max_items=10_000_000, max_bytes=1 << 30)
    turns: list[tuple[int, int]] = []
    fold = Backlog.fold

    def counted(self: Backlog, items: Sequence[Ready], slack: float = 0.0) -> None:
        turns.append((len(items), num_points_of(items)))
        fold(self, items, slack)

    num_sends = 400 if is_long else 3_500
    xs = np.arange(float(BATCH))
    with press._lock:  # as while an engine takes: what is sent waits as it is
        for number in range(num_sends):
            press.send(cd.ChartDataUpdated.xy("v", xs, xs, x="number") if is_long else cd.KpiUpdated("k", number))
    monkeypatch.setattr(Backlog, "fold", counted)
    taken, num_turns = taken_in_turns(press)
    assert taken.num_updates == num_sends
    assert max(num for num, _ in turns) <= ITEMS_IN_TURN
    assert max(num for _, num in turns) < POINTS_IN_TURN + BATCH
    most = POINTS_IN_TURN // BATCH + 1 if is_long else ITEMS_IN_TURN
    assert num_turns == -(-num_sends // most)


def test_few_that_wait_are_taken_in_one_turn() -> None:
    press = cd.channel("press")
    press.send(*(cd.KpiUpdated(f"k{number}", number) for number in range(FEW_ITEMS)))
    taken = press.take_in_turns()
    assert taken is not None
    assert taken.num_kpis == FEW_ITEMS


@pytest.mark.usefixtures("small_turns")
def test_an_engine_that_follows_one_which_left_between_turns_hears_every_send() -> None:
    press = cd.channel("press")
    rung: list[str] = []
    with press._lock:  # nobody folds meanwhile
        for number in range(40):
            press.send(cd.KpiUpdated("k", number))
    detach = press.attach(lambda: rung.append("first"))
    assert press.take_in_turns() is None
    detach()
    press.attach(lambda: rung.append("second"))
    taken, _ = taken_in_turns(press)
    assert taken.num_updates == 40
    press.send(cd.KpiUpdated("k", 41))
    assert rung == ["first", "second", "second"]
