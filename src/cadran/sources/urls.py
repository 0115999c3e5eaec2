"""The URL of a database: which driver it means, where the database is, and its password, which nothing repeats.

sqlite:///relative/path   sqlite:////absolute/path   duckdb:///file.duckdb
postgresql://user:${DB_PASSWORD}@host:5432/shop      postgresql://user@host/shop?password_file=/run/secrets/db
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote, quote_plus, unquote

from cadran.errors import OutsideError, UsageError
from cadran.sources.driver import Driver
from cadran.sources.sqlalchemy_kinds import KINDS
from cadran.updates.numbers import describe

_ENVIRONMENT = re.compile(r"\$\{(\w+)\}")
_PARTS = re.compile(
    r"(?:(?P<user>[^:@/?#]*)(?::(?P<password>[^@/?#]*))?@)?(?P<host>\[[^\]]*\]|[^:/?#]*)(?::(?P<port>\d+))?(?P<path>/[^?#]*)?"
)
_SECRET_OPTION = re.compile("pass|pwd|secret|token|key|credential", re.IGNORECASE)
SECRET = "***"
SECRET_MAX_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Address:
    """A URL taken apart; what was percent-encoded or came from the environment is plain here, so nothing prints it."""

    scheme: str
    host: str
    port: int | None
    path: str
    """Without the slash that ends the host: a database's name, or a file's path."""
    options: Mapping[str, str] = field(repr=False)
    """What follows ``?``, without ``password_file``. Some may be secret."""
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    password_file: str | None = None

    @property
    def name(self) -> str:
        """Without user and password: part of ids and messages."""
        where = self.host + ("" if self.port is None else f":{self.port}")
        return f"{self.scheme}:{where}/{self.path}" if where else f"{self.scheme}:{self.path}"

    def secret(self) -> str | None:
        """Return the password; a file is read each time, so that a new one counts at the next connection.

        Raises ``OutsideError`` for a file that can't be read.
        """
        if self.password_file is None:
            return self.password
        try:
            with Path(self.password_file).open("rb") as file:
                return file.read(SECRET_MAX_BYTES).decode().rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as problem:
            reason = getattr(problem, "strerror", None) or "it is not text"
            raise OutsideError(f"the password of {self.name} can't be read: {self.password_file}: {reason}") from None

    def secrets(self) -> tuple[str, ...]:
        """Return all that must appear in no message, as it is and as URLs write it."""
        found = {value for name, value in self.options.items() if _SECRET_OPTION.search(name)}
        with contextlib.suppress(OutsideError):
            found.add(self.secret() or "")
        found |= {quote(one, safe="") for one in found} | {quote_plus(one) for one in found}
        return tuple(sorted(found - {""}, key=len, reverse=True))


def scrub(text: str, *secrets: str | None) -> str:
    """Return a text without these secrets."""
    for secret in filter(None, secrets):
        text = text.replace(secret, SECRET)
    return text


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way to name a database."""

    example: str
    make: Callable[[Address], Driver]
    module: str | None = None
    """What must be installed for it; None: nothing."""
    extra: str | None = None
    """The extra of Cadran that installs it."""
    options: frozenset[str] = frozenset()
    """What may follow ``?``."""
    is_file: bool = False


def _sqlite(address: Address) -> Driver:
    from cadran.sources.sqlite import SqliteDriver  # only a program with such a database needs SQLite

    return SqliteDriver(address.path)


def _duckdb(address: Address) -> Driver:
    from cadran.sources.duckdb import DuckdbDriver  # only a program with such a database needs DuckDB

    threads = address.options.get("threads", "2")
    if not threads.isdecimal() or not 1 <= int(threads) <= 64:
        raise UsageError(f"database: {address.name}: threads: expected a number from 1 to 64, got {threads!r}")
    memory = address.options.get("memory_limit", "1GB")
    if re.fullmatch(r"\d+(\.\d+)? ?([KMGT]i?B)", memory) is None:
        raise UsageError(f"database: {address.name}: memory_limit: expected a size such as 1GB, got {memory!r}")
    return DuckdbDriver(address.path, int(threads), memory)


def _postgres(address: Address) -> Driver:
    from cadran.sources.postgres import PostgresDriver  # only a program with such a database needs psycopg

    return PostgresDriver(address)


