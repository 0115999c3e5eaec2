"""What a readable reaches: everything below it, its sources, its windows."""

from __future__ import annotations

from collections.abc import Iterator

from cadran.readable import Last, Readable, SeriesLast, Source, TableReadable


def readables_from(*roots: Readable[object]) -> Iterator[Readable[object]]:
    """Yield the roots and everything below them, each once, in the order in which they are reached."""
    seen: set[Readable[object]] = set()
    pending = list(reversed(roots))
    while pending:
        readable = pending.pop()
        if readable not in seen:
            seen.add(readable)
            yield readable
            pending.extend(reversed(readable.inputs))


def source_of(leaf: Readable[object]) -> Source | None:
    """Return the source that a leaf is or belongs to; None for what is computed."""
    if isinstance(leaf, Source):
        return leaf
    source = getattr(leaf, "source", None)
    return source if isinstance(source, Source) else None


def sources_from(*roots: Readable[object]) -> tuple[Source, ...]:
    """Return the sources that the roots read, each once."""
    sources = (source_of(readable) for readable in readables_from(*roots))
    return tuple(dict.fromkeys(source for source in sources if source is not None))


def windows_secs(*roots: Readable[object]) -> tuple[float, ...]:
    """Return the lengths of all moving windows below the roots, each once, ascending."""
    found = (r.window_secs for r in readables_from(*roots) if isinstance(r, Last | SeriesLast))
    return tuple(sorted(set(found)))


def follows_range(*roots: Readable[object]) -> bool:
    """Whether viewers choose a window below the roots."""
    return any(isinstance(readable, Last) and readable.follows for readable in readables_from(*roots))


def has_ended(*roots: Readable[object]) -> bool:
    """Whether a window below the roots ended at a moment of the past: it has no sparkline that ends now."""
    return any(isinstance(readable, Last) and readable.until is not None for readable in readables_from(*roots))


def tables_from(*roots: Readable[object]) -> tuple[TableReadable, ...]:
    """Return the tables that sources below the roots give, each once."""
    return tuple(one for one in readables_from(*roots) if isinstance(one, TableReadable) and not one.inputs)
