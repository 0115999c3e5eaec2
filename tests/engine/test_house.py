"""House is kept every second: in a step that sends something anyway, where there is one, else in one of its own."""

from __future__ import annotations

from itertools import pairwise

import pytest

import cadran as cd
from cadran import testing
from cadran.clock import Instant
from cadran.engine.audience import HOUSE_SECS, Audience


def test_house_needs_no_step_of_its_own_while_something_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    press = cd.channel("press")

    @cd.screen("Press", slug="press")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.kpi("Value", press.kpi("value"))

    kept: list[float] = []
    keep_house = Audience.keep_house

    def noted(self: Audience, round_: object, now: Instant) -> list[object]:
        kept.append(now.mono)
        return keep_house(self, round_, now)  # type: ignore[arg-type,return-value]

    with testing.open(screen) as live:
        viewer = live.viewer()
        live.advance("1s")
        monkeypatch.setattr(Audience, "keep_house", noted)
        sent: list[float] = []
        for number in range(77):
            press.send(cd.KpiUpdated("value", float(number)))
            live.advance("0.13s")
            sent.append(live.clock.now().mono)
        assert viewer.value("value") == 76.0
        gaps = [after - before for before, after in pairwise(kept)]
        assert len(kept) >= 9
        assert max(gaps) <= HOUSE_SECS + 1e-6
        settled = live.statistics().num_ticks
        num_alone = sum(min(abs(one - moment) for moment in [*sent, sent[0] - 0.13]) > 1e-6 for one in kept[1:])
        assert num_alone == 0, "it is kept where something was sent"
        kept.clear()
        for _ in range(30):
            live.advance("0.1s")
        assert len(kept) >= 2, "and by itself where nothing is"
        assert live.statistics().num_ticks == settled