_POSTGRES = Scheme(
    "postgresql://user:${DB_PASSWORD}@host:5432/shop",
    _postgres,
    module="psycopg",
    extra="postgres",
    options=frozenset(
        {"sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "channel_binding", "gssencmode"}
        | {"application_name", "target_session_attrs"}
    ),
)


def _by_sqlalchemy(name: str, example: str) -> Scheme:
    kind = KINDS[name]

    def make(address: Address) -> Driver:
        from cadran.sources.sqlalchemy import SqlalchemyDriver  # only a program with such a database needs it

        return SqlalchemyDriver(address, kind)

    return Scheme(example, make, module=kind.module, extra=kind.extra, options=kind.options)


SCHEMES: dict[str, Scheme] = {
    "sqlite": Scheme("sqlite:///shop.db", _sqlite, is_file=True),
    "duckdb": Scheme(
        "duckdb:///shop.duckdb",
        _duckdb,
        module="duckdb",
        extra="duckdb",
        options=frozenset({"threads", "memory_limit"}),
        is_file=True,
    ),
    "postgresql": _POSTGRES,
    "postgres": replace(_POSTGRES, example=_POSTGRES.example.replace("postgresql", "postgres")),
    "mysql": _by_sqlalchemy("mysql", "mysql://user:${DB_PASSWORD}@host:3306/shop"),
    "mariadb": _by_sqlalchemy("mariadb", "mariadb://user:${DB_PASSWORD}@host:3306/shop"),
    "clickhouse": _by_sqlalchemy("clickhouse", "clickhouse://user:${DB_PASSWORD}@host:8123/shop"),
    "mssql": _by_sqlalchemy("mssql", "mssql://user:${DB_PASSWORD}@host:1433/shop"),
    "snowflake": _by_sqlalchemy("snowflake", "snowflake://user:${DB_PASSWORD}@account/shop/public?warehouse=small"),
    "bigquery": _by_sqlalchemy("bigquery", "bigquery://project/dataset"),
    "trino": _by_sqlalchemy("trino", "trino://user:${DB_PASSWORD}@host:8443/catalog/schema"),
}


def driver_from_url(url: object) -> Driver:
    """Return the driver that a URL means. Opens nothing. Raises ``UsageError``, without anything secret."""
    scheme_name, separator, rest = url.partition("://") if isinstance(url, str) else ("", "", "")
    scheme = SCHEMES.get(scheme_name)
    if scheme is None or not separator:
        known = ", ".join(f"{name}://" for name in SCHEMES)
        got = f"{scheme_name}://…" if separator else "text without ://" if "@" in str(url) else describe(url)
        raise UsageError(f'database: expected a URL such as "sqlite:///shop.db" ({known}), got {got}')
    address = _file_address(scheme_name, rest) if scheme.is_file else _server_address(scheme_name, rest)
    if unknown := sorted(set(address.options) - scheme.options):
        known = ", ".join(sorted(scheme.options)) or "none"
        got = ", ".join(unknown)
        raise UsageError(f"database: expected only these options of {address.name}: {known}, got {got}")
    needed = () if scheme.module is None else (scheme.module, *(("sqlalchemy",) if scheme_name in KINDS else ()))
    if missing := next((module for module in needed if not _is_installed(module)), None):
        advice = f'pip install "cadran[{scheme.extra}]"'
        raise UsageError(f"database: {scheme_name}:// needs {missing}, which is not installed: {advice}")
    return scheme.make(address)


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # not even the package that it is in
        return False


def _file_address(scheme: str, rest: str) -> Address:
    path, _, query = rest.partition("?")
    expected = f'database: expected "{SCHEMES[scheme].example}"'
    if not path.startswith("/") or len(path) == 1 or "\x00" in path:
        advice = "three slashes for a relative path, four for an absolute one"
        raise UsageError(f"{expected}, {advice}, got {scheme}://{path.rpartition('@')[2]}")
    path = path[1:]
    if path == ":memory:":
        raise UsageError(f"{expected}, the path of a file, got :memory:, which no two connections share")
    return Address(scheme, "", None, path, _options_of(query, scheme))


def _server_address(scheme: str, rest: str) -> Address:
    location, _, query = rest.partition("?")
    found = _PARTS.fullmatch(location)
    # An @ that is left over tells that a password with / or ? in it was taken for something else.
    if found is None or "@" in (found["path"] or "") or "@" in query:
        advice = "encode what is special in a password as %40 and so on, or take it from the environment: ${NAME}"
        raise UsageError(f'database: expected "{SCHEMES[scheme].example}", got {scheme}://…; {advice}')
    options = _options_of(query, scheme)
    password, password_file = found["password"], options.pop("password_file", None)
    if password is not None and password_file is not None:
        raise UsageError(f"database: {scheme}://…: expected a password or a password_file, got both")
    return Address(
        scheme,
        unquote(_filled(found["host"])),
        int(found["port"]) if found["port"] else None,
        unquote(_filled((found["path"] or "/")[1:])),
        options,
        user=unquote(_filled(found["user"])) if found["user"] else None,
        password=None if password is None else _filled(password, unquote),
        password_file=password_file,
    )


def _options_of(query: str, scheme: str) -> dict[str, str]:
    options: dict[str, str] = {}
    for part in query.split("&") if query else ():
        name, separator, value = part.partition("=")
        if not separator or name in options:
            raise UsageError(f"database: {scheme}://…: expected options as ?name=value&other=value, each once")
        options[unquote(name)] = _filled(value, unquote)
    return options


def _filled(text: str, unquoted: Callable[[str], str] = str) -> str:
    """Put the environment's values in place of ``${NAME}``; they are taken as they are, without percent-encoding."""

    def value_of(match: re.Match[str]) -> str:
        value = os.environ.get(match[1])
        if value is None:
            raise UsageError(f"database: expected the environment variable {match[1]}, which is not set")
        return value

    end, parts = 0, []
    for match in _ENVIRONMENT.finditer(text):
        parts += [unquoted(text[end : match.start()]), value_of(match)]
        end = match.end()
    return "".join([*parts, unquoted(text[end:])])
