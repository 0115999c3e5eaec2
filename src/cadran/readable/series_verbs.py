"""What series offer beyond windows and simple aggregates: rates, differences, quantiles, buckets of time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from cadran.durations import Duration

if TYPE_CHECKING:
    from cadran.readable.rates import CounterRate, Delta, Quantile
    from cadran.readable.resample import SeriesBuckets
    from cadran.readable.series import SeriesReadable

# What these describe is made of series, so it is imported where it is made.


class SeriesVerbs:
    """The part of ``SeriesReadable`` that describes values of other files."""

    __slots__ = ()

    def rate(self, over: Duration) -> CounterRate:
        """Growth per second of a counter: between the first and the last point of the last ``over``.

        A value below the one before it is a counter that began again from zero. Of a resampled series: of its
        finished buckets.
        """
        from cadran.readable.rates import CounterRate

        window = _series(self).last(over)
        return CounterRate(replace(window, of=_finished(window.of)))

    def delta(self, *, over: Duration | None = None) -> Delta:
        """The newest value less the oldest one; ``over`` a window, default all points.

        Of a resampled series: of its finished buckets.
        """
        from cadran.readable.rates import Delta

        return Delta(_finished(_over(self, over)))

    def quantile(self, share: float, *, over: Duration | None = None) -> Quantile:
        """The value below which a share of the points lies: ``quantile(0.99, over="5m")``.

        Of a resampled series: of its finished buckets.
        """
        from cadran.readable.rates import Quantile, share_from

        return Quantile(_finished(_over(self, over)), None, share_from(share))

    def resample(self, every: Duration, *, zone: str | None = None) -> SeriesBuckets:
        """The points by buckets of time, edges fixed in absolute time: ``resample("1m").mean()`` is a series.

        Buckets of whole days begin at midnight in ``zone`` (default the server's), those of whole weeks on Mondays.
        """
        from cadran.readable.resample import series_buckets

        return series_buckets(_series(self), every, zone)


def _series(verbs: SeriesVerbs) -> SeriesReadable:
    return cast("SeriesReadable", verbs)


def _finished(series: SeriesReadable) -> SeriesReadable:
    from cadran.readable.finished import finished

    return finished(series)


def _over(verbs: SeriesVerbs, window: Duration | None) -> SeriesReadable:
    series = _series(verbs)
    return series if window is None else series.last(window)
