"""U11: whatever the viewer's clock and zone say, the picture is the same."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from tests.browser.looking import hover, panel, role, wait_points, wait_state, wait_value
from tests.browser.served import Served, fresh_number

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("minutes_off", [-10, 10])
def test_u11_a_wrong_clock_and_zone_show_the_same(
    plant: Served, open_page: Callable[..., Page], minutes_off: int
) -> None:
    now = time.time()
    plant.fill("pressure", [(now - 590 + i, 5.0) for i in range(590)])
    plant.set(temperature=(value := fresh_number()))

    def prepare(page: Page) -> None:
        page.clock.install(time=datetime.fromtimestamp(now + 60 * minutes_off, UTC))

    page = open_page(plant.url + "s/plant/", prepare=prepare, timezone_id="Asia/Kathmandu")
    wait_value(page, "temperature", value)
    wait_state(page, "temperature", "live")
    assert re.search(r"(now|\d s ago)$", role(page, "last-update").inner_text())
    wait_points(page, "pressure", 500)
    hover(page, "pressure", 0.5)
    now = time.time()
    heading = panel(page, "pressure").locator(".tooltip-heading")
    expect(heading).to_be_visible()
    hour, minute, second = map(int, re.findall(r"\d\d", heading.inner_text())[-3:])
    told = datetime.fromtimestamp(now, UTC).replace(hour=hour, minute=minute, second=second).timestamp()
    assert (now - 300 - told + 43_200) % 86_400 - 43_200 == pytest.approx(
        0, abs=30
    )  # the middle of ten minutes, in UTC
