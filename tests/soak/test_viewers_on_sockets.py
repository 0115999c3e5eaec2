"""F1, F2, F3, F5, U10 in real time: viewers on sockets that stop, are slow, are cut off or come all at once."""

from __future__ import annotations

import pytest
from bench.processes import WatchChild
from bench.results import quantile
from tests.pictures import assert_alike
from tests.soak.conftest import Serve, Soaked
from tests.soak.crowd import Crowd, Watcher, p99_secs

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1_200)]

UPDATES_PER_SEC = 50
NUM_VIEWERS = 200
PENDING_BYTES_MAX = 64 * 1024
SLACK_BYTES = 8 * 2**20
SLACK_SECS = 0.01
"""What the machine may add to the lateness of a frame, whoever else there is."""
NUM_WINDOWS = 5
"""Of the lateness in so many the least counts: what others do on this machine is in some of them."""
LINES = [f"v{number}" for number in range(4)]


def is_painted(viewer: Watcher) -> bool:
    """Each panel has a picture, if a coarse one."""
    if not viewer.panels or viewer.value("k3") is None or viewer.value("stock") is None:
        return False
    return all(viewer.series(key) is not None for key in LINES)


def come(crowd: Crowd, num: int, **options: float) -> list[Watcher]:
    """Let so many viewers come, and wait until all have a picture."""
    viewers = crowd.add(num, **options)  # type: ignore[arg-type]
    crowd.run(60, lambda: all(map(is_painted, viewers)))
    assert all(map(is_painted, viewers))
    crowd.run(2)
    return viewers


def usual_p99_secs(crowd: Crowd, viewers: list[Watcher], secs: float) -> float:
    """The least of several stretches of that time."""
    for viewer in viewers:
        viewer.late_secs.clear()
    found = []
    for _ in range(NUM_WINDOWS):
        crowd.run(secs / NUM_WINDOWS)
        found.append(p99_secs(viewers))
    return min(found)


def fall_quiet(served: Soaked, crowd: Crowd) -> Watcher:
    """Wait until the newest is everywhere; return a viewer who has just come."""
    served.quiet()
    crowd.run(5)
    (fresh,) = come(crowd, 1)
    crowd.run(3)
    return fresh


def test_f01_ten_of_two_hundred_stop_reading(serve: Serve, soak_secs: float) -> None:
    """The others are the bench's viewers, which take little, and ten that hold a picture."""
    served = serve(UPDATES_PER_SEC)
    with (
        Crowd(served.url, "bench") as crowd,
        WatchChild("cadran", f"{served.url}s/bench/", NUM_VIEWERS - 20) as rest,
    ):
        stalled, others = come(crowd, 10, is_small=True), come(crowd, 10)
        crowd.run(soak_secs)
        late: dict[bool, list[float]] = {False: [], True: []}
        growth: dict[bool, int] = {}
        for is_stalled in (False, True):
            if is_stalled:
                crowd.stall(stalled)
            rest.tally()
            rss, frames = served.rss_bytes, others[0].num_frames
            for _ in range(NUM_WINDOWS):
                crowd.run(soak_secs / NUM_WINDOWS)
                late[is_stalled].append(quantile(rest.tally().late_millis, 0.99) / 1000)
            growth[is_stalled] = served.rss_bytes - rss
            assert others[0].num_frames - frames >= 0.9 * 10 * soak_secs
        assert min(late[True]) <= 1.5 * min(late[False]) + SLACK_SECS
        assert growth[True] <= max(0, growth[False]) + len(stalled) * PENDING_BYTES_MAX + SLACK_BYTES
        assert all(viewer.close_code is None for viewer in stalled)
        crowd.wake(stalled)
        assert_alike([*stalled, *others], fall_quiet(served, crowd))


def test_f02_twenty_viewers_at_8_kb_a_second(serve: Serve, soak_secs: float) -> None:
    served = serve(UPDATES_PER_SEC)
    with Crowd(served.url, "bench") as crowd:
        come(crowd, 1)
        slow = crowd.add(20, bytes_per_sec=8_000)
        assert crowd.run(4, lambda: all(map(is_painted, slow))) <= 2.0, "coarse"
        crowd.run(soak_secs)
        assert all(viewer.close_code is None for viewer in slow)
        assert p99_secs(slow) <= 4.0, "history does not hold up the present"
        served.quiet()
        crowd.run(45)
        assert_alike(slow, fall_quiet(served, crowd))


def test_f03_a_hundred_of_two_hundred_are_cut_for_five_seconds(serve: Serve, soak_secs: float) -> None:
    served = serve(UPDATES_PER_SEC)
    with Crowd(served.url, "bench") as crowd:
        viewers = come(crowd, NUM_VIEWERS)
        for _ in range(max(1, round(soak_secs / 15))):
            reads = served.num_reads("stock")
            for viewer in viewers[::2]:
                crowd.cut(viewer)
            crowd.run(5)
            for viewer in viewers[::2]:
                crowd.connect(viewer)
            crowd.run(5)
            assert served.num_reads("stock") - reads <= 12, "the source does not notice"
            assert all(viewer.resumed for viewer in viewers[::2])
        assert_alike(viewers, fall_quiet(served, crowd))


def test_f05_a_thousand_reconnect_at_once(serve: Serve, soak_secs: float) -> None:
    served = serve(10, 1)
    with Crowd(served.url, "bench") as crowd:
        viewers = come(crowd, 1_000)
        for _ in range(max(1, round(soak_secs / 30))):
            for viewer in viewers:
                crowd.cut(viewer)
            crowd.run(3)
            reads, s_before = served.num_reads("stock"), served.metrics()["cadran_settled_sequence"]
            for viewer in viewers:
                crowd.connect(viewer)
            secs = crowd.run(30, lambda least=s_before: all(viewer.s >= least for viewer in viewers))  # type: ignore[misc]
            assert secs <= 10.0
            assert served.num_reads("stock") - reads <= secs + 5, "one in each interval of 1 s"
        served.quiet()
        assert_alike(viewers, fall_quiet(served, crowd))


def test_u10_one_reads_nothing_at_a_hundred_updates_a_second(serve: Serve, soak_secs: float) -> None:
    served = serve(2 * UPDATES_PER_SEC)
    with Crowd(served.url, "bench") as crowd:
        (slow,), others = come(crowd, 1, is_small=True), come(crowd, 10)
        baseline = usual_p99_secs(crowd, others, soak_secs)
        crowd.stall([slow])
        assert usual_p99_secs(crowd, others, 3 * soak_secs) <= 1.5 * baseline + SLACK_SECS
        assert slow.close_code is None, "not cut off for being slow"
        assert served.metrics()["cadran_overflows_total"] == 0
        num_bytes, s_before = slow.num_bytes, others[0].s
        crowd.wake([slow])
        assert crowd.run(10, lambda: slow.s >= s_before) <= 2.0
        assert slow.num_bytes - num_bytes <= 2 * PENDING_BYTES_MAX, "what was under way, and at most one snapshot"
        assert_alike([slow, *others], fall_quiet(served, crowd))
