"""Whether sources keep enough for the windows that are asked of them; checked when a screen is described."""

from __future__ import annotations

from collections.abc import Iterator

from cadran.durations import format_secs
from cadran.errors import UsageError
from cadran.readable import Last, Previous, Readable, SeriesLast, Source, TableOf, ValueAgo
from cadran.readable.splice import Spliced
from cadran.screen.reach import source_of, sources_from
from cadran.sources.polled import PolledSource


def check_keeps(where: str, *roots: Readable[object]) -> None:
    """Raise ``UsageError`` if a source below ``roots`` keeps less than their windows need."""
    for root in roots:
        for need in _needs(root, 0.0, 1):
            _check(where, *need)


def check_keep(where: str, readable: Readable[object], needed_secs: float) -> None:
    """Raise ``UsageError`` if a source of ``readable`` keeps less than ``needed_secs``."""
    for need in _needs(readable, needed_secs, 1):
        _check(where, *need)


def least_keep_secs(readable: Readable[object]) -> float | None:
    """Return what the sources of ``readable`` all keep; None where none of them drops anything."""
    kept = [secs for secs in map(keep_secs_of, sources_from(readable)) if secs is not None]
    return min(kept, default=None)


def keep_secs_of(source: Source) -> float | None:
    """Return how long a source keeps what it had; None where it keeps all."""
    secs = getattr(source, "keep_secs", None)
    return None if secs is None else float(secs)


def _needs(readable: Readable[object], needed_secs: float, num_windows: int) -> Iterator[tuple[Source, float]]:
    """Yield each source below ``readable`` with the seconds it must keep.

    ``num_windows``: how many windows, one before the other, are evaluated (2 below ``Previous``).
    """
    source = source_of(readable)
    if source is not None and not isinstance(readable, TableOf) and needed_secs > 0:
        yield source, needed_secs
    if isinstance(readable, Previous):
        num_windows = 2
    elif isinstance(readable, Last | SeriesLast):
        needed_secs = max(needed_secs, readable.window_secs * num_windows)
    elif isinstance(readable, ValueAgo):
        needed_secs = max(needed_secs, readable.period_secs)
    if isinstance(readable, Spliced):
        # What leaves the channel must have been read of the history before.
        polled = (one for one in sources_from(readable.history) if isinstance(one, PolledSource))
        every_secs = max((one.every_secs for one in polled), default=0.0)
        yield from ((source, 2 * every_secs) for source in sources_from(readable.live) if every_secs)
    # What a channel does not keep of a spliced series is the history's to give.
    for below in (readable.history,) if isinstance(readable, Spliced) else readable.inputs:
        yield from _needs(below, needed_secs, num_windows)


def _check(where: str, source: Source, needed_secs: float) -> None:
    kept_secs = keep_secs_of(source)
    if kept_secs is not None and kept_secs < needed_secs:
        needed, kept = format_secs(needed_secs), format_secs(kept_secs)
        argument = needed.replace(" ", "").replace("min", "m")
        raise UsageError(
            f"{where} needs {needed} of {source.label!r}, which keeps only {kept}: give {source.label!r} "
            f'keep="{argument}" or ask for less'
        )
