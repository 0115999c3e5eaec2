from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadran.channel import channel
from cadran.channel.backlog import CHAR_BYTES, KPI_BYTES, Backlog, _level_for
from cadran.channel.intake import INBOX_POINTS, Intake
from cadran.errors import UsageError
from cadran.updates import ChartDataUpdated, KpiUpdated, TableUpdated
from cadran.updates.prepare import PreparedPoints


def test_law11_nothing_is_lost_under_the_bound() -> None:
    press = channel("press", max_items=1_000)
    for index in range(1_000):
        press.send(ChartDataUpdated.point("v", float(index), 0.0))
    assert press.drain().points["v"].xs.tolist() == list(range(1_000))
    assert press.statistics().num_dropped_points == 0


@pytest.mark.parametrize("size", [1, 7, 100, 5_000])
def test_law11_past_the_bound_the_oldest_points_go_and_are_counted(size: int) -> None:
    press = channel("press", max_items=1_000)
    for start in range(0, 10_000, size):
        xs = np.arange(start, min(start + size, 10_000), dtype=float)
        press.send(ChartDataUpdated.xy("v", xs, xs))
    counts = press.statistics()
    assert (counts.num_pending, counts.num_dropped_points) == (1_000, 9_000)
    assert press.drain().points["v"].xs.tolist() == list(range(9_000, 10_000))


def test_law11_the_longest_series_pays() -> None:
    press = channel("press", max_items=1_000)
    press.send(ChartDataUpdated("calm", [(x, 0) for x in range(100)]))
    press.send(ChartDataUpdated("loud", [(x, 0) for x in range(5_000)]))
    press.send(KpiUpdated("t", 1))
    drained = press.drain()
    assert drained.points["calm"].xs.size == 100
    assert drained.points["loud"].xs.tolist() == list(range(5_000 - 899, 5_000))
    assert drained.kpis["t"].value == 1.0


def test_law11_kpis_are_merged_to_the_last_and_counted() -> None:
    press = channel("press", max_items=10)
    for index in range(10_000):
        press.send(KpiUpdated(f"k{index % 5}", float(index)))
    counts = press.statistics()
    assert (counts.num_pending, counts.num_merged_kpis, counts.num_dropped_states) == (5, 9_995, 0)
    assert [landed.value for landed in press.drain().kpis.values()] == [9995.0, 9996.0, 9997.0, 9998.0, 9999.0]


def test_law11_more_keys_than_the_bound() -> None:
    press = channel("press", max_items=100)
    for index in range(5_000):
        press.send(KpiUpdated(f"k{index}", float(index)))
    counts = press.statistics()
    assert counts.num_pending <= 100
    assert counts.num_pending + counts.num_dropped_states == 5_000
    assert press.drain().kpis["k4999"].value == 4999.0


def test_law11_bytes_are_bounded_too() -> None:
    press = channel("press", max_bytes=100_000)
    for index in range(200):
        press.send(KpiUpdated(f"text {index}", "x" * 4_000))
        press.send(ChartDataUpdated.xy("v", np.arange(1_000.0), np.zeros(1_000)))
        press.send(TableUpdated("t", [{"a": n} for n in range(100)]))
    counts = press.statistics()
    assert counts.pending_bytes <= 100_000
    assert counts.num_dropped_points > 0
    assert counts.num_dropped_states > 0
    with pytest.raises(UsageError, match=r"TableUpdated\('t'\): expected at most max_bytes=100,000, got 100,000 rows"):
        press.send(TableUpdated("t", [{"a": n} for n in range(100_000)]))


@pytest.mark.slow
def test_law11_memory_is_what_the_bound_says() -> None:
    press = channel("press", max_items=1_000_000, max_bytes=500_000)
    tracemalloc.start()
    try:
        for index in range(12_000):
            press.send(ChartDataUpdated.point(f"s{index % 20}", float(index), 0.5))
            if index % 10 == 0:
                press.send(ChartDataUpdated.xy("batches", np.arange(70.0), np.arange(70.0)))
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size < 500_000 * 1.5
    assert press.statistics().num_dropped_points > 0


