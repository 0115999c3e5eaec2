"""S8: data only as data, and a strict policy on every response; S5: nothing is ever shared across origins."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest
from tests.security.routes import all_paths
from tests.security.walls import UP_AND_DOWN, take_down
from tests.server.fakes import TOKEN, Answer, FakeEngine, FakeProgram, ask, open_socket

from cadran.errors import UsageError
from cadran.server import asgi_app, assets

INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
SCRIPT = "\n  window.early = new URL('ws', location.href);\n"
PAGE = f"""<!doctype html><html><head><script>{SCRIPT}</script><title>Cadran</title>
<script type="module" src="./assets/index-Ab3dE6gH.js"></script></head><body></body></html>"""


def hashed(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def scripts_of_the_build() -> str:
    """What the policy allows for the page of this checkout: its scripts, and nothing else that lies within a page."""
    index = assets.STATIC_FOLDER / "index.html"
    inline = INLINE.findall(index.read_text("utf-8")) if index.is_file() else []
    return " ".join(["'self'", *map(hashed, inline)])


POLICY = {
    "default-src": "'none'",
    "script-src": scripts_of_the_build(),
    "style-src": "'self'",
    "font-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
ACROSS = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}


def policy_of(answer: Answer) -> dict[str, str]:
    parts = answer.headers.get("content-security-policy", "").split(";")
    return {name: value for name, _, value in (part.strip().partition(" ") for part in parts) if name}


def all_answers() -> list[Answer]:
    answers = []
    for token in (None, TOKEN):
        app = asgi_app(FakeProgram(), engine=FakeEngine(), token=token)
        for path in [*all_paths(), "/nothing", "/s/nothing/"]:
            answers += [ask(app, path, method, ACROSS) for method in ("GET", "POST", "OPTIONS", "PUT")]
            answers.append(ask(app, path, headers={"Accept": "text/html"}))
            answers.append(ask(app, path, headers={"Host": "evil.example"}))
            answers.append(open_socket(app, path, ACROSS))
    return answers


@UP_AND_DOWN
def test_s08_every_response_has_the_policy(is_up: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not is_up:
        take_down("headers", monkeypatch)
    for answer in all_answers():
        assert (policy_of(answer) == POLICY) is is_up
        assert (answer.headers.get("x-content-type-options") == "nosniff") is is_up
        assert (answer.headers.get("x-frame-options") == "DENY") is is_up
        assert (answer.headers.get("cross-origin-opener-policy") == "same-origin") is is_up
        assert (answer.headers.get("cross-origin-resource-policy") == "same-origin") is is_up
        assert answer.headers["referrer-policy"] in ("no-referrer", "same-origin")


@pytest.fixture
def with_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "index.html").write_text(PAGE)
    monkeypatch.setattr("cadran.server.app.read_built_page", lambda: assets.read_built_page(tmp_path))


@pytest.mark.usefixtures("with_script")
@pytest.mark.parametrize("path", ["/", "/s/shop/", "/s/oven/"])
def test_s08_the_one_script_within_a_page_is_allowed_by_its_hash(path: str) -> None:
    titles = ("Shop",) if path == "/" else ("Shop", "Oven")
    answer = ask(asgi_app(FakeProgram(*titles), engine=FakeEngine()), path)
    assert policy_of(answer)["script-src"] == f"'self' {hashed(SCRIPT)}"
    assert INLINE.findall(answer.body.decode()) == [SCRIPT]  # what is served is what was hashed


@pytest.mark.usefixtures("with_script")
def test_s08_no_other_script_within_a_page_runs() -> None:
    title = f"<script>{SCRIPT}//</script><script>alert(1)</script>"
    answer = ask(asgi_app(FakeProgram(title), engine=FakeEngine()))
    assert policy_of(answer)["script-src"] == f"'self' {hashed(SCRIPT)}"
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert INLINE.findall(answer.body.decode()) == [SCRIPT]


def test_s05_no_response_is_shared_across_origins() -> None:
    for answer in all_answers():
        assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_s08_data_is_json_and_is_not_kept() -> None:
    app = asgi_app(FakeProgram("<script>alert(1)</script>"), engine=FakeEngine())
    for path in ("/api/screens", "/api/screens/script-alert-1-script", "/readyz", "/api/nothing"):
        answer = ask(app, path)
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["cache-control"] == "no-store"


def test_s08_framing_only_by_who_is_named() -> None:
    app = asgi_app(FakeProgram(), engine=FakeEngine(), frame_ancestors=["https://portal.example.com"])
    answer = ask(app, "/")
    assert policy_of(answer) == {**POLICY, "frame-ancestors": "https://portal.example.com"}
    assert "x-frame-options" not in answer.headers


@pytest.mark.parametrize("ancestor", ["*", "https:", "'self'", "https://a; script-src *", "https://a https://b"])
def test_s08_an_ancestor_cannot_loosen_the_policy(ancestor: str) -> None:
    with pytest.raises(UsageError, match="exact"):
        asgi_app(FakeProgram(), frame_ancestors=[ancestor])
