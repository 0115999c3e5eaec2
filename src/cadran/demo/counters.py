"""What this machine counts, through psutil: plain numbers by name. What is missing here is left out, or None."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

Values = dict[str, float | None]

CORES_SHOWN = 8
"""More lines than this in one chart cannot be told apart."""
_COUNTED_TWICE = frozenset({"guest", "guest_nice"})  # they are part of user and nice
_IDLE = ("idle", "iowait")
_KINDS = ("user", "system", "iowait", "steal")
_VIRTUAL_NICS = ("lo", "veth", "docker", "br-", "virbr", "ifb", "dummy", "Loopback", "utun", "awdl", "llw", "bridge")
_PROCESSOR_SENSORS = ("coretemp", "k10temp", "zenpower", "cpu_thermal", "cpu-thermal", "acpitz")


def fast_counters() -> Values:
    """Counters that only grow: processor time by kind and by core, and network bytes. Cheap: ten times a second."""
    values: Values = {}
    with _missing():
        values |= _processor_time()
    with _missing():
        values |= _network_bytes()
    return values


def slow_counters() -> Values:
    """Counters that only grow and cost more to read: disks, switches between processes, interrupts."""
    values: Values = {}
    with _missing():
        disks = psutil.disk_io_counters(perdisk=False)
        if disks is not None:
            values |= {"disk_read": disks.read_bytes, "disk_write": disks.write_bytes}
    with _missing():
        stats = psutil.cpu_stats()
        values |= {"switches": stats.ctx_switches, "interrupts": stats.interrupts}
    return values


def levels() -> Values:
    """Values that go up and down: memory, swap, load, disk space."""
    values: Values = {}
    with _missing():
        memory = psutil.virtual_memory()
        values |= {"memory": memory.percent, "memory_used": memory.used, "memory_free": memory.available}
        if hasattr(memory, "cached"):
            values["memory_cached"] = memory.cached
    with _missing():
        swap = psutil.swap_memory()
        if swap.total:
            values["swap"] = swap.percent
    with _missing():
        values |= dict(zip(("load_1", "load_5", "load_15"), psutil.getloadavg(), strict=True))
    with _missing():
        values["disk"] = psutil.disk_usage(str(Path.home().anchor or os.sep)).percent
    return values


def temperature() -> float | None:
    """The hottest of the processor's sensors, in °C; None where there are none."""
    read = getattr(psutil, "sensors_temperatures", None)
    with _missing():
        sensors = read() if read is not None else {}
        for name in _PROCESSOR_SENSORS:
            if found := [each.current for each in sensors.get(name, ()) if each.current]:
                return float(max(found))
    return None


def up_secs(now: float) -> float | None:
    """How long the machine has been running at ``now``, in seconds since 1970."""
    values: Values = {}
    with _missing():
        values["up"] = float(int(now - psutil.boot_time()))
    return values.get("up")


@dataclass(frozen=True, slots=True)
class Abilities:
    """What this machine can tell."""

    num_cores: int
    names: frozenset[str]
    """The names of all values that were there when it was asked."""

    def __contains__(self, name: str) -> bool:
        return name in self.names

    @property
    def num_cores_shown(self) -> int:
        return min(self.num_cores, CORES_SHOWN)


def abilities() -> Abilities:
    """Ask for everything once."""
    fast = fast_counters()
    values = {**fast, **slow_counters(), **levels(), "temperature": temperature()}
    names = {name for name, value in values.items() if value is not None}
    num_counted = sum(1 for name in fast if name.startswith("core_busy."))
    if num_counted:
        names.add("cpu")
    return Abilities(max(num_counted, psutil.cpu_count() or 1) if num_counted else 0, frozenset(names))


def _processor_time() -> Values:
    values: Values = {}
    totals = {"cpu_busy": 0.0, "cpu_all": 0.0}
    for number, times in enumerate(psutil.cpu_times(percpu=True), start=1):
        by_kind = {kind: secs for kind, secs in times._asdict().items() if kind not in _COUNTED_TWICE}
        whole = sum(by_kind.values())
        # Not what idling leaves of the whole: that wavers by a rounding, and a core at rest would seem to go back.
        busy = sum(secs for kind, secs in by_kind.items() if kind not in _IDLE)
        totals["cpu_all"] += whole
        totals["cpu_busy"] += busy
        for kind in _KINDS:
            if kind in by_kind:
                totals[f"cpu_{kind}"] = totals.get(f"cpu_{kind}", 0.0) + by_kind[kind]
        if number <= CORES_SHOWN:
            values[f"core_busy.{number}"], values[f"core_all.{number}"] = busy, whole
    return {**values, **totals}


def _network_bytes() -> Values:
    nics = {
        name: nic for name, nic in psutil.net_io_counters(pernic=True).items() if not name.startswith(_VIRTUAL_NICS)
    }
    if not nics:
        return {}
    received, sent = (sum(getattr(nic, name) for nic in nics.values()) for name in ("bytes_recv", "bytes_sent"))
    return {"net_in": received, "net_out": sent}


@contextlib.contextmanager
def _missing() -> Iterator[None]:
    """A counter that can't be read is left out: containers and odd systems raise nearly anything here."""
    with contextlib.suppress(Exception):
        yield
