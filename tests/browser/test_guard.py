"""The guard that stands behind every page of these tests does see what it must not let pass."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Page
from tests.browser.looking import wait_until
from tests.browser.served import Served

pytestmark = pytest.mark.browser


def is_told(guard: Any, expected: str) -> bool:
    return any(expected in problem for problem in guard.problems)


def test_the_guard_sees_what_pages_must_not_do(plant: Served, open_page: Callable[..., Page], guard: Any) -> None:
    page = open_page(plant.url, live=False)
    assert guard.problems == []
    page.evaluate("console.warn('a warning')")
    page.evaluate("setTimeout(() => { throw new Error('an error'); })")
    page.evaluate("fetch('http://192.0.2.1/elsewhere').catch(() => 0)")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")
    for expected in ("a warning", "an error", "policy: connect-src", "policy: script-src"):
        wait_until(page, partial(is_told, guard, expected), lambda: guard.problems)
    assert page.evaluate("window.ran") is None
    guard.allow("")
