"""The demonstration in virtual time, on a machine that is made up."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cadran as cd
import cadran.testing
from cadran.demo.counters import Abilities, Values
from cadran.demo.machine import machine_screen
from cadran.demo.place import Place
from cadran.demo.processes import ProcessWatch
from cadran.demo.recorder import Recorder
from cadran.demo.sampler import STEP_SECS, Sample, Sampler, stream

_NAMES = (
    "cpu cpu_user cpu_system cpu_iowait net_in net_out disk_read disk_write switches interrupts memory memory_used "
    "memory_free memory_cached swap load_1 load_5 load_15 disk temperature"
)
FULL = frozenset(_NAMES.split())


class FakeMachine:
    """Two cores, the first always busy, the second as told; 1,000 bytes a second come in."""

    def __init__(self, clock: cadran.testing.VirtualClock) -> None:
        self._clock = clock
        self.second_core = 0.5
        self.processes = [(10, 5.0, "editor", 3e8), (11, 6.0, "editor", 1e8), (12, 7.0, "browser", 5e8)]

    def fast(self) -> Values:
        secs = self._clock.now().mono
        busy = secs * (1 + self.second_core)
        cores: Values = {"core_busy.1": secs, "core_all.1": secs, "core_all.2": secs}
        cores["core_busy.2"] = secs * self.second_core
        return {**cores, "cpu_busy": busy, "cpu_all": 2 * secs, "cpu_user": busy, "net_in": 1000 * secs, "net_out": 0}

    def slow(self) -> Values:
        return {"disk_read": 0, "disk_write": 512 * self._clock.now().mono}

    def levels(self) -> Values:
        return {"memory": 50.0, "memory_used": 5e8, "memory_free": 5e8, "load_1": 1.25, "disk": 30.0}

    def running(self) -> Iterator[tuple[int, float, str, float, float]]:
        for pid, started, name, memory in self.processes:
            yield pid, started, name, self._clock.now().mono / 10, memory


class SteppingStop(cd.Stop):
    """A feeder's wait becomes a step of virtual time; after ``num_steps`` it is told to end."""

    def __init__(self, rig: Rig, num_steps: int) -> None:
        super().__init__()
        self._rig, self._num_left = rig, num_steps

    def wait(self, secs: object = None) -> bool:
        if self._num_left == 0:
            return True
        self._num_left -= 1
        self._rig.step()
        return False


class Rig:
    """A live screen whose two feeders run in step with its clock."""

    def __init__(self, path: Path, here: Abilities) -> None:
        self.clock = cadran.testing.VirtualClock()
        self.machine = FakeMachine(self.clock)
        self.samples: deque[Sample] = deque(maxlen=600)
        watch = ProcessWatch(self.machine.running)
        self.recorder = Recorder(Place(path, False), self.samples, watch=watch)
        self.screen = machine_screen(Place(path, False), here)
        self.live = cadran.testing.open(self.screen, clock=self.clock)
        self.channel = self.live.program.channel("machine")
        self._num_steps = 0

    def step(self) -> None:
        self.live.advance(STEP_SECS)
        if self._num_steps % 10 == 0:
            now = self.clock.now()
            self.channel.send(*self.recorder.tick(now.mono, now.wall))
        self._num_steps += 1

    def run(self, secs: float) -> None:
        """Let the machine run."""
        sampler = Sampler(self.machine.fast, self.machine.slow, self.machine.levels)
        stop = SteppingStop(self, round(secs / STEP_SECS))
        now = self.clock.now
        stream(self.channel.send, stop, self.samples, sampler=sampler, mono=lambda: now().mono, wall=lambda: now().wall)
        self.live.settle()


@contextmanager
def opened(path: Path, *, num_cores: int = 2, names: frozenset[str] = FULL) -> Iterator[Rig]:
    """A rig that is closed at the end."""
    rig = Rig(path, Abilities(num_cores, names))
    with rig.live:
        try:
            yield rig
        finally:
            rig.recorder.close()
