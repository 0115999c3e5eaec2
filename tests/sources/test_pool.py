from __future__ import annotations

import threading

import polars as pl
import pytest
from tests.sources.fake_driver import FakeDriver

from cadran.errors import OutsideError, SourceTimeout
from cadran.sources import ConnectionLostError, Database, Whole
from cadran.sources.asking import Asking
from cadran.sources.pool import ConnectionPool
from cadran.sources.query_spec import QuerySpec

ONE = pl.DataFrame({"a": [1]})


def never() -> bool:
    return False


def make_pool(num_max: int = 2) -> tuple[FakeDriver, ConnectionPool]:
    driver = FakeDriver(lambda parameters, max_rows: ONE)
    pool = ConnectionPool(driver, num_max)
    pool.join()
    return driver, pool


def test_the_last_one_used_is_used_first() -> None:
    driver, pool = make_pool()
    first, _ = pool.take(1.0, never)
    second, _ = pool.take(1.0, never)
    pool.give_back(second)
    pool.give_back(first)
    assert [pool.take(1.0, never) for _ in range(2)] == [(first, True), (second, True)]
    assert len(driver.connections) == 2
    assert [one.num_rests for one in driver.connections] == [1, 1]


def test_there_are_never_more_than_may_be_and_waiting_ends() -> None:
    driver, pool = make_pool(2)
    taken = [pool.take(1.0, never)[0] for _ in range(2)]
    with pytest.raises(OutsideError, match="all 2 connections to fake:shop are in use, and none got free within 10 ms"):
        pool.take(0.01, never)
    got: list[object] = []
    waiting = threading.Thread(target=lambda: got.append(pool.take(60.0, never)[0]))
    waiting.start()
    pool.give_back(taken[0])
    waiting.join(60)
    assert got == [taken[0]]
    assert (pool.num_open, len(driver.connections)) == (2, 2)


def test_waiting_ends_by_a_cancel() -> None:
    _, pool = make_pool(1)
    pool.take(1.0, never)
    is_cancelled = threading.Event()
    problems: list[BaseException] = []

    def wait() -> None:
        try:
            pool.take(600.0, is_cancelled.is_set)
        except OutsideError as problem:
            problems.append(problem)

    waiting = threading.Thread(target=wait)
    waiting.start()
    is_cancelled.set()
    while waiting.is_alive():
        pool.wake()
        waiting.join(0.001)
    assert len(problems) == 1


def test_u15_who_is_cancelled_while_others_have_all_connections_is_not_called_slow() -> None:
    _, pool = make_pool(1)
    pool.take(1.0, never)
    spec = QuerySpec(id="stock", sql="SELECT 1", limit=1, max_rows=1, timeout_secs=600.0)
    asking, problems = Asking(pool, spec), list[OutsideError]()

    def ask() -> None:
        try:
            asking.run(lambda connection: None)
        except OutsideError as problem:
            problems.append(problem)

    waiting = threading.Thread(target=ask)
    waiting.start()
    while waiting.is_alive():
        asking.cancel()
        waiting.join(0.001)
    (problem,) = problems
    assert not isinstance(problem, SourceTimeout)
    assert "stock: all 1 connections to fake:shop are in use" in str(problem)


def test_what_was_thrown_away_makes_room() -> None:
    driver, pool = make_pool(1)
    pool.throw_away(pool.take(1.0, never)[0])
    assert driver.connections[0].is_closed
    assert pool.take(1.0, never) == (driver.connections[1], False)


def test_a_connection_that_cannot_be_made_takes_no_room() -> None:
    driver, pool = make_pool(1)

    def refuse(timeout_secs: float) -> None:
        raise OutsideError("refused")

    connect, driver.connect = driver.connect, refuse  # type: ignore[assignment,method-assign]
    for _ in range(3):
        with pytest.raises(OutsideError, match="refused"):
            pool.take(0.01, never)
    driver.connect = connect  # type: ignore[method-assign]
    pool.take(0.01, never)


def test_after_the_last_reader_everything_is_closed() -> None:
    driver, pool = make_pool()
    pool.join()
    kept, lent = pool.take(1.0, never)[0], pool.take(1.0, never)[0]
    pool.give_back(kept)
    pool.leave()
    assert (driver.num_closed, driver.connections[0].is_closed) == (0, False)
    pool.leave()
    assert (driver.num_closed, driver.connections[0].is_closed) == (1, True)
    pool.give_back(lent)
    assert [one.is_closed for one in driver.connections] == [True, True]
    assert pool.num_open == 0


def test_a_kept_connection_that_was_lost_is_replaced_and_the_read_tried_once_more() -> None:
    lost: list[bool] = []

    def answer(parameters: object, max_rows: int) -> pl.DataFrame:
        if lost and lost.pop():
            raise ConnectionLostError("the server has gone")
        return ONE

    driver = FakeDriver(answer)
    reader = Database(driver).query("SELECT a FROM t", every=1).open()
    assert isinstance(reader.read(None, 0.0), Whole)
    lost.append(True)
    assert isinstance(reader.read(None, 0.0), Whole)
    assert [one.is_closed for one in driver.connections] == [True, False]
    lost[:] = [True, True]  # the new one too: that is the server's fault
    with pytest.raises(OutsideError, match=r"^fake:shop:.*: the server has gone$"):
        reader.read(None, 0.0)
    reader.close()
    assert all(one.is_closed for one in driver.connections)


def test_a_cancelled_connection_is_never_used_again_even_if_the_read_made_it() -> None:
    def answer(parameters: object, max_rows: int) -> pl.DataFrame:
        reader.cancel()
        return ONE

    driver = FakeDriver(answer)
    reader = Database(driver).query("SELECT a FROM t", every=1).open()
    assert isinstance(reader.read(None, 0.0), Whole)
    assert (driver.connections[0].num_cancels, driver.connections[0].is_closed) == (1, True)
    reader.close()


def test_a_cancel_before_the_connection_is_there_counts() -> None:
    driver = FakeDriver(lambda parameters, max_rows: ONE)
    connect = driver.connect

    def slow(timeout_secs: float) -> object:
        reader.cancel()
        return connect(timeout_secs)

    driver.connect = slow  # type: ignore[assignment,method-assign]
    reader = Database(driver).query("SELECT a FROM t", every=1).open()
    with pytest.raises(SourceTimeout):
        reader.read(None, 0.0)
    reader.close()
