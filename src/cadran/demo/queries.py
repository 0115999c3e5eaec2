"""The half of the demonstration that is read back from its database.

Every query ends at the newest row rather than at "now", most of them at whole steps of time: so a result stays
equal, byte for byte, until a step is over, and an equal result costs no viewer anything.
"""

from __future__ import annotations

from pathlib import Path

import cadran as cd

EVERY = "5s"
HOUR_STEP_SECS, DAY_STEP_SECS = 10, 300


class Queries:
    """What the screen asks of the file. Nothing is opened here."""

    def __init__(self, path: Path) -> None:
        self.path = path
        query = cd.database(f"sqlite:///{path}").query
        self.hour = query(_steps(HOUR_STEP_SECS, 3600, whole=True), time="at", every=EVERY, name="last hour")
        self.day = query(_steps(DAY_STEP_SECS, 24 * 3600, whole=False), time="at", every="30s", name="last 24 hours")
        self.recent = query(
            "SELECT id, ts, cpu, memory FROM samples "
            "WHERE id > max(:cursor, (SELECT max(id) - 1200 FROM samples)) ORDER BY id LIMIT :limit",
            cursor="id", time="ts", keep="20m", every=EVERY, name="seconds",
        )  # fmt: skip
        self.minutes = query(_MINUTES, every=EVERY, name="minutes")
        self.kinds = query(_KINDS, every=EVERY, name="processor time")
        self.programs = query(_PROGRAMS, every=EVERY, name="programs")
        self.memory = query(_MEMORY, every=EVERY, name="memory by program")
        self.processes = query(_PROCESSES, key="id", every=EVERY, name="processes")
        self.events = query(
            "SELECT id, ts, level, what FROM events "
            "WHERE id > max(:cursor, (SELECT max(id) - 200 FROM events)) ORDER BY id LIMIT :limit",
            cursor="id", time="ts", keep="1d", every=EVERY, name="events",
        )  # fmt: skip
        self.recorded = query("SELECT count(cpu) AS seconds FROM samples", every="10s", name="recorded")


_NEWEST = "(SELECT ts FROM samples ORDER BY id DESC LIMIT 1)"


def _steps(step_secs: int, span_secs: int, *, whole: bool) -> str:
    """Means and peaks over steps of time; ``whole`` leaves out the last one, which is not over."""
    begin = f"(SELECT {_NEWEST} / {step_secs} * {step_secs})"  # whole numbers: the division rounds down
    return f"""
        SELECT ts / {step_secs} * {step_secs} AS at, round(avg(cpu), 1) AS cpu, max(cpu_peak) AS cpu_peak,
            round(avg(memory), 1) AS memory, round(avg(net_in)) AS net_in, round(avg(net_out)) AS net_out
        FROM samples WHERE ts >= {begin} - {span_secs} AND ts < {begin if whole else _NEWEST + " + 1"}
        GROUP BY at ORDER BY at"""


_MINUTES = f"""
    SELECT strftime('%H:%M', ts / 60 * 60, 'unixepoch', 'localtime') AS minute, round(avg(cpu), 1) AS cpu
    FROM samples WHERE ts >= {_NEWEST} / 60 * 60 - 300 AND ts <= {_NEWEST}
    GROUP BY ts / 60 HAVING count(cpu) > 0 ORDER BY ts / 60"""

_LAST_TEN = f"ts >= {_NEWEST} / 10 * 10 - 600 AND ts < {_NEWEST} / 10 * 10"
_KINDS = f"""
    WITH part AS (SELECT avg(cpu_user) AS user, avg(cpu_system) AS system, avg(cpu_iowait) AS waiting, avg(cpu) AS cpu
        FROM samples WHERE {_LAST_TEN}),
    kinds AS (
        SELECT 1 AS place, 'Programs' AS kind, user AS share FROM part UNION ALL
        SELECT 2, 'System', system FROM part UNION ALL
        SELECT 3, 'Other work', max(0, cpu - user - system) FROM part UNION ALL
        SELECT 4, 'Waiting for disks', waiting FROM part UNION ALL
        SELECT 5, 'Idle', max(0, 100 - cpu - coalesce(waiting, 0)) FROM part)
    SELECT kind, round(share, 1) AS share FROM kinds WHERE round(share, 1) > 0 ORDER BY place"""

_PROGRAMS = """
    SELECT name AS program, round(sum(secs), 1) AS secs FROM process_time
    WHERE ts > (SELECT max(ts) FROM process_time) - 600
    GROUP BY name HAVING round(sum(secs), 1) > 0 ORDER BY secs DESC, name LIMIT 6"""

_MEMORY = """
    SELECT name AS program, round(sum(memory) / 1048576) * 1048576 AS memory FROM processes
    GROUP BY name ORDER BY memory DESC, name LIMIT 40"""

_PROCESSES = """
    SELECT id, name, pid, cpu, memory, cpu_secs, started FROM processes
    ORDER BY cpu DESC, memory DESC, id LIMIT 25"""
