"""What a viewer says, read and checked."""

from __future__ import annotations

from typing import Any

import msgspec

from cadran.engine.messages import Close, Received
from cadran.frames.wire import MESSAGE_BYTES_MAX, Hello, View, ViewerMessage

VIEW_NUMBER_MAX = 2**32 - 1

_decoder = msgspec.json.Decoder(ViewerMessage)


class _Outline(msgspec.Struct):
    """What is known of a message before it is read: all but this is passed over."""

    t: str = ""
    paused: Any = False


_outlines = msgspec.json.Decoder(_Outline)


def kind_of(text: bytes) -> str:
    """Return what a message says that it is, however it is written; empty for what can't be read."""
    return _outline(text).t


def is_paused(text: bytes) -> bool:
    """Whether a view is one of a pause."""
    return _outline(text).paused is True


def _outline(text: bytes) -> _Outline:
    try:
        return _outlines.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Outline()


def heard(text: bytes, superseded: tuple[bytes, ...] | None = ()) -> ViewerMessage | Close:
    """Return a viewer's message, or why to close it: for this one, or for what it superseded unread."""
    for before in superseded or ():
        if isinstance(closed := heard(before), Close):
            return closed
    if len(text) > MESSAGE_BYTES_MAX:
        return Close(1009, f"a message has at most {MESSAGE_BYTES_MAX} bytes")
    try:
        message: ViewerMessage = _decoder.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Close(1002, str(error)[:100])
    view = message.view if isinstance(message, Hello) else message
    if isinstance(view, View) and not 0 <= view.n <= VIEW_NUMBER_MAX:
        return Close(1002, f"a view number is from 0 to {VIEW_NUMBER_MAX}, got {view.n}")
    return message


def views_before(one: Received) -> list[View] | None:
    """Return the views that this one superseded while it waited, the oldest first; None where not all are known."""
    if one.superseded is None:
        return None
    views = [heard(text) for text in one.superseded]
    known = [view for view in views if isinstance(view, View)]
    return known if len(known) == len(views) else None
