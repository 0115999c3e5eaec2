"""S16, S9, S15: the token is compared in constant time, never in an address or a reply, and guesses have to wait."""

from __future__ import annotations

import hmac
import logging
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.security.walls import UP_AND_DOWN, take_down
from tests.server.fakes import TOKEN, Answer, FakeClock, FakeEngine, FakeProgram, ask, open_socket

from cadran.errors import UsageError
from cadran.server import asgi_app
from cadran.server.app import WebApp
from cadran.server.cookie import LIFE_SECS
from cadran.server.login import own_page

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Origin": "http://localhost:8400"}
OTHER = "another-token-of-good-length"


def make(token: str = TOKEN, clock: FakeClock | None = None) -> WebApp:
    return asgi_app(FakeProgram(), engine=FakeEngine(), token=token, clock=clock)


def bearer(app: WebApp, token: str, **changes: Any) -> Answer:
    return ask(app, "/api/screens", headers={"Authorization": f"Bearer {token}"}, **changes)


def log_in(app: WebApp, token: str = TOKEN, target: str = "", **changes: Any) -> Answer:
    return ask(app, "/login", "POST", FORM, urlencode({"token": token, "next": target}).encode(), **changes)


def cookie_of(answer: Answer) -> str:
    return answer.headers["set-cookie"].partition(";")[0]


def with_cookie(app: WebApp, cookie: str, path: str = "/api/screens") -> int:
    return ask(app, path, headers={"Cookie": cookie}).status


def test_s16_programs_show_the_token_in_a_header() -> None:
    app = make()
    assert bearer(app, TOKEN).status == 200
    assert bearer(app, OTHER).error == "wrong_token"
    assert ask(app, "/api/screens").error == "token_needed"
    assert ask(app, "/api/screens", headers={"Authorization": f"Basic {TOKEN}"}).error == "bad_authorization"
    assert ask(app, f"/api/screens?token={TOKEN}&access_token={TOKEN}").status == 401
    assert open_socket(app, "/ws", {"Authorization": f"Bearer {TOKEN}"}).status == 101
    assert open_socket(app, f"/ws?token={TOKEN}").status == 401


@pytest.mark.parametrize(
    "token", ["", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), f"{TOKEN} {TOKEN}", "\xff" * 30, "x" * 9000]
)
def test_s16_almost_is_not_enough(token: str) -> None:
    assert bearer(make(), token).status == 401


def test_s16_browsers_show_it_once_and_get_a_cookie() -> None:
    app = make()
    door = ask(app, "/s/shop/?kiosk", headers={"Accept": "text/html"})
    assert door.status == 401
    assert b'action="../../login"' in door.body
    assert b'value="s/shop/?kiosk"' in door.body
    assert door.headers["referrer-policy"] == "same-origin"  # else the browser sends "Origin: null" with the form
    answer = log_in(app, target="s/shop/?kiosk")
    assert (answer.status, answer.headers["location"]) == (303, "./s/shop/?kiosk=")
    attributes = {part.strip() for part in answer.headers["set-cookie"].split(";")[1:]}
    assert attributes == {"Path=/", f"Max-Age={LIFE_SECS}", "HttpOnly", "SameSite=Strict"}
    cookie = cookie_of(answer)
    assert with_cookie(app, cookie) == 200
    assert open_socket(app, "/ws", {"Cookie": cookie, "Origin": "http://localhost:8400"}).status == 101
    assert with_cookie(make(), cookie) == 200  # after a restart
    assert with_cookie(make(OTHER), cookie) == 401  # after a new token


def test_s16_the_cookie_belongs_to_the_mount_and_to_https() -> None:
    answer = ask(
        make(),
        "/live/login",
        "POST",
        {**FORM, "Origin": "https://localhost:8400"},
        urlencode({"token": TOKEN}).encode(),
        root_path="/live",
        scheme="https",
    )
    assert "; Path=/live/;" in answer.headers["set-cookie"]
    assert answer.headers["set-cookie"].endswith("; Secure")


def test_u18_a_screen_on_a_wall_is_renewed_by_pages_and_sockets() -> None:
    clock = FakeClock()
    app = make(clock=clock)
    cookie = cookie_of(log_in(app))
    clock.advance(LIFE_SECS * 0.4)
    assert "set-cookie" not in ask(app, "/", headers={"Cookie": cookie}).headers
    clock.advance(LIFE_SECS * 0.2)
    renewed = cookie_of(ask(app, "/", headers={"Cookie": cookie}))
    clock.advance(LIFE_SECS * 0.6)
    assert with_cookie(app, cookie) == 401
    assert with_cookie(app, renewed) == 200
    socket = open_socket(app, "/ws", {"Cookie": renewed, "Origin": "http://localhost:8400"})
    clock.advance(LIFE_SECS * 0.6)
    assert with_cookie(app, renewed) == 401
    assert with_cookie(app, cookie_of(socket)) == 200


@pytest.mark.parametrize("change", ["", "9", "99999999999.", ".", "-1.", "nan.", "1e99.", "٣.", "9" * 5000])
def test_s16_cookies_cannot_be_made(change: str) -> None:
    app = make()
    name, _, value = cookie_of(log_in(app)).partition("=")
    signature = value.partition(".")[2]
    change = change.encode().decode("latin-1")
    assert with_cookie(app, f"{name}={change}") == 401
    assert with_cookie(app, f"{name}={change}{signature}") == 401
    assert with_cookie(app, f"{name}={value}0") == 401
    assert with_cookie(app, f"{name}={'9' + value}") == 401


