"""``POST /login``: a browser shows the token, in the body of a form, and gets a cookie."""

from __future__ import annotations

from collections.abc import Container
from urllib.parse import parse_qs, parse_qsl, quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from cadran.server.auth import Gate
from cadran.server.body import read_body
from cadran.server.plain import login_page
from cadran.server.problems import Problem, RefusedError

_BODY_BYTES_MAX = 8_192


async def login(request: Request, gate: Gate, slugs: Container[str]) -> Response:
    """Answer the form. Where to go afterwards is only ever a page of ours, whatever the form says."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise RefusedError(Problem(415, "bad_type", "expected application/x-www-form-urlencoded", "Content-Type"))
    try:
        form = parse_qs((await read_body(request, _BODY_BYTES_MAX)).decode("latin-1"), max_num_fields=10)
    except ValueError:
        raise RefusedError(Problem(400, "bad_form", "expected the fields token and next", "body")) from None
    target = own_page(form.get("next", [""])[0], slugs)
    problem = gate.try_token(form.get("token", [""])[0], request.scope)
    if problem is not None:
        response: Response = login_page("./", target, problem.message, problem.status)
        if problem.status == 429:
            response.headers["Retry-After"] = "60"
        return response
    headers = {"Location": f"./{target}", "Set-Cookie": gate.set_cookie(request.scope)}
    return Response(status_code=303, headers=headers)


def own_page(target: str, slugs: Container[str]) -> str:
    """Return the address below the root of the page that ``target`` names, or of the root itself."""
    path, _, query = target.partition("?")
    folder, _, slug = path.rstrip("/").partition("/")
    kept = urlencode(parse_qsl(query, keep_blank_values=True))
    page = f"s/{quote(slug, safe='')}/" if folder == "s" and slug in slugs else ""
    return f"{page}?{kept}" if kept else page
