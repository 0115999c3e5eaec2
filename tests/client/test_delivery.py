"""What is tried again, what is divided, what is given up, and when."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from tests.client.fakes import Driven

import cadran as cd
from cadran.client.delivery import BATCH_BYTES_MAX, BEAT_SECS, LINGER_SECS
from cadran.client.transport import Answer, LinkError
from cadran.updates.prepare import PreparedKpi


def waiting(driven: Driven) -> int:
    return driven.channel.statistics().num_pending


def test_the_first_of_a_batch_waits_for_others_and_a_flush_does_not() -> None:
    driven = Driven()
    driven.channel.send(cd.KpiUpdated("a", 1.0))
    assert not driven.step()
    driven.advance(LINGER_SECS / 2)
    driven.channel.send(cd.KpiUpdated("b", 1.0))
    driven.advance(LINGER_SECS / 2)
    assert driven.step()
    assert driven.server.kpis == {"a": 1.0, "b": 1.0}
    driven.channel.send(cd.KpiUpdated("a", 2.0))
    driven.channel._delivery.is_hurried = True
    assert driven.step()


def test_a_full_batch_does_not_wait_and_none_is_much_longer_than_the_bound() -> None:
    driven = Driven()
    xs = np.arange(100_000.0)
    driven.channel.send(cd.ChartDataUpdated.xy("s", xs, xs, x="number"))
    while driven.step():
        pass
    driven.settle()
    assert driven.num_posts == len(driven.server.bodies) == math.ceil(16 * xs.size / BATCH_BYTES_MAX)
    assert max(map(len, driven.server.bodies)) < BATCH_BYTES_MAX + 1_000
    assert driven.server.points["s"] == [(x, x) for x in xs.tolist()]


def test_many_series_and_kpis_take_turns() -> None:
    driven = Driven()
    xs = np.arange(30_000.0)
    for name in "abc":
        driven.channel.send(cd.ChartDataUpdated.xy(name, xs, xs, x="number"))
    driven.channel.send(*(cd.KpiUpdated(f"k{i}", "x" * 4_000) for i in range(300)))
    for _ in range(3):
        assert driven.step()
    assert driven.server.kpis
    assert driven.server.points
    driven.settle()
    assert [len(driven.server.points[name]) for name in "abc"] == [30_000] * 3
    assert len(driven.server.kpis) == 300


def test_one_wrong_update_loses_only_itself() -> None:
    driven = Driven()

    def refuses(updates: list[object]) -> str | None:
        wrong = [one for one in updates if isinstance(one, PreparedKpi) and one.key == "k37"]
        return "k37 is wrong" if wrong else None

    driven.server.refuses = refuses
    driven.channel.send(*(cd.KpiUpdated(f"k{i}", float(i)) for i in range(100)))
    driven.settle()
    assert set(driven.server.kpis) == {f"k{i}" for i in range(100)} - {"k37"}
    counts = driven.channel.statistics()
    assert (counts.num_accepted, counts.num_refused, counts.last_refusal) == (99, 1, "k37 is wrong")
    assert driven.num_posts <= 2 * math.ceil(math.log2(100)) + 1
    assert driven.channel.flush() is False
    assert driven.channel.flush() is True, "that was told"


def test_points_keep_their_order_when_a_batch_is_divided() -> None:
    driven = Driven()
    driven.channel.send(cd.ChartDataUpdated.xy("s", np.arange(100.0), np.zeros(100), x="number"))
    driven.advance(1)
    assert driven.step(answer=Answer(413))
    driven.channel.send(cd.ChartDataUpdated.point("s", 100.0, 0.0, kind="number"))
    driven.settle()
    assert [x for x, _ in driven.server.points["s"]] == list(map(float, range(101)))
    assert driven.channel.statistics().num_refused == 0


@pytest.mark.parametrize(
    "answer",
    [
        Answer(400),
        Answer(400, code="bad_host"),
        Answer(401, message="no token"),
        Answer(403),
        Answer(404, code="no_such_channel"),
        Answer(408),
        Answer(409),
        Answer(415),
        Answer(429),
        Answer(500),
        Answer(302),
        Answer(200),
        Answer(202),
    ],
)
def test_what_is_no_fault_of_the_update_is_held_and_tried_again(answer: Answer) -> None:
    driven = Driven()
    driven.channel.send(cd.KpiUpdated("a", 1.0))
    driven.advance(1)
    assert driven.step(answer=answer)
    assert waiting(driven) == 1
    assert str(answer.status) in (driven.channel.statistics().last_error or "")
    driven.settle()
    assert driven.server.kpis == {"a": 1.0}
    assert driven.channel.statistics().last_error is None


def test_tries_are_spread_and_capped_and_a_server_may_ask_for_more() -> None:
    driven = Driven()
    driven.channel.send(cd.KpiUpdated("a", 1.0))
    driven.advance(1)
    gaps = []
    for _ in range(200):
        begin = driven.mono
        driven.mono = max(driven.mono, driven.channel.next_batch()[1])
        gaps.append(driven.mono - begin)
        assert driven.step("unreached")
    assert 1.0 < max(gaps) <= 10.0
    assert len({round(gap, 6) for gap in gaps}) > 150
    driven.mono = max(driven.mono, driven.channel.next_batch()[1])
    assert driven.step(answer=Answer(429, wait_secs=60.0))
    assert driven.channel.next_batch()[1] >= driven.mono + 60.0


def test_a_server_that_is_behind_slows_us_down_without_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    driven = Driven()
    driven.channel.send(cd.KpiUpdated("a", 1.0))
    driven.advance(1)
    assert driven.step(answer=Answer(503, code="behind"))
    assert caplog.records == []
    driven.settle()
    assert driven.server.kpis == {"a": 1.0}


def test_a_connection_that_had_been_closed_is_tried_anew_at_once() -> None:
    driven = Driven()
    driven.channel.send(cd.KpiUpdated("a", 1.0))
    driven.advance(1)
    assert driven.step("stale")
    assert driven.step()
    assert driven.channel.statistics().num_retries == 0


def test_a_slow_link_gets_shorter_batches_and_one_that_may_be_applied_stays_as_it_is() -> None:
    driven = Driven()
    xs = np.arange(30_000.0)
    driven.channel.send(cd.ChartDataUpdated.xy("s", xs, xs, x="number"))
    slow = LinkError("no answer in time", is_unsent=True, is_slow=True)
    batch, _ = driven.channel.next_batch()
    assert batch is not None
    whole = len(batch.body)
    driven.channel.settle(batch, slow)
    driven.advance(60)
    half, _ = driven.channel.next_batch()
    assert half is not None
    assert len(half.body) < whole * 0.6
    assert half.key != batch.key
    driven.channel.settle(half, LinkError("cut", is_unsent=False))
    driven.advance(60)
    driven.channel.settle(half, slow)
    driven.advance(60)
    again, _ = driven.channel.next_batch()
    assert again is half
    assert driven.step()
    driven.settle()
    assert [x for x, _ in driven.server.points["s"]] == xs.tolist()


def test_what_is_too_long_for_the_link_does_not_hold_up_the_rest_for_ever() -> None:
    driven = Driven()
    driven.channel.send(cd.TableUpdated("t", [{"text": "x" * 100_000}]))
    driven.channel.send(cd.KpiUpdated("a", 1.0))
    num_tries = 0
    while driven.channel.statistics().num_refused == 0:
        driven.mono = max(driven.mono, driven.channel.next_batch()[1])
        batch, _ = driven.channel.next_batch()
        assert batch is not None
        is_long = len(batch.body) > 50_000
        num_tries += is_long
        driven.channel.settle(
            batch, Answer(408) if is_long else driven.server.take(batch.body, batch.headers(driven.mono))
        )
        assert num_tries < 20
    driven.settle()
    counts = driven.channel.statistics()
    assert (driven.server.kpis, driven.server.tables) == ({"a": 1.0}, {})
    assert (counts.num_refused, counts.num_accepted) == (1, 1)
    assert "too long for the link" in (counts.last_refusal or "")


def test_an_idle_client_asks_whether_the_server_is_still_the_one_that_has_its_kpis() -> None:
    driven = Driven()
    driven.channel.send(cd.ChartDataUpdated.point("s", 1.0, 1.0))
    driven.settle()
    assert driven.channel.next_batch()[1] == math.inf, "points alone are not asked about: they are not held"
    frame = pl.DataFrame({"id": [1]})
    driven.channel.send(cd.KpiUpdated("a", 1.0), cd.TableUpdated("t", frame, "id"))
    driven.channel.send(cd.ChartDataUpdated("c", [(2.0, 1.0), (1.0, 1.0)], x="free"))
    driven.settle()
    num_posts = driven.num_posts
    driven.advance(BEAT_SECS)
    assert driven.step()
    assert not driven.step()
    driven.server.restart()
    driven.advance(BEAT_SECS)
    driven.step()
    driven.settle()
    assert driven.num_posts == num_posts + 3
    assert driven.server.kpis == {"a": 1.0}
    assert driven.server.tables["t"].equals(frame)  # type: ignore[attr-defined]
    assert driven.server.points == {"c": [(2.0, 1.0), (1.0, 1.0)]}
    counts = driven.channel.statistics()
    assert (counts.num_restarts, counts.num_resent, counts.num_accepted) == (1, 3, 5)


def test_law05_what_comes_late_or_again_says_how_old_it_is() -> None:
    driven = Driven()
    driven.channel.send(cd.KpiUpdated("a", 1.0), cd.KpiUpdated("b", 1.0, at=77.0))
    driven.settle()
    assert driven.server.kpi_times == {"a": None, "b": 77.0}
    driven.advance(100.0)
    driven.channel.send(cd.KpiUpdated("c", 1.0))
    driven.server.restart()
    driven.settle()
    given = 1e9 + 1_000.0
    assert driven.server.kpi_times["a"] == pytest.approx(given, abs=1.0)
    assert driven.server.kpi_times["b"] == 77.0
    assert driven.server.kpi_times["c"] is None
    driven.channel.send(cd.KpiUpdated("d", 1.0))
    driven.advance(0.1)
    assert driven.step("cut")
    sent_mono = driven.mono - 0.1
    driven.advance(300.0)
    driven.settle()
    assert driven.server.kpi_times["d"] == pytest.approx(1e9 + sent_mono, abs=1.0)


def test_u20_replaced_series_and_gaps_land_as_on_a_channel_here() -> None:
    driven = Driven()
    driven.channel.send(cd.ChartDataUpdated("s", [(1.0, 1.0), (2.0, None), (float("nan"), 1.0)]))
    driven.settle()
    assert [(x, y if y == y else None) for x, y in driven.server.points["s"]] == [(1.0, 1.0), (2.0, None)]
    driven.channel.send(cd.ChartDataUpdated("s", [(3.0, 1.0)]))
    driven.channel.send(cd.ChartDataUpdated("s", [(4.0, 1.0)], replace=True))
    driven.settle()
    assert driven.server.points["s"] == [(4.0, 1.0)]
    driven.channel.send(cd.ChartDataUpdated("s", [], replace=True))
    driven.settle()
    assert driven.server.points["s"] == []
    counts = driven.channel.statistics()
    assert (counts.num_sent, counts.num_accepted, counts.num_merged, counts.num_rejected) == (5, 3, 1, 1)
