"""The thread, the ends of processes, and children: with a transport that is told what to do, without a socket."""

from __future__ import annotations

import copy
import logging
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from tests.client.fakes import FakeServer

import cadran as cd
from cadran.client.client import Client
from cadran.client.items import KpiItem
from cadran.client.transport import Answer, LinkError
from cadran.errors import ClosedError, UsageError

WAIT_SECS = 60.0


class FakeTransport:
    """Hands batches to a server of the test's own; fails while it is told to, and holds while ``may_go`` is unset."""

    def __init__(self) -> None:
        self.servers: dict[str, FakeServer] = {}
        self.is_down = False
        self.may_go = threading.Event()
        self.may_go.set()
        self.num_posts = 0
        self.num_closes = 0
        self.has_posted = threading.Event()

    def post(self, channel: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        self.num_posts += 1
        self.has_posted.set()
        assert self.may_go.wait(WAIT_SECS)
        if self.is_down:
            raise LinkError("refused", is_unsent=True)
        return self.servers.setdefault(channel, FakeServer()).take(body, headers)

    def close(self) -> None:
        self.num_closes += 1

    def cut(self) -> None:
        self.may_go.set()


@pytest.fixture
def transport() -> FakeTransport:
    return FakeTransport()


@pytest.fixture
def client(transport: FakeTransport) -> Iterator[Client]:
    client = Client("http://127.0.0.1:1", transport, exit_timeout_secs=1.0)
    yield client
    transport.may_go.set()
    client.close(0.1)


def test_a_flush_waits_until_the_server_has_it(client: Client, transport: FakeTransport) -> None:
    press = client.channel("press")
    press.send(cd.KpiUpdated("a", 1.0))
    assert press.flush(WAIT_SECS)
    assert transport.servers["press"].kpis == {"a": 1.0}
    assert client.flush(WAIT_SECS), "nothing new"


def test_law11_a_send_never_waits_for_a_server_that_does_not_answer(client: Client, transport: FakeTransport) -> None:
    transport.may_go.clear()
    press = client.channel("press", max_items=1_000)
    press.send(cd.KpiUpdated("a", 1.0))
    assert transport.has_posted.wait(WAIT_SECS)
    for i in range(20_000):  # the thread is in a request all the while
        press.send(cd.ChartDataUpdated.point("s", float(i), 1.0))
    counts = press.statistics()
    assert counts.num_pending <= 1_001
    assert counts.num_dropped == 19_000
    assert not press.flush(0.01)
    transport.may_go.set()
    assert press.flush(WAIT_SECS)
    assert transport.servers["press"].points["s"][-1] == (19_999.0, 1.0)


def test_a_channel_that_fails_does_not_hold_another(client: Client, transport: FakeTransport) -> None:
    bad, good = client.channel("bad"), client.channel("good")
    transport.servers["bad"] = FakeServer(refuses=lambda updates: "never")
    bad.send(cd.KpiUpdated("a", 1.0))
    good.send(cd.KpiUpdated("a", 1.0))
    assert good.flush(WAIT_SECS)
    assert not bad.flush(WAIT_SECS)
    assert client.channel("bad") is bad


def test_room_is_waited_for_by_who_wants_to(client: Client, transport: FakeTransport) -> None:
    transport.may_go.clear()
    press = client.channel("press", max_items=100)
    for i in range(100):
        press.send(cd.ChartDataUpdated.point("s", float(i), 1.0))
    assert transport.has_posted.wait(WAIT_SECS)
    for i in range(100):
        press.send(cd.ChartDataUpdated.point("s", 100.0 + i, 1.0))
    assert not press.wait_for_room(0.01)
    transport.may_go.set()
    assert press.wait_for_room(WAIT_SECS)


def test_a_closed_client_sends_what_it_has_and_takes_nothing_more(transport: FakeTransport) -> None:
    with Client("http://127.0.0.1:1", transport, exit_timeout_secs=WAIT_SECS) as client:
        press = client.channel("press")
        press.send(cd.KpiUpdated("a", 1.0))
    assert transport.servers["press"].kpis == {"a": 1.0}
    assert transport.num_closes > 0
    with pytest.raises(ClosedError):
        press.send(cd.KpiUpdated("a", 2.0))
    with pytest.raises(ClosedError):
        client.channel("other")
    assert client.close()


def test_what_is_given_up_at_the_end_is_told(transport: FakeTransport, caplog: pytest.LogCaptureFixture) -> None:
    transport.is_down = True
    with (
        caplog.at_level(logging.WARNING, "cadran"),
        Client("http://127.0.0.1:1", transport, exit_timeout_secs=0.05) as client,
    ):
        client.channel("press").send(cd.KpiUpdated("a", 1.0), cd.KpiUpdated("b", 1.0))
    assert "channel 'press': 2 not accepted: the server cannot be reached: refused" in caplog.text


def test_a_fault_of_ours_ends_neither_the_thread_nor_the_batch(
    client: Client, transport: FakeTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = transport.post

    def broken(*_: object) -> Answer:
        monkeypatch.setattr(transport, "post", post)
        raise RuntimeError("a fault")

    monkeypatch.setattr(transport, "post", broken)
    press = client.channel("press")
    press.send(cd.KpiUpdated("a", 1.0))
    assert press.flush(WAIT_SECS)
    assert transport.servers["press"].kpis == {"a": 1.0}


def test_an_update_that_cannot_be_written_loses_only_itself(
    client: Client, transport: FakeTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = KpiItem.message

    def broken(self: KpiItem, now_mono: float) -> object:
        if self.key == "k7":
            raise RuntimeError("a fault")
        return message(self, now_mono)

    monkeypatch.setattr(KpiItem, "message", broken)
    press = client.channel("press")
    press.send(*(cd.KpiUpdated(f"k{i}", 1.0) for i in range(20)))
    assert not press.flush(WAIT_SECS)
    assert set(transport.servers["press"].kpis) == {f"k{i}" for i in range(20)} - {"k7"}
    assert press.statistics().num_refused == 1


def test_a_connection_is_not_passed_to_another_process(client: Client) -> None:
    for one in (client, client.channel("press")):
        with pytest.raises(TypeError, match="call cadran.connect"):
            copy.copy(one)


@pytest.mark.parametrize(
    "url",
    ["", "127.0.0.1:8400", "ftp://a", "http://", "http://a b", "http://[", "http://a:b", "http://é", "http://a/?b", 7],
)
def test_addresses_are_checked_at_once(url: object) -> None:
    with pytest.raises(UsageError, match="url must be an address such as"):
        cd.connect(url)  # type: ignore[arg-type]


def test_s15_no_secret_is_taken_in_an_address_and_none_is_shown() -> None:
    with pytest.raises(UsageError) as caught:
        cd.connect("http://:planted@127.0.0.1:1")
    assert "planted" not in str(caught.value)
    with pytest.raises(UsageError) as caught:
        cd.connect("http://127.0.0.1:1", token="planted\n")
    assert "planted" not in str(caught.value)
    client = cd.connect("http://127.0.0.1:1", token="planted-token")
    assert "planted" not in repr(client) + repr(client.channel("press"))


@pytest.mark.parametrize("name", ["", "a\n", "x" * 300, None])
def test_channel_names_are_checked_at_once(name: object, client: Client) -> None:
    with pytest.raises(UsageError):
        client.channel(name)  # type: ignore[arg-type]


# --- ends of processes, and children ---

PROGRAM = """
import multiprocessing, os, sys
from concurrent.futures import ProcessPoolExecutor
import cadran as cd
from cadran.client.client import Client
from cadran.client.transport import LinkError, Answer
from tests.client.fakes import FakeServer

class Told:
    def post(self, channel, body, headers):
        server = FakeServer()  # a new one each time: a fork may come in the midst of it
        answer = server.take(body, headers)
        for key, value in sorted(server.kpis.items()):
            os.write(1, f"{key}={value} ".encode())
        return answer
    def close(self):
        pass
    cut = close

client = Client("http://127.0.0.1:1", Told(), exit_timeout_secs=10.0)
press = client.channel("press")

def work(number):
    press.send(cd.KpiUpdated(f"child{number}", float(number)))
"""


def run(program: str | Path) -> list[str]:
    """Run a text after ``PROGRAM``, or a file that holds it; return what its transports were given, sorted."""
    target = [str(program)] if isinstance(program, Path) else ["-c", PROGRAM + program]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *filter(None, sys.path)])}
    done = subprocess.run([sys.executable, *target], capture_output=True, text=True, timeout=60, check=False, env=env)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return sorted(done.stdout.split())


