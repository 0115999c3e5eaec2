"""What is proposed for databases of strangers: what a good analyst would show first, and nothing that is nonsense."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from tests.open import strangers
from tests.open.databases import NOW, iso, write
from tests.open.test_open import as_program, opened, shown

import cadran.testing
from cadran.open import per_step
from cadran.open.plan import ScreenPlan
from cadran.open.program_text import program_text
from cadran.open.screens import program_of
from cadran.open.spans import step_for
from cadran.open.wording import title_of
from cadran.testing import VirtualClock

EACH = pytest.mark.parametrize("name", list(strangers.ALL))


def screen_of(path: Path, slug: str) -> ScreenPlan:
    return next(one for one in opened(path).plan.screens if one.slug == slug)


def titles(screen: ScreenPlan) -> list[str]:
    return [*(one.title for one in screen.kpis), *(one.title for one in screen.lines + screen.breakdowns)]


@EACH
def test_each_is_shown_without_an_error_and_its_program_shows_the_same(name: str, tmp_path: Path) -> None:
    plan = opened(strangers.ALL[name](tmp_path, NOW))
    assert plan.skipped == ()
    seen = shown(program_of(plan.plan))
    states = {key: value for key, value in seen.items() if key.endswith(" state")}
    assert {value[0] for value in states.values()} == {"live"}, states  # type: ignore[index]
    saved = as_program(plan, tmp_path)
    assert seen == shown(saved)


@EACH
def test_saved_programs_pass_the_usual_checks(name: str, tmp_path: Path) -> None:
    file = tmp_path / "saved_screen.py"
    file.write_text(program_text(opened(strangers.ALL[name](tmp_path, NOW)).plan, file.name), encoding="utf-8")
    for command in (["format", "--isolated", "--line-length", "100", "--diff"], ["check", "--isolated"]):
        checked = [sys.executable, "-m", "ruff", *command, str(file)]
        done = subprocess.run(checked, capture_output=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout.decode()


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_saved_programs_are_typed(tmp_path: Path) -> None:
    files = []
    for name, made in strangers.ALL.items():
        (tmp_path / name).mkdir()
        files.append(tmp_path / f"saved_{name}.py")
        files[-1].write_text(program_text(opened(made(tmp_path / name, NOW)).plan, "s.py"), encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", *map(str, files)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=120, cwd=tmp_path)
    assert done.returncode == 0, done.stdout.decode()


def test_a_long_table_has_a_card_and_a_chart_for_each_thing_that_is_measured(tmp_path: Path) -> None:
    screen = screen_of(strangers.readings(tmp_path), "readings")
    assert [one.title for one in screen.kpis] == [
        "CO₂, mean of 6 h", "Humidity, mean of 6 h", "Temperature, mean of 6 h"
    ]  # fmt: skip
    assert [one.unit for one in screen.kpis] == ["ppm", None, None]
    assert sorted(trace.label for trace in screen.lines[0].traces) == ["Cellar", "Kitchen", "Office east"]
    assert not [one for one in screen.breakdowns if "metric" in one.title]


def test_a_warehouse_is_shown_by_the_names_of_its_dimensions_over_its_days(tmp_path: Path) -> None:
    screen = screen_of(strangers.star(tmp_path), "fact-sales")
    assert screen.title == "Sales"
    assert screen.read.time == "event_time"
    assert {line.traces[0].step for line in screen.lines} == {"1d"}, "days have no hours"
    assert {kpi.spark for kpi in screen.kpis} == {False}
    assert [one.title for one in screen.breakdowns] == [
        "Net amount by store, 30 days",
        "Net amount by product, 30 days",
    ]
    assert {"Product", "Store"} <= {column.title for column in screen.rows.columns}
    assert not {"Product key", "Store key"} & {column.title for column in screen.rows.columns}


def test_codes_and_ports_are_never_averaged_and_levels_are_lines_of_their_own(tmp_path: Path) -> None:
    screen = screen_of(strangers.logs(tmp_path), "log-entries")
    assert not [title for title in titles(screen) if "Port" in title or "Status" in title]
    assert "Log entries by status code, 6 h" in titles(screen)
    first = screen.lines[0]
    assert first.title == "Log entries per 5 minutes by level"
    assert sorted(trace.label for trace in first.traces) == ["DEBUG", "ERROR", "INFO", "WARNING"]


def test_cents_and_amounts_in_text_are_money(tmp_path: Path) -> None:
    path = strangers.payments(tmp_path)
    screen = screen_of(path, "payments")
    assert [one.title for one in screen.kpis] == [
        "Payments, 24 h", "Amount, 24 h", "Listed price, mean of 24 h", "Refunded, share of 24 h"
    ]  # fmt: skip
    assert screen.kpis[2].format.currency == "EUR"
    assert (screen.kpis[3].format.kind, screen.kpis[3].format.whole) == ("percent", 1.0)
    with cadran.testing.open(program_of(opened(path).plan), clock=VirtualClock(NOW)) as live:
        viewer = live.viewer("payments")
        live.advance("6s")
        day = [row for row in range(900) if (900 - row) * 280 + row % 90 < 86_400 - 6]
        assert viewer.value("amount-24-h") == pytest.approx(sum(1_999 + row * 977 % 48_000 for row in day) / 100)
        prices = [20 + row * 977 % 480 + 0.99 for row in day]
        assert viewer.value("listed-price-mean-of-24-h") == pytest.approx(sum(prices) / len(prices))


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["€1,234.50", "€7.00"], [1234.5, 7.0]),
        (["1.234,50 €", "-7,00 €"], [1234.5, -7.0]),
        (["$1,234,567", "$12"], [1234567.0, 12.0]),
    ],
)
def test_amounts_in_text_are_read_as_they_are_written(texts: list[str], numbers: list[float], tmp_path: Path) -> None:
    rows = [(number, text) for number, text in enumerate(texts * 10)]
    path = write(
        tmp_path / "prices.db",
        "CREATE TABLE prices (id INTEGER PRIMARY KEY, price TEXT)",
        rows={"INSERT INTO prices VALUES (?, ?)": rows},
    )
    screen = screen_of(path, "prices")
    seen = shown(program_of(opened(path).plan))
    mean = screen.kpis[1].title.replace(", ", "-").replace(" ", "-").lower()
    assert seen[f"prices/{mean}"] == pytest.approx(sum(numbers) / len(numbers))


def test_what_must_not_be_added_up_is_not(tmp_path: Path) -> None:
    screen = screen_of(strangers.houses(tmp_path), "houses")
    measured = {kpi.number.column: kpi.number.operation for kpi in screen.kpis if kpi.number.column}
    assert set(measured.values()) == {"mean"}
    assert not {"postcode", "year_built", "latitude", "longitude", "id"} & set(measured)
    assert screen.kpis[2].unit == "m²"


def test_flags_are_shares(tmp_path: Path) -> None:
    path = write(
        tmp_path / "users.db",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, is_active BOOLEAN, has_car INTEGER)",
        rows={"INSERT INTO users VALUES (?, ?, ?, ?)": [(n, f"U{n}", n % 4 != 0, n % 2) for n in range(100)]},
    )
    screen = screen_of(path, "users")
    assert [one.title for one in screen.kpis] == ["Users", "Active, share", "Car, share"]
    seen = shown(program_of(opened(path).plan))
    assert (seen["users/active-share"], seen["users/car-share"]) == (0.75, 0.5)


def test_data_that_ended_is_compared_with_what_was_before_and_says_when_that_was(tmp_path: Path) -> None:
    path = strangers.ended(tmp_path)
    screen = screen_of(path, "sales")
    assert {one.title.partition(", ")[2].removeprefix("mean of ") for one in screen.kpis} == {"90 days to Jun 17, 2019"}
    assert {one.compare for one in screen.kpis} == {"previous"}
    with cadran.testing.open(program_of(opened(path).plan), clock=VirtualClock(NOW)) as live:
        viewer = live.viewer("sales")
        live.advance("6s")
        key = screen.kpis[0].key or "sales-90-days-to-jun-17-2019"
        assert viewer.value(key) == 540.0
        assert viewer.previous(key) == 540.0


def test_the_newest_times_count_wherever_they_stand(tmp_path: Path) -> None:
    rows = [(number, iso(NOW - 4e8 + (number * 7919 % 3000) * 86_400)[:10], number % 9) for number in range(3000)]
    path = write(
        tmp_path / "mixed.db",
        "CREATE TABLE visits (id INTEGER PRIMARY KEY, visited_on TEXT, pages INTEGER)",
        rows={"INSERT INTO visits VALUES (?, ?, ?)": rows},
    )
    assert max(row[1] for row in rows) == screen_of(path, "visits").kpis[0].number.until


def test_steps_are_those_of_the_calendar_where_years_are_shown(tmp_path: Path) -> None:
    screen = screen_of(strangers.movies(tmp_path), "omdb")
    assert {trace.step for line in screen.lines for trace in line.traces} == {"year"}
    assert step_for(3 * 365 * 86_400, is_whole=True) == "month"
    assert step_for(365 * 86_400) == "7d"
    assert (step_for(7 * 86_400), step_for(7 * 86_400, is_date=True)) == ("6h", "1d"), "days have no hours"


def test_months_and_years_begin_as_in_the_calendar() -> None:
    rows = pl.DataFrame({"at": ["2024-01-31", "2024-02-29", "2024-02-01", "2024-04-01"], "n": [1.0, 2.0, 3.0, 4.0]})
    months = per_step(rows, "at", "month", "n")
    assert [iso(x)[:10] for x in months.xs] == ["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"]
    assert months.ys.tolist() == [1.0, 5.0, 0.0, 4.0]
    quarters = per_step(rows, "at", "quarter")
    assert [iso(x)[:10] for x in quarters.xs] == ["2024-01-01", "2024-04-01"]
    assert per_step(rows, "at", "year").ys.tolist() == [4.0]


def test_counts_and_sums_begin_at_zero(tmp_path: Path) -> None:
    screen = screen_of(strangers.invoices(tmp_path), "invoice-lines")
    of_sums = {line.y_min for line in screen.lines if line.traces[0].operation in ("count", "sum")}
    assert of_sums == {0.0}


def test_years_alone_are_a_time_and_the_last_is_compared_with_the_one_before(tmp_path: Path) -> None:
    path = write(
        tmp_path / "states.db",
        "CREATE TABLE marriages (year INTEGER, marriages INTEGER, survived INTEGER)",
        rows={"INSERT INTO marriages VALUES (?, ?, ?)": [(1900 + n, 1000 + n, n % 2) for n in range(112)]},
    )
    screen = screen_of(path, "marriages")
    assert [one.title for one in screen.lines] == ["Marriages"]
    assert [one.title for one in screen.kpis] == ["Marriages, mean of 2011", "Survived, share of 2011"]
    with cadran.testing.open(program_of(opened(path).plan), clock=VirtualClock(NOW)) as live:
        viewer = live.viewer("marriages")
        live.advance("6s")
        assert (viewer.value("marriages-mean-of-2011"), viewer.previous("marriages-mean-of-2011")) == (1111.0, 1110.0)
    assert screen.rows.columns[0].title == "Year"


def test_rows_are_newest_only_where_something_says_so(tmp_path: Path) -> None:
    assert screen_of(strangers.settings(tmp_path), "settings").rows.title == "Rows"
    assert screen_of(strangers.school(tmp_path), "students").rows.title == "Newest students"


def test_a_table_of_texts_counts_what_is_different(tmp_path: Path) -> None:
    screen = screen_of(strangers.notes(tmp_path), "notes")
    assert [one.title for one in screen.kpis] == [
        "Notes", "Body, different values", "Author, different values", "Mood, different values"
    ]  # fmt: skip
    assert shown(program_of(opened(tmp_path / "notes.db").plan))["notes/author-different-values"] == 31.0


@pytest.mark.parametrize(
    ("name", "title"),
    [("montantTTC", "Montant TTC"), ("nbArticles", "Articles"), ("is_active", "Active"), ("uuid", "UUID")],
)
def test_titles(name: str, title: str) -> None:
    assert title_of(name) == title
    assert title_of("Commandes 🛒", is_table=True) == "Commandes 🛒"
