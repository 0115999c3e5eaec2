"""What the lines of one chart read: one kind of x, one window, a colour each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cadran.durations import Duration, parse_secs
from cadran.errors import UsageError
from cadran.readable import Points, Readable, SeriesLast, SeriesOf, SeriesReadable
from cadran.screen.accepts import require_points, x_kind_of
from cadran.screen.checks import is_finite, is_list, is_name
from cadran.screen.keeps import check_keep, check_keeps, least_keep_secs
from cadran.screen.layout import XKind
from cadran.screen.past import past_of

CHANNEL_WINDOW_SECS = 300.0
"""The live range of a channel's series over time where the chart does not say one."""


@dataclass(frozen=True, slots=True)
class LinePlan:
    """What a line chart reads."""

    series: tuple[Readable[Points], ...]
    x: XKind
    window_secs: float | None
    colors: tuple[str | None, ...]


def plan_line(
    where: str,
    series: Sequence[object],
    x: XKind | None,
    window: Duration | None,
    color: str | None,
    colors: Sequence[str] | None,
) -> LinePlan:
    """Return what ``ui.line`` reads. Raises ``UsageError`` for mixed x, a window that is not kept, wrong colours."""
    if not series:
        raise UsageError(f'{where} needs at least one series, such as press.series("vibration")')
    if x not in (None, "time", "number", "free"):
        raise UsageError(f'{where}: x must be "time", "number" or "free", got {x!r}')
    lines = tuple(require_points(where, each) for each in series)
    kinds = {line.label: x_kind_of(where, line, x) for line in lines}
    if len(set(kinds.values())) > 1:
        got = ", ".join(f'{label!r} over "{kind}"' for label, kind in kinds.items())
        raise UsageError(f"{where} mixes kinds of x: {got}; draw them in charts of their own")
    kind = next(iter(kinds.values()))
    window_secs = _default_window_secs(lines, kind) if window is None else _window_secs(where, lines, kind, window)
    check_keeps(where, *lines)
    return LinePlan(lines, kind, window_secs, _colors(where, len(lines), color, colors))


def check_axis(where: str, y_min: float | None, y_max: float | None) -> None:
    """Raise ``UsageError`` unless both ends are None or finite, the lower below the upper."""
    for name, value in (("y_min", y_min), ("y_max", y_max)):
        if value is not None and not is_finite(value):
            raise UsageError(f"{where}: {name} must be a finite number, got {value!r}")
    if y_min is not None and y_max is not None and y_min >= y_max:
        raise UsageError(f"{where}: y_min must be below y_max, got {y_min!r} and {y_max!r}")


def check_color(where: str, color: object) -> None:
    """Raise ``UsageError`` unless ``color`` is None or a text."""
    if color is not None and not is_name(color):
        raise UsageError(
            f'{where}: a colour is a token such as "series.2" or tokens.colors.accent, or a CSS colour, got {color!r}'
        )


def _default_window_secs(lines: tuple[Readable[Points], ...], kind: XKind) -> float | None:
    if kind != "time":
        return None
    windows = [_own_window_secs(line) for line in lines]
    known = [secs for secs in windows if secs is not None]
    return max(known) if len(known) == len(windows) else None


def _own_window_secs(line: Readable[Points]) -> float | None:
    if isinstance(line, SeriesLast):
        return line.window_secs
    if isinstance(line, SeriesOf):
        return min(CHANNEL_WINDOW_SECS, least_keep_secs(line) or CHANNEL_WINDOW_SECS)
    return None


def _window_secs(where: str, lines: tuple[Readable[Points], ...], kind: XKind, window: Duration) -> float:
    if kind == "free":
        raise UsageError(f"{where}: a curve over a free x has no window, got window={window!r}")
    if kind == "number":
        if not is_finite(window) or window <= 0:
            raise UsageError(f"{where}: window must be a number above zero, in units of x, got {window!r}")
        return float(window)
    window_secs = parse_secs(window, f"{where}: window")
    for line in lines:
        if isinstance(line, SeriesReadable) and past_of(line) is None:
            check_keep(f"{where}: window={window!r}", line, window_secs)
    return window_secs


def _colors(where: str, count: int, color: str | None, colors: Sequence[str] | None) -> tuple[str | None, ...]:
    if color is not None and colors is not None:
        raise UsageError(f"{where}: give color= for a single line or colors= for several, not both")
    if color is not None and count > 1:
        raise UsageError(f"{where}: color= is for a single line; give colors= with one for each of the {count}")
    chosen: tuple[str | None, ...] = (color,) * count if colors is None else tuple(colors)
    if (colors is not None and not is_list(colors)) or len(chosen) != count:
        raise UsageError(f"{where}: colors must hold one colour for each of the {count} lines, got {colors!r}")
    for each in chosen:
        check_color(where, each)
    return chosen
