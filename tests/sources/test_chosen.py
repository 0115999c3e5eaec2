"""What viewers choose, bound in the ways that people write it: nothing chosen is NULL, whatever it is compared with."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import cast

import polars as pl
import pytest
from tests.sources.backends import BACKENDS, Backend, open_database

from cadran.sources import Whole

Value = str | int | float | None
_OTHERWISE: dict[str, tuple[tuple[str, str], ...]] = {
    "mariadb": (
        ("'%' || :text || '%'", "CONCAT('%', :text, '%')"),
        ("IS NOT DISTINCT FROM", "<=>"),
        ("DOUBLE PRECISION)", "DOUBLE)"),
    )
}
"""What a database writes in another way."""
_ALL = [1, 2, 3, 4]
_IDIOMS: dict[str, list[tuple[Value, list[int]]]] = {
    "(:region IS NULL OR region = :region)": [(None, _ALL), ("north", [1, 2])],
    "(region = :region OR :region IS NULL)": [(None, _ALL), ("north", [1, 2])],
    "(:region IS NOT NULL AND region = :region)": [(None, []), ("south", [3])],
    "(:region\n  is null or region = :region)": [("north", [1, 2])],
    "region = coalesce(:region, region)": [(None, [1, 2, 3]), ("north", [1, 2])],
    "coalesce(:region, 'all') IN ('all', region)": [(None, _ALL), ("south", [3])],
    "(nullif(:region, '') IS NULL OR region = :region)": [("", _ALL), ("north", [1, 2])],
    "CASE WHEN :region IS NULL THEN 1 = 1 ELSE region = :region END": [(None, _ALL), ("south", [3])],
    "(:region IS NULL OR region IN (:region, 'none'))": [(None, _ALL), ("south", [3])],
    "(:text IS NULL OR lower(region) LIKE lower('%' || :text || '%'))": [(None, _ALL), ("RTH", [1, 2])],
    "(:text IS NULL OR region LIKE '%' || :text || '%')": [("%", [1, 2, 3]), ("x%y", [])],
    "(:least IS NULL OR amount >= :least)": [(None, _ALL), (2, [2, 3, 4]), (2.5, [3, 4])],
    "(:least IS NULL OR amount >= CAST(:least AS DOUBLE PRECISION))": [("2.5", [3, 4])],
    "amount >= coalesce(:least, 0)": [(None, _ALL), (3, [3, 4]), (2.5, [3, 4])],
    "(:n IS NULL OR id = :n)": [(None, _ALL), (3, [3]), ("3", [3])],
    "(:n IS NULL OR id > :n + 1)": [(None, _ALL), (1, [3, 4])],
    "(:day IS NULL OR day = :day)": [(None, _ALL), ("2026-11-22", [2, 3])],
    "(:since_ts IS NULL OR ts >= :since_ts)": [(None, _ALL), ("2026-11-22 10:00:00", [2, 3, 4])],
    "(:least IS NULL OR amount BETWEEN :least AND :least + 1)": [(2, [2, 3]), (None, _ALL)],
    "(:region IS NULL OR region = :region) AND ':region' <> 'x' /* :region IS NULL */": [("south", [3])],
    "((:region) IS NULL OR region = (:region))": [(None, _ALL), ("south", [3])],
    "(CAST(:region AS CHAR(9)) IS NULL OR region = :region)": [(None, _ALL), ("south", [3])],
    ":region IS NULL": [(None, _ALL), ("x", [])],
    "(:paid IS NULL OR paid = :paid)": [(None, _ALL), (1, [1, 3])],
    "(:region IS NULL OR region IS NOT DISTINCT FROM :region)": [("south", [3])],
    "(region = :region OR (region IS NULL AND :region IS NULL))": [(None, [4]), ("south", [3])],
    "(:text IS NULL OR length(:text) < 2 OR region LIKE '%' || :text || '%')": [("s", _ALL), ("so", [3])],
}


@pytest.mark.parametrize("name", BACKENDS)
def test_s11_idioms_of_filters(name: str, tmp_path: Path) -> None:
    with cast(AbstractContextManager[Backend], BACKENDS[name](tmp_path)) as backend:
        backend.execute(
            "CREATE TABLE orders"
            " (id BIGINT, region VARCHAR(9), amount DOUBLE PRECISION, day DATE, ts TIMESTAMP, paid INT)"
        )
        for id_, region in enumerate(("'north'", "'north'", "'south'", "NULL"), 1):
            day = ("'2026-11-21'", "'2026-11-22'", "'2026-11-22'", "'2026-11-23'")[id_ - 1]
            at = f"{day[:-1]} 10:00:00'"
            backend.execute(f"INSERT INTO orders VALUES ({id_}, {region}, {id_}.0, {day}, {at}, {id_ % 2})")
        shop = open_database(backend)
        problems = {}
        for idiom, expected in _IDIOMS.items():
            condition = idiom
            for usual, own in _OTHERWISE.get(name, ()):
                condition = condition.replace(usual, own)
            query = shop.query(f"SELECT id FROM orders WHERE {condition} ORDER BY id", every="1s")
            for value, ids in expected:
                reader = query.bound(dict.fromkeys(query.parameters, value)).open()
                try:
                    reading = reader.read(None, 0.0)
                    assert isinstance(reading, Whole)
                    got: object = cast(pl.DataFrame, reading.value)["id"].to_list()
                except Exception as problem:
                    got = problem
                if got != ids:
                    problems[idiom, value] = got
                reader.close()
        assert problems == {}
