"""S8: the one script within a page runs under the strict policy, and the socket that it opens is the only one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page
from tests.browser.looking import Wire
from tests.browser.served import Served

pytestmark = pytest.mark.browser

WATCH = """
window.sockets = [];
window.WebSocket = class extends WebSocket {
  constructor(address) {
    super(address);
    sockets.push({address, by_script_of_page: !new Error().stack.includes("/assets/")});
  }
};
"""
STRICTER = """
new MutationObserver((_, observer) => {
  if (!document.head) return;
  observer.disconnect();
  const policy = {httpEquiv: "Content-Security-Policy", content: "script-src 'self'"};
  document.head.append(Object.assign(document.createElement("meta"), policy));
}).observe(document, {childList: true, subtree: true});
"""
BREAKS_THE_FIRST = """
let isFirst = true;
window.WebSocket = class extends WebSocket {
  constructor(address) {
    super(address);
    if (isFirst) this.close();
    isFirst = false;
  }
};
"""


def test_s08_the_socket_is_opened_by_the_page_and_taken_over(
    plant: Served, wired: Callable[..., tuple[Page, Wire]]
) -> None:
    # The guard behind each page fails the test if the policy is broken.
    page, wire = wired(f"{plant.url}s/plant/?kiosk&theme=dark#below")
    assert wire.num_sockets == 1
    assert page.evaluate("window.cadranEarly === undefined")


def test_s08_it_is_the_script_in_the_head_that_opens_it(plant: Served, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{plant.url}s/plant/", prepare=lambda page: page.add_init_script(WATCH))
    address = f"{plant.url}s/plant/ws".replace("http:", "ws:")
    assert page.evaluate("sockets") == [{"address": address, "by_script_of_page": True}]


def test_s08_where_another_policy_forbids_the_script_the_page_opens_its_own_socket(
    plant: Served, open_page: Callable[..., Page], guard: Any
) -> None:
    guard.allow("script-src|inline script")
    page = open_page(f"{plant.url}s/plant/", prepare=lambda page: page.add_init_script(WATCH + STRICTER))
    assert [one["by_script_of_page"] for one in page.evaluate("sockets")] == [False]
    assert any("script-src" in problem for problem in guard.problems)


def test_s08_an_early_socket_that_failed_is_replaced(plant: Served, open_page: Callable[..., Page], guard: Any) -> None:
    # What the browser says of a socket that was closed before it opened is of this test's own making.
    guard.allow("WebSocket is closed before")
    open_page(f"{plant.url}s/plant/", prepare=lambda page: page.add_init_script(BREAKS_THE_FIRST))
