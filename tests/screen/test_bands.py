from __future__ import annotations

import math
from typing import Any

import pytest

from cadran.errors import UsageError
from cadran.screen.bands import above, bands_from, below, reference, references_from
from cadran.screen.layout import Band, Reference


def test_bands_and_references() -> None:
    assert above(80, "warning") == Band(op="above", value=80.0, level="warning")
    assert below(5, "error") == Band(op="below", value=5.0, level="error")
    assert reference(80, "limit", "error") == Reference(value=80.0, label="limit", level="error")
    assert reference(80, "limit").level is None


@pytest.mark.parametrize("value", [math.nan, math.inf, "80", None, True])
def test_u20_a_band_needs_a_finite_value(value: Any) -> None:
    for make in (above, below):
        with pytest.raises(UsageError, match=r"(above|below)\(\) needs a finite number, got"):
            make(value, "warning")
    with pytest.raises(UsageError, match=r"reference\(\) needs a finite number"):
        reference(value, "limit")


def test_a_level_is_one_of_three() -> None:
    level: Any = "critical"
    with pytest.raises(UsageError, match='needs the level "good", "warning" or "error", got \'critical\''):
        above(1, level)
    with pytest.raises(UsageError, match=r"reference\(\) needs the level"):
        reference(1, "limit", level)


def test_a_reference_needs_a_label() -> None:
    with pytest.raises(UsageError, match="needs a label"):
        reference(1, " ")


def test_lists_hold_only_their_kind() -> None:
    values: Any = [above(1, "good"), 80]
    with pytest.raises(UsageError, match=r'bands must hold values such as cd\.above\(80, "warning"\), got 80'):
        bands_from(values)
    single: Any = above(1, "good")
    with pytest.raises(UsageError, match="bands must be a list"):
        bands_from(single)
    with pytest.raises(UsageError, match="references must hold"):
        references_from(values)
