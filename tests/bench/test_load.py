"""The data that all contenders are given, and what is read back from a page."""

from __future__ import annotations

import numpy as np
import pytest
from bench.load import Generator, Load
from bench.probe import ages_millis

from cadran.testing import VirtualClock


def test_updates_have_every_point_once() -> None:
    clock = VirtualClock()
    load = Load(began=clock.now().wall - 1.0)
    generator = Generator(load, lambda: clock.now().wall)
    updates = [generator.update()]
    for step in (1 / 30, 0.0, 1 / 30, 0.5):
        clock.move_to(clock.now().mono + step)
        updates.append(generator.update())
    numbers = np.rint(np.concatenate([update.xs for update in updates]) * load.points_per_sec)
    assert set(np.diff(numbers)) == {1.0}
    assert updates[0].xs.size == load.window_secs * load.points_per_sec
    assert all(update.ys.shape == (load.num_lines, update.xs.size) for update in updates)
    assert all(len(update.kpis) == load.num_kpis for update in updates)


def test_an_age_is_from_the_stamp_to_the_paint() -> None:
    now = VirtualClock().now().wall
    load = Load(began=now - 2.0)
    update = Generator(load, lambda: now).update()
    assert update.stamp == update.kpis[0] == 20_000
    assert ages_millis([(update.stamp, 1000 * now + 25.0)], load.began) == [pytest.approx(25.0)]
