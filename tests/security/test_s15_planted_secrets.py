"""S15: the password of a database, wherever it came from, is in no output: repr, messages, logs, /metrics, the debug
call, the page. The driver of this test says it in everything that drivers say: errors, names, addresses."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import polars as pl
import pytest
from tests.security.walls import UP_AND_DOWN, take_down

import cadran as cd
from cadran import testing
from cadran.engine.measuring import seen
from cadran.errors import OutsideError, UsageError
from cadran.frames.costs import HOLD_BOUNDS_SECS
from cadran.server.life import ServerStatistics
from cadran.server.metrics import metrics_parts
from cadran.sources import Connection, Database, database
from cadran.sources.driver import Ordered
from cadran.sources.urls import SCHEMES, Address, Scheme
from cadran.timings import Histogram

SECRET = "pl@nted/4711?&secret"
PLACES = {
    "in the URL": f"vault://reader:{quote(SECRET, safe='')}@db.example:5432/shop",
    "in the environment": "vault://reader:${SHOP_PASSWORD}@db.example:5432/shop",
    "in a file": "vault://reader@db.example:5432/shop?password_file={file}",
    "in an option": f"vault://reader@db.example:5432/shop?sslpassword={quote(SECRET, safe='')}",
}


class VaultDriver:
    dialect = "vault"
    is_typed = True

    def __init__(self, address: Address) -> None:
        self.address = address
        self.name = address.name

    def secrets(self) -> tuple[str, ...]:
        return self.address.secrets()

    def connect(self, timeout_secs: float) -> Connection:
        return VaultConnection(self.address)

    def close(self) -> None: ...


class VaultConnection:
    def __init__(self, address: Address) -> None:
        self._address = address

    def fetch(self, sql: str, parameters: Mapping[str, object], max_rows: int, timeout_secs: float) -> pl.DataFrame:
        secret = self._address.secret() or self._address.options["sslpassword"]
        assert secret == SECRET
        try:
            raise RuntimeError(f"login failed: vault://reader:{secret}@db.example")
        except RuntimeError as problem:
            text = f"{problem}; password={quote(secret, safe='')}; {self._address!r}"
            raise OutsideError(text) from problem

    def fetch_ordered(
        self, sql: str, parameters: Mapping[str, object], max_rows: int, timeout_secs: float, column: str
    ) -> Ordered:
        return Ordered(self.fetch(sql, parameters, max_rows, timeout_secs), (), ())

    def version(self) -> object | None:
        return None

    def is_steady(self, sql: str) -> bool:
        return False

    def cancel(self) -> None: ...

    def rest(self) -> None: ...

    def close(self) -> None: ...


@pytest.fixture(params=PLACES)
def vault(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    options = frozenset({"sslpassword", "password_file"})
    monkeypatch.setitem(SCHEMES, "vault", Scheme("vault://user@host/db", VaultDriver, options=options))
    monkeypatch.setenv("SHOP_PASSWORD", SECRET)
    (tmp_path / "password").write_text(SECRET + "\n")
    return database(PLACES[request.param].replace("{file}", str(tmp_path / "password")))


def outputs_of(vault: Database, caplog: pytest.LogCaptureFixture) -> str:
    """All that anybody can read while a screen shows a query of this database, whose login fails."""
    caplog.set_level(logging.DEBUG)
    told: list[str] = []
    query = vault.query("SELECT 1 AS one", every="1s")

    @cd.screen("Vault", zone="UTC")
    def screen(ui: cd.Ui, tokens: cd.DesignTokens) -> None:
        ui.table("Orders", query)

    with testing.open(screen) as live:
        viewer = live.viewer()
        hear = viewer.hear

        def listen(data: bytes) -> None:
            told.append(data.decode("latin-1"))
            hear(data)

        viewer.hear = listen  # type: ignore[method-assign]
        live.advance("5s")
        status = viewer.status("orders")
        assert status is not None
        assert status.fault is not None
        told += [repr(status), repr(live.inspect()), repr(live.core.health(live.clock.now()))]
        told.append(msgspec.json.encode(live.measures()).decode())
        everything = seen(live.core.measuring(live.clock.now()).engine(live.program.sources, live.core.stages()))
        told += metrics_parts(
            everything,
            ServerStatistics(num_viewers=1, num_sockets=1, num_overflows=0, waits=Histogram(HOLD_BOUNDS_SECS)),
        )
    reader = query.open()
    try:
        reader.read(None, 0.0)
    except OutsideError as problem:
        logging.getLogger("cadran").exception("a read failed")
        told += [str(problem), repr(problem)]
    reader.close()
    address: Any = vault.driver
    told += [repr(one) for one in (vault, query, query.spec, reader, vault.driver, address.address)]
    return "\n".join([*told, query.id, query.label, vault.driver.name, caplog.text])


@UP_AND_DOWN
def test_s15_a_planted_secret_is_nowhere(
    vault: Database, is_up: bool, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_up:
        take_down("scrub", monkeypatch)
    outputs = outputs_of(vault, caplog)
    assert "login failed" in outputs
    assert "db.example:5432/shop" in outputs
    found = [one for one in (SECRET, quote(SECRET, safe=""), "4711") if one in outputs]
    assert found == ([] if is_up else [SECRET, quote(SECRET, safe=""), "4711"])


@pytest.mark.parametrize(
    "url",
    [
        "nosuch://reader:planted@db.example/shop",
        "reader:planted@db.example/shop",
        "vault://reader:planted@db.example:notaport/shop",
        "vault://reader:pla/nted@db.example/shop",
        "vault://reader:12/planted@db.example/shop",
        "vault://reader:12?planted@db.example/shop",
        "vault://reader:12?a=planted@db.example/shop",
        "vault://reader:planted@db.example/shop?sslpassword",
        "vault://reader:planted@db.example/shop?nosuch=planted",
        "vault://reader:planted@db.example/shop?password_file=/planted",
        "sqlite://reader:planted@db.example",
        "${SHOP_PASSWORD}",
    ],
)
def test_s15_an_error_in_a_url_does_not_repeat_it(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    options = frozenset({"sslpassword", "password_file"})
    monkeypatch.setitem(SCHEMES, "vault", Scheme("vault://user@host/db", VaultDriver, options=options))
    with pytest.raises(UsageError) as raised:
        database(url)
    assert "planted" not in str(raised.value).replace("/planted", "")
    assert "nted" not in str(raised.value).replace("/planted", "")


def test_s15_a_missing_variable_or_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = frozenset({"password_file"})
    monkeypatch.setitem(SCHEMES, "vault", Scheme("vault://user@host/db", VaultDriver, options=options))
    monkeypatch.delenv("SHOP_PASSWORD", raising=False)
    with pytest.raises(UsageError, match="the environment variable SHOP_PASSWORD, which is not set"):
        database("vault://reader:${SHOP_PASSWORD}@host/shop")
    driver: Any = database(f"vault://reader@host/shop?password_file={tmp_path}/none").driver
    with pytest.raises(OutsideError, match=r"the password of vault:host/shop can't be read: .*none: No such file"):
        driver.address.secret()


def test_s15_a_password_file_is_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SCHEMES, "vault", Scheme("vault://h/d", VaultDriver))
    (tmp_path / "password").write_text("first\n")
    driver: Any = database(f"vault://reader@host/shop?password_file={tmp_path}/password").driver
    assert driver.address.secret() == "first"
    (tmp_path / "password").write_text("second\n")
    assert driver.address.secret() == "second"
    assert driver.secrets() == ("second",)
