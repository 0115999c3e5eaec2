"""A remote channel is given what a channel here is given, says what it says, and is bounded."""

from __future__ import annotations

import logging
import sys
import threading
from enum import StrEnum
from typing import Any

import numpy as np
import pytest
from tests.client.fakes import Driven

import cadran as cd
from cadran.errors import ClosedError, UsageError

WRONG: list[tuple[Any, ...]] = [
    ("text",),
    (None,),
    (cd.KpiUpdated("k", [1]),),  # type: ignore[arg-type]
    (cd.KpiUpdated("", 1.0),),
    (cd.KpiUpdated(1, 1.0),),  # type: ignore[arg-type]
    (cd.KpiUpdated("k", "\ud800"),),
    (cd.KpiUpdated("k", "x" * 5_000),),
    (cd.KpiUpdated("k", 1.0, at=2e12),),
    (cd.ChartDataUpdated("s", [(1, 2, 3)]),),
    (cd.ChartDataUpdated("s", [("a", 1)]),),
    (cd.ChartDataUpdated("s", (1_800_000_000_000.0, 1.0)),),
    (cd.ChartDataUpdated("s", [(1.0, 1.0)], x="date"),),  # type: ignore[arg-type]
    (cd.ChartDataUpdated("s", [(1.0, 1.0)]), cd.ChartDataUpdated("s", [(1.0, 1.0)], x="number")),
    (cd.ChartDataUpdated.xy("s", [1.0], [1.0, 2.0]),),
    (cd.TableUpdated("t", [{"a": object()}]),),
    (cd.TableUpdated("t", [{"a": 1}], key="b"),),
    (cd.KpiUpdated("good", 1.0), cd.KpiUpdated("k", object())),  # type: ignore[arg-type]
]


@pytest.mark.parametrize("updates", WRONG, ids=repr)
def test_the_same_is_wrong_as_on_a_channel_here(updates: tuple[Any, ...]) -> None:
    driven, local = Driven(), cd.channel("press")
    with pytest.raises(UsageError) as here:
        local.send(*updates)
    with pytest.raises(UsageError) as there:
        driven.channel.send(*updates)
    assert str(there.value) == str(here.value)
    driven.settle()
    assert driven.num_posts == 0, "nothing of it is sent"


def test_a_series_keeps_its_kind() -> None:
    driven = Driven()
    driven.channel.send(cd.ChartDataUpdated.point("s", 1.0, 1.0))
    with pytest.raises(UsageError, match="expected x='time' as before, got x='number'"):
        driven.channel.send(cd.ChartDataUpdated.point("s", 1.0, 1.0, kind="number"))


def test_a_table_that_no_request_holds_is_refused_at_once() -> None:
    driven = Driven()
    rows = [{"text": "x" * 1_000_000 + str(i)} for i in range(9)]
    with pytest.raises(UsageError, match="send fewer rows"):
        driven.channel.send(cd.TableUpdated("t", rows))


def test_arrays_are_copied_at_send() -> None:
    driven = Driven()
    xs = np.arange(100.0)
    driven.channel.send(cd.ChartDataUpdated.xy("s", xs, xs, x="number"))
    xs[:] = -1.0
    driven.settle()
    assert driven.server.points["s"][0] == (0.0, 0.0)


def test_a_closed_channel_takes_nothing_more_and_sends_what_it_has() -> None:
    driven = Driven()
    driven.channel.send(cd.KpiUpdated("a", 1.0))
    driven.channel._is_closed = True
    with pytest.raises(ClosedError):
        driven.channel.send(cd.KpiUpdated("a", 2.0))
    driven.settle()
    assert driven.server.kpis == {"a": 1.0}


def test_the_same_values_land_as_on_a_channel_here() -> None:
    driven, local = Driven(), cd.channel("press")
    updates = [
        cd.KpiUpdated(f"k{i}", value) for i, value in enumerate([1, 2.5, True, None, "on", np.float32(3), 2**70])
    ]
    for update in updates:
        driven.channel.send(update)
        local.send(update)
    driven.settle()
    assert driven.server.kpis == {key: landed.value for key, landed in local.drain().kpis.items()}


def test_names_may_be_of_an_enumeration() -> None:
    class Name(StrEnum):
        OVEN = "oven"

    driven = Driven()
    for _ in range(2):
        driven.channel.send(cd.KpiUpdated(Name.OVEN, 1.0))
        driven.channel.send(cd.ChartDataUpdated.point(Name.OVEN, 1.0, 1.0))
    driven.settle()
    assert driven.server.kpis == {"oven": 1.0}
    assert driven.server.points == {"oven": [(1.0, 1.0)] * 2}


