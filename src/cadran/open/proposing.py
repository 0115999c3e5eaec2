"""From what a table holds to a screen: which cards, lines, breakdowns and rows, in which order. Reads nothing."""

from __future__ import annotations

import numpy as np

from cadran.open.amounts import with_amounts
from cadran.open.cards import cards_of, large_format, mean_format
from cadran.open.charts import charts_of
from cadran.open.choosing import categories_of, main_measure, main_time, measures_of, shown_of
from cadran.open.columns import ColumnRole, roles_of
from cadran.open.facts import TableFacts
from cadran.open.plan import Breakdown, Rows, ScreenPlan, Shown, StepOperation
from cadran.open.reading import read_of, time_name
from cadran.open.series import long_of, rows_of, split_of, value_title
from cadran.open.spans import cadence_secs, span_of
from cadran.open.table import Table
from cadran.open.times import seconds_from
from cadran.open.wording import Writing, is_money, lower_title, title_of, words_of
from cadran.polars_when_used import pl
from cadran.readable import Floats
from cadran.screen.layout import Format

PARTS_MAX = 3
TABLE_ROWS = 50
PIE_MAX = 5


def propose(
    facts: TableFacts, now: float, *, variable: str, dialect: str | None, every: str, title: str | None, slug: str
) -> ScreenPlan:
    """Return a screen for a table. ``now``: wall seconds. ``dialect``: how its SQL is written; None for a file."""
    if dialect is not None and facts.sql is None:
        facts = with_amounts(facts, dialect)
    roles = roles_of(facts)
    time = main_time(roles, facts.num_rows)
    times = np.empty(0)
    span = None
    if time is not None and time.time is not None:
        found = seconds_from((facts.times if facts.times.width else facts.sample)[time.name], time.time.kind)
        times = found[np.isfinite(found)]
        oldest = min(time.time.oldest, float(times.min())) if times.size else 0.0
        span = (
            span_of(times, oldest, now, is_date=time.time.is_date, is_year=time.time.kind == "year")
            if times.size
            else None
        )
    measures, categories = measures_of(roles), categories_of(roles)
    shown = shown_of(facts, roles, time)
    used = [one.name for one in [*shown, *measures, *categories, *([time] if time else [])]]
    read = read_of(facts, roles, time, span, used, dialect=dialect, variable=variable, every=every)
    table = Table(
        facts, roles, title_of(facts.name, is_table=True), time, span, times, measures, categories,
        _cadence(times, roles), _money(roles), read,
        None if time is None else long_of(facts.sample, measures, categories),
    )  # fmt: skip
    kpis, lines = cards_of(table), charts_of(table)
    parts, rows = _breakdowns(table, has_lines=bool(lines)), _rows(table, shown, dialect)
    return ScreenPlan(
        title=title or table.noun, slug=slug, read=read, kpis=kpis, lines=lines, breakdowns=parts, rows=rows
    )


def _cadence(times: Floats, roles: tuple[ColumnRole, ...]) -> float | None:
    """Seconds between rows that are samples of something.

    Rows that refer to others, or hold amounts of money, are events however even; so are those named one by one.
    """
    is_event = any(
        one.role == "reference"
        or (one.role == "measure" and one.adds_up and is_money(one.name))
        or (one.role == "key" and one.dtype == pl.String)
        for one in roles
    )
    return None if is_event else cadence_secs(times)


def _money(roles: tuple[ColumnRole, ...]) -> str | None:
    for one in roles:
        if "currency" in words_of(one.name) and one.role == "category" and len(one.values) == 1:
            code = str(one.values[0]).upper()
            return code if len(code) == 3 and code.isalpha() and code.isascii() else None
    return None


# --- breakdowns and rows ---


