"""Which cards a screen has: how many rows, what adds up, what is averaged, what is so or not."""

from __future__ import annotations

from dataclasses import replace

from cadran.open.choosing import main_measure
from cadran.open.columns import ColumnRole
from cadran.open.plan import Kpi, Number, NumberOperation, Where
from cadran.open.series import rows_of, split_of, value_title
from cadran.open.table import Table
from cadran.open.wording import title_of
from cadran.screen.layout import Format

KPIS_MAX = 4


def cards_of(table: Table) -> tuple[Kpi, ...]:
    """Return the cards of a table's screen, at least one."""
    if table.long is not None:
        kpis = _of_each(table, table.long)
    elif (split := split_of(table)) is not None and table.cadence is None and main_measure(table.measures) is None:
        kpis = _of_each(table, split)
    else:
        kpis = _usual(table)
    # A sparkline's parts are no whole days: of days it would show what is not there.
    spark = False if table.time is not None and table.time.time is not None and table.time.time.is_date else None
    return tuple(replace(one, key=table.key_for(one.title), spark=spark) for one in kpis)


def _usual(table: Table) -> list[Kpi]:
    kpis: list[Kpi] = []
    is_regular = table.cadence is not None
    is_whole = table.card_window is not None or not table.facts.has_more
    if not is_regular and is_whole:
        number = Number(operation="count", window=table.card_window, until=table.card_until)
        title = f"{table.counted}, {table.card_words}" if table.card_words else table.counted
        kpis.append(Kpi(title=title, number=number, format=Format(decimals=0), compare=table.compare))
    for one in sorted(table.measures, key=lambda one: not one.adds_up):
        if len(kpis) < KPIS_MAX:
            kpis.append(_measured(table, one, is_regular))
    for flag in [one for one in table.roles if one.role == "flag" and one.num_distinct > 1] if is_whole else ():
        if len(kpis) < KPIS_MAX:
            kpis.append(_share(table, flag))
    main = main_measure(table.measures)
    if main is not None and not is_regular and len(kpis) < KPIS_MAX:
        kpis.append(_mean(table, main, title_of(main.name)))
    if not kpis:
        title = f"{table.noun} shown"
        note = "So many of the newest are read."
        kpis.append(Kpi(title=title, number=Number(operation="count"), format=Format(decimals=0), note=note))
    if len(kpis) == 1 and not table.facts.has_more and table.window is None:
        kpis += _different(table)
    return kpis


def _number(table: Table, operation: NumberOperation, column: str, where: Where = ()) -> Number:
    return Number(operation=operation, column=column, window=table.card_window, until=table.card_until, where=where)


def _measured(table: Table, one: ColumnRole, is_regular: bool) -> Kpi:
    writing, title = table.writing(one), title_of(one.name)
    format, unit = writing.format, writing.unit
    if is_regular and table.window is not None and not one.adds_up:
        number = Number(operation="latest", column=one.name)
        return Kpi(title=title, number=number, format=format, unit=unit, compare=table.window)
    if one.adds_up:
        text = f"{title}, {table.card_words}" if table.card_window else f"{title}, total"
        number, format = _number(table, "sum", one.name), large_format(format, one, table)
        return Kpi(title=text, number=number, format=format, unit=unit, compare=table.compare)
    return _mean(table, one, title)


def _mean(table: Table, one: ColumnRole, title: str, where: Where = ()) -> Kpi:
    writing = table.writing(one)
    words = f" of {table.card_words}" if table.card_words else ""
    return Kpi(
        title=f"{title}, mean{words}", number=_number(table, "mean", one.name, where), unit=writing.unit,
        format=mean_format(writing.format, one), compare=table.compare,
    )  # fmt: skip


def _share(table: Table, flag: ColumnRole) -> Kpi:
    words = f" of {table.card_words}" if table.card_words else ""
    return Kpi(
        title=f"{title_of(flag.name)}, share{words}", number=_number(table, "mean", flag.name),
        format=Format(kind="percent", whole=1.0, decimals=1), compare=table.compare,
    )  # fmt: skip


def _of_each(table: Table, split: ColumnRole) -> list[Kpi]:
    """A card for each value of a category whose rows are series of their own."""
    one, kpis = table.measures[0], []
    for value in split.values[:KPIS_MAX]:
        title = value_title(table, split, value)
        of = rows_of(table, split, value)
        where: Where = ((split.name, value),)
        if table.long is None and table.span is not None and table.span.ended is None:
            writing = of.writing(one)
            number = Number(operation="latest", column=one.name, where=where)
            kpis.append(Kpi(title=title, number=number, format=writing.format, unit=writing.unit, compare=table.window))
        else:
            kpis.append(_mean(of, of.measures[0], title, where))
    return kpis


def _different(table: Table) -> list[Kpi]:
    """How many different values the columns of text have, where nothing else can be told of a table."""
    found = [one for one in table.roles if one.role in ("category", "text") and one.share_known >= 0.5]
    found = [one for one in found if 2 <= one.num_distinct <= 0.9 * table.facts.sample.height]
    return [
        Kpi(
            title=f"{title_of(one.name)}, different values", number=Number(operation="distinct", column=one.name),
            format=Format(decimals=0),
        )
        for one in found[: KPIS_MAX - 1]
    ]  # fmt: skip


def large_format(format: Format, one: ColumnRole, table: Table) -> Format:
    """How a sum is written: shortly where it is long."""
    largest = max(abs(one.low), abs(one.high)) * max(1, table.facts.num_rows)
    if format.kind in ("number", "currency") and largest >= 1e7:
        return Format(kind=format.kind, currency=format.currency, compact=True, decimals=1)
    return format


def mean_format(format: Format, one: ColumnRole) -> Format:
    """How a mean is written: one of whole numbers is none."""
    if format.kind == "number" and format.decimals == 0:
        decimals = 2 if max(abs(one.low), abs(one.high)) < 20 else 1
        return Format(compact=format.compact, decimals=None if format.compact else decimals)
    return format
