"""The few pages that are plain HTML: the list of screens, the door, and what went wrong."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from urllib.parse import quote

from starlette.responses import HTMLResponse

_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="royalblue" stroke-width="2.2" '
    'stroke-linecap="round"><circle cx="12" cy="12" r="9"/><path d="M12 12l4-4"/></svg>'
)
_ICON_URL = f"data:image/svg+xml,{quote(_ICON)}"
"""In the page itself: a browser that finds no icon asks for ``/favicon.ico``, which is not ours to answer."""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="{icon}">
<link rel="stylesheet" href="{prefix}tokens.css">
<link rel="stylesheet" href="{prefix}plain.css">
</head>
<body>
<main>
<h1>{title}</h1>
{body}
</main>
</body>
</html>
"""


def plain_page(title: str, body: str, prefix: str, status: int = 200) -> HTMLResponse:
    """Return a page. ``title`` is text; ``body`` is HTML and must be escaped by the caller."""
    return HTMLResponse(_PAGE.format(title=escape(title), body=body, prefix=prefix, icon=_ICON_URL), status)


def message_page(title: str, message: str, prefix: str, status: int) -> HTMLResponse:
    """Return a page that says one thing and leads back."""
    body = f'<p>{escape(message)}</p>\n<p><a href="{prefix}">All screens</a></p>'
    return plain_page(title, body, prefix, status)


def list_page(screens: Iterable[tuple[str, str]], prefix: str) -> HTMLResponse:
    """Return the list of screens, given as (relative address, title)."""
    items = "\n".join(f'<li><a href="{escape(href)}">{escape(title)}</a></li>' for href, title in screens)
    return plain_page("Screens", f'<nav aria-label="Screens">\n<ul>\n{items}\n</ul>\n</nav>', prefix)


def login_page(prefix: str, target: str, fault: str | None, status: int) -> HTMLResponse:
    """Return the form that asks for the token. ``target`` is where to go then, relative to the app's root."""
    alert = f'<p id="fault" role="alert">{escape(fault)}</p>\n' if fault else ""
    described = ' aria-describedby="fault" aria-invalid="true"' if fault else ""
    body = f"""<form method="post" action="{prefix}login">
{alert}<input type="hidden" name="next" value="{escape(target)}">
<label for="token">Access token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus{described}>
<button type="submit">Open</button>
</form>"""
    response = plain_page("Cadran", body, prefix, status)
    # With no-referrer a browser sends "Origin: null" with a form, and the Origin wall would refuse our own page.
    response.headers["Referrer-Policy"] = "same-origin"
    return response
