"""Every wall can be taken down, so that a test can show that the attack then succeeds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

_WEAKENED: dict[str, tuple[str, Callable[..., Any]]] = {
    "bind": ("cadran.server.run.check_bind", lambda host, token: None),
    "host": ("cadran.server.host.host_problem", lambda scope, allowed: None),
    "origin": ("cadran.server.origin.origin_problem", lambda scope, allowed: None),
    "token": ("cadran.server.auth.auth_problem", lambda scope, gate: None),
    "weak token": ("cadran.server.auth.check_token", lambda token: None),
    "throttle": ("cadran.server.throttle.Throttle.wait_secs", lambda self, client, now: 0),
    "sqlite": ("cadran.sources.sqlite_walls.Walls.__call__", lambda self, *asked: 0),
    "duckdb": ("cadran.sources.duckdb.config", lambda num_threads, memory: {"python_scan_all_frames": True}),
    "duckdb statements": ("cadran.sources.duckdb.statement_that_reads", lambda connection, sql: sql),
    "live sql": ("cadran.metrics.sql.config", lambda num_threads, memory: {"python_scan_all_frames": True}),
    "scrub": ("cadran.sources.asking.scrub", lambda text, *secrets: text),
    "headers": ("cadran.server.app.security_headers", lambda *wanted: {}),
}

UP_AND_DOWN = pytest.mark.parametrize("is_up", [True, False], ids=["wall up", "wall down"])
"""Runs a test twice: the attack must fail, and must succeed on the weakened build."""


def take_down(wall: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Weaken the build by one wall."""
    target, weak = _WEAKENED[wall]
    monkeypatch.setattr(target, weak)
