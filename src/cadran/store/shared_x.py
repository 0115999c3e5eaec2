"""Which series have the same x: what several lines got in one batch is looked at once for all of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from cadran.readable import Floats
from cadran.store.series import SeriesColumns
from cadran.store.track import Track

SHARED_POINTS_MAX = 4_096
"""Longer batches are not compared: to go through them costs more than what follows."""
LEADERS_MAX = 4
"""So many different columns of x that have length and both ends in common are told apart; more are not compared."""


class Appended(NamedTuple):
    """What one series got behind all that it had."""

    series: SeriesColumns
    track: Track | None
    """The track that it was on before."""
    xs: Floats
    before_s: int = 0
    """The S at which it had changed before."""


def share_tracks(appended: Iterable[Appended]) -> None:
    """Put the series that got points at the same x on one track, each other one on a track of its own.

    A track is another object after each batch: who gets no points while others do is no longer on theirs.
    """
    leaders: dict[tuple[int, float, float], list[Appended]] = {}
    last_xs: Floats | None = None
    last_alike: list[Appended] = []
    for one in appended:
        series, track, xs, before_s = one
        alike = last_alike if xs is last_xs else leaders.setdefault((xs.size, xs.item(0), xs.item(-1)), [])
        last_xs, last_alike = xs, alike
        for leader in alike:
            if xs is leader.xs or xs.tobytes() == leader.xs.tobytes():
                if track is None or track is not leader.track:
                    series.x_since = xs.item(0)
                series.x_track = common = leader.series.x_track
                if common is not None:
                    common.take_in(before_s, series.changed_s)
                break
        else:
            if len(alike) < LEADERS_MAX:
                alike.append(one)
            if track is None:
                series.x_since = xs.item(0)
            series.x_track = Track(xs.item(0), before_s, series.changed_s)
