"""Design tokens: the one place that holds colours, spacing, type sizes, radii, shadows and motion.

The page has no literal of its own: it reads the custom properties of :meth:`DesignTokens.to_css`, the canvas
included. ``tokens.colors.accent`` is a *reference* (a name), resolved on the page in the theme of each viewer.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import msgspec
from msgspec import Struct

_HEX = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
_UNSAFE = re.compile(r"[;{}<>\\]|/\*")


class Palette(Struct, frozen=True, kw_only=True):
    """The colours of one theme, as ``#rrggbb``."""

    background: str
    surface: str
    sunken: str
    line: str
    line_strong: str
    text: str
    muted: str
    axis: str
    accent: str
    on_accent: str
    series: tuple[str, ...]
    good: str
    warning: str
    error: str
    good_soft: str
    warning_soft: str
    error_soft: str

    def __post_init__(self) -> None:
        for name, value in self.values():
            if not _HEX.fullmatch(value):
                raise ValueError(f"colour {name} must be written as #rrggbb, got {value!r}")
        if len(self.series) < 6:
            raise ValueError(f"a palette has at least 6 series colours, got {len(self.series)}")

    def values(self) -> list[tuple[str, str]]:
        """Return (reference, value) of every colour; series are ``series.1``, ``series.2`` …"""
        pairs: list[tuple[str, str]] = []
        for name in self.__struct_fields__:
            value: str | tuple[str, ...] = getattr(self, name)
            if isinstance(value, str):
                pairs.append((name, value))
            else:
                pairs.extend((f"{name}.{i}", one) for i, one in enumerate(value, 1))
        return pairs

    def replace(self, **changes: Any) -> Palette:
        """Return a copy with some colours changed: ``tokens.dark.replace(accent="#3fc4b4")``."""
        return msgspec.convert({**_fields(self), **changes}, Palette)


LIGHT = Palette(
    background="#f5f6f8",
    surface="#ffffff",
    sunken="#eef0f3",
    line="#e1e5ea",
    line_strong="#c9d0d8",
    text="#141a22",
    muted="#56606e",
    axis="#667080",
    accent="#2563c9",
    on_accent="#ffffff",
    series=("#2563c9", "#0b8478", "#a86a0c", "#a83a86", "#6450c8", "#c04a17"),
    good="#177a3e",
    warning="#9a6200",
    error="#bb2632",
    good_soft="#e3f4e9",
    warning_soft="#fdf1d6",
    error_soft="#fde7e8",
)

DARK = Palette(
    background="#0d1117",
    surface="#151b23",
    sunken="#0f141b",
    line="#252d38",
    line_strong="#3a4554",
    text="#e9edf2",
    muted="#98a4b3",
    axis="#7d8998",
    accent="#6ea5ff",
    on_accent="#0d1117",
    series=("#6ea5ff", "#3fc4b4", "#e2ad4b", "#e485c6", "#a797ff", "#ff9566"),
    good="#54c27d",
    warning="#e8b04b",
    error="#ff7b80",
    good_soft="#12301f",
    warning_soft="#33260c",
    error_soft="#3a171a",
)


class ColorNames(Struct, frozen=True, kw_only=True):
    """References to colours, for ``color=`` of a panel: each viewer sees the value of their own theme."""

    accent: str = "accent"
    text: str = "text"
    muted: str = "muted"
    good: str = "good"
    warning: str = "warning"
    error: str = "error"
    blue: str = "series.1"
    teal: str = "series.2"
    amber: str = "series.3"
    magenta: str = "series.4"
    violet: str = "series.5"
    orange: str = "series.6"

    def series(self, number: int) -> str:
        """Return the reference of a series colour, counted from 1."""
        if number < 1:
            raise ValueError(f"series colours are counted from 1, got {number}")
        return f"series.{number}"


class Spacing(Struct, frozen=True, kw_only=True):
    """Distances in CSS pixels, on a grid of 4."""

    xs: int = 4
    sm: int = 8
    md: int = 12
    lg: int = 16
    xl: int = 24
    xxl: int = 32


class Typography(Struct, frozen=True, kw_only=True):
    """Families, sizes in CSS pixels and weights."""

    family: str = '"Inter Variable", "Inter", system-ui, "Segoe UI", "DejaVu Sans", sans-serif'
    mono: str = 'ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace'
    caption: int = 11
    small: int = 12
    body: int = 13
    title: int = 14
    heading: int = 16
    value: int = 26
    regular: int = 400
    medium: int = 500
    bold: int = 650
    kiosk_scale: float = 1.2
    """How much larger the sizes are in kiosk mode, read from across a room."""

    def sizes(self) -> dict[str, int]:
        """Return the sizes by name, in CSS pixels."""
        names = ("caption", "small", "body", "title", "heading", "value")
        return {name: getattr(self, name) for name in names}


class Radius(Struct, frozen=True, kw_only=True):
    """Corner radii in CSS pixels."""

    panel: int = 10
    control: int = 6
    pill: int = 999


class Shadows(Struct, frozen=True, kw_only=True):
    """Shadows; borders carry the structure, so these stay faint."""

    panel: str = "0 1px 2px rgb(16 24 40 / 4%)"
    floating: str = "0 6px 20px rgb(8 12 20 / 18%)"


