from __future__ import annotations

import threading

from cadran.listeners import Listeners


def test_all_are_told_in_order_until_they_leave() -> None:
    heard: list[str] = []
    listeners: Listeners[str] = Listeners()
    remove_first = listeners.add(lambda text: heard.append(f"first {text}"))
    listeners.add(lambda text: heard.append(f"second {text}"))
    listeners.tell("a")
    remove_first()
    remove_first()
    listeners.tell("b")
    assert heard == ["first a", "second a", "second b"]


def test_the_same_callback_added_twice_leaves_once_each() -> None:
    heard: list[int] = []
    listeners: Listeners[int] = Listeners()
    remove, _ = listeners.add(heard.append), listeners.add(heard.append)
    remove()
    remove()
    listeners.tell(1)
    assert heard == [1]


def test_a_listener_may_leave_while_it_is_told() -> None:
    heard: list[int] = []
    listeners: Listeners[int] = Listeners()

    def once(value: int) -> None:
        heard.append(value)
        remove()

    remove = listeners.add(once)
    listeners.tell(1)
    listeners.tell(2)
    assert heard == [1]


def test_u07_many_threads_come_and_go() -> None:
    listeners: Listeners[[]] = Listeners()

    def come_and_go() -> None:
        for _ in range(200):
            listeners.add(lambda: None)()

    threads = [threading.Thread(target=come_and_go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    heard: list[bool] = []
    listeners.add(lambda: heard.append(True))
    listeners.tell()
    assert heard == [True]
