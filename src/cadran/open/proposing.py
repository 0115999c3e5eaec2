"""From what a table holds to a screen: which cards, lines, breakdowns and rows, in which order. Reads nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cadran.open.choosing import categories_of, main_measure, main_time, measures_of, shown_of
from cadran.open.columns import ColumnRole, roles_of
from cadran.open.facts import TableFacts
from cadran.open.plan import Breakdown, Kpi, Lines, Number, Rows, ScreenPlan, Shown, StepOperation, Trace
from cadran.open.reading import read_of, time_name
from cadran.open.spans import STEPS, cadence_secs, span_of
from cadran.open.table import Table
from cadran.open.times import seconds_from
from cadran.open.wording import Writing, lower_title, title_of, words_of
from cadran.polars_when_used import pl
from cadran.readable import Floats
from cadran.screen.layout import Format
from cadran.screen.slug import slug_from

KPIS_MAX, CHARTS_MAX, LINES_MAX = 4, 4, 4
TABLE_ROWS = 50
PIE_MAX = 5


def propose(
    facts: TableFacts, now: float, *, variable: str, dialect: str | None, every: str, title: str | None, slug: str
) -> ScreenPlan:
    """Return a screen for a table. ``now``: wall seconds. ``dialect``: how its SQL is written; None for a file."""
    roles = roles_of(facts)
    time = main_time(roles)
    times = np.empty(0)
    span = None
    if time is not None and time.time is not None:
        found = seconds_from(facts.sample[time.name], time.time.kind)
        times = found[np.isfinite(found)]
        span = span_of(times, time.time.oldest, now) if times.size else None
    measures, categories = measures_of(roles), categories_of(roles)
    shown = shown_of(facts, roles, time)
    used = [one.name for one in [*shown, *measures, *categories, *([time] if time else [])]]
    read = read_of(facts, roles, time, span, used, dialect=dialect, variable=variable, every=every)
    table = Table(
        facts, roles, title_of(facts.name, is_table=True), time, span, times, measures, categories,
        _cadence(times, roles), _money(roles), read,
    )  # fmt: skip
    kpis, lines = _kpis(table), _lines(table)
    parts, rows = _breakdowns(table, has_lines=bool(lines)), _rows(table, shown, dialect)
    return ScreenPlan(
        title=title or table.noun, slug=slug, read=read, kpis=kpis, lines=lines, breakdowns=parts, rows=rows
    )


def _cadence(times: Floats, roles: tuple[ColumnRole, ...]) -> float | None:
    """Seconds between rows that are samples of something; rows that refer to others are events, however even."""
    return None if any(one.role == "reference" for one in roles) else cadence_secs(times)


def _money(roles: tuple[ColumnRole, ...]) -> str | None:
    for one in roles:
        if "currency" in words_of(one.name) and one.role == "category" and len(one.values) == 1:
            code = str(one.values[0]).upper()
            return code if len(code) == 3 and code.isalpha() and code.isascii() else None
    return None


# --- cards ---


def _kpis(table: Table) -> tuple[Kpi, ...]:
    kpis: list[Kpi] = []
    is_regular = table.cadence is not None
    compare = "previous" if table.span is not None and table.span.window and table.span.has_previous else None
    if not is_regular and (table.window is not None or not table.facts.has_more):
        number = Number(operation="count", window=table.window)
        kpis.append(
            Kpi(title=f"{table.counted}{table.during}", number=number, format=Format(decimals=0), compare=compare)
        )
    for one in sorted(table.measures, key=lambda one: not one.adds_up):
        if len(kpis) == KPIS_MAX:
            break
        kpis.append(_measure_kpi(table, one, is_regular, compare))
    main = main_measure(table.measures)
    if main is not None and not is_regular and len(kpis) < KPIS_MAX:
        writing = table.writing(main)
        words = f", mean of {table.span.words}" if table.span is not None and table.window else ", mean"
        number = Number(operation="mean", column=main.name, window=table.window)
        title = f"{title_of(main.name)}{words}"
        kpis.append(Kpi(title=title, number=number, format=_mean(writing.format), unit=writing.unit, compare=compare))
    if not kpis:
        note = "So many of the newest are read." if table.facts.has_more else None
        title = f"{table.noun} shown" if table.facts.has_more else table.counted
        kpis.append(Kpi(title=title, number=Number(operation="count"), format=Format(decimals=0), note=note))
    return tuple(replace(one, key=table.key_for(one.title)) for one in kpis)


def _measure_kpi(table: Table, one: ColumnRole, is_regular: bool, compare: str | None) -> Kpi:
    writing, title = table.writing(one), title_of(one.name)
    format, unit = writing.format, writing.unit
    if is_regular and table.window is not None and not one.adds_up:
        return Kpi(
            title=title, number=Number(operation="latest", column=one.name), format=format, unit=unit,
            compare=table.window,
        )  # fmt: skip
    if one.adds_up:
        number = Number(operation="sum", column=one.name, window=table.window)
        text = f"{title}{table.during}" if table.window else f"{title}, total"
        return Kpi(title=text, number=number, format=_large(format, one, table), unit=unit, compare=compare)
    number = Number(operation="mean", column=one.name, window=table.window)
    words = "" if table.span is None or not table.span.words else f" of {table.span.words}"
    text = f"{title}, mean{words}"
    return Kpi(title=text, number=number, format=_mean(format), unit=unit, compare=compare)


def _large(format: Format, one: ColumnRole, table: Table) -> Format:
    """How a sum is written: shortly where it is long."""
    largest = max(abs(one.low), abs(one.high)) * max(1, table.facts.num_rows)
    if format.kind in ("number", "currency") and largest >= 1e7:
        return Format(kind=format.kind, currency=format.currency, compact=True, decimals=1)
    return format


def _mean(format: Format) -> Format:
    """How a mean is written: one of whole numbers is none."""
    if format.kind == "number" and format.decimals == 0:
        return Format(compact=format.compact, decimals=None if format.compact else 1)
    return format


# --- lines ---


def _lines(table: Table) -> tuple[Lines, ...]:
    if table.time is None or table.span is None:
        return ()
    split = None if table.cadence is not None else _split_of(table)
    if table.cadence is not None:
        lines = _regular_lines(table)
    elif split is not None:
        lines = _split_lines(table, split)
    else:
        lines = _event_lines(table)
    return tuple(replace(one, key=table.key_for(one.title)) for one in lines[:CHARTS_MAX])


def _regular_lines(table: Table) -> list[Lines]:
    lines = []
    for group in _alike(table, table.measures):
        writing = table.writing(group[0])
        title = title_of(group[0].name) if len(group) == 1 else _common_title(group)
        title += table.during
        if len(group) == 1 and group[0].adds_up and table.span is not None and _is_dense(table):
            lines.append(_stepped(table, group[0]))
            continue
        traces = tuple(Trace(label=title_of(one.name), column=one.name) for one in group)
        lines.append(Lines(title=title, traces=traces, window=table.window, format=writing.format, unit=writing.unit))
    return lines


def _is_dense(table: Table) -> bool:
    """Whether a step holds several rows, so that adding them up says more than a line through all."""
    assert table.span is not None
    return table.cadence is not None and STEPS[table.span.step] >= 5 * table.cadence


def _event_lines(table: Table) -> list[Lines]:
    assert table.span is not None
    if _is_sparse(table):
        return []
    title = f"{table.counted} per {table.span.step_words}"
    trace = _trace(table, table.noun, None, "count", title)
    lines = [Lines(title=title, traces=(trace,), window=table.window, format=Format(decimals=0), note=_note(table))]
    best = sorted(table.measures, key=lambda one: not one.adds_up)
    return lines + [_stepped(table, one) for one in best[: CHARTS_MAX - 1]]


def _is_sparse(table: Table) -> bool:
    """Whether the times are so few and far from each other that steps between them would all be empty."""
    times = np.unique(table.times)
    return times.size < 3 or float(np.median(np.diff(times))) > 4 * STEPS["7d"]


def _trace(table: Table, label: str, column: str | None, operation: StepOperation, title: str) -> Trace:
    """One line by steps: to the present where rows come, to the newest row where they ended."""
    assert table.span is not None
    step = table.span.step
    if table.window is None:
        return Trace(label=label, column=column, step=step, operation=operation, variable=_identifier(title))
    zone = "UTC" if STEPS[step] % STEPS["1d"] == 0 else None
    return Trace(label=label, column=column, step=step, zone=zone, operation=operation)


def _stepped(table: Table, one: ColumnRole) -> Lines:
    """A measure added up, or averaged, for each step."""
    assert table.span is not None
    writing, per = table.writing(one), table.span.step_words
    operation: StepOperation = "sum" if one.adds_up else "mean"
    title = f"{title_of(one.name)} per {per}" if one.adds_up else f"{title_of(one.name)}, mean per {per}"
    trace = _trace(table, title_of(one.name), one.name, operation, title)
    format = writing.format if one.adds_up else _mean(writing.format)
    return Lines(title=title, traces=(trace,), window=table.window, format=format, unit=writing.unit, note=_note(table))


def _note(table: Table) -> str | None:
    return "The last step is not over yet." if table.window is not None else None


def _split_of(table: Table) -> ColumnRole | None:
    """Return the category that parts the rows into series of their own: with it, each time is there once."""
    if table.time is None or table.time.time is None or not table.measures:
        return None
    sample = table.facts.sample
    for one in table.categories:
        both = sample.select(pl.col(table.time.name), pl.col(one.name)).drop_nulls()
        num_times = both[table.time.name].n_unique()
        if both.height >= 8 and both.n_unique() == both.height and num_times <= 0.75 * both.height:
            return one
    return None


def _split_lines(table: Table, split: ColumnRole) -> list[Lines]:
    lines = []
    for one in table.measures:
        writing, title = table.writing(one), f"{title_of(one.name)} by {lower_title(split.name)}{table.during}"
        traces = tuple(
            Trace(label=str(value), column=one.name, where=(split.name, value))
            for value in split.values[:PIE_MAX]
        )  # fmt: skip
        lines.append(Lines(title=title, traces=traces, window=table.window, format=writing.format, unit=writing.unit))
    return lines


def _alike(table: Table, measures: list[ColumnRole]) -> list[list[ColumnRole]]:
    """Group measures that share a word of their names, the writing and the magnitude: they are one chart."""
    groups: list[list[ColumnRole]] = []
    for one in measures:
        for group in groups:
            if len(group) < LINES_MAX and all(_are_alike(table, one, other) for other in group):
                group.append(one)
                break
        else:
            groups.append([one])
    return groups


def _are_alike(table: Table, one: ColumnRole, other: ColumnRole) -> bool:
    words, others = words_of(one.name), words_of(other.name)
    prices = {"open", "high", "low", "close"}
    shares_word = bool({words[0], words[-1]} & {others[0], others[-1]}) if words and others else False
    is_price = bool(prices & set(words)) and bool(prices & set(others))
    sizes = sorted(max(abs(each.low), abs(each.high), 1e-9) for each in (one, other))
    is_same_writing = table.writing(one).format.kind == table.writing(other).format.kind
    return (shares_word or is_price) and is_same_writing and sizes[1] <= 5 * sizes[0] and one.adds_up == other.adds_up


def _common_title(group: list[ColumnRole]) -> str:
    words = [words_of(one.name) for one in group]
    common = [word for word in words[0] if all(word in other for other in words[1:])]
    if common:
        return title_of(" ".join(common))
    return ", ".join(title_of(one.name) if index == 0 else lower_title(one.name) for index, one in enumerate(group))


# --- breakdowns and rows ---


def _breakdowns(table: Table, *, has_lines: bool) -> tuple[Breakdown, ...]:
    measure = main_measure(table.measures)
    is_split = table.time is not None and table.cadence is None and _split_of(table) is not None
    found = []
    for one in table.categories:
        operation: StepOperation = "count"
        what, writing = table.counted, Writing(Format(decimals=0))
        if measure is not None:
            operation, what, writing = "sum", title_of(measure.name), table.writing(measure)
            writing = Writing(_large(writing.format, measure, table), writing.unit)
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
        found += _means(table, KPIS_MAX - 1 - len(found))
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
                key=table.key_for(title), format=_mean(writing.format), unit=writing.unit,
            )
        )  # fmt: skip
    return found


def _rows(table: Table, shown: list[ColumnRole], dialect: str | None) -> Rows:
    time, _ = time_name(table.facts, table.time, dialect)
    columns = tuple(_shown(table, one, time) for one in shown)
    own = {one.name for one in table.facts.columns}
    is_ordered = table.time is not None or table.facts.order in own or table.facts.has_more
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


def _identifier(text: str) -> str:
    name = "".join(char if char.isascii() and char.isalnum() else "_" for char in slug_from(text).replace("-", "_"))
    return name if name and not name[0].isdigit() else f"of_{name}".rstrip("_")
