from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from typing import Any

import pytest

from cadran.errors import UsageError
from cadran.screen.program import Program
from cadran.screen.screen import DashboardScreen, screen
from cadran.screen.tokens import DesignTokens
from cadran.screen.ui import Ui


def test_a_function_becomes_a_screen() -> None:
    calls: list[DesignTokens] = []

    @screen("Shop, live", refresh="5s", zone="Europe/Paris", lang="fr")
    def shop(ui: Ui, tokens: DesignTokens) -> None:
        """What the shop shows."""
        calls.append(tokens)
        ui.text("About", "Text.")

    assert isinstance(shop, DashboardScreen)
    assert (shop.title, shop.slug, shop.zone, shop.lang) == ("Shop, live", "shop-live", "Europe/Paris", "fr")
    assert shop.refresh_secs == 5.0
    assert shop.__doc__ == "What the shop shows."
    assert calls == []
    layout = shop.describe().layout
    assert calls == [DesignTokens()]
    assert (layout.title, layout.slug, layout.zone, layout.refresh_secs) == (
        "Shop, live", "shop-live", "Europe/Paris", 5.0
    )  # fmt: skip
    assert layout.intervals_secs == (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0)


def test_a_subclass_is_the_same_thing() -> None:
    class Shop(DashboardScreen):
        title = "Shop, live"
        refresh = "5s"
        zone = "Europe/Paris"

        def render(self, ui: Ui, tokens: DesignTokens) -> None:
            ui.text("About", "Text.")

    @screen("Shop, live", refresh="5s", zone="Europe/Paris")
    def shop(ui: Ui, tokens: DesignTokens) -> None:
        ui.text("About", "Text.")

    assert Shop().describe() == shop.describe()
    other = Shop("Other", slug="o", refresh="1m")
    assert (other.title, other.slug, other.refresh_secs, other.zone) == ("Other", "o", 60.0, "Europe/Paris")
    assert Shop.title == "Shop, live"


def test_the_picker_offers_the_refresh_that_was_chosen() -> None:
    class Shop(DashboardScreen):
        title, refresh, intervals = "Shop", "7s", ("10s", 1)

    assert Shop().intervals_secs == (1.0, 7.0, 10.0)


def test_tokens_reach_the_description() -> None:
    class Shop(DashboardScreen):
        title = "Shop"

        def render(self, ui: Ui, tokens: DesignTokens) -> None:
            assert tokens is mine
            ui.text("About", "Text.")

    mine = DesignTokens().replace(light=DesignTokens().light)
    Shop(tokens=mine).describe()


def test_a_raising_description_names_file_and_line() -> None:
    def helper() -> float:
        return [1.0][3]

    @screen("Shop")
    def shop(ui: Ui, tokens: DesignTokens) -> None:
        helper()

    line = inspect.getsourcelines(helper)[1] + 1
    with pytest.raises(UsageError) as caught:
        shop.describe()
    assert str(caught.value) == (
        f"screen 'shop' cannot be described: {__file__}:{line}: IndexError: list index out of range"
    )
    assert isinstance(caught.value.__cause__, IndexError)


def test_a_refused_panel_names_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "shop.py"
    file.write_text("def shop(ui, tokens):\n    ui.text('a', '')\n    ui.columns(0)\n")
    names: dict[str, Any] = {}
    exec(compile(file.read_text(), str(file), "exec"), names)
    with pytest.raises(UsageError, match=rf"{file}:3: columns\(\) needs a whole number"):
        screen("Shop")(names["shop"]).describe()


def test_a_subclass_without_render_says_so() -> None:
    class Shop(DashboardScreen):
        title = "Shop"

    with pytest.raises(UsageError, match=r"Shop needs a method render\(self, ui, tokens\)"):
        Shop().describe()


def test_request_repaint_tells_every_listener() -> None:
    class Shop(DashboardScreen):
        title = "Shop"

    shop, asked = Shop(), [0]

    def count() -> None:
        asked[0] += 1

    unbind = shop.bind(count)
    shop.request_repaint()
    unbind()
    shop.request_repaint()
    assert asked == [1]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"title": " "}, "a screen needs a title, got ' '"),
        ({"slug": "a/b"}, "a screen's slug is made of a-z, 0-9 and dashes, got 'a/b' for 'Shop': give slug=\"name\""),
        ({"title": "温度"}, "got '温度' for '温度': give slug="),
        ({"refresh": 0}, "refresh must be a duration above zero"),
        ({"intervals": "5s"}, "intervals must be a list of durations"),
        ({"intervals": ["5x"]}, "an interval must be a duration above zero"),
        ({"zone": "Mars"}, "zone must be an IANA name"),
        ({"lang": "de"}, 'lang must be "en", "fr" or None, got \'de\''),
    ],
)
def test_wrong_settings_say_what_was_expected(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        DashboardScreen(**{"title": "Shop", **settings})


def test_the_function_takes_ui_and_tokens_and_is_not_async() -> None:
    make: Any = screen

    def one(ui: Ui) -> None: ...

    async def waiting(ui: Ui, tokens: DesignTokens) -> None: ...

    with pytest.raises(UsageError, match=r"screen function one must take \(ui, tokens\), got \(ui: "):
        make("Shop")(one)
    with pytest.raises(UsageError, match="screen function waiting describes and reads no data: it must not be async"):
        make("Shop")(waiting)
    with pytest.raises(UsageError, match=r'write @cd\.screen\("Shop, live"\), got <function'):
        make(one)


def test_asgi_serves_a_program_of_this_screen_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Shop(DashboardScreen):
        title = "Shop"

    app_module = importlib.import_module("cadran.server.app")
    given: list[tuple[Program, dict[str, object]]] = []
    monkeypatch.setattr(app_module, "asgi_app", lambda program, **options: given.append((program, options)))
    shop = Shop()
    shop.asgi(token="secret", hosts=["dash.example.com"])
    [(program, options)] = given
    assert dict(program.screens) == {"shop": shop}
    assert options == {"token": "secret", "hosts": ["dash.example.com"], "origins": (), "frame_ancestors": ()}


def _line_of(text: str) -> int:
    return Path(__file__).read_text("utf-8").partition(text)[0].count("\n") + 1


def test_columns_without_with_are_an_error_that_names_the_line() -> None:
    @screen("Shop")
    def shop(ui: Ui, tokens: DesignTokens) -> None:
        ui.columns(2)
        ui.text("About", "Text.")

    line = _line_of("ui.columns(2)\n        ui.text")
    with pytest.raises(UsageError, match=rf"columns\(2\) at .*test_screen\.py:{line}.* `with ui\.columns"):
        shop.describe()


def test_columns_that_are_opened_later_or_twice_are_none() -> None:
    @screen("Shop")
    def shop(ui: Ui, tokens: DesignTokens) -> None:
        two = ui.columns(2)
        for title in ("A", "B"):
            with two:
                ui.text(title, "Text.")

    assert [row.columns for row in shop.describe().layout.sections[0].rows] == [2, 2]


def test_a_screen_that_shows_nothing_is_an_error() -> None:
    @screen("Shop")
    def shop(ui: Ui, tokens: DesignTokens) -> None:
        with ui.columns(2):
            pass

    with pytest.raises(UsageError, match=r"screen 'shop' cannot be described: .*test_screen\.py: it shows nothing"):
        shop.describe()


def test_asgi_refuses_an_option_that_is_none() -> None:
    class Shop(DashboardScreen):
        title = "Shop"

    with pytest.raises(TypeError, match="host"):
        Shop().asgi(host="dash.example.com")  # type: ignore[call-arg]
