"""From a plan to the Python program that shows the same: readable, formatted, to go on from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cadran.open.plan import (
    Breakdown,
    DatabaseOrigin,
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
from cadran.open.screens import blocks_of, columns_of_kpis
from cadran.open.texts import CHAIN, call, list_of, literal, sql_text
from cadran.screen.layout import Format


def program_text(plan: ProgramPlan, file_name: str) -> str:
    """Return the program of a plan. ``file_name``: under which it is saved, for the line that says how to run it."""
    traces = [trace for screen in plan.screens for lines in screen.lines for trace in lines.traces if trace.variable]
    helpers = []
    if isinstance(plan.origin, FileOrigin):
        helpers.append("files")
    if traces:
        helpers.append("per_step")
    parts = [_head(plan, file_name, helpers, has_metrics=bool(traces))]
    if isinstance(plan.origin, DatabaseOrigin):
        parts.append(call("db = cd.database", [literal(plan.origin.url)], ""))
    reads = "\n\n".join(_read(one.read, plan.origin) for one in plan.screens)
    parts.append(reads)
    text = "\n\n".join(parts)
    for screen in plan.screens:
        for lines in screen.lines:
            for trace in lines.traces:
                if trace.variable:
                    text += "\n\n\n" + _metric(screen.read, trace)
        text += "\n\n\n" + _screen(screen)
    return text + "\n"


def _head(plan: ProgramPlan, file_name: str, helpers: list[str], *, has_metrics: bool) -> str:
    titles = ", ".join(one.title.replace("\\", "\\\\").replace('"', "'") for one in plan.screens[:5])
    more = " …" if len(plan.screens) > 5 else ""
    lines = [f'"""{titles}{more}: proposed by cadran open. Show it: cadran run {file_name}"""', ""]
    if has_metrics:
        lines += ["import polars as pl", ""]
    lines.append("import cadran as cd")
    if helpers:
        lines.append(f"from cadran.open import {', '.join(helpers)}")
    return "\n".join(lines)


def _read(read: Read, origin: DatabaseOrigin | FileOrigin) -> str:
    more = {
        "cursor": read.cursor, "time": read.time, "key": read.key, "every": read.every, "keep": read.keep,
    }  # fmt: skip
    named = [f"{name}={literal(value)}" for name, value in more.items() if value is not None]
    if read.max_rows is not None:
        named.append(f"max_rows={read.max_rows}")
    named.append(f"name={literal(read.label)}")
    if isinstance(origin, FileOrigin):
        return call(f"{read.variable} = files", [literal(origin.path), *named], "")
    assert read.sql is not None
    return call(f"{read.variable} = db.query", [sql_text(read.sql, "    "), *named], "")


def _metric(read: Read, trace: Trace) -> str:
    assert read.time is not None
    assert trace.step is not None
    arguments = ["rows", literal(read.time), literal(trace.step)]
    if trace.column is not None:
        arguments.append(literal(trace.column))
    arguments += ["mean=True"] if trace.operation == "mean" else []
    body = call("return per_step", arguments, "    ")
    head = call("@cd.metric", [_where(read.variable, trace.where), f"name={literal(trace.label)}"], "")
    return f"{head}\ndef {trace.variable}(rows: pl.DataFrame) -> cd.Points:\n{body}"


def _screen(screen: ScreenPlan) -> str:
    head = call(
        "@cd.screen",
        [literal(screen.title), f"slug={literal(screen.slug)}", f"zone={literal(screen.zone)}"],
        "",
    )
    rows = screen.read.variable
    body = _block(columns_of_kpis(len(screen.kpis)), [_kpi(rows, one) for one in screen.kpis])
    for columns, charts in blocks_of(screen):
        body += _block(columns, [_chart(rows, one) for one in charts])
    body.append(_rows(rows, screen.rows))
    return f"{head}\ndef {rows}_screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:\n" + "\n".join(body)


def _block(columns: int, calls: Sequence[tuple[str, list[str]]]) -> list[str]:
    if not calls:
        return []
    return [f"    with ui.columns({columns}):", *(call(name, arguments, " " * 8) for name, arguments in calls)]


def _kpi(rows: str, kpi: Kpi) -> tuple[str, list[str]]:
    more = [
        *_text("key", kpi.key), *_format(kpi.format), *_text("unit", kpi.unit), *_text("icon", kpi.icon),
        *_text("compare", kpi.compare), *([] if kpi.spark is None else [f"spark={kpi.spark}"]),
        *_text("note", kpi.note),
    ]  # fmt: skip
    return "ui.kpi", [literal(kpi.title), _number(rows, kpi.number), *more]


def _number(rows: str, number: Number) -> str:
    column = "" if number.column is None else literal(number.column)
    part = _where(rows, number.where)
    if number.operation == "latest":
        return f"{part}.series({column})"
    part = _part(part, number.window, number.until)
    if number.operation == "distinct":
        return f"{part}.distinct({column}).count()"
    return f"{part}{CHAIN if part != rows else ''}.{number.operation}({column})"


def _where(rows: str, conditions: Where) -> str:
    written = ", ".join(f"{literal(column)}: {_value(value)}" for column, value in conditions)
    return f"{rows}.where({{{written}}})" if conditions else rows


def _part(rows: str, window: str | None, until: str | None = None) -> str:
    ended = "" if until is None else f", until={literal(until)}"
    joint = CHAIN if rows.endswith(")") else ""
    return rows if window is None else f"{rows}{joint}.last({literal(window)}{ended})"


def _chart(rows: str, chart: Lines | Breakdown) -> tuple[str, list[str]]:
    return _lines(rows, chart) if isinstance(chart, Lines) else _breakdown(rows, chart)


def _series(rows: str, trace: Trace) -> str:
    if trace.variable:
        return trace.variable
    part = _where(rows, trace.where)
    column = "" if trace.column is None else literal(trace.column)
    if trace.step is None:
        text = f"{part}{CHAIN if trace.where else ''}.series({column})"
    else:
        zone = "" if trace.zone is None else f", zone={literal(trace.zone)}"
        operation = f"{trace.operation}({'' if trace.operation == 'count' else column})"
        first = CHAIN if trace.where else ""
        text = f"{part}{first}.resample({literal(trace.step)}{zone}){CHAIN}.{operation}"
    return f"{text}{CHAIN}.named({literal(trace.label)})"


def _value(value: object) -> str:
    return literal(value) if isinstance(value, str) else repr(value)


def _lines(rows: str, lines: Lines) -> tuple[str, list[str]]:
    series = [_series(rows, trace) for trace in lines.traces]
    more = [
        *_text("key", lines.key), *_text("window", lines.window), *_format(lines.format), *_text("unit", lines.unit),
        *([] if lines.y_min is None else [f"y_min={lines.y_min:g}"]), *_text("note", lines.note),
    ]  # fmt: skip
    return "ui.line", [literal(lines.title), *series, *more]


def _breakdown(rows: str, part: Breakdown) -> tuple[str, list[str]]:
    by = f"by={literal(part.by)}"
    column = [] if part.column is None or part.operation == "count" else [literal(part.column)]
    of = _part(_where(rows, part.where), part.window)
    table = f"{of}{CHAIN if of != rows else ''}.{part.operation}({', '.join([*column, by])})"
    more = [*_text("key", part.key), *_format(part.format), *_text("unit", part.unit)]
    return f"ui.{part.kind}", [literal(part.title), table, *more]


def _rows(rows: str, shown: Rows) -> str:
    table = rows if shown.tail is None else f"{rows}.tail({shown.tail})"
    arguments = [literal(shown.title), table]
    if shown.columns:
        arguments.append("columns=" + list_of([_column(one) for one in shown.columns], "        "))
    arguments += [*_text("key", shown.key), *_text("note", shown.note)]
    return call("ui.table", arguments, "    ")


def _column(shown: Shown) -> str:
    format = [] if shown.format is None else [f"format={format_text(shown.format)}"]
    return f"cd.column({', '.join([literal(shown.name), literal(shown.title), *format])})"


def _text(name: str, value: str | None) -> list[str]:
    return [] if value is None else [f"{name}={literal(value)}"]


def _format(format: Format) -> list[str]:
    return [] if format == Format() else [f"format={format_text(format)}"]


def format_text(format: Format) -> str:
    """Return the call, or the name, that makes a format."""
    decimals = [] if format.decimals is None else [f"decimals={format.decimals}"]
    compact = ["compact=True"] if format.compact else []
    match format.kind:
        case "number":
            first = [] if format.decimals is None else [str(format.decimals)]
            return f"cd.number({_joined([*first, *compact])})"
        case "currency":
            return f"cd.currency({_joined([literal(format.currency or ''), *decimals, *compact])})"
        case "percent":
            return f"cd.percent({_joined([f'{format.whole:g}', *decimals])})"
        case "bytes":
            return f"cd.byte_size({_joined(decimals)})"
        case "date":
            return f"cd.date({literal(format.date_style)})"
        case "duration":
            return "cd.duration()"
        case _:
            return literal(format.kind)


def _joined(arguments: Iterable[str]) -> str:
    return ", ".join(arguments)