@pytest.mark.parametrize(
    "sizes",
    [
        [(INBOX_POINTS - 1) // num_before for num_before in range(1, 1_000)],  # each just too small, the worst there is
        [INBOX_POINTS - 1] * 30,
        [1] * 900 + [INBOX_POINTS // 8] * 100,
    ],
    ids=["decreasing", "large", "large ones at last"],
)
def test_law11_few_points_wait_before_they_are_merged(sizes: list[int]) -> None:
    press = channel("press", max_items=10_000_000)
    press.send(ChartDataUpdated.xy("v", np.zeros(1), np.zeros(1)))
    press.drain()
    for size in sizes:
        press.send(ChartDataUpdated.xy("v", np.zeros(size), np.zeros(size)))
        assert sum(item.xs.size for item in press._inbox if isinstance(item, PreparedPoints)) <= 8 * INBOX_POINTS
    assert press.statistics().num_pending == sum(sizes)


def test_law11_names_are_bounded() -> None:
    intake = Intake("press", 1_000, max_names=3)
    for index in range(3):
        intake.checked((KpiUpdated(f"k{index}", 1), ChartDataUpdated.point(f"s{index}", 1, 1)))
    for update in (KpiUpdated("k3", 1), ChartDataUpdated.point("s3", 1, 1)):
        with pytest.raises(UsageError, match=r"expected at most 3 names, got one more: '.3'; put what varies"):
            intake.checked((update,))


def test_law11_a_send_does_not_wait_for_a_drain() -> None:
    press = channel("press")
    with press._lock:  # as if a drain were at work
        for _ in range(3_000):
            press.send(KpiUpdated("t", 1.0))
    assert press.statistics().num_sent == 3_000


@given(st.lists(st.integers(0, 50), min_size=1), st.integers(1, 500))
def test_the_level_is_the_greatest_that_gives_enough(lengths: list[int], over: int) -> None:
    level = _level_for(sorted(lengths, reverse=True), over)

    def given_up(at: int) -> int:
        return sum(max(0, length - at) for length in lengths)

    if over <= sum(lengths):
        assert given_up(level) >= over
        assert given_up(level + 1) < over
    else:
        assert level == 0


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 200)), max_size=30), st.integers(1, 300))
def test_the_newest_points_of_each_series_are_kept(sends: list[tuple[str, int]], max_items: int) -> None:
    press = channel("press", max_items=max_items)
    sent: dict[str, list[float]] = {"a": [], "b": [], "c": []}
    for series, size in sends:
        xs = [float(len(sent[series]) + index) for index in range(size)]
        sent[series] += xs
        press.send(ChartDataUpdated.xy(series, xs, xs))
    counts, drained = press.statistics(), press.drain()
    kept = {series: points.xs.tolist() for series, points in drained.points.items()}
    assert all(xs == sent[series][len(sent[series]) - len(xs) :] for series, xs in kept.items())
    num_kept, num_sent = sum(map(len, kept.values())), sum(map(len, sent.values()))
    assert num_kept + counts.num_dropped_points == num_sent
    assert num_kept <= max_items


def test_a_drain_does_not_go_over_all_that_waits_to_say_how_much_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no more than the most that ever waited is not counted again; texts are found without the numbers."""
    press, num_counted = channel("press"), 0
    count = vars(Backlog)["num_bytes"].fget

    def counted(backlog: Backlog) -> int:
        nonlocal num_counted
        num_counted += 1
        return int(count(backlog))

    monkeypatch.setattr(Backlog, "num_bytes", property(counted))
    for _ in range(5):
        press.send(*(KpiUpdated(f"k{number}", float(number)) for number in range(500)), KpiUpdated("t", "abc"))
        assert press.drain().num_updates == 501
    assert num_counted == 1
    press.send(KpiUpdated("t", "x" * 1_000), KpiUpdated("u", "y" * 100), KpiUpdated("u", 1.0))
    assert press.statistics().pending_bytes == 2 * KPI_BYTES + 1_000 * CHAR_BYTES
    assert press.statistics().peak_pending == 501
