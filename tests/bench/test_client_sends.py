"""What a client sends from another process is only counted once the server's store holds it."""

from __future__ import annotations

import pytest
from bench.client_sends import AWAY, BATCHES, SINGLES, add_client_sends
from bench.results import CADRAN, FLOOR, Recorder


@pytest.mark.slow
def test_each_form_is_measured_beside_its_floor_and_a_server_that_is_away() -> None:
    recorder = Recorder("W4")
    add_client_sends(0, 2_000, recorder)
    measured = {(one.case, one.contender): one.value for one in recorder.samples}
    assert list(measured) == [(case, name) for case in (SINGLES, BATCHES) for name in (CADRAN, FLOOR)] + [
        (AWAY, CADRAN)
    ]
    assert all(value > 0 for (case, _), value in measured.items() if case != AWAY)
