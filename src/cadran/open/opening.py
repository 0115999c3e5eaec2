"""From what a user names (a URL, a file, a folder) to the plan of its screens."""

from __future__ import annotations

import keyword
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from cadran.durations import parse_secs
from cadran.errors import UsageError
from cadran.open.choosing import main_time
from cadran.open.columns import roles_of
from cadran.open.facts import ColumnFacts, Skipped, TableFacts
from cadran.open.files import ENDINGS, MAX_ROWS, FollowedFiles
from cadran.open.inspecting import SAMPLE_ROWS, inspect_query, inspect_tables
from cadran.open.plan import DatabaseOrigin, FileOrigin, ProgramPlan, ScreenPlan
from cadran.open.proposing import propose
from cadran.screen.slug import slug_from
from cadran.sources.urls import driver_from_url
from cadran.words import nearest

TABLES_MAX = 100
EVERY, FILE_EVERY = "5s", "2s"
_SQLITE_ENDINGS = (".db", ".sqlite", ".sqlite3", ".db3", ".s3db", ".sl3")
_DUCKDB_ENDINGS = (".duckdb", ".ddb")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the user asked for."""

    target: str
    tables: tuple[str, ...] = ()
    query: str | None = None
    every: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """What was found: screens, and what is not among them."""

    plan: ProgramPlan
    skipped: tuple[Skipped, ...]


def open_target(wish: Wish, wall: Callable[[], float] = time.time) -> Opened:
    """Look at a target, and propose its screens.

    Raises ``UsageError`` for what can't be opened, ``OutsideError`` for a database that can't be read.
    """
    if wish.every is not None:
        parse_secs(wish.every, "--every")
    url = url_of(wish.target)
    if url is None:
        return _open_files(wish, wall())
    if wish.query is not None and wish.tables:
        raise UsageError("expected --table or --query, got both")
    driver = driver_from_url(url)
    if wish.query is not None:
        facts = [inspect_query(driver, wish.query.strip().rstrip(";"), wish.title or "query")]
        skipped: list[Skipped] = []
    else:
        wanted = {name.lower() for name in wish.tables}
        names: list[str] = []

        def is_wanted(name: str) -> bool:
            names.append(name)
            return (not wanted or name.lower() in wanted) and (bool(wanted) or len(names) <= TABLES_MAX)

        facts, skipped = inspect_tables(driver, is_wanted)
        known = {name.lower() for name in names}
        for name in wish.tables:
            if name.lower() not in known:
                raise UsageError(f"there is no table {name!r} in {driver.name}{nearest(name, names)}")
        if not wanted and len(names) > TABLES_MAX:
            skipped += [Skipped(name, "there are many; name it with --table") for name in names[TABLES_MAX:]]
    if not facts:
        told = "; ".join(f"{one.name}: {one.reason}" for one in skipped[:3])
        raise UsageError(f"{driver.name} has no table that can be shown" + (f" ({told})" if told else ""))
    facts.sort(key=lambda one: (one.num_rows == 0, one.is_view))
    screens = _screens(facts, wish, wall(), driver.dialect, EVERY)
    return Opened(ProgramPlan(origin=DatabaseOrigin(url=url), screens=screens), tuple(skipped))


def url_of(target: str) -> str | None:
    """Return the URL of a database; None for files of rows. Raises ``UsageError`` for what is neither."""
    if "://" in target:
        return target
    path = Path(target)
    if path.is_dir():
        return None
    if not path.is_file():
        raise UsageError(f"there is no file or folder {target}; a database of a server is named by its URL")
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as problem:
        raise UsageError(f"{target} can't be read: {problem.strerror}") from None
    ending = path.suffix.lower()
    if head.startswith(b"SQLite format 3\x00") or (not head and ending in _SQLITE_ENDINGS):
        return f"sqlite:///{target}"
    if head[8:12] == b"DUCK" or ending in _DUCKDB_ENDINGS:
        return f"duckdb:///{target}"
    if ending in ENDINGS:
        return None
    endings = ", ".join(ENDINGS)
    raise UsageError(f"expected a SQLite or DuckDB database, or a file that ends in {endings}, got {target}")


def _open_files(wish: Wish, now: float) -> Opened:
    if wish.tables or wish.query is not None:
        raise UsageError("--table and --query are for databases; a file, or a folder of them, is one table")
    path = Path(wish.target)
    if path.is_dir() and not any(one.suffix.lower() in ENDINGS for one in path.iterdir()):
        raise UsageError(f"{wish.target} holds no file that ends in {', '.join(ENDINGS)}")
    rows = FollowedFiles(path, None, MAX_ROWS).rows()
    columns = tuple(ColumnFacts(name) for name in rows.columns)
    name = path.resolve().stem
    facts = TableFacts(
        name, "", columns, num_rows=rows.height, has_more=rows.height >= MAX_ROWS,
        sample=rows.tail(SAMPLE_ROWS), oldest=rows.head(200),
    )  # fmt: skip
    time = main_time(roles_of(facts), facts.num_rows)
    if time is not None:
        facts = replace(facts, times=rows.select(time.name))
    screens = _screens([facts], wish, now, None, FILE_EVERY)
    return Opened(ProgramPlan(origin=FileOrigin(path=wish.target), screens=screens), ())


def _screens(
    tables: Iterable[TableFacts], wish: Wish, now: float, dialect: str | None, every: str
) -> tuple[ScreenPlan, ...]:
    found, variables, slugs = [], {"db", "cd", "pl", "files", "per_step", "rows"}, set[str]()
    tables = list(tables)
    for table in tables:
        title = wish.title if len(tables) == 1 else None
        if wish.title is not None and len(tables) > 1:
            title = None
        slug = re.sub(r"[^a-z0-9]+", "-", slug_from(title or table.name)).strip("-") or "table"
        plan = propose(
            table, now, variable=_unique(variable_of(table.name), variables, "_"), dialect=dialect,
            every=wish.every or every, title=title, slug=_unique(slug, slugs, "-"),
        )  # fmt: skip
        found.append(_with_unique_names(plan, variables))
    return tuple(found)


def variable_of(name: str) -> str:
    """Return a name for a program's variable."""
    text = re.sub(r"[^a-z0-9]+", "_", slug_from(name)).strip("_")
    if not text or text[0].isdigit():
        text = f"table_{text}".rstrip("_")
    return f"{text}_rows" if keyword.iskeyword(text) or keyword.issoftkeyword(text) else text


def _unique(name: str, taken: set[str], joint: str) -> str:
    unique, number = name, 2
    while unique in taken:
        unique, number = f"{name}{joint}{number}", number + 1
    taken.add(unique)
    return unique


def _with_unique_names(plan: ScreenPlan, taken: set[str]) -> ScreenPlan:
    """Give each function of a program a name of its own."""
    taken.add(f"{plan.read.variable}_screen")
    charts = []
    for lines in plan.lines:
        traces = tuple(
            replace(one, variable=_unique(one.variable, taken, "_")) if one.variable else one for one in lines.traces
        )
        charts.append(replace(lines, traces=traces))
    return replace(plan, lines=tuple(charts))
