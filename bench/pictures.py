"""Which plots a report shows, and of what."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bench.results import CADRAN, FLOOR, STROKES, Results
from bench.svg import Curve, bar_chart, line_chart
from bench.workloads import w2_viewers, w5_history
from bench.workloads.w1_lines import Case

RATES = (10, 100, 1_000, 10_000)
ASKED = 10.0
_TITLES = {
    "W1": {
        "w1-painted": "Updates painted a second, of 10 asked for",
        "w1-age": "Age when painted, p95",
        "w1-cpu": "CPU of server and page together",
    },
    "W2": {"w2-cpu": "Server CPU by viewers"},
    "W5": {"w5-history": "10 M points: open, and zoom to 1 %"},
}


def pictures_of(results: Results, workload: str) -> dict[str, str]:
    """Return the names of the plots of one workload, and what they show."""
    drawn = pictures(results)
    return {name: title for name, title in _TITLES.get(workload, {}).items() if name in drawn}


def pictures(results: Results) -> dict[str, str]:
    """Return the text of each plot for which there are figures, by name."""
    titles = {name: title for of_one in _TITLES.values() for name, title in of_one.items()}
    rates, per_point = [float(rate) for rate in RATES], "points per second and series"

    def lines(measure: str) -> Callable[[str, float], float | None]:
        return lambda name, rate: results.value("W1", str(Case(int(rate), ASKED)), measure, name)

    def cpu(name: str, rate: float) -> float | None:
        sides = [lines(measure)(name, rate) for measure in ("server CPU", "page CPU")]
        return None if sides[0] is None or sides[1] is None else sides[0] + sides[1]

    def viewers(name: str, num: float) -> float | None:
        return results.value("W2", w2_viewers.viewers(int(num)), "server CPU", name)

    found: dict[str, str] = {}
    for name, x_label, unit, value, workload, xs, log_y in (
        ("w1-painted", per_point, "updates/s", lines("updates painted"), "W1", rates, False),
        ("w1-age", per_point, "ms", lines("age, p95"), "W1", rates, True),
        ("w1-cpu", per_point, "% of a core", cpu, "W1", rates, False),
        ("w2-cpu", "viewers", "% of a core", viewers, "W2", [float(num) for num in w2_viewers.VIEWERS], True),
    ):
        curves = _curves(results.contenders_of(workload), xs, value)
        if curves:
            found[name] = line_chart(titles[name], x_label, unit, curves, log_y=log_y)
    bars = _history_bars(results)
    if bars:
        found["w5-history"] = bar_chart(titles["w5-history"], "ms", bars)
    return found


def _curves(names: tuple[str, ...], xs: list[float], value: Callable[[str, float], float | None]) -> dict[str, Curve]:
    drawn = [name for name in names if name != STROKES]  # measured at one rate alone: no curve
    ordered = sorted(drawn, key=lambda name: (name != CADRAN, name != FLOOR))
    curves = {name: [(x, y) for x in xs if (y := value(name, x)) is not None] for name in ordered}
    return {name: curve for name, curve in curves.items() if curve}


def _history_bars(results: Results) -> Mapping[str, Mapping[str, float]]:
    case, bars = w5_history.points(w5_history.SIZES[0]), dict[str, dict[str, float]]()
    for measure in ("open", "zoom to 1 %"):
        for name in results.contenders_of("W5"):
            value = results.value("W5", case, measure, name)
            if value:
                bars.setdefault(measure, {})[name] = value
    return bars
