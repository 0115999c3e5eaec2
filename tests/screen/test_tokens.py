"""U21: one set of tokens styles everything, legibly, in both themes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cadran.screen.tokens import DesignTokens, Palette

TOKENS = DesignTokens()
THEMES = {"light": TOKENS.light, "dark": TOKENS.dark}
PAGE = Path(__file__).parents[2] / "page"


def luminance(color: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_u21_text_has_at_least_4_5_to_1(theme: str) -> None:
    palette = THEMES[theme]
    for name in ("text", "muted", "axis", "accent", "good", "warning", "error"):
        assert contrast(getattr(palette, name), palette.surface) >= 4.5, name
    for name in ("text", "muted"):
        assert contrast(getattr(palette, name), palette.background) >= 4.5, name
    for name in ("good", "warning", "error"):
        assert contrast(getattr(palette, name), getattr(palette, f"{name}_soft")) >= 4.5, name
    assert contrast(palette.on_accent, palette.accent) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_u21_series_have_at_least_3_to_1(theme: str) -> None:
    palette = THEMES[theme]
    for color in palette.series:
        assert contrast(color, palette.surface) >= 3, color


def test_u21_the_page_holds_no_literal_colour() -> None:
    literal = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgba?|hsla?|oklch|oklab|hwb)\(")
    sources = [*PAGE.glob("src/**/*.ts"), *PAGE.glob("src/**/*.css"), PAGE / "index.html"]
    assert len(sources) > 10
    found = [
        f"{path.relative_to(PAGE)}:{number}: {line.strip()}"
        for path in sources
        if not path.name.endswith(".test.ts")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if literal.search(line)
    ]
    assert not found


def test_the_style_sheet_has_light_dark_and_the_viewers_system() -> None:
    css = TOKENS.to_css()
    assert css.index(":root {") < css.index('[data-theme="dark"]') < css.index("@media (prefers-color-scheme: dark)")
    assert css.count("--color-series-6:") == 3
    assert "--spacing-md: 12px;" in css
    assert "--typography-value: 26px;" in css


def test_kiosk_mode_enlarges_the_type() -> None:
    assert "[data-kiosk] {\n  --typography-caption: 13px;" in TOKENS.to_css()


def test_a_changed_token_is_in_the_style_sheet_and_the_rest_stays() -> None:
    changed = TOKENS.replace(dark=TOKENS.dark.replace(accent="#00ff00"))
    assert changed.light == TOKENS.light
    assert "--color-accent: #00ff00;" in changed.to_css()
    assert changed.colors.accent == "accent"


def test_every_reference_names_a_colour() -> None:
    names = {name for name, _ in TOKENS.light.values()}
    colors = TOKENS.colors
    assert {getattr(colors, field) for field in colors.__struct_fields__} <= names
    assert colors.series(2) == colors.teal
    with pytest.raises(ValueError, match="counted from 1"):
        colors.series(0)


def test_wrong_values_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="accent must be written as #rrggbb"):
        TOKENS.light.replace(accent="blue")
    with pytest.raises(ValueError, match="at least 6"):
        TOKENS.light.replace(series=("#000000",))
    with pytest.raises(ValueError, match="one CSS value"):
        TOKENS.replace(typography=TOKENS.typography.__class__(family="x; } body { display: none"))


def test_spacing_is_on_a_grid_of_four() -> None:
    assert all(getattr(TOKENS.spacing, name) % 4 == 0 for name in TOKENS.spacing.__struct_fields__)


def test_the_json_follows_the_community_format() -> None:
    document = json.loads(TOKENS.to_json())
    accent = document["color"]["light"]["accent"]["$value"]
    assert accent["colorSpace"] == "srgb"
    assert accent["hex"] == TOKENS.light.accent
    assert document["spacing"]["md"] == {"$type": "dimension", "$value": {"value": 12, "unit": "px"}}
    assert document["motion"]["fast"]["$value"]["unit"] == "ms"
    assert {name for name in document["color"]["dark"] if name != "$type"} == {
        name.replace(".", "-") for name, _ in Palette.values(TOKENS.dark)
    }
