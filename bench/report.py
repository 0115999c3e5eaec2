"""Results as Markdown: one table a workload, a contender a column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.results import FLOOR, Figure, Results

HEAD = """# Performance

Written by `make bench DOCS=1` from `performance.json`; `make bench` measures again and prints the same tables.

Every figure stands beside its **floor**: the least that does the same work without what Cadran is for, measured in the
same run. Read the ratios; the absolute figures are those of one machine, shared with other work while it measured. A
figure is the median of its repeats, with the least and the most in brackets; a ratio is the median of the ratios of
pairs measured one after the other. CPU is user and system time of all processes of that side: 100 % is one core.
"""


def markdown(results: Results, notes: Mapping[str, tuple[str, str]]) -> str:
    """Return the whole document. ``notes``: the title and the explanation of each workload, by name."""
    parts = [HEAD, _pairs("Condition", results.conditions), _pairs("Contender", results.contenders)]
    for workload in dict.fromkeys(figure.workload for figure in results.figures):
        title, note = notes.get(workload, (workload, ""))
        figures = [figure for figure in results.figures if figure.workload == workload]
        parts += [f"## {title}", note, table(figures)]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def table(figures: Sequence[Figure]) -> str:
    """Return the table of one workload; after each contender that is not the floor, its ratio."""
    names = list(dict.fromkeys(figure.contender for figure in figures))
    heads = ["case", "measure"]
    for name in names:
        heads += [name] if name == FLOOR else [name, "÷ floor"]
    rows: dict[tuple[str, str], dict[str, Figure]] = {}
    for figure in figures:
        rows.setdefault((figure.case, f"{figure.measure}, {figure.unit}"), {})[figure.contender] = figure
    lines = [_line(heads), _line(["---", "---", *["---:"] * (len(heads) - 2)])]
    for (case, measure), by_name in rows.items():
        cells = [case, measure]
        for name in names:
            found = by_name.get(name)
            cells.append(_value(found) if found else "–")
            if name != FLOOR:
                cells.append(f"{found.ratio:.3g}" if found and found.ratio is not None else "–")
        lines.append(_line(cells))
    return "\n".join(lines)


def number(value: float) -> str:
    """Return three significant digits, with separators."""
    if abs(value) >= 1_000:
        digits = len(str(int(abs(value))))
        return f"{round(value, 3 - digits):,.0f}"
    return f"{value:.3g}"


def _value(figure: Figure) -> str:
    if figure.num_repeats == 1:
        return number(figure.median)
    return f"{number(figure.median)} ({number(figure.least)}–{number(figure.most)})"


def _pairs(head: str, pairs: Mapping[str, str]) -> str:
    return "\n".join([_line([head, ""]), _line(["---", "---"]), *(_line([name, text]) for name, text in pairs.items())])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
