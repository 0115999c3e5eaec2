"""What a drain gives is in the store afterwards, in order of x, whatever the way through the channel."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cadran.channel import channel
from cadran.store import Key, Store
from cadran.updates import ChartDataUpdated

BATCHES = st.lists(
    st.tuples(st.lists(st.integers(0, 50), min_size=1, max_size=40), st.sampled_from(["points", "batch", "drain"])),
    max_size=12,
)


@given(BATCHES)
def test_points_land_in_order_and_the_newest_is_known(batches: list[tuple[list[int], str]]) -> None:
    press, store = channel("press"), Store()
    sent: list[tuple[float, float]] = []

    def drain() -> None:
        store.apply(press.id, press.drain(), now_wall=100.0, keep_secs=None)

    for times, form in batches:
        ids = range(len(sent), len(sent) + len(times))
        sent += [(float(x), float(y)) for x, y in zip(times, ids, strict=True)]
        if form == "points":
            for x, y in sent[-len(times) :]:
                press.send(ChartDataUpdated.point("v", x, y))
        else:
            press.send(ChartDataUpdated("v", np.array(sent[-len(times) :])))
        if form == "drain":
            drain()
    drain()
    series = store.series(Key(press.id, "series", "v"))
    landed = [] if series is None else np.column_stack(series.points).tolist()
    assert landed == [list(pair) for pair in sorted(sent, key=lambda pair: pair[0])], "equal x keep their order"
    assert store.times(press.id).event_at == (max(x for x, _ in sent) if sent else None)


def test_points_over_numbers_say_nothing_of_time() -> None:
    press, store = channel("press"), Store()
    press.send(ChartDataUpdated.point("v", 5.0, 1.0, kind="number"))
    store.apply(press.id, press.drain(), now_wall=100.0, keep_secs=10.0)
    assert store.times(press.id).event_at is None
    series = store.series(Key(press.id, "series", "v"))
    assert series is not None
    assert len(series) == 1
