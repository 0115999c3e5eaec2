"""The report of the bench, and the one in the documents."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from bench.__main__ import notes
from bench.report import markdown, number, table
from bench.results import FLOOR, Recorder, Results, figures_of

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.123456, "0.123"),
        (3.14159, "3.14"),
        (159.4, "159"),
        (1234.0, "1,230"),
        (45_678_901.0, "45,700,000"),
    ],
)
def test_three_digits(value: float, text: str) -> None:
    assert number(value) == text


def test_a_table_has_a_column_for_each_contender_and_its_ratio() -> None:
    recorder = Recorder("idle")
    for repeat, value in enumerate((2.0, 4.0, 3.0)):
        recorder.add("1 viewer", "cadran", repeat, "CPU", "%", value)
        recorder.add("1 viewer", FLOOR, repeat, "CPU", "%", 2.0)
    recorder.add("1 viewer", "cadran", 0, "bytes", "B/s", 12.0)
    assert table(figures_of(recorder.samples)).splitlines() == [
        "| case | measure | cadran | ÷ floor | floor |",
        "| --- | --- | ---: | ---: | ---: |",
        "| 1 viewer | CPU, % | 3 (2–4) | 1.5 | 2 (2–2) |",
        "| 1 viewer | bytes, B/s | 12 | – | – |",
    ]


def test_the_document_names_its_conditions() -> None:
    recorder = Recorder("sends")
    recorder.add("KPIs", "cadran", 0, "landed", "M/s", 1.0)
    figures = figures_of(recorder.samples)
    document = markdown(Results(conditions={"Date": "2027-01-15"}, contenders={}, figures=figures), notes())
    assert "| Date | 2027-01-15 |" in document
    assert "## Sends\n" in document


def test_docs_performance_is_what_its_figures_say() -> None:
    results = msgspec.json.decode((DOCS / "performance.json").read_bytes(), type=Results)
    assert (DOCS / "performance.md").read_text("utf-8") == markdown(results, notes())
