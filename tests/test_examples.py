"""The examples, run as a reader would run them."""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import cast

import numpy as np
import psycopg
import pytest
from tests.sources import servers

import cadran as cd
import cadran.testing
from cadran.cli.loading import import_file, load_program, parse_target
from cadran.server.app import asgi_app
from cadran.server.bind import bind_socket
from cadran.server.run import Server
from cadran.testing import VirtualClock
from cadran.updates import decode_updates

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.py"))
SCREENS = [file for file in EXAMPLES if "@cd.screen" in file.read_text("utf-8")]


@pytest.fixture(autouse=True)
def no_modules_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Examples are imported anew for each test, as a new run would."""
    monkeypatch.setattr("sys.path", [*sys.path])
    yield
    for name in [name for name in sys.modules if name.startswith("cadran_run_")]:
        del sys.modules[name]


@pytest.fixture(autouse=True)
def orders_url(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example with orders reads those of the server that all tests share, and starts none."""
    if "orders_postgres" in request.node.name and "its_own_server" not in request.node.name:
        url = servers.postgres().url("postgres")
        monkeypatch.setenv("ORDERS_URL", url)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        example("orders_postgres").fill(url)


@pytest.fixture(autouse=True)
def press_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """The press has three weeks behind it here, instead of three years."""
    monkeypatch.setenv("PRESS_DAYS", "21")
    monkeypatch.delenv("PRESS_DB", raising=False)


def example(name: str) -> ModuleType:
    return import_file(next(file for file in EXAMPLES if file.stem == name))


@pytest.mark.parametrize("file", SCREENS, ids=lambda file: file.stem)
def test_it_is_described_and_opens(file: Path) -> None:
    with cadran.testing.open(load_program(parse_target(str(file)))) as live:
        viewer = live.viewer()
        live.advance("2s")
        assert viewer.panels
        assert all(viewer.state(panel.key) != "error" for panel in viewer.panels)


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_it_says_how_to_run_it(file: Path) -> None:
    assert f"examples/{file.name}" in (import_file(file).__doc__ or "")


def test_this_machine() -> None:
    module = example("this_machine")
    with cadran.testing.open(module.this_machine) as live:
        viewer = live.viewer()
        for _ in range(20):
            module.machine.send(*module.updates(live.clock.now().wall))
            live.advance("100ms")
        assert 0.0 < float(viewer.value("memory")) <= 100.0  # type: ignore[arg-type]
        assert 0.0 <= float(viewer.value("headroom")) <= 100.0  # type: ignore[arg-type]
        line = viewer.series("processor-and-memory", 1)
        assert line is not None
        assert line.ids.size >= 10
        assert 0 < len(viewer.rows("largest-processes")) <= 15


@pytest.mark.slow
def test_orders_postgres_with_its_own_server(monkeypatch: pytest.MonkeyPatch) -> None:
    servers.postgres()  # skips where there is none
    monkeypatch.delenv("ORDERS_URL", raising=False)
    ends: list[Callable[[], object]] = []
    monkeypatch.setattr("atexit.register", lambda call, *given: ends.append(partial(call, *given)))
    module = example("orders_postgres")
    try:
        now = time.time()
        with cadran.testing.open(module.orders_screen, clock=VirtualClock(now)) as live:
            viewer = live.viewer()
            live.advance("2s")
            day, unpaid = viewer.value("orders-24-h"), viewer.value("unpaid")
            assert 6_000 < cast(float, day) < 8_500
            assert len(viewer.rows("last-orders")) == 30
            module.sell(module.URL, random.Random(1), datetime.fromtimestamp(now, UTC))
            live.advance("10s")
            with psycopg.connect(module.URL) as shop:
                since = datetime.fromtimestamp(live.clock.now().wall - 86_400, UTC)
                counted = shop.execute("SELECT count(*), max(id) FROM orders WHERE ts > %s", [since]).fetchone()
            assert counted is not None
            # How many have left by now depends on how long ago the table was filled.
            assert (viewer.value("orders-24-h"), viewer.rows("last-orders")[0][0]) == counted
            assert viewer.value("unpaid") != unpaid
            assert all(viewer.state(panel.key) == "live" for panel in viewer.panels if panel.key != "last-order")
    finally:
        for end in ends:
            end()