@pytest.mark.slow
def test_the_end_of_a_program_flushes() -> None:
    assert run("press.send(cd.KpiUpdated('a', 1.0))") == ["a=1.0"]


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_process_sends_its_own_and_not_its_parents() -> None:
    program = """
press.send(cd.KpiUpdated("parent", 0.0))
child = os.fork()
if child == 0:
    press.send(cd.KpiUpdated("child", 1.0))
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
"""
    assert run(program) == ["child=1.0", "parent=0.0"]


@pytest.mark.slow
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers_of_a_pool_flush_at_their_end(method: str, tmp_path: Path) -> None:
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"no {method} here")
    program = f"""
if __name__ == "__main__":
    press.send(cd.KpiUpdated("parent", 0.0))
    context = multiprocessing.get_context({method!r})
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        list(pool.map(work, range(4)))
    with context.Pool(2) as pool:
        pool.map(work, range(4, 8))
        pool.close()
        pool.join()
"""
    file = tmp_path / "program.py"  # a process that is spawned reads it again
    file.write_text(PROGRAM + program)
    assert run(file) == sorted([f"child{i}={float(i)}" for i in range(8)] + ["parent=0.0"])


@pytest.mark.slow
def test_ctrl_c_does_not_hang_the_end() -> None:
    program = f"""
import signal
class Down(Told):
    def post(self, channel, body, headers):
        raise LinkError("refused", is_unsent=True)
client = Client("http://127.0.0.1:1", Down(), exit_timeout_secs=0.1)
client.channel("press").send(cd.KpiUpdated("a", 1.0))
try:
    os.kill(os.getpid(), signal.{signal.SIGINT.name})
except KeyboardInterrupt:
    pass
"""
    assert run(program) == []
