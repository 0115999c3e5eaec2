"""A screen may be described again while people look at it (design decision 7)."""

from __future__ import annotations

import cadran as cd
from cadran import testing
from cadran.channel import Channel
from cadran.engine.messages import DescriptionChanged
from cadran.testing import LiveScreen


class Growing(cd.DashboardScreen):
    """Shows as many KPIs as it is told, or fails."""

    def __init__(self, press: Channel) -> None:
        super().__init__("Growing", zone="UTC")
        self.press = press
        self.keys = ["a"]
        self.is_broken = False

    def render(self, ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        if self.is_broken:
            raise ZeroDivisionError("a mistake on the way")
        for key in self.keys:
            ui.kpi(key, self.press.kpi(key))


def describe_again(live: LiveScreen) -> None:
    error = live.program.redescribe("growing")
    live.put(DescriptionChanged("growing", None if error is None else str(error)))
    live.settle()


def test_viewers_get_the_new_layout_and_its_data() -> None:
    screen = Growing(cd.channel("press"))
    with testing.open(screen) as live:
        viewer = live.viewer()
        screen.press.send(cd.KpiUpdated("a", 1.0), cd.KpiUpdated("b", 2.0))
        live.settle()
        screen.keys = ["b", "a"]
        describe_again(live)
        viewer.see()
        live.settle()
        assert [panel.key for panel in viewer.panels] == ["b", "a"]
        assert (viewer.value("b"), viewer.value("a")) == (2.0, 1.0)


def test_a_raising_description_keeps_the_old_layout_and_says_so() -> None:
    screen = Growing(cd.channel("press"))
    with testing.open(screen) as live:
        viewer = live.viewer()
        screen.is_broken = True
        describe_again(live)
        screen.press.send(cd.KpiUpdated("a", 3.0))
        live.settle()
        assert viewer.value("a") == 3.0
        notice = viewer.notices["description:growing"]
        assert notice.message is not None
        assert "a mistake on the way" in notice.message
        screen.is_broken = False
        describe_again(live)
        assert viewer.notices["description:growing"].message is None


def test_a_smaller_layout_ends_the_leases_on_what_is_gone() -> None:
    screen = Growing(cd.channel("press"))
    screen.keys = ["a", "b", "c"]
    with testing.open(screen) as live:
        viewer = live.viewer()
        screen.press.send(cd.KpiUpdated("a", 1.0), cd.KpiUpdated("c", 3.0))
        live.settle()
        screen.keys = ["c"]
        describe_again(live)
        live.advance("1s")
        viewer.see()
        live.settle()
        assert [panel.key for panel in viewer.panels] == ["c"]
        assert viewer.value("c") == 3.0
