"""A refresh of a pause that is over moves no other, though the resume between them was superseded while it waited."""

from __future__ import annotations

import pytest
from tests.engine.slow_refresh import assert_holds_its_picture, refreshing_in_a_pause

from cadran.engine.messages import Rang, Received

pytestmark = pytest.mark.usefixtures("small_portions")


@pytest.mark.parametrize("is_merged", [False, True])
def test_decision3_a_pause_that_follows_at_once_keeps_its_own_picture(is_merged: bool) -> None:
    with refreshing_in_a_pause() as (live, viewer, press):
        viewer.change(paused=False)
        viewer.change(paused=True)
        texts, viewer.outbox[:] = list(viewer.outbox), []
        seat = live.seat(viewer)
        if is_merged:
            waiting = live.core._waiting
            waiting.append(Rang())
            waiting.join(Received(seat.id, text) for text in texts)
            assert waiting.num_merged == 1
            live.put(Rang())
        else:
            for text in texts:
                live.put(Received(seat.id, text))
        assert_holds_its_picture(live, viewer, press)
