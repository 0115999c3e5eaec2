"""Serving screens: pages, WebSockets and a small HTTP interface, behind walls that are up from the first day."""

from cadran.server.app import WebApp, asgi_app
from cadran.server.run import serve

__all__ = ["WebApp", "asgi_app", "serve"]
