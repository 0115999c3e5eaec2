"""A screen while it is described: panels, slots and sources are numbered as they come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import structs

from cadran.errors import UsageError
from cadran.polars_when_used import import_polars
from cadran.readable import Points, Readable, Source, TableReadable
from cadran.screen.checks import is_name
from cadran.screen.grid import Grid
from cadran.screen.layout import Layout, Panel, SourceInfo, XKind
from cadran.screen.places import place_of_call
from cadran.screen.reach import readables_from, sources_from
from cadran.screen.slots import CurveSlot, Description, ScalarSlot, SeriesSlot, Slot, TableSlot
from cadran.screen.slug import slug_from
from cadran.sources.polled import PolledSource


class Draft:
    """Collects a description. ``finish`` makes it whole."""

    def __init__(self) -> None:
        self.grid = Grid()
        self._panels: list[Panel] = []
        self._slots: list[Slot] = []
        self._sources: dict[Source, int] = {}
        self._places: dict[str, str] = {}

    @property
    def panel_index(self) -> int:
        """The number of the panel that is described now."""
        return len(self._panels)

    def claim_key(self, key: str | None, title: str) -> str:
        """Return the panel's key: ``key``, or made from ``title``; raises ``UsageError`` if it is taken."""
        key = slug_from(title) if key is None else key
        if not is_name(key):
            raise UsageError(f'a panel needs a key: a title with letters or key="name", got the title {title!r}')
        place = place_of_call()
        if key in self._places:
            raise UsageError(
                f"two panels have the key {key!r}: {self._places[key]} and {place}; give one of them another key="
            )
        self._places[key] = place
        return key

    def scalar(self, reads: Readable[object], base: Readable[object] | None) -> int:
        return self._slot(lambda slot: ScalarSlot(slot, self.panel_index, reads, base))

    def series(self, reads: Readable[Points], window_secs: float | None, x: XKind) -> int:
        """Add a line; over a free x it is a curve."""
        if x == "free":
            return self._slot(lambda slot: CurveSlot(slot, self.panel_index, reads))
        return self._slot(lambda slot: SeriesSlot(slot, self.panel_index, reads, window_secs, x))

    def table(self, reads: Readable[object], max_rows: int) -> int:
        import_polars()
        return self._slot(lambda slot: TableSlot(slot, self.panel_index, reads, max_rows))

    def sources(self, *reads: Readable[object]) -> tuple[int, ...]:
        """Return the numbers of the sources below ``reads``."""
        if any(isinstance(readable, TableReadable) for readable in readables_from(*reads)):
            import_polars()
        return tuple(self._sources.setdefault(source, len(self._sources)) for source in sources_from(*reads))

    def add(self, panel: Panel) -> None:
        sources = tuple(self._sources)
        if any(isinstance(one, PolledSource) and one.is_append_only for one in map(sources.__getitem__, panel.sources)):
            panel = structs.replace(panel, append_only=True)
        self._panels.append(panel)
        self.grid.place(panel.index)

    def check(self) -> None:
        """Raise ``UsageError`` for what its author can't have meant."""
        self.grid.check()
        if not self._panels:
            raise UsageError("it shows nothing: call ui.kpi(…), ui.line(…), ui.table(…) or another")

    def finish(
        self,
        *,
        title: str,
        slug: str,
        zone: str,
        lang: Literal["en", "fr"] | None,
        refresh_secs: float | None,
        intervals_secs: tuple[float, ...],
    ) -> Description:
        """Return what was described."""
        layout = Layout(
            title=title,
            slug=slug,
            zone=zone,
            lang=lang,
            refresh_secs=refresh_secs,
            intervals_secs=intervals_secs,
            sections=self.grid.sections(),
            panels=tuple(self._panels),
            sources=tuple(_source_info(index, source) for source, index in self._sources.items()),
            num_slots=len(self._slots),
        )
        return Description(layout, tuple(self._slots), tuple(self._sources))

    def _slot(self, make: Callable[[int], Slot]) -> int:
        slot = len(self._slots)
        self._slots.append(make(slot))
        return slot


def _source_info(index: int, source: Source) -> SourceInfo:
    if isinstance(source, PolledSource):
        return SourceInfo(index=index, label=source.label, kind=source.kind, every_secs=source.every_secs)
    return SourceInfo(index=index, label=source.label, kind="channel", every_secs=None)