def test_kpis_are_merged_to_the_newest_and_counted() -> None:
    driven = Driven()
    for i in range(50_000):
        driven.channel.send(cd.KpiUpdated("a", float(i)))
    driven.settle()
    assert driven.server.kpis == {"a": 49_999.0}
    counts = driven.channel.statistics()
    assert (counts.num_sent, counts.num_merged, counts.num_accepted) == (50_000, 49_999, 1)


@pytest.mark.parametrize("form", ["single", "arrays", "texts"])
def test_memory_is_bounded_by_bytes_while_nobody_takes_anything(form: str) -> None:
    driven = Driven(max_bytes=1_000_000)
    xs = np.arange(1_000.0)
    for i in range(80_000 if form == "single" else 400):
        if form == "single":
            driven.channel.send(cd.ChartDataUpdated.point(f"s{i % 7}", float(i), 1.0))
        elif form == "arrays":
            driven.channel.send(cd.ChartDataUpdated.xy("s", xs + 1_000 * i, xs))
        else:
            driven.channel.send(cd.KpiUpdated(f"k{i}", "x" * 4_000))
        assert len(driven.channel._inbox) <= 1_024
    counts = driven.channel.statistics()
    assert counts.pending_bytes <= 1_000_000
    assert counts.num_dropped > 0
    assert counts.num_sent == counts.num_dropped + counts.num_pending
    driven.settle()
    last = {"single": (79_999.0, 1.0), "arrays": (399_999.0, 999.0)}.get(form)
    assert last is None or last in {points[-1] for points in driven.server.points.values()}, "the newest stay"


def test_what_is_dropped_is_told_and_not_each_time(caplog: pytest.LogCaptureFixture) -> None:
    driven = Driven(max_items=10)
    with caplog.at_level(logging.WARNING, "cadran"):
        for i in range(2_000):
            driven.channel.send(cd.ChartDataUpdated.point("s", float(i), 1.0))
            driven.step("unreached")
            driven.advance(0.1)
    lines = [record.getMessage() for record in caplog.records]
    assert 15 <= len(lines) <= 200 / 10 + 1
    assert any("dropped at the bound" in line or "cannot be reached" in line for line in lines)
    assert "more since the last line" in lines[-1]


def test_a_log_handler_may_send_to_the_channel_that_is_logged_about() -> None:
    driven = Driven()

    class Sends(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            for i in range(5_000):  # so many that the sender itself has to fold them
                driven.channel.send(cd.ChartDataUpdated.point("log", float(i), 1.0))

    handler = Sends()
    logging.getLogger("cadran").addHandler(handler)
    try:
        driven.channel.send(cd.KpiUpdated("a", 1.0))
        driven.advance(1)
        assert driven.step("unreached")
    finally:
        logging.getLogger("cadran").removeHandler(handler)
    driven.settle()
    assert len(driven.server.points["log"]) == 5_000


def test_law11_sixteen_threads_lose_nothing_and_keep_their_order() -> None:
    driven = Driven(max_items=1_000_000)
    num_each, num_threads = 2_000, 16
    begin = threading.Barrier(num_threads + 1)

    def send(number: int) -> None:
        begin.wait(60)
        for i in range(num_each):
            driven.channel.send(cd.ChartDataUpdated.point(f"s{number}", float(i), 1.0, kind="number"))
            driven.channel.send(
                cd.ChartDataUpdated.point("shared", float(i * num_threads + number), 1.0, kind="number")
            )

    threads = [threading.Thread(target=send, args=(number,)) for number in range(num_threads)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for thread in threads:
            thread.start()
        begin.wait(60)
        while any(thread.is_alive() for thread in threads):
            driven.advance(0.1)
            driven.step()
    finally:
        sys.setswitchinterval(interval)
        for thread in threads:
            thread.join()
    driven.settle()
    for number in range(num_threads):
        assert [x for x, _ in driven.server.points[f"s{number}"]] == list(map(float, range(num_each)))
    shared = [int(x) for x, _ in driven.server.points["shared"]]
    assert len(set(shared)) == len(shared) == num_each * num_threads
    for number in range(num_threads):
        own = [x for x in shared if x % num_threads == number]
        assert own == sorted(own), "a producer's order"


def test_a_send_rings_once_until_it_is_looked_after() -> None:
    driven = Driven()
    for _ in range(100):
        driven.channel.send(cd.KpiUpdated("a", 1.0))
    assert driven.num_rings == 1
    driven.settle()
    assert not driven.step(), "the thread looks once more, and waits"
    driven.channel.send(cd.KpiUpdated("a", 2.0))
    assert driven.num_rings == 2
