"""A screen while it is described: panels, slots and sources are numbered as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

from msgspec import structs

from cadran.errors import UsageError
from cadran.polars_when_used import import_polars
from cadran.readable import ColumnValues, Points, Readable, Source, TableReadable
from cadran.screen.binding import check_parameters, is_chosen_from
from cadran.screen.checks import is_name
from cadran.screen.controls import OPTIONS_MAX, ControlSpec, FilterSpec, RangeSpec, SearchSpec
from cadran.screen.grid import Grid
from cadran.screen.layout import (
    Control,
    FilterControl,
    Layout,
    OptionsPanel,
    Panel,
    RangeControl,
    SearchControl,
    SourceInfo,
    XKind,
)
from cadran.screen.places import place_of_call
from cadran.screen.reach import readables_from, sources_from, tables_from
from cadran.screen.slots import CurveSlot, Description, ScalarSlot, SeriesSlot, Slot, TableSlot, roots_of
from cadran.screen.slug import slug_from
from cadran.sources.polled import PolledSource


class Draft:
    """Collects a description. ``finish`` makes it whole."""

    def __init__(self) -> None:
        self.grid = Grid()
        self._panels: list[Panel] = []
        self._slots: list[Slot] = []
        self._sources: dict[tuple[Source, bool], int] = {}
        """By the source, and whether it is the one that gives all rows, whatever viewers choose."""
        self._places: dict[str, str] = {}
        self._controls: dict[str, ControlSpec] = {}
        self._shown_controls: list[Control] = []

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

    def mark(self, reads: Readable[object] | None) -> int | None:
        """Add what says up to when the buckets of the panel's values have ended, once; None of what has no buckets."""
        if reads is None:
            return None
        known = (one.slot for one in self._slots if one.panel == self.panel_index and one.reads == reads)
        found = next(known, None)
        if found is not None:
            return found
        return self._slot(lambda slot: ScalarSlot(slot, self.panel_index, reads, is_mark=True))

    def series(self, reads: Readable[Points], window_secs: float | None, x: XKind) -> int:
        """Add a line; over a free x it is a curve."""
        if x == "free":
            return self._slot(lambda slot: CurveSlot(slot, self.panel_index, reads))
        return self._slot(lambda slot: SeriesSlot(slot, self.panel_index, reads, window_secs, x))

    def table(self, reads: Readable[object], max_rows: int) -> int:
        import_polars()
        return self._slot(lambda slot: TableSlot(slot, self.panel_index, reads, max_rows))

    def sources(self, *reads: Readable[object], whole: bool = False) -> tuple[int, ...]:
        """Return the numbers of the sources below ``reads``; ``whole``: as they are where nothing is chosen."""
        if any(isinstance(readable, TableReadable) for readable in readables_from(*reads)):
            import_polars()
        keys = ((source, whole and is_chosen_from(source)) for source in sources_from(*reads))
        return tuple(self._sources.setdefault(key, len(self._sources)) for key in keys)

    def add(self, panel: Panel) -> None:
        sources = tuple(source for source, _ in self._sources)
        if any(isinstance(one, PolledSource) and one.is_append_only for one in map(sources.__getitem__, panel.sources)):
            panel = structs.replace(panel, append_only=True)
        self._panels.append(panel)
        if not isinstance(panel, OptionsPanel):
            self.grid.place(panel.index)

    def add_control(self, spec: ControlSpec, label: str) -> None:
        """Add what viewers choose. Raises ``UsageError`` if its name is taken."""
        if spec.name in self._controls:
            raise UsageError(f"two parameters have the name {spec.name!r}: give one of them another name=")
        self._controls[spec.name] = spec
        self._shown_controls.append(_shown_control(spec, label))

    @property
    def default_span_secs(self) -> float | None:
        """The range that is shown until a viewer picks one; None where none is offered."""
        return next((one.default_secs for one in self._controls.values() if isinstance(one, RangeSpec)), None)

    def check(self) -> None:
        """Raise ``UsageError`` for what its author can't have meant."""
        self.grid.check()
        if not any(not isinstance(panel, OptionsPanel) for panel in self._panels):
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
        tokens_hash: str = "",
    ) -> Description:
        """Return what was described."""
        reads = [root for slot in self._slots for root in roots_of(slot)]
        self._offer_options(reads)
        controls = tuple(self._controls.values())
        check_parameters(controls, reads)
        layout = Layout(
            title=title,
            slug=slug,
            zone=zone,
            lang=lang,
            refresh_secs=refresh_secs,
            intervals_secs=intervals_secs,
            sections=self.grid.sections(),
            panels=tuple(self._panels),
            sources=tuple(_source_info(index, source) for (source, _), index in self._sources.items()),
            num_slots=len(self._slots),
            controls=tuple(self._shown_controls),
        )
        sources = tuple(source for source, _ in self._sources)
        whole = frozenset(index for (_, is_whole), index in self._sources.items() if is_whole)
        return Description(layout, tuple(self._slots), sources, controls, whole, tokens_hash)

    def _offer_options(self, reads: Iterable[Readable[object]]) -> None:
        """Give each filter without options of its own a panel with the values that the screen's tables have."""
        tables = tables_from(*reads)
        for position, control in enumerate(self._shown_controls):
            spec = self._controls[control.name]
            if not isinstance(control, FilterControl) or not isinstance(spec, FilterSpec):
                continue
            if spec.options is not None or not tables:
                continue
            self._shown_controls[position] = structs.replace(control, panel=self.panel_index)
            values = ColumnValues(tables, spec.column, OPTIONS_MAX)
            self.add(
                OptionsPanel(
                    index=self.panel_index,
                    key=self.claim_key(f"options-{spec.name}", control.label),
                    title=control.label,
                    sources=self.sources(values, whole=True),
                    slot=self.table(values, OPTIONS_MAX),
                )
            )

    def _slot(self, make: Callable[[int], Slot]) -> int:
        slot = len(self._slots)
        self._slots.append(make(slot))
        return slot


def _shown_control(spec: ControlSpec, label: str) -> Control:
    if isinstance(spec, FilterSpec):
        return FilterControl(
            name=spec.name, label=label, column=spec.column, several=spec.several, options=spec.options
        )
    if isinstance(spec, SearchSpec):
        return SearchControl(name=spec.name, label=label)
    return RangeControl(name=spec.name, label=label, default_secs=spec.default_secs, spans_secs=spec.spans_secs)


def _source_info(index: int, source: Source) -> SourceInfo:
    if isinstance(source, PolledSource):
        return SourceInfo(index=index, label=source.label, kind=source.kind, every_secs=source.every_secs)
    return SourceInfo(index=index, label=source.label, kind="channel", every_secs=None)
