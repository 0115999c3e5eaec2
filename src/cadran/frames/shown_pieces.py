"""The pieces of what is shown and is no line: a value, a table, a curve."""

from __future__ import annotations

from cadran.frames.encode import curve_pieces, scalar_piece, table_pieces
from cadran.frames.shown import Shown, ShownCurve, ShownScalar, ShownTable


def shown_pieces(slot: int, shown: Shown, since: float) -> list[bytes]:
    """Return its pieces as it is now; of a table what changed after S ``since``."""
    match shown:
        case ShownScalar():
            return [scalar_piece(slot, shown.value, shown.base)]
        case ShownTable():
            return table_pieces(slot, shown.table, since)
        case ShownCurve(points=points) if points is not None:
            return curve_pieces(slot, points)
    return []
