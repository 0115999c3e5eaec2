"""Plots of the report."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from bench.svg import HEIGHT, WIDTH, bar_chart, line_chart

CURVES = {"cadran": [(10.0, 1.0), (100.0, 2.0)], "floor": [(10.0, 2.0), (100.0, 200.0)], "bokeh": [(10.0, 0.0)]}


def numbers_in(text: str, pattern: str) -> list[float]:
    return [float(found) for found in re.findall(pattern, text)]


@pytest.mark.parametrize("log_y", [False, True])
def test_lines_stay_inside_and_every_contender_is_named(log_y: bool) -> None:
    text = line_chart("A title & more", "points", "ms", CURVES, log_y=log_y)
    ElementTree.fromstring(text)
    assert all(0 <= x <= WIDTH for x in numbers_in(text, r'cx="([\d.]+)"'))
    assert all(0 <= y <= HEIGHT for y in numbers_in(text, r'cy="([\d.]+)"'))
    assert ">cadran<" in text
    assert ">floor<" in text
    assert (">bokeh<" in text) is not log_y  # 0 has no place on a logarithmic axis
    assert "A title &amp; more" in text


def test_greater_is_higher() -> None:
    text = line_chart("t", "x", "y", {"cadran": [(10.0, 1.0), (100.0, 5.0)]})
    first, second = numbers_in(text, r'cy="([\d.]+)"')
    assert second < first


def test_bars_are_in_the_order_of_their_values() -> None:
    text = bar_chart("t", "ms", {"open": {"cadran": 40.0, "bokeh": 4_900.0}, "zoom": {"cadran": 20.0}})
    ElementTree.fromstring(text)
    _, forty, most, twenty = numbers_in(text, r'<rect [^>]*?width="([\d.]+)"')
    assert twenty < forty < most <= WIDTH


def test_both_themes_are_in_it() -> None:
    assert "prefers-color-scheme:dark" in line_chart("t", "x", "y", CURVES)
