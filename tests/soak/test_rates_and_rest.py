"""U2, U14, U23, U24 in real time: sources at their own rates, rest where nobody looks, and what is slow is named."""

from __future__ import annotations

import pytest
from bench.usage import CpuMeter
from tests.soak.conftest import Serve
from tests.soak.crowd import Crowd
from tests.soak.plant import BUSY_SECS, SLOW_SECS, STRETCHED_SECS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1_200)]


def test_u02_u14_each_source_at_its_own_rate(serve: Serve, soak_secs: float) -> None:
    """Two reads at once would show as -1."""
    served, secs = serve(10), max(15.0, soak_secs)
    with Crowd(served.url, "rates") as crowd:
        (viewer,) = crowd.add(1)
        crowd.run(30, lambda: bool(viewer.panels) and viewer.value("slow") is not None)
        keys = ("slow", "stretched", "quick")
        seen: dict[str, list[object]] = {key: [viewer.value(key)] for key in keys}

        def notice() -> bool:
            for key in keys:
                if (value := viewer.value(key)) != seen[key][-1]:
                    seen[key].append(value)
            return False

        reads = {key: served.num_reads(key) for key in keys}
        crowd.run(secs, notice)
        reads = {key: served.num_reads(key) - before for key, before in reads.items()}
        for key in ("slow", "stretched"):
            numbers = [value for value in seen[key] if isinstance(value, float)]
            assert numbers == [numbers[0] + step for step in range(len(seen[key]))], f"{key}: every result is shown"
        # Reading takes at most half of the time: what is slow is read each time that it took twice its secs.
        assert secs / (2 * SLOW_SECS) - 2 <= reads["slow"] <= secs / SLOW_SECS + 1
        assert secs / (2 * STRETCHED_SECS) / 2 <= reads["stretched"] <= secs / (2 * STRETCHED_SECS) + 2
        assert 0.7 * 10 * secs <= reads["quick"] <= 10 * secs + 5


def test_u23_nobody_looks_and_nothing_changes(serve: Serve, soak_secs: float) -> None:
    served = serve(50)
    cpu = CpuMeter.of(served.pid)
    with Crowd(served.url, "bench") as crowd:
        (viewer,) = crowd.add(1)
        crowd.run(15)  # the lease of a viewer that looks ends in between; its picture is there
        served.quiet()
        crowd.run(5)
        frames, encodings = viewer.num_frames, served.metrics()["cadran_encodings_total"]
        cpu.start()
        crowd.run(soak_secs)
        assert cpu.cores() < 0.01
        assert viewer.num_frames == frames
        assert served.metrics()["cadran_encodings_total"] == encodings
        crowd.cut(viewer)
        crowd.run(15)
        reads = served.num_reads("stock")
        cpu.start()
        crowd.run(soak_secs)
        assert cpu.cores() < 0.01
        assert served.num_reads("stock") == reads, "nobody looks: nothing is asked"


def test_u24_the_slow_query_and_the_slow_metric_are_named(serve: Serve, soak_secs: float) -> None:
    served = serve(10)
    with Crowd(served.url, "rates") as crowd:
        crowd.add(1)
        crowd.run(soak_secs + 15)
        metrics = served.metrics()

        def slowest(family: str) -> str:
            found = {name: value for name, value in metrics.items() if name.startswith(family)}
            return max(found, key=lambda name: found[name])

        assert '"busy"' in slowest("cadran_panel_recalculation_seconds_total")
        busy = slowest("cadran_panel_recalculation_seconds_total")
        num = metrics[busy.replace("_seconds_total", "s_total")]
        assert metrics[busy] >= 0.9 * BUSY_SECS * num
        assert "slow" in slowest("cadran_source_last_read_seconds")
