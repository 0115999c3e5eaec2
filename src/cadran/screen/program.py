"""A program: the screens that run together, and the sources that they reach."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from cadran.channel import Channel
from cadran.errors import UsageError
from cadran.readable import Source
from cadran.screen.screen import DashboardScreen
from cadran.screen.slots import Description

if TYPE_CHECKING:
    from cadran.server.app import WebApp


class Program:
    """Screens by slug. Each is described once, when it is first asked for; safe from any thread."""

    def __init__(self, screens: Iterable[DashboardScreen]) -> None:
        self._screens = _by_slug(screens)
        self._descriptions: dict[str, Description] = {}
        self._lock = threading.RLock()

    @property
    def screens(self) -> Mapping[str, DashboardScreen]:
        """The screens by slug, in the order in which they were given."""
        return MappingProxyType(self._screens)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of all screens, each once. Describes every screen; raises ``UsageError`` where one fails."""
        with self._lock:
            for slug in self._screens:
                self.description(slug)
            by_id = _sources_by_id(self._descriptions.values())
        return tuple(by_id.values())

    def description(self, slug: str) -> Description:
        """Return what a screen described. Raises ``UsageError`` if it is unknown, or its function raises."""
        with self._lock:
            if slug not in self._descriptions:
                self._accept(slug, self._screen(slug).describe())
            return self._descriptions[slug]

    def redescribe(self, slug: str) -> UsageError | None:
        """Describe a screen again. If it raises, the old description stays, and the error is returned."""
        with self._lock:
            try:
                self._accept(slug, self._screen(slug).describe())
            except UsageError as error:
                return error
        return None

    def channel(self, name: str) -> Channel:
        """Return the channel of that name. Raises ``UsageError`` if no screen reaches one."""
        channels = {source.name: source for source in self.sources if isinstance(source, Channel)}
        if name not in channels:
            known = ", ".join(sorted(channels)) or "none"
            raise UsageError(f"no screen reaches a channel named {name!r}; known: {known}")
        return channels[name]

    def asgi(
        self,
        *,
        token: str | None = None,
        hosts: Iterable[str] = (),
        origins: Iterable[str] = (),
        frame_ancestors: Iterable[str] = (),
    ) -> WebApp:
        """Return an ASGI app that serves these screens, to be mounted in a server of your own.

        ``token``: the secret that viewers must show, at least 16 characters; None lets everybody in. ``hosts`` are
        names that it answers to beside this machine's own; ``origins`` are pages that may use it beside its own, and
        ``frame_ancestors`` pages that may frame it, all written as ``https://dash.example.com``. Raises ``UsageError``
        for a weak token or a malformed name.
        """
        from cadran.server.app import asgi_app  # only a program that serves needs the server

        return asgi_app(self, token=token, hosts=hosts, origins=origins, frame_ancestors=frame_ancestors)

    def _screen(self, slug: str) -> DashboardScreen:
        if slug not in self._screens:
            raise UsageError(f"no screen has the slug {slug!r}; known: {', '.join(self._screens) or 'none'}")
        return self._screens[slug]

    def _accept(self, slug: str, description: Description) -> None:
        _sources_by_id({**self._descriptions, slug: description}.values())
        for panel in description.layout.panels:
            link = getattr(panel, "link", None)
            if link is not None and link.screen not in self._screens:
                known = ", ".join(self._screens)
                raise UsageError(f"panel {panel.key!r} opens {link.screen!r}, which is no screen; known: {known}")
        self._descriptions[slug] = description


def _by_slug(screens: Iterable[DashboardScreen]) -> dict[str, DashboardScreen]:
    by_slug: dict[str, DashboardScreen] = {}
    for each in screens:
        if not isinstance(each, DashboardScreen):
            raise UsageError(f"a program is made of screens, got {each!r}")
        if each.slug in by_slug:
            raise UsageError(
                f"two screens have the slug {each.slug!r} ({by_slug[each.slug].title!r} and {each.title!r}): "
                "give one of them another slug="
            )
        by_slug[each.slug] = each
    return by_slug


def _sources_by_id(descriptions: Iterable[Description]) -> dict[str, Source]:
    by_id: dict[str, Source] = {}
    for description in descriptions:
        for source in description.sources:
            if by_id.setdefault(source.id, source) is not source:
                raise UsageError(
                    f"two different sources have the id {source.id!r} ({by_id[source.id].label!r} and "
                    f"{source.label!r}): make one and use it twice, or give them different names"
                )
    return by_id
