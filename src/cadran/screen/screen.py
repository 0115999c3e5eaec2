"""``@screen`` and ``DashboardScreen``: a named layout of panels with its refresh settings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Literal, get_args

from cadran.durations import Duration, parse_secs
from cadran.errors import UsageError
from cadran.listeners import Listeners
from cadran.screen.checks import is_list, is_name
from cadran.screen.draft import Draft
from cadran.screen.places import place_of_error
from cadran.screen.slots import Description
from cadran.screen.slug import slug_from
from cadran.screen.tokens import DesignTokens
from cadran.screen.ui import Ui
from cadran.screen.zone import check_zone, local_zone

if TYPE_CHECKING:
    from cadran.server.app import WebApp

INTERVALS: tuple[Duration, ...] = ("1s", "2s", "5s", "10s", "30s", "1m", "5m")
Lang = Literal["en", "fr"]
Render = Callable[[Ui, DesignTokens], None]


class DashboardScreen:
    """A screen: subclass it with ``render(self, ui, tokens)``, or decorate a function with ``@cd.screen``.

    What a subclass sets as class attributes can also be given to the constructor, which wins. Raises ``UsageError``
    for a missing title, an unknown zone, an interval that is none.
    """

    title: str = ""
    slug: str = ""
    """Its address, ``/s/<slug>``; empty makes it from the title."""
    refresh: Duration | None = None
    """The interval that the picker starts with; None where every source decides for itself."""
    zone: str = ""
    """IANA name of the zone in which times are shown; empty takes the server's."""
    intervals: Iterable[Duration] = INTERVALS
    """What the picker offers."""
    tokens: DesignTokens = DesignTokens()
    lang: Lang | None = None
    """The language of viewers who do not ask for another; None takes their browser's."""

    def __init__(
        self,
        title: str | None = None,
        *,
        slug: str | None = None,
        refresh: Duration | None = None,
        zone: str | None = None,
        intervals: Iterable[Duration] | None = None,
        tokens: DesignTokens | None = None,
        lang: Lang | None = None,
    ) -> None:
        self.title = _title(self.title if title is None else title)
        self.slug = _slug(self.slug if slug is None else slug, self.title)
        self.refresh = self.refresh if refresh is None else refresh
        self.zone = check_zone((self.zone if zone is None else zone) or local_zone())
        self.intervals = self.intervals if intervals is None else intervals
        self.tokens = self.tokens if tokens is None else tokens
        self.lang = self.lang if lang is None else lang
        if self.lang is not None and self.lang not in get_args(Lang):
            raise UsageError(f'lang must be "en", "fr" or None, got {self.lang!r}')
        self.refresh_secs = None if self.refresh is None else parse_secs(self.refresh, "refresh")
        self.intervals_secs = _intervals_secs(self.intervals, self.refresh_secs)
        self._asks: Listeners[[]] = Listeners()

    def render(self, ui: Ui, tokens: DesignTokens) -> None:
        """Say what the screen shows. Called once for a program; reads no data."""
        raise NotImplementedError(f"{type(self).__name__} needs a method render(self, ui, tokens)")

    def describe(self) -> Description:
        """Run ``render`` once and return what it described.

        Raises ``UsageError`` naming file and line, caused by whatever ``render`` raised.
        """
        draft = Draft()
        try:
            self.render(Ui(draft), self.tokens)
            draft.check()
        except Exception as error:
            place = place_of_error(error.__traceback__, self._file())
            what = str(error) if isinstance(error, UsageError) else f"{type(error).__name__}: {error}"
            raise UsageError(f"screen {self.slug!r} cannot be described: {place}: {what}") from error
        return draft.finish(
            title=self.title,
            slug=self.slug,
            zone=self.zone,
            lang=self.lang,
            refresh_secs=self.refresh_secs,
            intervals_secs=self.intervals_secs,
            tokens_hash=self.tokens.to_hash(),
        )

    def request_repaint(self) -> None:
        """Send every viewer a frame now, although nothing changed. From any thread; returns at once."""
        self._asks.tell()

    def bind(self, on_ask: Callable[[], None]) -> Callable[[], None]:
        """Call ``on_ask``, from any thread, at each ``request_repaint``; returns what undoes this."""
        return self._asks.add(on_ask)

    def asgi(
        self,
        *,
        token: str | None = None,
        hosts: Iterable[str] = (),
        origins: Iterable[str] = (),
        frame_ancestors: Iterable[str] = (),
    ) -> WebApp:
        """Return an ASGI app that serves this screen alone; see ``Program.asgi``."""
        from cadran.screen.program import Program  # a program imports screens

        return Program([self]).asgi(token=token, hosts=hosts, origins=origins, frame_ancestors=frame_ancestors)

    def _file(self) -> str:
        return type(self).render.__code__.co_filename

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.slug!r}>"


class FunctionScreen(DashboardScreen):
    """What ``@screen`` makes of a function. Calling it calls the plain function."""

    def __init__(self, function: Render, title: str, **settings: Any) -> None:
        super().__init__(title, **settings)
        self.function = function
        self.__doc__ = function.__doc__
        self.__name__ = getattr(function, "__name__", self.slug)

    def render(self, ui: Ui, tokens: DesignTokens) -> None:
        self.function(ui, tokens)

    def __call__(self, ui: Ui, tokens: DesignTokens) -> None:
        self.function(ui, tokens)

    def _file(self) -> str:
        code = getattr(inspect.unwrap(self.function), "__code__", None)
        return "" if code is None else str(code.co_filename)


def screen(
    title: str,
    *,
    slug: str | None = None,
    refresh: Duration | None = None,
    zone: str | None = None,
    intervals: Iterable[Duration] = INTERVALS,
    tokens: DesignTokens | None = None,
    lang: Lang | None = None,
) -> Callable[[Render], DashboardScreen]:
    """Make a function of ``(ui, tokens)`` a ``DashboardScreen``; see there for what the arguments mean."""
    if not isinstance(title, str):
        raise UsageError(f'screen() needs a title: write @cd.screen("Shop, live"), got {title!r}')

    def decorate(function: Render) -> DashboardScreen:
        _check_function(function)
        return FunctionScreen(
            function, title, slug=slug, refresh=refresh, zone=zone, intervals=intervals, tokens=tokens, lang=lang
        )

    return decorate


def _check_function(function: Render) -> None:
    name = getattr(function, "__name__", repr(function))
    if inspect.iscoroutinefunction(function):
        raise UsageError(f"screen function {name} describes and reads no data: it must not be async")
    try:
        inspect.signature(function).bind(None, None)
    except TypeError:
        raise UsageError(f"screen function {name} must take (ui, tokens), got {inspect.signature(function)}") from None


def _title(title: object) -> str:
    if not isinstance(title, str) or not title.strip():
        raise UsageError(f"a screen needs a title, got {title!r}")
    return title


def _slug(slug: str, title: str) -> str:
    given = slug or slug_from(title)
    if not is_name(given) or not re.fullmatch(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", given):
        raise UsageError(
            f'a screen\'s slug is made of a-z, 0-9 and dashes, got {given!r} for {title!r}: give slug="name"'
        )
    return given


def _intervals_secs(intervals: Iterable[Duration], refresh_secs: float | None) -> tuple[float, ...]:
    if not is_list(intervals):
        raise UsageError(f'intervals must be a list of durations such as ["1s", "5s"], got {intervals!r}')
    offered = {parse_secs(interval, "an interval") for interval in intervals}
    return tuple(sorted(offered | ({refresh_secs} if refresh_secs else set())))
