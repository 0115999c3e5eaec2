"""What a browser gets: pages, tokens, assets; every address relative, so that any mount works."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from tests.server.fakes import FakeEngine, FakeProgram, ask, open_socket

from cadran.screen.program import Program
from cadran.screen.screen import DashboardScreen
from cadran.server import asgi_app, assets
from cadran.server.app import WebApp

INDEX = """<!doctype html><html><head><title>Cadran</title>
<link rel="stylesheet" href="./tokens.css"><link rel="stylesheet" href="./assets/index-Ab3dE6gH.css">
<script type="module" src="./assets/index-Ab3dE6gH.js"></script></head><body></body></html>"""
SCRIPT = b"console.log('cadran');\n" * 200


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX)
    (folder / "assets" / "index-Ab3dE6gH.js").write_bytes(SCRIPT)
    (folder / "assets" / "icon.svg").write_text("<svg/>")
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "assets" / "link.txt").symlink_to(tmp_path / "secret.txt")
    monkeypatch.setattr("cadran.server.app.read_built_page", lambda: assets.read_built_page(folder))
    return folder


def layout_in(body: bytes) -> Any:
    found = re.search(rb'<script type="application/json" id="layout">(.*?)</script>', body)
    assert found is not None
    return msgspec.json.decode(found[1])


def make(*titles: str, **options: Any) -> WebApp:
    return asgi_app(FakeProgram(*titles), engine=FakeEngine(), **options)


@pytest.mark.usefixtures("built")
class TestBuilt:
    def test_one_screen_is_the_root(self) -> None:
        page = ask(make("Shop, live"))
        assert page.status == 200
        assert b"<title>Shop, live</title>" in page.body
        assert b'src="./assets/index-Ab3dE6gH.js"' in page.body
        assert b'href="./tokens.css?' in page.body

    def test_assets_are_addressed_from_the_depth_of_the_page(self) -> None:
        page = ask(make("Shop", "Oven"), "/s/oven/")
        assert b'src="../../assets/index-Ab3dE6gH.js"' in page.body
        assert b'href="./tokens.css?' in page.body

    def test_tokens_are_kept_for_ever_under_the_address_that_a_page_names(self) -> None:
        app = make("Shop")
        named = re.search(rb'href="\./(tokens\.css\?[0-9a-f]+)"', ask(app).body)
        assert named is not None
        kept = ask(app, f"/s/shop/{named[1].decode()}")
        assert kept.headers["cache-control"] == "private, max-age=31536000, immutable"
        for other in ("/s/shop/tokens.css", "/s/shop/tokens.css?0123456789ab"):
            found = ask(app, other)
            assert found.body == kept.body
            assert found.headers["cache-control"] == "no-cache"

    def test_a_page_knows_the_layout_before_it_is_welcomed(self) -> None:
        program = FakeProgram("Shop")
        page = ask(asgi_app(program, engine=FakeEngine()))
        assert layout_in(page.body) == msgspec.json.decode(msgspec.json.encode(program.description("shop").layout))

    def test_a_layout_is_text(self) -> None:
        page = ask(make("</script><script>alert(1)</script><!--"))
        assert page.body.count(b"<script") == page.body.count(b"</script>") == 2
        assert b"<!--" not in page.body
        assert layout_in(page.body)["title"] == "</script><script>alert(1)</script><!--"

    def test_a_long_layout_comes_with_the_welcome(self) -> None:
        page = ask(make("x" * assets.LAYOUT_BYTES_MAX))
        assert page.status == 200
        assert b'id="layout"' not in page.body

    def test_a_screen_that_cannot_be_described_has_a_page_that_says_so_later(self) -> None:
        page = ask(asgi_app(Program([DashboardScreen("Nothing is rendered")]), engine=FakeEngine()))
        assert page.status == 200
        assert b'id="layout"' not in page.body

    def test_a_title_is_text(self) -> None:
        assert b"<title>&lt;script&gt;&quot;&amp;</title>" in ask(make('<script>"&')).body

    def test_many_screens_are_listed(self) -> None:
        page = ask(make("Shop", "<b>Oven"))
        assert b'<a href="./s/shop/">Shop</a>' in page.body
        assert b"&lt;b&gt;Oven</a>" in page.body
        assert b'rel="icon" href="data:' in page.body  # or a browser asks for /favicon.ico
        assert ask(make("Shop", "Oven"), "/plain.css").headers["content-type"].startswith("text/css")

    def test_a_hashed_asset_is_kept_for_ever_and_sent_packed(self) -> None:
        app = make()
        plain = ask(app, "/assets/index-Ab3dE6gH.js")
        packed = ask(app, "/assets/index-Ab3dE6gH.js", headers={"Accept-Encoding": "br, gzip"})
        assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert plain.headers["content-type"].startswith("text/javascript")
        assert gzip.decompress(packed.body) == plain.body == SCRIPT
        assert len(packed.body) < len(plain.body)

    def test_another_asset_is_asked_for_again(self) -> None:
        app = make()
        icon = ask(app, "/assets/icon.svg")
        assert icon.headers["cache-control"] == "no-cache"
        assert ask(app, "/assets/icon.svg", headers={"If-None-Match": icon.headers["etag"]}).status == 304

    @pytest.mark.parametrize(
        "path",
        [
            "../index.html",
            "..%2findex.html",
            "../../secret.txt",
            "link.txt",
            "/etc/passwd",
            "//etc/passwd",
            "....//secret.txt",
            "..\\secret.txt",
            "icon.svg\0.txt",
            "icon.svg/",
            "",
        ],
    )
    def test_s06_nothing_but_the_listed_files(self, path: str) -> None:
        assert ask(make(), f"/assets/{path}").status == 404

    @pytest.mark.parametrize("mount", ["/live", "/a/b/c"])
    def test_mounted_without_a_lifespan_everything_works_below_the_mount(self, mount: str) -> None:
        engine = FakeEngine()
        app = Starlette(routes=[Mount(mount, asgi_app(FakeProgram("Shop", "Oven"), engine=engine))])
        assert engine.num_starts == 0
        assert ask(app, f"{mount}/").status == 200
        assert b'src="../../assets/' in ask(app, f"{mount}/s/shop/").body
        assert ask(app, f"{mount}/s/shop").headers["location"] == "./shop/"
        assert ask(app, f"{mount}/s/shop/tokens.css").status == 200
        assert ask(app, f"{mount}/api/screens").json()["screens"][0]["name"] == "shop"
        assert open_socket(app, f"{mount}/s/shop/ws").status == 101
        assert engine.num_starts == 1


def test_a_checkout_without_the_page_says_what_to_run() -> None:
    page = ask(make(), "/s/shop/")
    if page.status != 200:  # else this checkout has been built
        assert page.status == 503
        assert b"make page" in page.body


def test_tokens_are_a_style_sheet() -> None:
    css = ask(make(), "/s/shop/tokens.css")
    assert css.headers["content-type"].startswith("text/css")
    assert b"--color-accent" in css.body
    assert ask(make(), "/tokens.css").body == css.body


@pytest.mark.parametrize("path", ["/s/nothing/", "/s/nothing/tokens.css", "/nothing", "/s/", "/s/shop/x", "//", "/ws/"])
def test_what_is_not_there(path: str) -> None:
    assert ask(make(), path).status == 404
    page = ask(make(), path, headers={"Accept": "text/html"})
    assert page.status == 404
    assert page.headers["content-type"].startswith("text/html")


def test_sockets_are_refused_where_there_is_no_screen() -> None:
    assert open_socket(make("Shop", "Oven"), "/ws").status == 404
    assert open_socket(make(), "/s/nothing/ws").status == 404
    assert open_socket(make(), "/ws").status == 101
    assert ask(make(), "/ws").status == 426


@pytest.mark.parametrize(
    ("path", "root_path", "location"),
    [
        ("/s/shop", "", "./shop/"),
        ("/s/shop?kiosk&theme=dark", "", "./shop/?kiosk&theme=dark"),
        ("/live", "/live", "./live/"),
        ("/live/s/shop", "/live", "./shop/"),
        ("/s/evil.com", "", "./evil.com/"),
        ("/s/a:b", "", "./a%3Ab/"),
        ("/s/\\evil.com", "", "./%5Cevil.com/"),
    ],
)
def test_s24_redirects_are_relative(path: str, root_path: str, location: str) -> None:
    answer = ask(make(), path, headers={"Host": "localhost"}, root_path=root_path)
    assert (answer.status, answer.headers["location"]) == (307, location)