class Motion(Struct, frozen=True, kw_only=True):
    """Durations in milliseconds; all are 0 on the page under reduced motion."""

    fast: int = 120
    glide: int = 240
    highlight: int = 1400
    easing: str = "cubic-bezier(0.2, 0, 0, 1)"


class ChartTokens(Struct, frozen=True, kw_only=True):
    """What drawings need beyond colour. Lengths are CSS pixels, opacities 0 to 1."""

    height: int = 196
    line_width: float = 1.6
    spark_height: int = 34
    spark_width: float = 1.4
    fill_opacity: float = 0.1
    spark_fill_opacity: float = 0.12
    dot: float = 2.5
    dash: int = 4
    label_gap: int = 8


class DesignTokens(Struct, frozen=True, kw_only=True):
    """All tokens. Change some: ``tokens.replace(light=tokens.light.replace(accent="#0b8478"))``."""

    light: Palette = LIGHT
    dark: Palette = DARK
    spacing: Spacing = Spacing()
    typography: Typography = Typography()
    radius: Radius = Radius()
    shadows: Shadows = Shadows()
    motion: Motion = Motion()
    chart: ChartTokens = ChartTokens()

    def __post_init__(self) -> None:
        for group, values in _groups(self).items():
            for name, value in values.items():
                if isinstance(value, str) and _UNSAFE.search(value):
                    raise ValueError(f"token {group}.{name} must be one CSS value, got {value!r}")

    @property
    def colors(self) -> ColorNames:
        """References to colours, the same in every theme."""
        return ColorNames()

    def replace(self, **changes: Any) -> DesignTokens:
        """Return a copy with whole groups changed."""
        return msgspec.convert({**_fields(self), **changes}, DesignTokens)

    def to_css(self) -> str:
        """Return the style sheet: light by default, dark by ``data-theme`` or by the viewer's system."""
        shared = [line for group, values in _groups(self).items() for line in _declarations(group, values)]
        light, dark = _colors(self.light), _colors(self.dark)
        sizes, scale = self.typography.sizes(), self.typography.kiosk_scale
        return "\n".join(
            (
                _rule(":root", ["color-scheme: light", *light, *shared]),
                _rule('[data-theme="dark"]', ["color-scheme: dark", *dark]),
                "@media (prefers-color-scheme: dark) {",
                _rule(':root:not([data-theme="light"])', ["color-scheme: dark", *dark]),
                "}",
                _rule(
                    "[data-kiosk]", [f"--typography-{name}: {round(size * scale)}px" for name, size in sizes.items()]
                ),
                "",
            )
        )

    def to_hash(self) -> str:
        """Return what names the style sheet: equal sheets have equal names."""
        return hashlib.sha256(self.to_css().encode()).hexdigest()[:12]

    def to_json(self) -> str:
        """Return the tokens in the format of the W3C Design Tokens Community Group (2025.10)."""
        document: dict[str, Any] = {
            "color": {
                theme: {
                    "$type": "color",
                    **{name.replace(".", "-"): {"$value": _srgb(value)} for name, value in colors},
                }
                for theme, colors in (("light", self.light.values()), ("dark", self.dark.values()))
            }
        }
        for group, values in _groups(self).items():
            document[group] = {name: _community_token(group, name, value) for name, value in values.items()}
        return json.dumps(document, indent=2) + "\n"


def _fields(value: Struct) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__struct_fields__}


def _groups(tokens: DesignTokens) -> dict[str, dict[str, Any]]:
    groups = ("spacing", "typography", "radius", "shadows", "motion", "chart")
    return {name: _fields(getattr(tokens, name)) for name in groups}


_UNITLESS = {"regular", "medium", "bold", "kiosk_scale", "fill_opacity", "spark_fill_opacity"}


def _unit(group: str, name: str) -> str:
    if name in _UNITLESS:
        return ""
    return "ms" if group == "motion" else "px"


def _declarations(group: str, values: dict[str, Any]) -> list[str]:
    return [
        f"--{group}-{name.replace('_', '-')}: {value if isinstance(value, str) else f'{value:g}{_unit(group, name)}'}"
        for name, value in values.items()
    ]


def _colors(palette: Palette) -> list[str]:
    return [f"--color-{name.replace('_', '-').replace('.', '-')}: {value}" for name, value in palette.values()]


def _rule(selector: str, declarations: list[str]) -> str:
    return f"{selector} {{\n" + "".join(f"  {line};\n" for line in declarations) + "}"


def _srgb(value: str) -> dict[str, Any]:
    components = [round(int(value[i : i + 2], 16) / 255, 4) for i in (1, 3, 5)]
    return {"colorSpace": "srgb", "components": components, "hex": value.lower()}


def _community_token(group: str, name: str, value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        # A shadow or an easing as CSS writes it: the format has no simpler carrier that keeps it exact.
        kind = "fontFamily" if group == "typography" else "string"
        return {
            "$type": kind,
            "$value": [part.strip(' "') for part in value.split(",")] if kind == "fontFamily" else value,
        }
    unit = _unit(group, name)
    if not unit:
        is_weight = group == "typography" and isinstance(value, int)
        return {"$type": "fontWeight" if is_weight else "number", "$value": value}
    return {"$type": "duration" if unit == "ms" else "dimension", "$value": {"value": value, "unit": unit}}
