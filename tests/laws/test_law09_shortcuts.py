"""Law 9, lazy equals eager: what a tick does not look at again is what it would have found, byte for byte."""

from __future__ import annotations

import random

import pytest
from tests.laws.conftest import Plant, make_plant

import cadran as cd
from cadran import testing
from cadran.channel import Channel
from cadran.engine import landing, listening
from cadran.frames.round import Alike, Round
from cadran.frames.stage import Stage
from cadran.frames.steady import SteadyFrames
from cadran.testing import HeadlessViewer

NUM_ACTIONS = 60
Sent = list[tuple[int, object]]


class NothingKept(dict[object, Alike]):
    """A table in which nothing is found again."""

    def __setitem__(self, key: object, value: Alike) -> None:
        pass


def all_that_is_sent(seed: int, counts: list[int]) -> Sent:
    """What viewers of many kinds are sent while much happens, some of it several steps long."""
    plant, rng = make_plant(expect="2s"), random.Random(seed)
    sent: Sent = []
    with testing.open(plant.screen, seed=seed) as live:
        step = live.core.step

        def noted(*given: object) -> object:
            outputs = step(*given)  # type: ignore[arg-type]
            sent.extend(outputs.deliveries)
            counts[0] += len(outputs.deliveries)
            return outputs

        live.core.step = noted  # type: ignore[method-assign, assignment]
        viewers = [live.viewer() for _ in range(4)]
        viewers += [live.viewer(delay=0.2), live.viewer(bytes_per_sec=4_000.0), live.viewer(px=120)]
        live.advance("2s")
        for _ in range(NUM_ACTIONS):
            happen(live, plant, viewers, rng)
        for viewer in viewers:
            viewer.change(paused=False, hidden=False)
            viewer.see()
            viewer.zoom("vibration")
        live.advance("5s")
        assert len({repr(sorted(viewer.picture.scalars.items())) for viewer in viewers}) == 1
    return sent


def happen(live: testing.LiveScreen, plant: Plant, viewers: list[HeadlessViewer], rng: random.Random) -> None:
    """One thing happens, and a moment passes."""
    press, orders = plant.press, plant.orders
    now, viewer = live.clock.now().wall, rng.choice(viewers)
    match rng.choice(["feed"] * 6 + ["late", "values", "rows", "fail", "pause", "zoom", "scroll", "hide", "refresh"]):
        case "feed":
            xs = [now + i * 0.001 for i in range(rng.choice([1, 20, 300]))]
            press.send(
                cd.ChartDataUpdated.xy("vibration", xs, [rng.random() for _ in xs]),
                cd.KpiUpdated("temperature", rng.choice([60.0, 110.0, float("nan"), None, now])),
            )
        case "late":
            press.send(cd.ChartDataUpdated.point("vibration", now - rng.uniform(0, 90), rng.random()))
        case "values":
            press.send(*(cd.KpiUpdated(f"k{i}", rng.random()) for i in range(rng.choice([3, 400]))))
        case "rows":
            rows = [{"id": i, "amount": rng.random(), "region": "N"} for i in range(3)]
            orders.value = testing.fake_source("rows", rows).value
        case "fail":
            orders.value = rng.choice([ValueError("no"), 3.0, []])
        case "pause":
            viewer.change(paused=rng.random() < 0.5)
        case "zoom":
            viewer.zoom("vibration", *rng.choice([(), (now - 30.0, now)]))
        case "scroll":
            viewer.see(*rng.choice([(), ("temperature",), ("vibration", "orders")]))
        case "hide":
            viewer.change(hidden=rng.random() < 0.5)
        case "refresh":
            viewer.refresh()
    live.advance(rng.choice([0.001, 0.01, 0.04, 0.3, 3.0]))


@pytest.mark.parametrize("seed", range(6))
def test_law09_what_is_not_looked_at_again_is_as_it_was(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landing, "WORK_PER_STEP", 100)
    monkeypatch.setattr(landing, "WORK_PER_PORTION", 40)
    monkeypatch.setattr(listening, "WORK_PER_STEP", 100)
    monkeypatch.setattr(listening, "LANDING_SECS", 0.0)
    counts = [0]
    lazy = all_that_is_sent(seed, counts)
    begin = Round.__init__

    def begun(self: Round, *given: object) -> None:
        begin(self, *given)  # type: ignore[arg-type]
        self.alike = NothingKept()

    monkeypatch.setattr(Round, "__init__", begun)
    monkeypatch.setattr(Channel, "take_handful", lambda *given: None)
    monkeypatch.setattr(Stage, "_stays_live", lambda *given: False)
    monkeypatch.setattr(Stage, "_stays_plain", lambda *given: False)
    monkeypatch.setattr(SteadyFrames, "frame", lambda *given: None)
    assert all_that_is_sent(seed, counts) == lazy
    assert counts[0] > 300
