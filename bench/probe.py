"""The script that runs in every page before the page's own, and what it recorded."""

from __future__ import annotations

from pathlib import Path

from bench.contender import PageHooks
from bench.load import STAMPS_PER_SEC

_TEXT = (Path(__file__).parent / "probe.js").read_text("utf-8")


def probe_script(page: PageHooks, *, has_stamp: bool = True) -> str:
    """Return the script for a contender's page. ``has_stamp``: the page shows a stamp to watch."""
    words = {
        "STAMP_JS": f"({page.stamp_js})",
        "SCOPE_JS": page.scope_js or "shown",
        "IS_SCOPED": "true" if page.scope_js else "false",
        "HAS_STAMP": "true" if has_stamp else "false",
        "COUNTS_BYTES": "true" if page.bytes_js == PageHooks.bytes_js else "false",
    }
    text = _TEXT
    for word, value in words.items():
        text = text.replace(word, value)
    return text


def ages_millis(painted: list[tuple[int, float]], began: float) -> list[float]:
    """Return how old each stamp was when it was painted. ``painted``: stamps, and milliseconds since 1970."""
    return [at - 1000 * (began + stamp / STAMPS_PER_SEC) for stamp, at in painted]