def _breakdowns(table: Table, *, has_lines: bool) -> tuple[Breakdown, ...]:
    if table.long is not None:
        return _long_breakdowns(table, table.long)
    measure = main_measure(table.measures)
    is_split = table.time is not None and table.cadence is None and split_of(table) is not None
    found = []
    for one in table.categories:
        operation: StepOperation = "count"
        what, writing = table.counted, Writing(Format(decimals=0))
        if measure is not None:
            operation, what, writing = "sum", title_of(measure.name), table.writing(measure)
            writing = Writing(large_format(writing.format, measure, table), writing.unit)
        elif is_split and table.measures:
            measured = table.measures[0]
            operation, what, writing = "mean", title_of(measured.name), table.writing(measured)
        column = measure or (table.measures[0] if operation == "mean" else None)
        is_pie = one.num_distinct <= PIE_MAX and operation != "mean" and (column is None or column.low >= 0)
        is_mean = ", mean" if operation == "mean" else ""
        title = f"{what} by {lower_title(one.name)}{is_mean}{table.during}"
        found.append(
            Breakdown(
                kind="pie" if is_pie else "bar", title=title, operation=operation, by=one.name,
                column=None if column is None else column.name, window=table.window, key=table.key_for(title),
                format=writing.format, unit=writing.unit,
            )
        )  # fmt: skip
    if not has_lines:
        found += _means(table, PARTS_MAX - len(found))
    return tuple(found)


def _long_breakdowns(table: Table, long: ColumnRole) -> tuple[Breakdown, ...]:
    """Bars of the mean of each thing that is measured, by who or what it is measured of."""
    by = next((one for one in table.categories if one is not long and one.num_distinct > PIE_MAX), None)
    found = []
    for value in long.values[:PARTS_MAX] if by is not None else ():
        of = rows_of(table, long, value)
        writing, name = of.writing(of.measures[0]), value_title(table, long, value)
        title = f"{name} by {lower_title(by.name)}, mean{table.during}" if by is not None else name
        found.append(
            Breakdown(
                kind="bar", title=title, operation="mean", by=by.name if by is not None else "",
                column=of.measures[0].name, window=table.window, where=((long.name, value),),
                key=table.key_for(title), format=mean_format(writing.format, of.measures[0]), unit=writing.unit,
            )
        )  # fmt: skip
    return tuple(found)


def _means(table: Table, num_max: int) -> list[Breakdown]:
    """Bars of means, where there are no lines: what the first category says of the measures."""
    if not table.categories:
        return []
    by, found = table.categories[0], []
    for one in [one for one in table.measures if not one.adds_up][: max(0, num_max)]:
        writing, title = table.writing(one), f"{title_of(one.name)} by {lower_title(by.name)}, mean{table.during}"
        found.append(
            Breakdown(
                kind="bar", title=title, operation="mean", by=by.name, column=one.name, window=table.window,
                key=table.key_for(title), format=mean_format(writing.format, one), unit=writing.unit,
            )
        )  # fmt: skip
    return found


def _rows(table: Table, shown: list[ColumnRole], dialect: str | None) -> Rows:
    time, _ = time_name(table.facts, table.time, dialect)
    columns = tuple(_shown(table, one, time) for one in shown)
    own = {one.name for one in table.facts.columns}
    is_ordered = table.time is not None or (table.facts.is_growing_key and table.facts.order in own)
    is_ordered = is_ordered or table.facts.has_more
    what = lower_title(table.facts.name, is_table=True)
    if dialect is None and table.time is None:
        is_ordered = True  # a file that grows ends with the newest
    title = f"Newest {what}" if is_ordered else "Rows"
    if table.facts.sample.is_empty():
        columns = ()
    return Rows(title=title, columns=columns, tail=TABLE_ROWS if is_ordered else None, key=table.key_for(title))


def _shown(table: Table, one: ColumnRole, time: str | None) -> Shown:
    if one is table.time and time is not None:
        is_date = one.time is not None and one.time.is_date
        if one.time is not None and one.time.kind == "year" and time != one.name:
            return Shown(name=one.name, title=title_of(one.name), format=Format(kind="text"))
        return Shown(
            name=time,
            title=title_of(one.name),
            format=Format(kind="date", date_style="date" if is_date else "datetime"),
        )
    if one.role == "measure":
        writing = table.writing(one)
        unit = f", {writing.unit}" if writing.unit else ""
        format = writing.format
        if format.compact:
            format = Format(kind=format.kind, currency=format.currency, decimals=0 if one.is_whole else None)
        return Shown(name=one.name, title=title_of(one.name) + unit, format=format)
    if one.role == "place":
        return Shown(name=one.name, title=title_of(one.name), format=Format(decimals=4))
    if one.role in ("key", "reference", "text", "category") and one.dtype.is_numeric():
        return Shown(name=one.name, title=title_of(one.name), format=Format(kind="text"))
    if one.role == "time" and one.time is not None and one.time.is_date:
        return Shown(name=one.name, title=title_of(one.name), format=Format(kind="date", date_style="date"))
    return Shown(name=one.name, title=title_of(one.name))
