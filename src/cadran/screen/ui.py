"""``Ui``: what a screen's function says it shows. Nothing is read or drawn here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from cadran.durations import Duration
from cadran.errors import UsageError
from cadran.readable import Points, Readable, Tail
from cadran.readable.finished import finished_to
from cadran.screen.accepts import require_table
from cadran.screen.bands import bands_from, references_from
from cadran.screen.checks import is_count, is_name
from cadran.screen.columns import columns_from
from cadran.screen.controls import SPANS, filter_spec, range_spec, search_spec
from cadran.screen.draft import Draft
from cadran.screen.formats import FormatName, format_from
from cadran.screen.grid import COLUMNS_MAX, ColumnsBlock, SectionBlock
from cadran.screen.icons import check_icon
from cadran.screen.keeps import check_keeps
from cadran.screen.kpi import plan_kpi
from cadran.screen.layout import (
    Band,
    BarPanel,
    Column,
    Format,
    KpiPanel,
    LinePanel,
    LineSeries,
    PiePanel,
    Reference,
    TablePanel,
    TextPanel,
    XKind,
)
from cadran.screen.line import check_axis, check_color, plan_line
from cadran.screen.link import Target, link_from
from cadran.screen.past import past_of
from cadran.screen.reach import follows_range

BAR_ROWS, PIE_ROWS, TABLE_ROWS, ROWS_MAX = 100, 500, 50, 5_000
_TEXT_KEY_CHARS = 40


class Ui:
    """Describes panels, in the order in which they stand. A screen's function gets one; it is called once.

    Every panel has a title, and a ``key`` (default: made from the title) by which it is known across reloads.
    ``note`` is a line of help; ``always`` keeps a panel live though nobody sees it.
    """

    def __init__(self, draft: Draft | None = None) -> None:
        self._draft = draft or Draft()

    def kpi(
        self,
        title: str,
        value: Readable[object],
        *,
        key: str | None = None,
        unit: str | None = None,
        format: Format | FormatName | None = None,
        icon: str | None = None,
        compare: Duration | Literal["previous"] | None = None,
        history: Readable[Points] | None = None,
        spark: bool | None = None,
        good: Literal["up", "down"] | None = None,
        bands: Iterable[Band] = (),
        color: str | None = None,
        note: str | None = None,
        always: bool = False,
    ) -> None:
        """A card with one value: the newest of a series, a number from a table, a metric, a channel's KPI.

        Of a resampled series the value, the change and the small line are of its finished buckets.

        ``compare``: ``"previous"`` (the same value over the window before) or a period such as ``"1h"`` (the value
        that ``history``, or the series itself, had then). ``spark``: a small line beneath; None draws it where the
        past is at hand. ``good``: which direction is good news. ``bands``: ``[cd.above(80, "warning")]``.
        """
        where = _where("kpi", title)
        plan = plan_kpi(where, value, history, compare, spark)
        check_color(where, color)
        check_icon(where, icon)
        if good not in (None, "up", "down"):
            raise UsageError(f'{where}: good must be "up", "down" or None, got {good!r}')
        written = _format(where, format)
        ranges = bands_from(bands)
        panel_key = self._draft.claim_key(key, title)
        drawn = plan.spark
        self._draft.add(
            KpiPanel(
                index=self._draft.panel_index,
                key=panel_key,
                title=title,
                sources=self._draft.sources(*plan.reads),
                note=note,
                always=always,
                value_slot=self._draft.scalar(plan.value, plan.base),
                spark_slot=self._draft.series(drawn.reads, drawn.window_secs, drawn.x) if drawn else None,
                spark_secs=drawn.window_secs if drawn else None,
                follows_range=bool(drawn and follows_range(drawn.reads)),
                unit=unit,
                format=written,
                icon=icon,
                compare=plan.compare,
                good=good,
                bands=ranges,
                color=color,
            )
        )

    def line(
        self,
        title: str,
        *series: Readable[object],
        key: str | None = None,
        window: Duration | None = None,
        x: XKind | None = None,
        unit: str | None = None,
        format: Format | FormatName | None = None,
        references: Iterable[Reference] = (),
        y_min: float | None = None,
        y_max: float | None = None,
        fill: bool | None = None,
        color: str | None = None,
        colors: Sequence[str] | None = None,
        note: str | None = None,
        always: bool = False,
    ) -> None:
        """One line for each series, all over the same kind of x.

        ``window``: width of the live range; None shows 5 minutes of a channel, all of a table. ``x`` says what a
        metric's points are over (``"time"`` by default). ``references``: ``[cd.reference(80, "limit")]``.
        ``y_min``, ``y_max``: ends of the axis that stay. ``fill``: the area below; None fills that of a single line
        whose axis begins at zero, True begins it there.
        The unfinished bucket of a resampled series is drawn dashed, to a hollow point.
        """
        where = _where("line", title)
        plan = plan_line(where, series, x, window, color, colors)
        if window is None and plan.x == "time" and self._draft.default_span_secs is not None:
            plan = replace(plan, window_secs=self._draft.default_span_secs)
        check_axis(where, y_min, y_max)
        written = _format(where, format)
        marks = references_from(references)
        panel_key = self._draft.claim_key(key, title)
        slots = [self._draft.series(reads, plan.window_secs, plan.x) for reads in plan.series]
        marked = [self._draft.mark(finished_to(reads)) for reads in plan.series]
        lines = tuple(
            LineSeries(slot=slot, label=reads.label, color=each, finished_slot=mark)
            for slot, reads, each, mark in zip(slots, plan.series, plan.colors, marked, strict=True)
        )
        self._draft.add(
            LinePanel(
                index=self._draft.panel_index,
                key=panel_key,
                title=title,
                sources=self._draft.sources(*plan.series),
                note=note,
                always=always,
                series=lines,
                x=plan.x,
                window_secs=plan.window_secs,
                unit=unit,
                format=written,
                references=marks,
                y_min=None if y_min is None else float(y_min),
                y_max=None if y_max is None else float(y_max),
                fill=fill,
                reaches_back=any(past_of(reads) is not None for reads in plan.series),
            )
        )

    def bar(
        self,
        title: str,
        table: Readable[object],
        *,
        key: str | None = None,
        unit: str | None = None,
        format: Format | FormatName | None = None,
        color: str | None = None,
        references: Iterable[Reference] = (),
        to: Target | None = None,
        note: str | None = None,
        always: bool = False,
    ) -> None:
        """Bars from rows of (label, value), such as ``orders.count(by="region")``; the first 100 rows.

        The unfinished bucket of a resampled series (``orders.resample("1h").count().table()``) is hatched.

        A bar whose label is in a filter's column filters the screen when it is clicked; with ``to`` it opens another
        screen instead: its slug, or ``cd.link(…)``.
        """
        where = _where("bar", title)
        reads = _table(where, table)
        check_color(where, color)
        written = _format(where, format)
        marks = references_from(references)
        panel_key = self._draft.claim_key(key, title)
        self._draft.add(
            BarPanel(
                index=self._draft.panel_index,
                key=panel_key,
                title=title,
                sources=self._draft.sources(reads),
                note=note,
                always=always,
                slot=self._draft.table(reads, BAR_ROWS),
                unit=unit,
                format=written,
                color=color,
                references=marks,
                link=link_from(where, to),
                finished_slot=self._draft.mark(finished_to(reads)),
            )
        )

    def pie(
        self,
        title: str,
        table: Readable[object],
        *,
        key: str | None = None,
        unit: str | None = None,
        format: Format | FormatName | None = None,
        to: Target | None = None,
        note: str | None = None,
        always: bool = False,
    ) -> None:
        """Shares of a whole from rows of (label, value), such as ``orders.sum("amount", by="region")``; ``to`` as in
        ``bar``."""
        where = _where("pie", title)
        reads = _table(where, table)
        written = _format(where, format)
        panel_key = self._draft.claim_key(key, title)
        self._draft.add(
            PiePanel(
                index=self._draft.panel_index,
                key=panel_key,
                title=title,
                sources=self._draft.sources(reads),
                note=note,
                always=always,
                slot=self._draft.table(reads, PIE_ROWS),
                unit=unit,
                format=written,
                link=link_from(where, to),
            )
        )

    def table(
        self,
        title: str,
        table: Readable[object],
        *,
        columns: Iterable[str | Column] | None = None,
        rows: int | None = None,
        key: str | None = None,
        to: Target | None = None,
        note: str | None = None,
        always: bool = False,
    ) -> None:
        """The first ``rows`` rows (default: those of a ``.tail(n)``, else 50); None shows all ``columns``; ``to`` as
        in ``bar``, from a row."""
        where = _where("table", title)
        reads = _table(where, table)
        shown = columns_from(where, columns)
        max_rows = _max_rows(where, reads, rows)
        panel_key = self._draft.claim_key(key, title)
        self._draft.add(
            TablePanel(
                index=self._draft.panel_index,
                key=panel_key,
                title=title,
                sources=self._draft.sources(reads),
                note=note,
                always=always,
                slot=self._draft.table(reads, max_rows),
                columns=shown,
                link=link_from(where, to),
                finished_slot=self._draft.mark(finished_to(reads)),
            )
        )

    def text(self, title: str | None, body: str, *, key: str | None = None, note: str | None = None) -> None:
        """Plain text; blank lines separate paragraphs."""
        if not isinstance(body, str):
            raise UsageError(f"{_where('text', title or '')} needs its body as a text, got {body!r}")
        panel_key = self._draft.claim_key(key, title or body[:_TEXT_KEY_CHARS])
        self._draft.add(
            TextPanel(index=self._draft.panel_index, key=panel_key, title=title or "", sources=(), note=note, body=body)
        )

    def filter(
        self,
        column: str,
        *,
        label: str | None = None,
        name: str | None = None,
        options: Iterable[object] | None = None,
        type: type[str] | type[int] | type[float] = str,
        several: bool = False,
    ) -> None:
        """Let viewers choose a value of a column: all tables of the screen that have it show only those rows.

        A query whose SQL names it, as ``:name``, gets the value as a bound parameter of that ``type`` instead, NULL
        while nothing is chosen. ``name`` (default: the column's) is that of the parameter, in the address too.
        ``options``: what can be chosen; None offers the values that the tables have. ``several`` at a time, where no
        SQL names it.
        """
        self._draft.add_control(filter_spec(column, name, options, type, several), label or column)

    def search(self, name: str = "q", *, label: str | None = None, columns: Iterable[str] = ()) -> None:
        """Let viewers search: all tables of the screen with columns of text show only the rows that contain it.

        ``columns``: where it is looked for. A query whose SQL names it gets the text as a bound parameter instead.
        """
        self._draft.add_control(search_spec(name, columns), label or "")

    def range(self, default: Duration = "24h", *, spans: Iterable[Duration] = SPANS, label: str | None = None) -> None:
        """Let viewers pick the time range, up to now or from one moment to another; call it before the charts.

        It is that of all line charts over time, and of each ``.last(…, follows=True)``. A chart without a window of
        its own shows ``default``.
        """
        self._draft.add_control(range_spec(default, spans), label or "")

    def columns(self, count: int) -> ColumnsBlock:
        """``with ui.columns(4):`` puts the panels inside side by side, at most ``count`` in a row."""
        if not is_count(count, 1, COLUMNS_MAX):
            raise UsageError(f"columns() needs a whole number from 1 to {COLUMNS_MAX}, got {count!r}")
        return self._draft.grid.columns(count)

    def section(self, title: str) -> SectionBlock:
        """Start a titled section, until the next one or, as a ``with`` block, until its end."""
        if not is_name(title):
            raise UsageError(f"section() needs a title, got {title!r}")
        self._draft.grid.start_section(title)
        return SectionBlock(self._draft.grid)


def _where(kind: str, title: str) -> str:
    if not isinstance(title, str):
        raise UsageError(f"ui.{kind}() needs its title first, a text, got {title!r}")
    return f"ui.{kind}({title!r})"


def _format(where: str, value: object) -> Format:
    return format_from(value, f"{where}: format") or Format()


def _table(where: str, value: object) -> Readable[object]:
    reads = require_table(where, value)
    check_keeps(where, reads)
    return reads


def _max_rows(where: str, reads: Readable[object], rows: int | None) -> int:
    if rows is None:
        return min(reads.num_rows, ROWS_MAX) if isinstance(reads, Tail) else TABLE_ROWS
    if not is_count(rows, 1, ROWS_MAX):
        raise UsageError(f"{where}: rows must be a whole number from 1 to {ROWS_MAX}, got {rows!r}")
    return rows
