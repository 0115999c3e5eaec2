"""Whatever the link and the server do: each update once while a server lives, in order, and nothing held is lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.client.fakes import FATES, Driven, FakeServer, Fate

import cadran as cd

SERIES = ("a", "b")
LIVING: tuple[Fate, ...] = tuple(fate for fate in FATES if not fate.startswith("killed"))
FATE = st.sampled_from(FATES)


def steps(fates: tuple[Fate, ...]) -> st.SearchStrategy[list[tuple[str, float]]]:
    """What happens: so many points of a series, a KPI, or a post with its fate; and the seconds that pass after it."""
    kinds = st.sampled_from([*SERIES, "many a", "kpi", "curve", *(f"post {fate}" for fate in fates)])
    return st.lists(st.tuples(kinds, st.sampled_from([0.0, 0.01, 0.06, 1.5, 11.0])), max_size=60)


class Sent:
    """What was given to the channel, to compare with what the server has."""

    def __init__(self, driven: Driven) -> None:
        self.driven = driven
        self.points: dict[str, list[tuple[float, float]]] = {}
        self.kpi: float | None = None
        self.curve: list[tuple[float, float]] = []
        self.number = 0

    def do(self, kind: str, secs: float) -> None:
        channel = self.driven.channel
        if kind.startswith("post "):
            self.driven.step(kind.removeprefix("post "))  # type: ignore[arg-type]
        elif kind == "kpi":
            self.number += 1
            self.kpi = float(self.number)
            channel.send(cd.KpiUpdated("kpi", self.kpi))
        elif kind == "curve":
            self.number += 1
            self.curve = [(0.0, float(self.number)), (-1.0, 1.0)]
            channel.send(cd.ChartDataUpdated("curve", self.curve, x="free"))
        else:
            name = kind[-1]
            new = [(float(self.number + i), 1.0) for i in range(40 if kind.startswith("many") else 1)]
            self.number += len(new)
            self.points.setdefault(name, []).extend(new)
            channel.send(cd.ChartDataUpdated(name, new, x="number"))
        self.driven.advance(secs)


@settings(max_examples=150)
@given(steps(LIVING))
def test_u07_each_update_is_applied_once_and_in_order_while_the_server_lives(happens: list[tuple[str, float]]) -> None:
    driven = Driven()
    sent = Sent(driven)
    for kind, secs in happens:
        sent.do(kind, secs)
    driven.settle()
    server = driven.server
    assert server.points == sent.points | ({"curve": sent.curve} if sent.curve else {})
    assert server.kpis.get("kpi") == sent.kpi
    counts = driven.channel.statistics()
    assert counts.num_dropped == counts.num_refused == counts.num_pending == 0
    assert counts.num_sent == counts.num_accepted + counts.num_merged


@settings(max_examples=150)
@given(steps(FATES))
def test_f06_a_killed_server_loses_nothing_that_the_client_still_holds(happens: list[tuple[str, float]]) -> None:
    driven = Driven()
    sent = Sent(driven)
    server = driven.server
    for kind, secs in happens:
        sent.do(kind, secs)
    driven.settle()
    driven.advance(60.0)  # and with nothing more to send, the restart is noticed all the same
    driven.step()
    driven.settle()
    assert server.kpis.get("kpi") == sent.kpi
    assert server.points.pop("curve", []) == sent.curve
    held = {name: points[server.num_known_lost.get(name, 0) :] for name, points in sent.points.items()}
    assert server.points == {name: points for name, points in held.items() if points}
    counts = driven.channel.statistics()
    assert counts.num_sent == counts.num_accepted + counts.num_merged


@settings(max_examples=200)
@given(
    st.lists(st.sampled_from(["point", "kpi", "post unreached", "post cut", "post well"]), max_size=80),
    st.integers(1, 12),
)
def test_f18_at_the_bound_the_oldest_points_go_and_each_is_counted(happens: list[str], max_items: int) -> None:
    driven = Driven(max_items=max_items)
    sent = Sent(driven)
    for kind in happens:
        sent.do("a" if kind == "point" else kind, 0.1)
        counts = driven.channel.statistics()
        assert (
            len(driven.channel._outbox.kpis) + sum(s.num_points for s in driven.channel._outbox.series.values())
            <= max_items
        )
        assert counts.num_sent == (
            counts.num_accepted + counts.num_merged + counts.num_dropped + counts.num_refused + counts.num_pending
        )
    driven.settle()
    counts = driven.channel.statistics()
    points = driven.server.points.get("a", [])
    assert len(points) + counts.num_dropped >= len(sent.points.get("a", []))
    assert points == sorted(set(points))
    if sent.points and not sent.kpi:
        assert points[-1] == sent.points["a"][-1], "the newest stay"
    assert sent.kpi is None or driven.server.kpis["kpi"] == sent.kpi


@pytest.mark.parametrize("fate", FATES)
def test_each_fate_alone(fate: Fate) -> None:
    driven = Driven()
    driven.channel.send(cd.ChartDataUpdated("a", [(1.0, 1.0)], x="number"), cd.KpiUpdated("k", 1.0))
    driven.advance(0.1)
    assert driven.step(fate)
    driven.channel.send(cd.ChartDataUpdated("a", [(2.0, 1.0)], x="number"))
    driven.settle()
    expected = [(1.0, 1.0), (2.0, 1.0)]
    assert driven.server.points["a"] == expected
    assert driven.server.kpis == {"k": 1.0}


def test_the_property_fails_without_keys() -> None:
    """The fake is strict: were each batch named anew, it would apply some twice."""

    class Forgetful(FakeServer):
        def take(self, body: bytes, headers: object) -> object:  # type: ignore[override]
            return super().take(body, {})

    driven = Driven(Forgetful())
    driven.channel.send(cd.ChartDataUpdated("a", [(1.0, 1.0)], x="number"))
    driven.advance(0.1)
    driven.step("answer lost")
    driven.settle()
    assert driven.server.points["a"] == [(1.0, 1.0)] * 2
