"""What viewers hold, compared field by field."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from cadran.testing import HeadlessViewer


def assert_alike(viewers: Iterable[HeadlessViewer], like: HeadlessViewer) -> None:
    """Each viewer's picture is that of ``like``, of lines from where both hold them on."""
    for viewer in viewers:
        mine, its = viewer.picture, like.picture
        # As text, since a missing previous value is not a number.
        assert repr(sorted(mine.scalars.items())) == repr(sorted(its.scalars.items()))
        assert mine.tables == its.tables
        assert mine.series.keys() == its.series.keys()
        for slot, series in mine.series.items():
            other = its.series[slot]
            assert series.k == other.k
            low = max(series.low, other.low)
            for name in ("ids", "first", "min", "max", "last"):
                # Old blocks carry single precision, tails may carry double: who came later holds more of the former.
                kind = np.float64 if name == "ids" else np.float32
                column = getattr(series, name)[series.ids >= low].astype(kind)
                same = getattr(other, name)[other.ids >= low].astype(kind)
                assert np.array_equal(column, same, equal_nan=True), f"slot {slot}: {name}"
