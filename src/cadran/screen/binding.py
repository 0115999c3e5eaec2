"""A description with what a viewer chose: the same layout, whose values are of other rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, cast

from cadran.errors import UsageError
from cadran.metrics.metric import Metric
from cadran.readable import ColumnValues, Filtered, GroupedAggregate, Readable, Source, Sparkline, TableReadable
from cadran.readable.filtered import Chosen, chosen_from
from cadran.screen.choices import Choices, Range, range_from, typed
from cadran.screen.controls import ControlSpec, FilterSpec, RangeSpec, SearchSpec
from cadran.screen.reach import follows_range, readables_from
from cadran.screen.slots import Description, ScalarSlot, SeriesSlot, Slot
from cadran.sources.database import Query


def bind(description: Description, choices: Choices) -> Description:
    """Return the description of what is shown to those who chose this; equal choices give equal readables."""
    if not choices.items:
        return description
    binder = _Binder(description.controls, choices)
    return Description(
        layout=description.layout,
        slots=tuple(map(binder.slot, description.slots)),
        sources=tuple(
            source if index in description.whole_sources else binder.source(source)
            for index, source in enumerate(description.sources)
        ),
        controls=description.controls,
        whole_sources=description.whole_sources,
        tokens_hash=description.tokens_hash,
    )


def is_chosen_from(source: Source) -> bool:
    """Whether the source itself gives other rows to those who choose others."""
    return isinstance(source, Query) and bool(source.parameters)


def check_parameters(controls: Iterable[ControlSpec], roots: Iterable[Readable[object]]) -> None:
    """Raise ``UsageError`` for a query that names a parameter which nobody can choose, or of which several are."""
    by_name = {control.name: control for control in controls}
    for readable in readables_from(*roots):
        for name in sorted(readable.parameters) if isinstance(readable, Query) else ():
            control = by_name.get(name)
            if control is None or isinstance(control, RangeSpec):
                raise UsageError(f'the query {readable.label!r} names :{name}: add ui.filter("{name}") to the screen')
            if isinstance(control, FilterSpec) and control.several:
                raise UsageError(f"the query {readable.label!r} names :{name}, which takes one value: several=False")


class _Binder:
    def __init__(self, controls: Sequence[ControlSpec], choices: Choices) -> None:
        self._chosen = [(control, values) for control in controls if (values := choices.of(control.name))]
        self._range = next((range_from(vs[0]) for one, vs in self._chosen if isinstance(one, RangeSpec)), None)
        self._controls, self._choices = controls, choices
        self._others: dict[str, _Binder] = {}
        """By a filter: the same choices without it."""
        self._known: dict[Readable[object], Readable[object]] = {}

    def slot(self, slot: Slot) -> Slot:
        """Bind what a slot reads; bars and slices stay all there, to choose others by, where they are the filter."""
        own = self._own_filter(slot.reads)
        if own is not None:
            return self._without(own).slot(slot)
        reads = self.readable(slot.reads)
        if isinstance(slot, ScalarSlot) and slot.base is not None:
            return replace(slot, reads=reads, base=self.readable(slot.base))
        chosen = self._range if isinstance(slot.reads, Sparkline) and follows_range(slot.reads) else None
        if isinstance(slot, SeriesSlot) and chosen is not None:
            return replace(slot, reads=cast(Any, reads), window_secs=chosen.secs)
        return replace(slot, reads=cast(Any, reads))

    def _own_filter(self, reads: Readable[object]) -> str | None:
        """The filter that a panel's own labels are of; of a query that names it the others are not there."""
        by = reads.by if isinstance(reads, GroupedAggregate) else None
        names = {name for one in readables_from(reads) if isinstance(one, Query) for name in one.parameters}
        filters = (one for one, _ in self._chosen if isinstance(one, FilterSpec) and one.column == by)
        return next((one.name for one in filters if one.name not in names), None)

    def _without(self, name: str) -> _Binder:
        found = self._others.get(name)
        if found is None:
            items = tuple(item for item in self._choices.items if item[0] != name)
            found = self._others[name] = _Binder(self._controls, Choices(items))
        return found

    def source(self, source: Source) -> Source:
        return source.bound(self._values_of(source)) if isinstance(source, Query) else source

    def readable(self, readable: Readable[object]) -> Readable[object]:
        found = self._known.get(readable)
        if found is None:
            found = self._known[readable] = self._bound(readable)
        return found

    def _bound(self, readable: Readable[object]) -> Readable[object]:
        if isinstance(readable, ColumnValues):
            return readable  # what can be chosen does not depend on what was
        if not readable.inputs:
            return self._leaf(readable) if isinstance(readable, TableReadable) else readable
        if isinstance(readable, Metric):
            reads = tuple(map(self.readable, readable.inputs))
            return readable if reads == readable.inputs else readable.reading(reads)
        described = cast(Any, readable)
        if not is_dataclass(described):
            return readable
        changes = {one.name: self._field(getattr(described, one.name)) for one in fields(described) if one.init}
        if changes.get("follows"):
            changes |= _window(self._range)
        return cast(Readable[object], replace(cast(Any, described), **changes))

    def _field(self, value: object) -> object:
        if isinstance(value, Readable):
            return self.readable(value)
        if type(value) is tuple:
            return tuple(map(self._field, value))
        return value

    def _leaf(self, table: TableReadable) -> TableReadable:
        names: frozenset[str] = frozenset()
        if isinstance(table, Query):
            names = table.parameters
            table = table.bound(self._values_of(table))
        chosen: Chosen = chosen_from(
            {one.column: vs for one, vs in self._chosen if isinstance(one, FilterSpec) and one.name not in names}
        )
        search = [(one, vs[0]) for one, vs in self._chosen if isinstance(one, SearchSpec) and one.name not in names]
        for spec, text in search:
            table = Filtered(table, (), text, spec.columns)
        return Filtered(table, chosen) if chosen else table

    def _values_of(self, query: Query) -> dict[str, str | int | float | None]:
        return {one.name: typed(one, vs[0]) for one, vs in self._chosen if one.name in query.parameters}


def _window(chosen: Range | None) -> dict[str, object]:
    if chosen is None:
        return {"follows": False}
    return {"window_secs": chosen.secs, "until": chosen.until, "follows": False}
