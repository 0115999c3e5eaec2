from __future__ import annotations

import re
from pathlib import Path

import pytest

from cadran.errors import UsageError
from cadran.readable import KpiOf, Source
from cadran.screen.icons import ICONS
from cadran.screen.ui import Ui

DRAWN = Path(__file__).parents[2] / "page" / "src" / "chrome" / "icons.ts"


def test_the_page_draws_exactly_these() -> None:
    paths = DRAWN.read_text("utf-8").partition("PATHS")[2].partition("};")[0]
    assert re.findall(r"^  (\w+):", paths, re.MULTILINE) == list(ICONS)


@pytest.mark.parametrize(
    ("icon", "hint"), [("banknotes", "did you mean banknote"), ("\U0001f525", "known: alert, "), (3, "known: alert, ")]
)
def test_an_unknown_icon_is_an_error_with_the_nearest_names(press: Source, icon: str, hint: str) -> None:
    with pytest.raises(UsageError, match=rf"ui\.kpi\('Oven'\): there is no icon .*; {hint}"):
        Ui().kpi("Oven", KpiOf(press, "a"), icon=icon)
