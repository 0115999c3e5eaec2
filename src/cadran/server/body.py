"""Reading what a request brings, never more than is allowed, never for longer than is reasonable."""

from __future__ import annotations

import asyncio

from starlette.requests import ClientDisconnect, Request

from cadran.server.problems import Problem, RefusedError

_BODY_SECS = 10.0


async def read_body(request: Request, num_bytes_max: int) -> bytes:
    """Return the body, counted while it arrives. Raises RefusedError if it is packed, too long or too slow."""
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise RefusedError(Problem(415, "encoded_body", "send the body as it is, not compressed", "Content-Encoding"))
    too_long = RefusedError(Problem(413, "body_too_long", f"expected at most {num_bytes_max} bytes", "body"))
    length = request.headers.get("content-length", "0")
    if length.isascii() and length.isdigit() and int(length[:20]) > num_bytes_max:
        raise too_long
    try:
        return await asyncio.wait_for(_read_counted(request, num_bytes_max, too_long), _BODY_SECS)
    except TimeoutError:
        raise RefusedError(Problem(408, "body_too_slow", f"the body took over {_BODY_SECS:g} s", "body")) from None
    except ClientDisconnect:
        raise RefusedError(Problem(400, "body_cut", "the body ended early", "body")) from None


async def _read_counted(request: Request, num_bytes_max: int, too_long: RefusedError) -> bytes:
    chunks, num_bytes = [], 0
    async for chunk in request.stream():
        num_bytes += len(chunk)
        if num_bytes > num_bytes_max:
            raise too_long
        chunks.append(chunk)
    return b"".join(chunks)
