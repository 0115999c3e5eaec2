"""What the machine counts, as values, processes and events."""

from __future__ import annotations

import math
from typing import NamedTuple

import pytest

from cadran.demo.counters import abilities, fast_counters, levels, slow_counters
from cadran.demo.events import NAMED_MAX, Events
from cadran.demo.history import SAMPLE_COLUMNS
from cadran.demo.processes import ProcessWatch
from cadran.demo.rates import Rates, share
from cadran.demo.sampler import Sampler

NOW = 1_800_000_000.0


def test_this_machine_can_be_read() -> None:
    here = abilities()
    assert here.num_cores_shown <= 8
    for value in {**fast_counters(), **slow_counters(), **levels()}.values():
        assert value is None or math.isfinite(value)


def test_a_counter_that_raises_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise FileNotFoundError("/proc/stat")

    for name in ("cpu_times", "net_io_counters", "disk_io_counters", "cpu_stats", "virtual_memory", "swap_memory"):
        monkeypatch.setattr(f"psutil.{name}", broken)
    monkeypatch.setattr("psutil.getloadavg", broken)
    monkeypatch.setattr("psutil.disk_usage", broken)
    monkeypatch.setattr("psutil.sensors_temperatures", broken, raising=False)
    assert abilities().names == frozenset()
    assert Sampler().sample(1.0) == ({}, True)


def test_a_core_at_rest_is_at_zero_all_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    class Times(NamedTuple):
        user: float
        system: float
        idle: float
        iowait: float

    # Busy and idle together need a bit more than idle alone: their sum is rounded now up, now down.
    idle_secs = iter(round(20_791.23 + step / 10, 2) for step in range(500))
    monkeypatch.setattr("psutil.cpu_times", lambda percpu: [Times(18_031.52, 4_446.13, next(idle_secs), 70.03)])
    sampler = Sampler(read_slow=dict, read_levels=dict)
    sampler.sample(0.0)
    shown = [sampler.sample(step / 10)[0] for step in range(1, 500)]
    assert {(values["core_1"], values["cpu"]) for values in shown} == {(0.0, 0.0)}


def test_rates_over_the_last_second() -> None:
    rates = Rates()
    assert rates.add(0.0, {"a": 0.0}) == {"a": None}
    for tenth in range(1, 31):
        rate = rates.add(tenth / 10, {"a": tenth * (1.0 if tenth <= 10 else 2.0)})["a"]
    assert rate == pytest.approx(20.0)


def test_a_counter_that_went_back_came_or_went_is_a_gap() -> None:
    rates = Rates()
    rates.add(0.0, {"back": 5.0, "gone": 1.0})
    assert rates.add(1.0, {"back": 4.0, "gone": None, "new": 3.0}) == {"back": None, "gone": None, "new": None}


def test_after_a_pause_rates_begin_anew() -> None:
    rates = Rates()
    rates.add(0.0, {"a": 0.0})
    assert rates.add(100.0, {"a": 1e9}) == {"a": None}


def test_share() -> None:
    assert (share(1.0, 4.0), share(5.0, 4.0), share(1.0, 0.0), share(None, 1.0)) == (25.0, 100.0, None, None)


def test_processes_are_compared_with_the_look_before() -> None:
    table = [(1, 0.0, "a", 5.0, 10.0), (2, 0.0, "b", 0.0, 10.0)]
    watch = ProcessWatch(lambda: table)
    first = watch.look(100.0, lambda: 0.0)
    assert (first.began, first.ended, first.secs_by_name) == ((), (), {})
    table[:] = [(1, 0.0, "a", 6.0, 10.0), (2, 9.0, "b", 0.5, 10.0)]  # the number 2 is another process now
    look = watch.look(104.0, lambda: 0.0)
    assert [one.cpu for one in look.running] == [25.0, 12.5]
    assert ([one.pid for one in look.began], [one.started for one in look.ended]) == ([], [0.0])
    assert look.secs_by_name == {"a": 1.0, "b": 0.5}
    again = watch.look(108.0, lambda: 0.0)
    assert ([one.pid for one in again.began], again.ended) == ([2], ())
    table.pop()
    assert [one.pid for one in watch.look(112.0, lambda: 0.0).ended] == [2]
    assert watch.look(116.0, lambda: 0.0).ended == ()


def test_looking_costs_one_per_cent_of_the_time_at_most() -> None:
    times = iter([0.0, 0.5])
    watch = ProcessWatch(list)
    watch.look(100.0, lambda: next(times))
    assert watch.due == 150.0


def test_busy_times_have_a_begin_and_an_end() -> None:
    events = Events()

    def at(ts: float, cpu: float | None) -> list[str]:
        row = [cpu if name == "cpu" else None for name in SAMPLE_COLUMNS]
        return [event.what for event in events.of_second(ts, row)]

    assert [at(1, 50.0), at(2, 95.0), at(3, 99.0), at(4, 80.0), at(5, None), at(6, 20.0), at(7, 20.0)] == [
        [], ["Processor above 90 %"], [], [], [], ["Processor below 75 % again, after 4 s"], [],
    ]  # fmt: skip


def test_many_processes_at_once_are_counted() -> None:
    watch = ProcessWatch(lambda: [(pid, 0.0, "x", 0.0, 1.0) for pid in range(next(sizes))])
    sizes = iter([0, 10, 10])
    watch.look(0.0)
    watch.look(3.0)
    named = list(Events().of_look(NOW, watch.look(6.0)))
    assert len(named) == NAMED_MAX + 1
    assert named[-1].what == "6 more processes began"
