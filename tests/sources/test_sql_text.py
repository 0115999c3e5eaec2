from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadran.sources.sql_text import ParameterStyle, bind, parameters_of, without_end

HIDING = [
    "-- :a\n",
    "/* :a */",
    "':a'",
    "'it''s :a'",
    '":a"',
    '"x"":a"',
    "`:a`",
    "E'\\':a'",
    "$$ :a $$",
    "$tag$ :a $$ $tag$",
    "x::a",
    "1 % 2",
]
"""What only looks like a parameter."""


@pytest.mark.parametrize("text", HIDING)
def test_what_only_looks_like_a_parameter_is_left_alone(text: str) -> None:
    assert parameters_of(f"SELECT {text}") == set()
    assert bind(f"SELECT {text} , :b", {"a": 1, "b": 2}, "dollar") == (f"SELECT {text} , $b", {"b": 2})


@given(st.lists(st.sampled_from([*HIDING, " ", ",", "(", ":a ", ":b2 ", ":a"]), max_size=8))
def test_each_parameter_is_found_wherever_it_stands(parts: list[str]) -> None:
    sql = "SELECT " + " ".join(parts)
    expected = {part.strip(" :") for part in parts if part.startswith(":")}
    assert parameters_of(sql) == expected
    written, values = bind(sql, {"a": 1, "b2": 2, "c": 3}, "pyformat")
    assert set(values) == expected
    assert written % {name: f":{name}" for name in values} == sql  # as a driver fills it in


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("named", "SELECT :a, '%' WHERE x > :cursor AND y = :a"),
        ("dollar", "SELECT $a, '%' WHERE x > $cursor AND y = $a"),
        ("pyformat", "SELECT %(a)s, '%%' WHERE x > %(cursor)s AND y = %(a)s"),
    ],
)
def test_styles(style: ParameterStyle, expected: str) -> None:
    sql = "SELECT :a, '%' WHERE x > :cursor AND y = :a"
    assert bind(sql, {"a": 1, "cursor": 2, "limit": 3}, style) == (expected, {"a": 1, "cursor": 2})


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1", "SELECT 1"),
        ("SELECT 1;", "SELECT 1"),
        ("SELECT ';' ; -- ; done", "SELECT ';' "),
        ("SELECT 1 -- ; not the end", "SELECT 1 -- ; not the end"),
        ('SELECT $$;$$, ";";', 'SELECT $$;$$, ";"'),
    ],
)
def test_the_end_of_a_statement(sql: str, expected: str) -> None:
    assert without_end(sql) == expected
