"""Texts from outside, made fit for people and for the wire."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from cadran.errors import CadranError

TEXT_CHARS_MAX = 4_096
"""A KPI's text; longer ones are cut, visibly."""
OWN_CHARS_MAX, OTHERS_CHARS_MAX = 1_000, 300
"""Of an error's text: ours say what to do, others may hold anything."""


def fit_text(text: str, max_chars: int) -> str:
    """Return a text that can be sent: cut visibly past ``max_chars``, half characters (lone surrogates) as ``?``."""
    if len(text) > max_chars:
        text = text[:max_chars] + "…"
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def describe_error(label: str, error: BaseException) -> str:
    """One line for people: our own messages as they are, others with their type and the name of what raised."""
    try:
        text = str(error).strip()
    except Exception:  # an error whose text raises is still one to report
        text = ""
    if isinstance(error, CadranError) and text:
        return fit_text(text, OWN_CHARS_MAX)
    text = fit_text(text.split("\n", 1)[0], OTHERS_CHARS_MAX)
    return f"{label} raised {type(error).__name__}" + (f": {text}" if text else "")


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: those like it, else all that are known."""
    near = difflib.get_close_matches(name, sorted(known), n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(near)}?" if near else f"; known: {', '.join(sorted(known))}"
