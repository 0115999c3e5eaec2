"""The built page, read once at the start: no request ever names a file on disk."""

from __future__ import annotations

import base64
import gzip
import hashlib
import mimetypes
import re
from html import escape
from pathlib import Path
from typing import NamedTuple

STATIC_FOLDER = Path(__file__).parent / "static"
_HASHED = re.compile(r"[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$")
_TITLE = "<title>Cadran</title>"
_BUILT_PREFIX = re.compile(r"(?<=[\"'(])\./assets/")
_TOKENS = re.compile(r'(?<=tokens\.css)(?=")')
_END = "</body>"
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
LAYOUT_BYTES_MAX = 32 * 1024
"""A longer layout comes with the welcome only: the page would wait longer for it than it wins."""
_GZIP_TYPES = ("text/", "application/json", "image/svg")
_TYPES = {".js": "text/javascript", ".woff2": "font/woff2", ".webmanifest": "application/manifest+json"}


class Asset(NamedTuple):
    """One file of the built page."""

    body: bytes
    body_gzip: bytes | None
    media_type: str
    etag: str
    is_immutable: bool
    """Its name holds a hash of its content."""


class BuiltPage(NamedTuple):
    """The page as Vite built it. ``html`` is None in a checkout where it has not been built."""

    html: str | None
    assets: dict[str, Asset]
    """By path below ``assets/``."""

    @property
    def script_hashes(self) -> tuple[str, ...]:
        """The scripts within the page, as a content policy names them; what a screen adds to it is no script."""
        texts = INLINE_SCRIPT.findall(self.html or "")
        return tuple(f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}" for text in texts)

    def html_for(self, title: str, prefix: str, tokens_hash: str, layout: bytes) -> str | None:
        """Return the page of a screen; ``prefix`` leads from it to the app's root, such as ``../../``.

        ``layout``: as JSON, or empty, so that the page builds its panels while it connects, and says in its hello what
        it sees.
        """
        if self.html is None:
            return None
        html = self.html.replace(_TITLE, f"<title>{escape(title)}</title>", 1)
        html = _BUILT_PREFIX.sub(f"{prefix}assets/", html)
        html = _TOKENS.sub(f"?{tokens_hash}", html)
        if not 0 < len(layout) <= LAYOUT_BYTES_MAX:
            return html
        # What is no script is not run, and what is no tag ends nothing.
        text = layout.decode().replace("<", "\\u003c")
        head, end, tail = html.rpartition(_END)
        return f'{head}<script type="application/json" id="layout">{text}</script>\n  {end}{tail}'


def read_built_page(folder: Path = STATIC_FOLDER) -> BuiltPage:
    """Read ``index.html`` and every file below ``assets/``."""
    index, below = folder / "index.html", folder / "assets"
    files = sorted(path for path in below.rglob("*") if path.is_file() and not path.is_symlink())
    return BuiltPage(
        html=index.read_text("utf-8") if index.is_file() else None,
        assets={path.relative_to(below).as_posix(): _read_asset(path) for path in files},
    )


def _read_asset(path: Path) -> Asset:
    body = path.read_bytes()
    media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    packed = gzip.compress(body, 9, mtime=0) if media_type.startswith(_GZIP_TYPES) else body
    return Asset(
        body=body,
        body_gzip=packed if len(packed) < len(body) else None,
        media_type=media_type,
        etag=f'"{hashlib.sha256(body).hexdigest()[:20]}"',
        is_immutable=_HASHED.search(path.name) is not None,
    )