@UP_AND_DOWN
def test_s16_who_guesses_waits(is_up: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not is_up:
        take_down("throttle", monkeypatch)
    clock = FakeClock()
    app = make(clock=clock)
    cookie = cookie_of(log_in(app))
    found = [bearer(app, f"{OTHER}-{i}").status for i in range(5)] + [
        log_in(app, f"{OTHER}-{i}").status for i in range(5)
    ]
    assert found == [401] * 10
    last = bearer(app, f"{OTHER}-last")
    assert last.status == (429 if is_up else 401)
    assert log_in(app, f"{OTHER}-last").status == (429 if is_up else 401)
    assert bearer(app, OTHER, client=("10.0.0.9", 1)).status == 401
    assert with_cookie(app, cookie) == 200
    if is_up:
        assert last.headers["retry-after"] == "60"
        clock.advance(61)
        assert bearer(app, OTHER).status == 401


def test_s16_who_guesses_keeps_nobody_else_out() -> None:
    """Behind a proxy all have one address."""
    app = make()
    for i in range(20):
        bearer(app, f"{OTHER}-{i}")
    assert bearer(app, OTHER).status == 429
    assert bearer(app, TOKEN).status == 200
    assert log_in(app).status == 303


def test_s16_a_whole_network_is_one_client_and_memory_is_bounded() -> None:
    app = make()
    for i in range(10):
        bearer(app, OTHER, client=(f"2001:db8::{i:x}", 1))
    assert bearer(app, OTHER, client=("2001:db8::ffff", 1)).status == 429
    assert bearer(app, OTHER, client=("2001:db8:1::1", 1)).status == 401


def test_s16_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths = []
    compare = hmac.compare_digest

    def watched(a: bytes, b: bytes) -> bool:
        lengths.append((len(a), len(b)))
        return compare(a, b)

    monkeypatch.setattr(hmac, "compare_digest", watched)
    app = make()
    for token in (TOKEN, "x", "y" * 500):
        bearer(app, token)
    assert lengths == [(32, 32)] * 3


@UP_AND_DOWN
@pytest.mark.parametrize("token", ["", "short", "fifteen-letters", "a" * 40, "abababababababababab"])
def test_s09_a_weak_token_refuses_to_start(token: str, is_up: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not is_up:
        take_down("weak token", monkeypatch)
        assert bearer(make(token), token).status == 200
        return
    with pytest.raises(UsageError, match="at least 16") as caught:
        make(token)
    assert not token or token not in str(caught.value)


@pytest.mark.parametrize("token", [f" {TOKEN}", f"{TOKEN}\n", "contraseña-muy-larga-y-buena"])
def test_s09_a_token_that_fits_no_header(token: str) -> None:
    with pytest.raises(UsageError, match="printable"):
        make(token)


def test_s15_the_token_is_in_no_reply_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    app = make()
    answers = [
        log_in(app),
        log_in(app, TOKEN + "x"),
        bearer(app, TOKEN),
        bearer(app, TOKEN + "x"),
        ask(app, "/", headers={"Accept": "text/html", "Authorization": f"Bearer {TOKEN}"}),
        ask(app, "/login", "POST", FORM, f"token={TOKEN}&next={TOKEN}".encode()),
    ]
    for answer in answers:
        assert TOKEN.encode() not in answer.body
        assert TOKEN not in str(answer.headers)
    assert TOKEN not in caplog.text


@pytest.mark.parametrize(
    ("target", "page"),
    [
        ("", ""),
        ("s/shop/", "s/shop/"),
        ("s/shop", "s/shop/"),
        ("s/shop/?theme=dark&kiosk", "s/shop/?theme=dark&kiosk="),
        ("?kiosk", "?kiosk="),
        ("s/nothing/", ""),
        ("//evil.example", ""),
        ("https://evil.example/", ""),
        ("/evil.example", ""),
        ("s/../../evil", ""),
        ("s/shop/\r\nSet-Cookie: a=b", ""),
        ("?a=\r\nSet-Cookie: a=b", "?a=%0D%0ASet-Cookie%3A+a%3Db"),
        ("javascript:alert(1)", ""),
    ],
)
def test_s24_after_the_login_only_pages_of_ours(target: str, page: str) -> None:
    assert own_page(target, {"shop"}) == page


def test_s20_the_form_is_refused_from_elsewhere() -> None:
    body = f"token={TOKEN}".encode()
    assert ask(make(), "/login", "POST", {**FORM, "Origin": "https://evil.example"}, body).status == 403
    assert ask(make(), "/login", "POST", {**FORM, "Origin": "null"}, body).status == 403
    assert ask(make(), f"/login?token={TOKEN}", "GET").status == 405
    assert ask(make(), f"/login?token={TOKEN}", "POST", FORM).status == 401
    assert ask(make(), "/login", "POST", {**FORM, "Content-Type": "text/plain"}, body).status == 415
    assert ask(make(), "/login", "POST", FORM, b"a=" + b"x" * 9000).status == 413
    assert ask(make(), "/login", "POST", FORM, b"&".join([b"a=1"] * 50)).status == 400


def test_without_a_token_there_is_no_login() -> None:
    assert ask(asgi_app(FakeProgram(), engine=FakeEngine()), "/login", "POST", FORM).status == 404
