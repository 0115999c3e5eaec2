"""Which charts over time a screen has: rows as they are, counted, added up or averaged, by what parts them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cadran.open.cards import mean_format
from cadran.open.columns import ColumnRole
from cadran.open.plan import Lines, StepOperation, Trace, Where
from cadran.open.series import rows_of, split_of, value_title
from cadran.open.spans import CALENDAR, STEPS
from cadran.open.table import Table
from cadran.open.wording import lower_title, title_of, words_of
from cadran.screen.layout import Format
from cadran.screen.slug import slug_from

CHARTS_MAX, LINES_MAX = 4, 4
VALUES_MAX = 5


def charts_of(table: Table) -> tuple[Lines, ...]:
    """Return the charts over time; none for a table without one, or with times far from each other."""
    if table.time is None or table.span is None:
        return ()
    split = None if table.cadence is not None else split_of(table)
    if table.long is not None:
        lines = [] if _is_sparse(table) else _long_lines(table, table.long)
    elif table.cadence is not None:
        lines = _regular_lines(table)
    elif split is not None:
        lines = _split_lines(table, split)
    else:
        lines = [] if _is_sparse(table) else _event_lines(table)
    return tuple(replace(one, key=table.key_for(one.title)) for one in lines[:CHARTS_MAX])


def _regular_lines(table: Table) -> list[Lines]:
    lines = []
    for group in _alike(table, table.measures):
        writing = table.writing(group[0])
        title = title_of(group[0].name) if len(group) == 1 else _common_title(group)
        title += table.during
        if len(group) == 1 and group[0].adds_up and _is_dense(table):
            lines.append(_stepped(table, group[0]))
            continue
        traces = tuple(Trace(label=title_of(one.name), column=one.name) for one in group)
        lines.append(Lines(title=title, traces=traces, window=table.window, format=writing.format, unit=writing.unit))
    return lines


def _step_secs(table: Table) -> float:
    assert table.span is not None
    return {**STEPS, **CALENDAR}[table.span.step]


def _is_dense(table: Table) -> bool:
    """Whether a step holds several rows, so that adding them up says more than a line through all."""
    return table.cadence is not None and _step_secs(table) >= 5 * table.cadence


def _is_sparse(table: Table) -> bool:
    """Whether the times are so few and far from each other that steps between them would all be empty."""
    times = np.unique(table.times)
    return times.size < 3 or float(np.median(np.diff(times))) > 4 * max(_step_secs(table), STEPS["7d"])


def _event_lines(table: Table) -> list[Lines]:
    assert table.span is not None
    best = sorted(table.measures, key=lambda one: not one.adds_up)
    by = _levels(table)
    values: list[tuple[str, Where]] = [(table.noun, ())]
    title = f"{table.counted} per {table.span.step_words}"
    if by is not None:
        values = [(str(value), ((by.name, value),)) for value in by.values]
        title += f" by {lower_title(by.name)}"
    traces = tuple(_trace(table, label, None, "count", f"{title} {label}" if by else title, at) for label, at in values)
    note = _note(table)
    lines = [Lines(title=title, traces=traces, window=table.window, format=Format(decimals=0), y_min=0.0, note=note)]
    return lines + [_stepped(table, one) for one in best[: CHARTS_MAX - 1]]


def _levels(table: Table) -> ColumnRole | None:
    """Return the category by which rows are counted in lines of their own, where nothing of them adds up."""
    if table.window is None or any(one.adds_up for one in table.measures):
        return None  # of data that ended, each line would end with the last row of its own
    found = (one for one in table.categories if one.num_distinct <= VALUES_MAX and one.share_known > 0.95)
    return next((one for one in found if isinstance(one.values[0], str)), None)


def _trace(
    table: Table, label: str, column: str | None, operation: StepOperation, title: str, where: Where = ()
) -> Trace:
    """One line by steps: to the present where rows come, to the newest row where they ended."""
    assert table.span is not None
    step = table.span.step
    if table.window is None:
        variable = _identifier(title)
        return Trace(label=label, column=column, step=step, operation=operation, variable=variable, where=where)
    zone = "UTC" if STEPS[step] % STEPS["1d"] == 0 else None
    return Trace(label=label, column=column, step=step, zone=zone, operation=operation, where=where)


def _stepped(table: Table, one: ColumnRole) -> Lines:
    """A measure added up, or averaged, for each step."""
    assert table.span is not None
    writing, per = table.writing(one), table.span.step_words
    operation: StepOperation = "sum" if one.adds_up else "mean"
    title = f"{title_of(one.name)} per {per}" if one.adds_up else f"{title_of(one.name)}, mean per {per}"
    trace = _trace(table, title_of(one.name), one.name, operation, title)
    format = writing.format if one.adds_up else mean_format(writing.format, one)
    y_min = 0.0 if one.adds_up and one.low >= 0 else None
    return Lines(
        title=title, traces=(trace,), window=table.window, format=format, unit=writing.unit, y_min=y_min,
        note=_note(table),
    )  # fmt: skip


def _note(table: Table) -> str | None:
    assert table.span is not None
    if table.window is not None:
        return "The last step is not over yet."
    return f"The first and the last {table.span.step_words} may be only part of one."


def _long_lines(table: Table, long: ColumnRole) -> list[Lines]:
    """A chart for each thing that is measured, with a line for each value of another category of few."""
    assert table.span is not None
    lines, measure = [], table.measures[0]
    by = next((one for one in table.categories if one is not long and one.num_distinct <= VALUES_MAX), None)
    for value in long.values[:CHARTS_MAX]:
        of, title = rows_of(table, long, value), value_title(table, long, value)
        writing, where = of.writing(of.measures[0]), ((long.name, value),)
        parts: list[tuple[str, Where]] = [(title_of(str(value)), where)]
        if by is not None:
            title += f" by {lower_title(by.name)}"
            parts = [(str(part), (*where, (by.name, part))) for part in by.values]
        traces = tuple(_trace(table, label, measure.name, "mean", f"{title} {label}", at) for label, at in parts)
        format, note = mean_format(writing.format, of.measures[0]), f"Means per {table.span.step_words}. {_note(table)}"
        lines.append(
            Lines(title=title, traces=traces, window=table.window, format=format, unit=writing.unit, note=note)
        )
    return lines


def _split_lines(table: Table, split: ColumnRole) -> list[Lines]:
    lines = []
    for one in table.measures:
        writing, title = table.writing(one), f"{title_of(one.name)} by {lower_title(split.name)}{table.during}"
        traces = tuple(
            Trace(label=str(value), column=one.name, where=((split.name, value),))
            for value in split.values[:VALUES_MAX]
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


def _identifier(text: str) -> str:
    name = "".join(char if char.isascii() and char.isalnum() else "_" for char in slug_from(text).replace("-", "_"))
    return name if name and not name[0].isdigit() else f"of_{name}".rstrip("_")
