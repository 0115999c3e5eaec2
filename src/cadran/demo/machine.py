"""``program()``: the demonstration, ready to be served. It opens nothing; its feeders do, once an engine runs."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path

import cadran as cd
from cadran.demo import counters
from cadran.demo.place import Place, place
from cadran.demo.queries import Queries
from cadran.demo.recorder import Recorder, record
from cadran.demo.sampler import Sample, stream
from cadran.demo.screen import MachineScreen

SAMPLES_MAX = 600
"""A minute of samples waits for the recorder at most."""


def program(path: str | Path | None = None, *, environ: Mapping[str, str] = os.environ) -> cd.Program:
    """Describe this machine. ``path``: its database; None takes ``CADRAN_DEMO_PATH``, else the user's cache."""
    where = place(environ) if path is None else Place(Path(path).absolute(), False)
    return cd.Program([machine_screen(where, counters.abilities())])


def machine_screen(where: Place, here: counters.Abilities) -> MachineScreen:
    """The screen, with a channel and two feeders of its own."""
    machine = cd.channel("machine", expect="2s", keep="15m")
    has_temperature = "temperature" in here

    # Each start of the engine begins with empty hands: what an earlier one left is old.
    samples: deque[Sample] = deque(maxlen=SAMPLES_MAX)

    @machine.feed
    def sample(send: cd.Sender, stop: cd.Stop) -> None:
        samples.clear()
        stream(send, stop, samples)

    @machine.feed
    def write(send: cd.Sender, stop: cd.Stop) -> None:
        record(send, stop, Recorder(where, samples, temperature=counters.temperature if has_temperature else None))

    @cd.source(every="30s", name="uptime")
    def uptime() -> float | None:
        return counters.up_secs(time.time())

    return MachineScreen(machine, here, Queries(where.path), uptime)
