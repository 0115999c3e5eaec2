"""Rows that are read again, merged by their key into those that are kept."""

from __future__ import annotations

from cadran.polars_when_used import is_frame, pl
from cadran.sources.polled import PolledSource
from cadran.store.events import Event, Key
from cadran.store.rows import keep_recent
from cadran.store.store import ROWS_MAX, Store


def merge_rows(store: Store, source: PolledSource, rows: pl.DataFrame, now_wall: float) -> list[Event]:
    """Put rows in place of those with the same key, the others in the order of their time. Equal rows change nothing.

    What is older than the source's ``keep`` goes, and past the bound of all sources the oldest.
    """
    assert source.key is not None
    cell = store.cell(Key(source.id, "whole"))
    held = cell.value if cell is not None else None
    if not rows.height and is_frame(held):
        store.checked(source.id, now_wall)
        return []
    frame = merged(held if is_frame(held) else rows.clear(), rows, source.key, source.time)
    frame, num_dropped = keep_recent(frame, source.time, source.keep_secs, now_wall, ROWS_MAX)
    cause = f"{rows.height} {'row' if rows.height == 1 else 'rows'} merged"
    return store.land_whole(source.id, frame, now_wall=now_wall, time=source.time, cause=cause, num_dropped=num_dropped)


def merged(held: pl.DataFrame, rows: pl.DataFrame, key: str, time: str | None) -> pl.DataFrame:
    """Return ``held`` with ``rows`` in it: of equal keys the last of ``rows`` counts."""
    rows = rows.unique(key, keep="last", maintain_order=True)
    if held.height:
        held = held.filter(~held[key].is_in(rows[key].implode()))
    frame = pl.concat([held, rows], how="vertical_relaxed")
    if time is not None and time in frame.columns and not frame[time].is_sorted():
        frame = frame.sort(time, maintain_order=True)
    return frame
