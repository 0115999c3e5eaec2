"""S18: what a viewer said of its choices is told to that one, and to no other who comes at the same moment."""

from __future__ import annotations

import msgspec
import pytest
from tests.engine.turning import Bench, Described

import cadran as cd
from cadran.engine import stages
from cadran.engine.messages import Connected, Input, Received
from cadran.frames.wire import VERSION, Hello, PanelView, View

NOTHING: dict[str, tuple[str, ...]] = {}


def filtered() -> Described:
    press = cd.channel("press")

    @cd.screen("Plant", slug="plant")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.filter("region")
        ui.kpi("Sum", press.table("rows").sum("amount"))

    return press, screen


def sent_to(*chosen: dict[str, tuple[str, ...]]) -> list[bytes]:
    """What viewers are sent who connect in one step, and choose this."""
    bench = Bench(lambda: 0.0, filtered())
    said: list[Input] = []
    for viewer, choices in enumerate(chosen):
        view = View(n=1, panels=(PanelView(i=0),), choices=choices)
        hello = msgspec.json.encode(Hello(version=VERSION, view=view))
        said += [Connected(viewer, "plant"), Received(viewer, hello, bench.now.mono)]
    bench.step(0.0, said)
    bench.pass_time(0.1)
    bench.pass_time(0.1)
    every = [bench.sent[viewer] for viewer in range(len(chosen))]
    return [b"".join(data for data in of_one if isinstance(data, bytes)) for of_one in every]


def test_s18_nobody_is_told_what_another_may_not_choose() -> None:
    first, second = sent_to({"my-secret-word": ("x",)}, NOTHING)
    assert b"my-secret-word" in first
    assert second
    assert b"my-secret-word" not in second


def test_who_chose_wrongly_is_told_though_another_came_first() -> None:
    first, second = sent_to(NOTHING, {"site": ("x",)})
    assert b'"unknown"' not in first
    assert b'"unknown"' in second


def test_who_is_refused_for_crowding_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "VARIANTS_MAX", 0)
    first, second = sent_to(NOTHING, {"region": ("EU",)})
    assert b'"crowded"' not in first
    assert b'"crowded"' in second
