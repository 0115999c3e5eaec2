"""From a plan to screens that run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, cast

from cadran.metrics.metric import metric
from cadran.open.files import files
from cadran.open.plan import (
    Breakdown,
    FileOrigin,
    Kpi,
    Lines,
    Number,
    ProgramPlan,
    Read,
    Rows,
    ScreenPlan,
    Shown,
    Trace,
    Where,
)
from cadran.open.steps import per_step
from cadran.polars_when_used import pl
from cadran.readable import Points, Readable, TableReadable
from cadran.screen.columns import column
from cadran.screen.layout import Column
from cadran.screen.program import Program
from cadran.screen.screen import DashboardScreen
from cadran.screen.tokens import DesignTokens
from cadran.screen.ui import Ui
from cadran.sources import Database, database
from cadran.sources.database import MAX_ROWS

KPI_COLUMNS = 4


def program_of(plan: ProgramPlan) -> Program:
    """Return the program that a plan describes. Opens nothing."""
    if isinstance(plan.origin, FileOrigin):
        path = plan.origin.path
        tables: list[TableReadable] = [
            files(path, every=one.read.every, time=one.read.time, name=one.read.label) for one in plan.screens
        ]
    else:
        opened = database(plan.origin.url)
        tables = [query_of(opened, one.read) for one in plan.screens]
    return Program([ProposedScreen(one, table) for one, table in zip(plan.screens, tables, strict=True)])


def query_of(opened: Database, read: Read) -> TableReadable:
    """Return the query that reads one table."""
    assert read.sql is not None
    return opened.query(
        read.sql,
        cursor=read.cursor,
        time=read.time,
        key=read.key,
        every=read.every,
        keep=read.keep,
        max_rows=MAX_ROWS if read.max_rows is None else read.max_rows,
        name=read.label,
    )


class ProposedScreen(DashboardScreen):
    """One table: cards, lines over time, breakdowns, rows."""

    def __init__(self, plan: ScreenPlan, rows: TableReadable) -> None:
        super().__init__(plan.title, slug=plan.slug, zone=plan.zone)
        self.plan = plan
        self._rows = rows
        # A metric is one value wherever it is shown, and made once: two are never equal.
        self._series = {
            (chart, index): _series_of(rows, plan.read, trace)
            for chart, lines in enumerate(plan.lines)
            for index, trace in enumerate(lines.traces)
        }

    def render(self, ui: Ui, tokens: DesignTokens) -> None:
        plan = self.plan
        with ui.columns(columns_of_kpis(len(plan.kpis))):
            for kpi in plan.kpis:
                _add_kpi(ui, self._rows, kpi)
        for columns, charts in blocks_of(plan):
            with ui.columns(columns):
                for chart in charts:
                    if isinstance(chart, Lines):
                        self._add_lines(ui, chart)
                    else:
                        _add_breakdown(ui, self._rows, chart)
        _add_rows(ui, self._rows, plan.rows)

    def _add_lines(self, ui: Ui, lines: Lines) -> None:
        chart = self.plan.lines.index(lines)
        series = [self._series[chart, index] for index in range(len(lines.traces))]
        ui.line(
            lines.title, *series, key=lines.key, window=lines.window, format=lines.format, unit=lines.unit,
            y_min=lines.y_min, note=lines.note,
        )  # fmt: skip


def columns_of_kpis(num_kpis: int) -> int:
    """Return how many cards stand side by side: no row is left with a hole, but one of a single card."""
    return num_kpis if num_kpis > 1 else KPI_COLUMNS


def blocks_of(plan: ScreenPlan) -> list[tuple[int, list[Lines | Breakdown]]]:
    """Return the charts in rows without holes: how many stand side by side, and which."""
    charts: list[Lines | Breakdown] = [*plan.lines, *plan.breakdowns]
    if not charts:
        return []
    if len(charts) <= 3:
        return [(len(charts), charts)]
    if len(charts) == 4:
        return [(2, charts)]
    lines, parts = list(plan.lines), list(plan.breakdowns)
    blocks: list[tuple[int, list[Lines | Breakdown]]] = [(2 if len(lines) in (2, 4) else len(lines), [*lines])]
    return [*blocks, (len(parts), [*parts])]


def number_of(rows: TableReadable, number: Number) -> Readable[object]:
    """Return what a card shows."""
    part = where(rows, number.where)
    if number.operation == "latest":
        assert number.column is not None
        return part.series(number.column)
    if number.window is not None:
        part = part.last(number.window, until=number.until)
    if number.operation == "count":
        return part.count()
    assert number.column is not None
    if number.operation == "distinct":
        return part.distinct(number.column).count()
    operations: dict[str, Callable[[str], Readable[object]]] = {
        "sum": part.sum, "mean": part.mean, "min": part.min, "max": part.max,
    }  # fmt: skip
    return operations[number.operation](number.column)


def where(rows: TableReadable, conditions: Where) -> TableReadable:
    """Return the rows that fit all conditions."""
    return rows.where(dict(conditions)) if conditions else rows


def _add_kpi(ui: Ui, rows: TableReadable, kpi: Kpi) -> None:
    compare: str | None = kpi.compare
    ui.kpi(
        kpi.title, number_of(rows, kpi.number), key=kpi.key, format=kpi.format, unit=kpi.unit, icon=kpi.icon,
        compare=compare, spark=kpi.spark, note=kpi.note,
    )  # fmt: skip


def _add_breakdown(ui: Ui, rows: TableReadable, part: Breakdown) -> None:
    of = where(rows, part.where)
    of = of if part.window is None else of.last(part.window)
    table: TableReadable
    if part.operation == "count" or part.column is None:
        table = of.count(by=part.by)
    else:
        table = of.sum(part.column, by=part.by) if part.operation == "sum" else of.mean(part.column, by=part.by)
    show = ui.pie if part.kind == "pie" else ui.bar
    show(part.title, table, key=part.key, format=part.format, unit=part.unit)


def _add_rows(ui: Ui, rows: TableReadable, shown: Rows) -> None:
    table = rows if shown.tail is None else rows.tail(shown.tail)
    ui.table(shown.title, table, columns=columns_of(shown.columns), key=shown.key, note=shown.note)


def columns_of(shown: Iterable[Shown]) -> list[Column] | None:
    """Return the columns of a table; None shows all."""
    return [column(one.name, one.title, format=one.format) for one in shown] or None


def _series_of(rows: TableReadable, read: Read, trace: Trace) -> Readable[Points]:
    if not trace.variable:
        of = where(rows, trace.where)
        if trace.step is None:
            assert trace.column is not None
            return of.series(trace.column).named(trace.label)
        buckets = of.resample(trace.step, zone=trace.zone)
        if trace.operation == "count" or trace.column is None:
            return buckets.count().named(trace.label)
        by_step = buckets.sum(trace.column) if trace.operation == "sum" else buckets.mean(trace.column)
        return by_step.named(trace.label)
    assert read.time is not None
    assert trace.step is not None
    time, step = read.time, cast(Literal["month"], trace.step)  # or a duration

    def compute(table: pl.DataFrame) -> Points:
        return per_step(table, time, step, trace.column, mean=trace.operation == "mean")

    return metric(where(rows, trace.where), name=trace.label)(compute)
