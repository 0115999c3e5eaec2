"""Small charts as SVG text: lines over a logarithmic x, and bars. Both themes, from Cadran's own tokens."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

from bench.numerals import number
from cadran.screen.tokens import DARK, LIGHT, Palette

WIDTH, HEIGHT = 720, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 130, 40, 44
BAR, GAP, LABEL = 18, 8, 250
MARKS = ("circle", "square", "diamond")
Curve = Sequence[tuple[float, float]]


def style() -> str:
    """Return the styles of both themes. Class ``c0`` is Cadran, ``floor`` the floor, ``c1`` … the peers."""
    rules = ["text{font:12px Inter,system-ui,sans-serif}.t{font-weight:600;font-size:14px}.l{fill:none;stroke-width:2}"]
    for palette, query in ((LIGHT, ""), (DARK, "@media(prefers-color-scheme:dark)")):
        own = [
            f".bg{{fill:{palette.surface}}}text{{fill:{palette.muted}}}.t{{fill:{palette.text}}}",
            f".g{{stroke:{palette.line};stroke-width:1}}",
            *(f".c{i}{{stroke:{color}}}.c{i}.f{{fill:{color}}}" for i, color in enumerate(colors_of(palette))),
            f".floor{{stroke:{palette.axis}}}.floor.f{{fill:{palette.axis}}}",
        ]
        rules.append(f"{query}{{{''.join(own)}}}" if query else "".join(own))
    return "".join(rules)


def colors_of(palette: Palette) -> tuple[str, ...]:
    """Return Cadran's colour and those of the peers, in their order."""
    return (*palette.series, palette.error)


def line_chart(title: str, x_label: str, y_unit: str, curves: Mapping[str, Curve], *, log_y: bool = False) -> str:
    """Return lines over x > 0, one tick for each x. ``log_y`` leaves out what is 0 or less."""
    curves = {name: [(x, y) for x, y in curve if y > 0 or not log_y] for name, curve in curves.items()}
    points = [point for curve in curves.values() for point in curve]
    xs = sorted({x for x, _ in points})
    low_x, high_x = math.log(xs[0]), math.log(xs[-1]) if len(xs) > 1 else math.log(xs[0]) + 1.0
    ticks = _log_ticks([y for _, y in points]) if log_y else _ticks(max(y for _, y in points))
    low_y, high_y = _scaled(ticks[0], log_y), _scaled(ticks[-1], log_y)

    def at_x(x: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (math.log(x) - low_x) / (high_x - low_x)

    def at_y(y: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (_scaled(y, log_y) - low_y) / (high_y - low_y)

    parts = [_text(16, 24, title, "t")]
    for tick in ticks:
        parts.append(f'<path class="g" d="M{LEFT} {at_y(tick):.1f}H{WIDTH - RIGHT}"/>')
        parts.append(_text(LEFT - 8, at_y(tick) + 4, number(tick), anchor="end"))
    parts.append(_text(16, HEIGHT - 10, y_unit))
    parts += [_text(at_x(x), HEIGHT - BOTTOM + 18, f"{x:,.0f}", anchor="middle") for x in xs]
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, x_label, anchor="middle"))
    taken: list[float] = []
    for index, (name, curve) in enumerate(curves.items()):
        if not curve:
            continue
        kind, dash = _class_of(name, list(curves))
        path = "L".join(f"{at_x(x):.1f} {at_y(y):.1f}" for x, y in curve)
        parts.append(f'<path class="l {kind}"{dash} d="M{path}"/>')
        parts += [_mark(MARKS[index % len(MARKS)], at_x(x), at_y(y), kind) for x, y in curve]
        end = _free(at_y(curve[-1][1]), taken)
        parts.append(_text(WIDTH - RIGHT + 12, end + 4, name, f"{kind} f", stroke=False))
    return _document(title, HEIGHT, parts)


def bar_chart(title: str, unit: str, groups: Mapping[str, Mapping[str, float]]) -> str:
    """Return horizontal bars in groups, over a logarithmic axis from a tenth of the least."""
    values = [value for group in groups.values() for value in group.values() if value > 0]
    low, high = math.log(min(values)) - math.log(10.0), math.log(max(values))
    names = list(dict.fromkeys(name for group in groups.values() for name in group))
    parts, y = [_text(16, 24, f"{title} ({unit}, logarithmic)", "t")], float(TOP + 4)
    for label, group in groups.items():
        parts.append(_text(16, y + 13, label, "t"))
        for name, value in group.items():
            length = max(2.0, (WIDTH - LABEL - 90) * (math.log(max(value, 1e-9)) - low) / (high - low))
            kind, _ = _class_of(name, names)
            parts.append(_text(LABEL - 8, y + 13, name, anchor="end"))
            parts.append(f'<rect class="{kind} f" x="{LABEL}" y="{y:.1f}" width="{length:.1f}" height="{BAR}" rx="2"/>')
            parts.append(_text(LABEL + length + 8, y + 13, number(value)))
            y += BAR + GAP
        y += GAP
    return _document(title, int(y) + 8, parts)


def _document(title: str, height: int, parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img"><title>{escape(title)}</title><style>{style()}</style>'
        f'<rect class="bg" width="{WIDTH}" height="{height}" rx="8"/>'
    )
    return "\n".join([head, *parts, "</svg>"]) + "\n"


def _class_of(name: str, names: Sequence[str]) -> tuple[str, str]:
    """Return the class of a contender's colour, and a dash for those beyond the palette."""
    if name == "floor":
        return "floor", ""
    others = [one for one in names if one not in ("cadran", "floor")]
    place = 0 if name == "cadran" else 1 + others.index(name)
    num_colors = len(colors_of(LIGHT))
    return f"c{place % num_colors}", ' stroke-dasharray="5 4"' if place >= num_colors else ""


def _text(x: float, y: float, text: str, kind: str = "", *, anchor: str = "start", stroke: bool = True) -> str:
    extra = "" if stroke else ' style="stroke:none"'
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{extra}>{escape(text)}</text>'


def _mark(shape: str, x: float, y: float, kind: str) -> str:
    if shape == "circle":
        return f'<circle class="{kind} f" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>'
    turn = f' transform="rotate(45 {x:.1f} {y:.1f})"' if shape == "diamond" else ""
    return f'<rect class="{kind} f" x="{x - 3:.1f}" y="{y - 3:.1f}" width="6" height="6"{turn}/>'


def _free(y: float, taken: list[float]) -> float:
    """Return the nearest height at which no label is yet."""
    steps = (y + step * sign for step in range(0, HEIGHT, 2) for sign in (1, -1))
    inside = (one for one in steps if TOP <= one <= HEIGHT - BOTTOM + 2)
    found = next((one for one in inside if all(abs(one - other) >= 14 for other in taken)), y)
    taken.append(found)
    return found


def _scaled(y: float, is_log: bool) -> float:
    return math.log(y) if is_log else y


def _ticks(most: float) -> list[float]:
    step = 10.0 ** math.floor(math.log10(max(most, 1e-9) / 2))
    step *= next(factor for factor in (1, 2, 5, 10) if most / (step * factor) <= 5)
    return [step * i for i in range(math.ceil(most / step) + 1)]


def _log_ticks(values: Sequence[float]) -> list[float]:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return [10.0**power for power in range(low, max(high, low + 1) + 1)]
