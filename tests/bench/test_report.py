"""The report of the bench, and the one in the documents."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.document import DOCS, documents, read_results, write_results
from bench.numerals import number
from bench.report import left_out, markdown, table
from bench.results import CADRAN, FLOOR, Failure, Part, Recorder, Results, figures_of
from bench.workloads import notes


def part_of(recorder: Recorder, workload: str, **conditions: str) -> Part:
    return Part(workload=workload, conditions=conditions, contenders={}, figures=figures_of(recorder.samples))


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


def test_a_table_has_a_column_for_each_contender_and_the_ratios() -> None:
    recorder = Recorder("W3")
    for repeat, value in enumerate((2.0, 4.0, 3.0)):
        recorder.add("1 viewer", CADRAN, repeat, "server CPU", "%", value)
        recorder.add("1 viewer", FLOOR, repeat, "server CPU", "%", 2.0)
    recorder.add("1 viewer", CADRAN, 0, "bytes", "B/s", 12.0)
    assert table(part_of(recorder, "W3")).splitlines() == [
        "| case | measure | cadran | ÷ floor | floor |",
        "| --- | --- | ---: | ---: | ---: |",
        "| 1 viewer | server CPU, % | 3 (2–4) | 1.5 | 2 (2–2) |",
        "| 1 viewer | bytes, B/s | 12 | – | – |",
    ]


def test_the_best_peer_is_the_one_with_most_updates_and_with_least_of_all_else() -> None:
    recorder = Recorder("W1")
    for name, painted, age in ((CADRAN, 30.0, 10.0), ("bokeh", 3.0, 50.0), ("dash", 6.0, 100.0)):
        recorder.add("R = 1", name, 0, "updates painted", "1/s", painted)
        recorder.add("R = 1", name, 0, "age, p95", "ms", age)
    rows = table(part_of(recorder, "W1")).splitlines()
    assert rows[0] == "| case | measure | cadran | ÷ best peer | bokeh | dash |"
    assert rows[2].split(" | ")[3] == "5"
    assert rows[3].split(" | ")[3] == "0.2"


def test_the_document_names_its_conditions_those_of_one_part_beside_it() -> None:
    recorder = Recorder("W4")
    recorder.add("KPIs", CADRAN, 0, "landed", "M/s", 1.0)
    parts = (
        part_of(recorder, "W3", System="Linux", Windows="3 s"),
        part_of(recorder, "W4", System="Linux", Windows="9 s"),
    )
    document = markdown(Results(parts=parts), notes())
    assert "| System | Linux |" in document
    assert "## W4. Sends\n" in document
    assert document.index("## W4") < document.index("Windows: 9 s")


def test_the_document_says_of_each_part_when_and_with_what_commit_it_was_measured() -> None:
    def document(*commits: str) -> str:
        parts = [
            part_of(Recorder(number), number, Date="2027-01-15 09:30 UTC", **({"Commit": commit} if commit else {}))
            for number, commit in zip(("W3", "W4"), commits, strict=True)
        ]
        return markdown(Results(parts=tuple(parts)), notes())

    same = document("abc1234", "abc1234")
    assert same.count("Commit: abc1234; Date: 2027-01-15 09:30 UTC") == 2
    assert "Not all parts" not in same
    other = document("abc1234", "def5678")
    assert "W3: abc1234; W4: def5678" in other
    assert other.index("Not all parts are of one commit") < other.index("## Figures to reach")
    assert "W3: not recorded; W4: abc1234" in document("", "abc1234")
    assert "Not all parts" in document("abc1234, modified", "abc1234, modified")


def test_who_failed_is_said_where_its_figures_would_be() -> None:
    recorder = Recorder("W1")
    for measure in ("updates painted", "age, p95"):
        recorder.add("R = 1", CADRAN, 0, measure, "", 1.0)
    failures = (
        Failure(case="R = 1", contender="dash", reason="its page was loaded again"),
        Failure(case="", contender="nicegui", reason="draws nothing"),
    )
    part = Part(workload="W1", conditions={}, contenders={}, figures=figures_of(recorder.samples), failures=failures)
    lines = table(part).splitlines()
    assert lines[0].split(" | ")[-2:] == ["÷ best peer", "dash |"]
    assert "failed: its page was loaded again" in lines[2]
    assert "failed" not in lines[3]
    assert left_out(part) == "Left out: nicegui: draws nothing."


def test_a_newer_part_takes_the_place_of_the_old_one_alone(tmp_path: Path) -> None:
    old = Results(parts=(part_of(Recorder("W1"), "W1", Date="old"), part_of(Recorder("W4"), "W4", Date="old")))
    write_results(tmp_path / "kept.json", old)
    newer = Results(parts=(part_of(Recorder("W3"), "W3", Date="new"), part_of(Recorder("W4"), "W4", Date="new")))
    merged = read_results(tmp_path / "kept.json").merged(newer)
    dates = [(part.workload, part.conditions["Date"]) for part in merged.parts]
    assert dates == [("W1", "old"), ("W3", "new"), ("W4", "new")]


def test_all_that_the_documents_show_is_what_their_figures_say() -> None:
    made = documents(read_results(DOCS / "performance.json"))
    kept = {name: (DOCS / name).read_text("utf-8") for name in made}
    assert made == kept
    plots = {f"performance/{file.name}" for file in (DOCS / "performance").glob("*")}
    assert plots == made.keys() - {"performance.md"}
