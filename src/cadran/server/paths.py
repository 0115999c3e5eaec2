"""Where a request is, relative to the place that the app is mounted at: every address we give out is relative."""

from __future__ import annotations

from urllib.parse import quote

from starlette.types import Scope


def route_path(scope: Scope) -> str:
    """Return the path below the mount; empty for the mount itself without a slash."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    if root and (path == root or path.startswith(root.rstrip("/") + "/")):
        return path[len(root.rstrip("/")) :]
    return path


def prefix_to_root(scope: Scope) -> str:
    """Return the relative prefix that leads from this request's page to the app's root, such as ``../../``."""
    path = route_path(scope)
    if not path:
        return "./" + quote(last_segment(scope["path"]), safe="") + "/"
    return "../" * (path.count("/") - 1) or "./"


def last_segment(path: str) -> str:
    return path.rpartition("/")[2]


def with_slash(scope: Scope) -> str:
    """Return the relative address of this path with a slash at its end, its query kept."""
    return "./" + quote(last_segment(scope["path"]), safe="") + "/" + query_of(scope)


def query_of(scope: Scope) -> str:
    """Return the request's query with its question mark, fit for a header; empty where there is none."""
    query = quote(scope.get("query_string", b""), safe="!$&'()*+,;=:@/?%-._~")
    return f"?{query}" if query else ""


def cookie_path(scope: Scope) -> str:
    """Return the path to which a cookie of ours belongs: the mount, with a slash."""
    return quote(str(scope.get("root_path", "")).rstrip("/"), safe="/-._~") + "/"


def header_values(scope: Scope, name: bytes) -> list[str]:
    """Return every value of a header, as they came; ``name`` in lower case."""
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]
