from __future__ import annotations

import math
from typing import Any

import pytest

from cadran.errors import UsageError
from cadran.screen import formats
from cadran.screen.layout import Format


def test_formats_by_function() -> None:
    assert formats.number(2, compact=True) == Format(decimals=2, compact=True)
    assert formats.currency("EUR", decimals=0) == Format(kind="currency", currency="EUR", decimals=0)
    assert formats.percent(100, decimals=1) == Format(kind="percent", whole=100.0, decimals=1)
    assert formats.duration() == Format(kind="duration")
    assert formats.byte_size() == Format(kind="bytes")
    assert formats.date("time") == Format(kind="date", date_style="time")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("number", formats.number()),
        ("compact", formats.number(compact=True)),
        ("percent", formats.percent()),
        ("bytes", formats.byte_size()),
        ("date", formats.date("date")),
        ("datetime", formats.date()),
        ("text", Format(kind="text")),
        (None, None),
        (formats.currency("USD"), formats.currency("USD")),
    ],
)
def test_formats_by_name(name: object, expected: Format | None) -> None:
    assert formats.format_from(name) == expected


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("currency", r'format="currency" does not say which: use cd\.currency\("EUR"\)'),
        ("euros", r"""format must be one of "number", .*"text" or a format .*, got 'euros'"""),
        (3, "got 3"),
    ],
)
def test_a_wrong_format_says_what_was_expected(name: object, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        formats.format_from(name)


@pytest.mark.parametrize("code", ["eur", "EURO", "", 978, "€"])
def test_a_currency_needs_its_code(code: Any) -> None:
    with pytest.raises(UsageError, match=r'needs an ISO 4217 code such as "EUR", got'):
        formats.currency(code)


@pytest.mark.parametrize("decimals", [-1, 13, 1.5, True, "2"])
def test_decimals_are_a_small_whole_number(decimals: Any) -> None:
    with pytest.raises(UsageError, match="decimals must be a whole number from 0 to 12, got"):
        formats.number(decimals)


@pytest.mark.parametrize("whole", [0, -1, math.nan, math.inf, True, "1"])
def test_percent_needs_a_whole_above_zero(whole: Any) -> None:
    with pytest.raises(UsageError, match="needs a whole above zero"):
        formats.percent(whole)


def test_date_needs_a_known_style() -> None:
    style: Any = "iso"
    with pytest.raises(UsageError, match='"date", "time" or "datetime", got \'iso\''):
        formats.date(style)
