from __future__ import annotations

from importlib import util
from typing import Any

import pytest

from cadran.errors import UsageError
from cadran.sources import database
from cadran.sources.driver import Driver
from cadran.sources.urls import SCHEMES, Address, Scheme, driver_from_url, scrub


@pytest.fixture
def addresses(monkeypatch: pytest.MonkeyPatch) -> list[Address]:
    """The addresses that drivers of the scheme ``server`` are made with."""
    found: list[Address] = []

    def make(address: Address) -> Driver:
        found.append(address)
        return database("sqlite:///a.db").driver

    scheme = Scheme("server://user@host/db", make, options=frozenset({"sslmode", "name"}))
    monkeypatch.setitem(SCHEMES, "server", scheme)
    return found


def test_a_url_is_taken_apart(addresses: list[Address], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_PASSWORD", "p@ss/100%25")
    monkeypatch.setenv("DB_HOST", "db.example")
    driver_from_url("server://me%40home:${DB_PASSWORD}@${DB_HOST}:5433/sh%20op?sslmode=require&name=a%26b")
    (address,) = addresses
    assert (address.host, address.port, address.path) == ("db.example", 5433, "sh op")
    assert (address.user, address.password) == ("me@home", "p@ss/100%25")
    assert dict(address.options) == {"sslmode": "require", "name": "a&b"}
    assert address.name == "server:db.example:5433/sh op"


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "user", "password"),
    [
        ("server://host/db", "host", None, "db", None, None),
        ("server://host", "host", None, "", None, None),
        ("server:///db", "", None, "db", None, None),
        ("server://u@[::1]:5/db", "[::1]", 5, "db", "u", None),
        ("server://u:@host/a/b", "host", None, "a/b", "u", ""),
        ("server://:p%3A%40@host/", "host", None, "", None, "p:@"),
    ],
)
def test_parts_may_be_missing(
    addresses: list[Address], url: str, host: str, port: int | None, path: str, user: str | None, password: str | None
) -> None:
    driver_from_url(url)
    (one,) = addresses
    assert (one.host, one.port, one.path, one.user, one.password) == (host, port, path, user, password)


def test_a_missing_driver_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    find = util.find_spec
    monkeypatch.setattr("cadran.sources.urls.find_spec", lambda name: None if name == "duckdb" else find(name))
    with pytest.raises(
        UsageError, match=r'duckdb:// needs duckdb, which is not installed: pip install "cadran\[duckdb\]"'
    ):
        database("duckdb:///shop.duckdb")


def test_each_extra_exists() -> None:
    import tomllib
    from pathlib import Path

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    for name, scheme in SCHEMES.items():
        assert (scheme.module is None) == (scheme.extra is None), name
        assert scheme.extra is None or scheme.extra in extras
        assert scheme.example.startswith(f"{name}://")


def test_an_unknown_scheme_names_the_known() -> None:
    with pytest.raises(UsageError, match="sqlite://, duckdb://.* got oracle://…"):
        database("oracle://host/db")


@pytest.mark.parametrize("connections", [0, -1, True, "4", None])
def test_connections_are_a_number(connections: Any) -> None:
    with pytest.raises(UsageError, match="connections: expected an int of at least 1"):
        database("sqlite:///a.db", connections=connections)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("duckdb:///a.duckdb?threads=0", "threads: expected a number from 1 to 64, got '0'"),
        ("duckdb:///a.duckdb?threads=many", "threads: expected a number"),
        ("duckdb:///a.duckdb?memory_limit=all", "memory_limit: expected a size such as 1GB, got 'all'"),
        ("duckdb:///a.duckdb?threads=1&threads=2", "each once"),
        (
            "duckdb:///a.duckdb?mode=rw",
            "expected only these options of duckdb:a.duckdb: memory_limit, threads, got mode",
        ),
        ("duckdb:///:memory:", "expected .* the path of a file, got :memory:"),
        ("duckdb://a.duckdb", "three slashes for a relative path"),
    ],
)
def test_what_a_url_may_say(url: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        database(url)


def test_scrubbing_takes_the_longest_first() -> None:
    assert scrub("secret-long and secret", "secret-long", None, "secret") == "*** and ***"