def test_its_metric_is_a_function() -> None:
    headroom = example("this_machine").headroom
    assert headroom(cd.Points(np.arange(3.0), np.array([20.0, 20.0, 20.0]))) == 80.0
    assert headroom(cd.Points(np.empty(0), np.empty(0))) is None


def test_the_sensor_goes_stale_when_its_feeder_ends() -> None:
    screen, measure = example("sensor"), example("sensor_feed").measure
    with cadran.testing.open(screen.press_screen) as live:
        viewer = live.viewer()
        for _ in range(30):
            screen.press.send(*decode_updates(json.dumps(measure(live.clock.now().wall)).encode()))
            live.advance("100ms")
        assert 70.0 < float(viewer.value("oven")) < 95.0  # type: ignore[arg-type]
        assert viewer.value("state") in ("Heating", "Cooling")
        assert 0.1 < float(viewer.value("roughness-10-s")) < 1.0  # type: ignore[arg-type]
        assert viewer.state("oven") == "live"
        live.advance("4s")
        assert viewer.state("oven") == "stale"


@pytest.mark.slow
def test_the_sensor_is_fed_from_outside_over_http() -> None:
    program = load_program(parse_target(str(next(file for file in EXAMPLES if file.stem == "sensor"))))
    feed = example("sensor_feed").feed
    channel = program.channel("press")
    listener = bind_socket("127.0.0.1", 0)
    ready = threading.Event()
    server = Server(asgi_app(program), on_ready=ready.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        assert ready.wait(60)
        waits: list[float] = []
        taken = feed(f"http://127.0.0.1:{listener.getsockname()[1]}", count=10, wait=waits.append)
        assert taken == 40
        assert waits == [0.1] * 10
        assert channel.statistics().num_sent == 40
    finally:
        server.should_exit = True
        thread.join(60)
        listener.close()


def test_the_feeder_tries_again_where_nobody_listens(capsys: pytest.CaptureFixture[str]) -> None:
    listener = bind_socket("127.0.0.1", 0)
    port = listener.getsockname()[1]
    listener.close()
    waits: list[float] = []
    assert example("sensor_feed").feed(f"http://127.0.0.1:{port}", count=2, wait=waits.append) == 0
    assert waits == [1.0, 0.1, 1.0, 0.1]
    assert "trying again" in capsys.readouterr().err


def test_seattle_is_replayed_as_if_it_happened_now() -> None:
    module = example("seattle_weather")
    clock = cadran.testing.VirtualClock(time.time())  # the example writes by the real one
    with cadran.testing.open(module.seattle, clock=clock) as live:
        viewer = live.viewer()
        live.advance("3s")
        before = viewer.rows("newest-days")[0]
        module.write(module.PATH, [(1_000, clock.now().wall)])
        live.advance("3s")
        assert viewer.rows("newest-days")[0] != before
        assert viewer.state("weather-a-year") == "live"


def test_the_press_goes_back_past_what_is_held() -> None:
    module = example("press_history")
    clock = cadran.testing.VirtualClock(time.time())  # the example writes by the real one
    with cadran.testing.open(module.press_screen, clock=clock) as live:
        viewer = live.viewer()
        live.advance("2s")
        module.sensors.send(cd.ChartDataUpdated.point("vibration", clock.now().wall, 2.5))
        live.advance("2s")
        assert viewer.state("vibration-mm-s") == "live"
        line = viewer.series("vibration-mm-s")
        assert line is not None
        assert line.ids.size > 500
        assert line.last[-1] == 2.5
        past = clock.now().wall - 20 * 86_400
        viewer.zoom("vibration-mm-s", past, past + 86_400)
        live.advance("2s")
        line = viewer.series("vibration-mm-s")
        assert line is not None
        assert line.ids[0] * 2.0**line.k <= past + 2 * module.STEP_SECS
        assert abs(line.ids.size - 86_400 / 2.0**line.k) < 5
        assert all(viewer.state(panel.key) != "error" for panel in viewer.panels)


def test_the_press_has_its_past_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "press.db"
    monkeypatch.setenv("PRESS_DB", str(file))
    example("press_history")
    size = file.stat().st_size
    assert size > 1_000_000
    again: Path = example("press_history").PATH
    assert again == file
    assert file.stat().st_size == size
