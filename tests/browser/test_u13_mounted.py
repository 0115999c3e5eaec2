"""U13: a screen below a path of somebody else's app is whole: page, style, assets and socket."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.looking import role, statistics, wait_points, wait_value
from tests.browser.served import MOUNTED, Served

pytestmark = pytest.mark.browser


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Served]:
    served = Served(MOUNTED, tmp_path)
    yield served
    served.stop()


def test_u13_a_mounted_screen_is_live(mounted: Served, open_page: Callable[..., Page]) -> None:
    now = time.time()
    mounted.fill("left", [(now - 100 + i, 1.0) for i in range(100)])
    mounted.set(temperature=21.5)
    page = open_page(mounted.url)
    wait_value(page, "temperature", 21.5)
    wait_points(page, "vibration", 90)
    mounted.set(temperature=22.5)
    wait_value(page, "temperature", 22.5)
    expect(role(page, "connection")).to_have_attribute("data-state", "live")
    assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--color-accent')").strip()
    assert page.evaluate("document.fonts.ready.then((fonts) => [...fonts].some((one) => one.status === 'loaded'))")
    assert statistics(page)["reconnects"] == 0
    bare = open_page(mounted.url.rstrip("/"))
    wait_value(bare, "temperature", 22.5)
