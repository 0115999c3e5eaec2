"""Law 10: who looks back in a pause is told how the past stands, and of nothing else."""

from __future__ import annotations

import pytest
from tests.engine.past_shop import X0, X1, Disk, Shop, assert_shown, look

from cadran import testing
from cadran.errors import OutsideError
from cadran.sources.query_reader import QueryReader


@pytest.mark.parametrize("secs", [0.1, 12.0])
def test_law10_a_past_that_can_t_be_read_is_an_error_in_a_pause_too(shop: Shop, disk: Disk, secs: float) -> None:
    with testing.open(shop.screen(shop.paged())) as live:
        viewer = live.viewer()
        live.advance("2s")
        disk.is_broken = True
        viewer.change(paused=True)
        live.advance(secs)  # until nobody watches the panel any more
        look(live, viewer, X0, X1)
        assert viewer.state("amount") == "error"
        viewer.zoom("amount")
        live.advance("1s")
        assert viewer.state("amount") == "live", "it does not look at it any more"
        look(live, viewer, X0, X1)
        assert viewer.state("amount") == "error"
        disk.is_broken = False
        live.advance("35s")
        assert viewer.state("amount") == "live"
        assert_shown(viewer, shop.points, X0, X1)


def test_law10_an_error_of_before_a_pause_ends_with_it(shop: Shop, disk: Disk) -> None:
    with testing.open(shop.screen(shop.paged())) as live:
        viewer = live.viewer()
        live.advance("2s")
        disk.is_broken = True
        look(live, viewer, X0, X1)
        assert viewer.state("amount") == "error"
        viewer.change(paused=True)
        live.advance("1s")
        disk.is_broken = False
        live.advance("80s")
        assert_shown(viewer, shop.points, X0, X1)
        assert viewer.state("amount") == "live"


def test_law10_an_error_of_who_has_the_picture_ends_in_a_pause(shop: Shop, disk: Disk) -> None:
    query = shop.changeable()
    with testing.open(shop.screen(query)) as live:
        viewer = live.viewer()
        live.advance("2s")
        look(live, viewer, X0, X1)
        disk.is_broken = True
        live.advance("70s")
        assert viewer.state("amount") == "error", "it is old, and can't be read again"
        viewer.change(paused=True)
        live.advance("80s")
        assert_shown(viewer, shop.points, X0, X1)
        assert viewer.state("amount") == "live", "nobody reads it any more"


def test_law10_where_all_fails_who_looks_back_in_a_pause_is_told(
    shop: Shop, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> object:
        raise OutsideError("the disk is gone")

    with testing.open(shop.screen(shop.paged())) as live:
        viewer, other = live.viewer(), live.viewer()
        live.advance("2s")
        viewer.change(paused=True)
        live.advance("1s")
        monkeypatch.setattr(QueryReader, "read", gone)
        disk.is_broken = True
        live.advance("10s")
        assert other.state("amount") == "error"
        assert viewer.state("amount") == "live", "a pause holds its picture"
        look(live, viewer, X0, X1)
        assert viewer.state("amount") == "error"
