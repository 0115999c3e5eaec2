"""The interface for programs, and its one shape of error."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.server.fakes import Answer, FakeEngine, FakeProgram, ask, http_scope

from cadran.engine.report import ScreenReport
from cadran.screen.program import Program
from cadran.screen.screen import DashboardScreen
from cadran.screen.tokens import DesignTokens
from cadran.screen.ui import Ui
from cadran.server import asgi_app


def test_health_needs_no_engine_and_readiness_does() -> None:
    engine = FakeEngine()
    app = asgi_app(FakeProgram(), engine=engine)
    assert ask(app, "/healthz").status == 200
    assert engine.num_starts == 0
    assert ask(app, "/readyz").status == 200
    assert engine.num_starts == 1


def test_not_ready_before_the_first_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeEngine, "start", lambda self: None)
    answer = ask(asgi_app(FakeProgram(), engine=FakeEngine()), "/readyz")
    assert (answer.status, answer.error) == (503, "not_ready")


def test_screens_are_listed_and_read() -> None:
    app = asgi_app(FakeProgram("Shop", "Oven"), engine=FakeEngine())
    assert ask(app, "/api/screens").json() == {
        "screens": [{"name": "shop", "title": "Shop"}, {"name": "oven", "title": "Oven"}]
    }
    assert ask(app, "/api/screens/shop").json() == {"screen": "shop", "panels": []}
    unknown = ask(app, "/api/screens/nothing")
    assert (unknown.status, unknown.error) == (404, "no_such_screen")


def test_numbers_that_json_lacks_are_null() -> None:
    engine = FakeEngine()
    engine.report = {"value": float("nan")}
    assert ask(asgi_app(FakeProgram(), engine=engine), "/api/screens/shop").json() == {"value": None}


def test_a_screen_that_is_not_read_in_time_is_504() -> None:
    engine = FakeEngine()
    engine.report = TimeoutError()
    answer = ask(asgi_app(FakeProgram(), engine=engine), "/api/screens/shop")
    assert (answer.status, answer.error) == (504, "screen_too_slow")


def test_a_fault_of_ours_is_500_and_says_nothing_of_its_cause() -> None:
    engine = FakeEngine()
    engine.report = RuntimeError("password=hunter2")

    async def scene() -> list[Any]:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        async def receive() -> Any:
            return {"type": "http.request"}

        with pytest.raises(RuntimeError):  # raised again, for the server's log
            await asgi_app(FakeProgram(), engine=engine)(http_scope("/api/screens/shop"), receive, send)
        return sent

    start, body = asyncio.run(scene())
    assert start["status"] == 500
    assert b"hunter2" not in body["body"]


class Shop(DashboardScreen):
    """A screen on which something can be chosen."""

    def render(self, ui: Ui, tokens: DesignTokens) -> None:
        ui.text("Nothing", "Nothing at all.")
        ui.filter("region", several=True, options=["North", "South"])
        ui.search()
        ui.range("24h")


def ask_shop(query: str, path: str = "") -> tuple[Answer, FakeEngine]:
    engine, program = FakeEngine(), Program([Shop("Shop")])
    engine.report = ScreenReport(screen="shop", title="Shop", epoch="e", s=1, at=0.0, panels=())
    return ask(asgi_app(program, engine=engine), f"/api/screens/shop{path}?{query}"), engine


@pytest.mark.parametrize("path", ["", "/debug"])
def test_a_screen_is_asked_for_as_its_page_is(path: str) -> None:
    """Choices by the names of the page's address; what else that says is for the page."""
    _, engine = ask_shop(
        "region=South&region=North&q=oil%20%26%20gas&range=3600s&kiosk&theme=dark&utm_source=mail", path
    )
    assert engine.asked == [{"region": ("North", "South"), "q": ("oil & gas",), "range": ("3600s",)}]
    answer, engine = ask_shop("kiosk&theme=dark", path)
    assert (answer.status, engine.asked) == (200, [{}])


@pytest.mark.parametrize("path", ["", "/debug"])
@pytest.mark.parametrize(("query", "where"), [("region=Nowhere", "region"), ("q=1&range=often", "range")])
def test_what_cannot_be_chosen_is_refused_and_not_left_out(query: str, where: str, path: str) -> None:
    answer, engine = ask_shop(query, path)
    assert (answer.status, answer.error, answer.json()["error"]["where"]) == (400, "no_such_choice", where)
    assert engine.asked == []


@pytest.mark.parametrize("path", ["", "/debug"])
def test_where_too_many_different_choices_are_served_nothing_else_is_answered(path: str) -> None:
    """The engine then shows the screen with nothing chosen: that is not what was asked for."""
    answer, _ = ask_shop("region=North", path)
    assert (answer.status, answer.error) == (503, "too_many_choices")
