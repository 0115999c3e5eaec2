"""When a page is ready to be measured, and what is said of one that is not."""

from __future__ import annotations

import socket
import threading
from typing import Any, cast

import pytest
from bench.contender import PageHooks
from bench.live_page import PageFailedError, wait_until_drawn
from bench.page import Page
from bench.serving import say_ready

HOOKS = PageHooks(stamp_js="document.body", drawn_js="drawn()")


class Slow:
    """A page that tells one pair after the other (updates painted, lines drawn), and then the last again and again."""

    def __init__(self, *told: tuple[int, int]) -> None:
        self._told = list(told)
        self.num_asked = 0

    def evaluate(self, expression: str, **_: Any) -> tuple[int, int]:
        assert HOOKS.drawn_js in expression
        self.num_asked += 1
        return self._told.pop(0) if len(self._told) > 1 else self._told[0]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]

    def sleep(secs: float) -> None:
        now[0] += secs

    monkeypatch.setattr("bench.live_page.time.monotonic", lambda: now[0])
    monkeypatch.setattr("bench.live_page.time.sleep", sleep)
    return now


def waited(page: Slow, num_painted: int = 1) -> int:
    return wait_until_drawn(cast(Page, page), HOOKS, 12, num_painted, 90.0)


@pytest.mark.usefixtures("clock")
def test_a_page_is_ready_once_all_its_lines_are_drawn_and_updates_painted() -> None:
    page = Slow((0, 0), (1, 3), (1, 12), (6, 12))
    assert waited(page, 6) == 12
    assert page.num_asked == 4


def test_a_page_that_never_draws_all_its_lines_is_measured_as_it_is(clock: list[float]) -> None:
    assert waited(Slow((0, 0), (3, 8))) == 8
    assert clock[0] == pytest.approx(90.0, abs=0.5)


@pytest.mark.usefixtures("clock")
def test_an_idle_page_paints_no_update_and_is_ready_all_the_same() -> None:
    assert waited(Slow((0, 3), (0, 12)), 0) == 12
    assert waited(Slow((0, 8)), 0) == 8


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("told", [(0, 12), (4, 0), (0, 0)])
def test_a_page_that_shows_nothing_in_time_has_failed_and_says_how_far_it_came(told: tuple[int, int]) -> None:
    with pytest.raises(PageFailedError, match=rf"90 s .* drawn {told[1]} of 12 lines and painted {told[0]} updates"):
        waited(Slow(told))


def test_a_server_is_ready_once_it_takes_connections_and_is_asked_for_no_page(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            connection, _ = server.accept()
            with connection:
                asked.append(connection.recv(100))

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        say_ready(url, when_it_answers_secs=5.0)
        thread.join(5.0)
    assert capsys.readouterr().out == f"ready {url}\n"
    assert asked == [b""]


class Silent:
    """A socket to a browser that never says anything."""

    def __init__(self) -> None:
        self.waited_secs: list[float] = []

    def send(self, text: str) -> None:
        """Take what is asked."""

    def recv(self, timeout: float) -> bytes:
        self.waited_secs.append(timeout)
        raise TimeoutError("timed out")


def test_a_server_that_is_slow_to_answer_is_waited_for_as_long_as_its_page_may_take() -> None:
    socket = Silent()
    page = Page(cast(Any, socket))
    page._is_probed = True
    with pytest.raises(TimeoutError, match=r"did not answer within 90 s \(Page.navigate\)"):
        page.open("http://127.0.0.1:1/", "", timeout_secs=90.0)
    assert socket.waited_secs[0] > 80.0
