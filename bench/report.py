"""Results as Markdown: the figures to reach, then one table a workload, a contender a column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.numerals import number
from bench.pictures import pictures_of
from bench.results import CADRAN, FLOOR, FLOORS, MORE_IS_BETTER, Failure, Figure, Part, Results
from bench.targets import verdicts
from bench.verdict import Verdict

HEAD = """# Performance

Written by `make bench DOCS=1` from `performance.json`; `make bench` measures again and prints the same tables, and
`make bench ONLY=W1,W3 PEERS=bokeh` a part of them. All of it takes about three quarters of an hour, half of that for
peers: those whose environments are there or can be made (a minute or two each, once) take part, unless `PEERS=0` or
`QUICK=1` leaves them out. `LONG=1` adds pages that are watched for five minutes, which takes 20 more.

Every figure stands beside its **floor**: the least that does the same work without what Cadran is for, measured in the
same run. Read the ratios; the absolute figures are those of one machine. A figure is the median of its repeats, with
the least and the most in brackets; a ratio to the floor is the median of the ratios of pairs measured one after the
other. The best peer is the one with the best figure of that line. CPU is user and system time of all processes of that
side: 100 % is one core.
"""
OF_A_PART = ("Date", "Commit")
"""Conditions that are told of each part, also where they are the same for all."""
NO_COMMIT = "not recorded"
TARGETS_NOTE = """
Computed from the figures below. *Not measured*: the parts that it needs were not run, or without peers, or not for as
long as it takes. What stands between us and those that do not hold: [bounds](bounds.md).
"""


def markdown(results: Results, notes: Mapping[str, tuple[str, str]]) -> str:
    """Return the whole document. ``notes``: the title and the explanation of each workload, by number."""
    shared = _shared([part.conditions for part in results.parts])
    contenders = {name: about for part in results.parts for name, about in part.contenders.items()}
    parts = [HEAD, commits_warning(results), "## Figures to reach", TARGETS_NOTE, targets_table(verdicts(results))]
    parts += ["## Conditions", _pairs("Condition", shared), _pairs("Contender", contenders)]
    for part in results.parts:
        title, note = notes.get(part.workload, (part.workload, ""))
        own = {"Commit": NO_COMMIT, **{name: text for name, text in part.conditions.items() if name not in shared}}
        parts += [f"## {part.workload}. {title}", note, "; ".join(f"{name}: {text}" for name, text in own.items())]
        parts += [f"![{alt}](performance/{name}.svg)" for name, alt in pictures_of(results, part.workload).items()]
        parts += [table(part), left_out(part)]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def commits_warning(results: Results) -> str:
    """Return what to say where parts were not all measured with one commit as it is; nothing where they were."""
    found: dict[str, list[str]] = {}
    for part in results.parts:
        found.setdefault(part.conditions.get("Commit", NO_COMMIT), []).append(part.workload)
    if len(found) <= 1 and not any(commit == NO_COMMIT or not commit.isalnum() for commit in found):
        return ""
    told = "; ".join(f"{', '.join(workloads)}: {commit}" for commit, workloads in found.items())
    return f"**Not all parts are of one commit as it is.** {told}. Figures of different parts may be of different code."


def targets_table(found: Sequence[Verdict]) -> str:
    """Return the table of the figures to reach."""
    words = {True: "holds", False: "**does not hold**", None: "not measured"}
    lines = [_line(["", "to reach", "measured", ""]), _line(["---"] * 4)]
    for one in found:
        word = "not all measured" if one.holds is None and one.measured else words[one.holds]
        lines.append(_line([one.workload, one.wanted, one.measured or "–", word]))
    return "\n".join(lines)


def table(part: Part) -> str:
    """Return the table of one workload: Cadran and its ratios, the floor, then the peers."""
    failures = {(one.case, one.contender): one for one in part.failures if one.case}
    names = list(dict.fromkeys([*(figure.contender for figure in part.figures), *(name for _, name in failures)]))
    has_floor = FLOOR in names
    peers = [name for name in names if name not in (CADRAN, *FLOORS)]
    others = [name for name in FLOORS if name in names] + peers
    heads = ["case", "measure", CADRAN, *(["÷ floor"] if has_floor else []), *(["÷ best peer"] if peers else [])]
    heads += others
    told: set[Failure] = set()
    rows: dict[tuple[str, str], dict[str, Figure]] = {}
    for figure in part.figures:
        rows.setdefault((figure.case, f"{figure.measure}, {figure.unit}"), {})[figure.contender] = figure
    lines = [_line(heads), _line(["---", "---", *["---:"] * (len(heads) - 2)])]
    for (case, measure), by_name in rows.items():
        ours = by_name.get(CADRAN)
        cells = [case, measure, _value(ours)]
        if has_floor:
            cells.append(number(ours.ratio) if ours and ours.ratio is not None else "–")
        if peers:
            cells.append(_to_best_peer(ours, [by_name[name] for name in peers if name in by_name]))
        for name in others:
            failure = failures.get((case, name))
            if name not in by_name and failure is not None and failure not in told:
                told.add(failure)  # once a case
                cells.append(f"failed: {failure.reason}")
            else:
                cells.append(_value(by_name.get(name)))
        lines.append(_line(cells))
    return "\n".join(lines)


def left_out(part: Part) -> str:
    """Return who could not take part in a workload at all, and why."""
    told = "; ".join(f"{one.contender}: {one.reason}" for one in part.failures if not one.case)
    return f"Left out: {told}." if told else ""


def _to_best_peer(ours: Figure | None, peers: Sequence[Figure]) -> str:
    values = [one.median for one in peers if one.median > 0]
    if ours is None or not values:
        return "–"
    return number(ours.median / (max(values) if ours.measure in MORE_IS_BETTER else min(values)))


def _value(figure: Figure | None) -> str:
    if figure is None:
        return "–"
    if figure.num_repeats == 1:
        return number(figure.median)
    return f"{number(figure.median)} ({number(figure.least)}–{number(figure.most)})"


def _shared(conditions: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return what is the same for all parts."""
    if not conditions:
        return {}
    first, *others = conditions
    return {
        name: text
        for name, text in first.items()
        if name not in OF_A_PART and all(other.get(name) == text for other in others)
    }


def _pairs(head: str, pairs: Mapping[str, str]) -> str:
    if not pairs:
        return ""
    return "\n".join([_line([head, ""]), _line(["---", "---"]), *(_line([name, text]) for name, text in pairs.items())])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
