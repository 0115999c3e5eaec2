"""``/metrics``: what the process, the engine, its sources and its panels cost, for whoever collects such things.

The names are the table below, and [docs/metrics.md](../../../docs/metrics.md) is written from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain

import psutil

from cadran.engine.measured import PANELS_MAX, EngineMeasures, SourceMeasures
from cadran.engine.totals import PanelTotals
from cadran.server.life import ServerStatistics
from cadran.server.openmetrics import Buckets, Family, Writer

_PANEL = ("screen", "panel")
_SOURCE = ("source",)
_STATES = ("loading", "live", "stale", "error")

CPU = Family("cadran_process_cpu_seconds", "counter", "Processor time of this process.", "seconds")
MEMORY = Family("cadran_process_resident_bytes", "gauge", "Resident memory of this process.", "bytes")
DESCRIPTORS = Family("cadran_process_open_descriptors", "gauge", "Open file descriptors.")
STARTED = Family("cadran_process_start_time_seconds", "gauge", "When the process began, since 1970 UTC.", "seconds")
SOCKETS = Family("cadran_sockets", "gauge", "WebSockets, those being opened or closed included.")
OVERFLOWS = Family("cadran_overflows", "counter", "Viewers who were queued more than their credit: a fault of ours.")
WAITS = Family(
    "cadran_web_loop_wait_seconds",
    "histogram",
    "How long messages that were not sent at once waited for the loop of the sessions: so long was it held.",
    "seconds",
)

HOLD = Family(
    "cadran_loop_hold_seconds",
    "histogram",
    "How long each step of the engine, with all around it but waiting, and each look at it held its loop.",
    "seconds",
)
HOLD_CPU = Family(
    "cadran_loop_hold_cpu_seconds",
    "histogram",
    "What of each hold was work: the rest the engine waited for the interpreter or for a processor, which others had.",
    "seconds",
)
TICKS = Family("cadran_ticks", "counter", "Settled ticks.")
SETTLED = Family("cadran_settled_sequence", "gauge", "S: the sequence number of the settled state.")
VIEWERS = Family("cadran_viewers", "gauge", "Viewers.")
STARVING = Family("cadran_viewers_without_credit", "gauge", "Viewers who get nothing now: they do not acknowledge.")
WATCHED = Family("cadran_watched_panels", "gauge", "Panels that somebody watches.")
JOBS = Family("cadran_jobs", "gauge", "Calls under way: reads and recalculations.")
RECALCULATIONS = Family("cadran_recalculations", "counter", "Recalculations, of built-in values too.")
ENCODINGS = Family("cadran_encodings", "counter", "Pieces encoded; each is shared by all viewers who lack it.")
CACHE = Family("cadran_cache_bytes", "gauge", "Encoded pieces that are kept.", "bytes")
FRAMES = Family("cadran_frames_sent", "counter", "Frames for viewers; heartbeats do not count.")
SENT = Family("cadran_sent_bytes", "counter", "Bytes for viewers, heartbeats included.", "bytes")
STARVED = Family("cadran_frames_skipped", "counter", "Settled states that a viewer did not get for want of credit.")
FRAME_FAULTS = Family(
    "cadran_frame_faults", "counter", "Frames that could not be made, by a fault of ours; their viewers were closed."
)
CALLS_WAITED = Family("cadran_calls_waited", "counter", "Reads and recalculations that had to wait for a thread.")
INPUTS_MERGED = Family(
    "cadran_inputs_merged", "counter", "Views superseded, and refreshes asked for again, while they waited."
)
INPUTS_DROPPED = Family(
    "cadran_inputs_dropped",
    "counter",
    "Refreshes beyond those that may wait of a viewer, and what viewers said after that with which they are closed.",
)
PAST_DROPPED = Family("cadran_past_blocks_dropped", "counter", "Blocks of what is not held that made room for others.")

READS = Family("cadran_source_reads", "counter", "Reads that began.", labels=_SOURCE)
READ_SECS = Family("cadran_source_read_seconds", "counter", "Time that reads took.", "seconds", _SOURCE)
READ_LAST = Family("cadran_source_last_read_seconds", "gauge", "Time that the last read took.", "seconds", _SOURCE)
READ_FAILURES = Family("cadran_source_failures", "counter", "Reads that failed.", labels=_SOURCE)
HOW = Family("cadran_source_how", "gauge", "1, by how a change is found.", labels=("source", "how"))
QUERIES = Family("cadran_source_queries", "counter", "Queries for its data.", labels=_SOURCE)
PROBES = Family("cadran_source_probes", "counter", "Looks at whether anything changed at all.", labels=_SOURCE)
ROWS = Family("cadran_source_rows", "counter", "Rows that queries fetched.", labels=_SOURCE)
READ_SKIPPED = Family("cadran_source_skipped", "counter", "Reads due while another still ran.", labels=_SOURCE)
INTERVAL = Family("cadran_source_interval_seconds", "gauge", "Interval at which it is read now.", "seconds", _SOURCE)
STATE = Family("cadran_source_state", "stateset", "How it is.", labels=("source", "cadran_source_state"))
EVENT_AGE = Family("cadran_source_event_age_seconds", "gauge", "Age of its newest datum.", "seconds", _SOURCE)
CHANGED_AGE = Family("cadran_source_changed_age_seconds", "gauge", "Since its data changed.", "seconds", _SOURCE)
CHECKED_AGE = Family("cadran_source_checked_age_seconds", "gauge", "Since it was read or heard.", "seconds", _SOURCE)

CHANNEL_SENT = Family("cadran_channel_sent", "counter", "Updates sent.", labels=("channel",))
CHANNEL_DRAINED = Family("cadran_channel_drained", "counter", "Updates taken by the engine.", labels=("channel",))
CHANNEL_MERGED = Family("cadran_channel_merged", "counter", "KPI values that a newer replaced.", labels=("channel",))
CHANNEL_DROPPED = Family(
    "cadran_channel_dropped", "counter", "Points and states given up at a bound.", labels=("channel", "kind")
)
CHANNEL_REJECTED = Family("cadran_channel_rejected", "counter", "Points without a finite x.", labels=("channel",))
CHANNEL_REPEATED = Family(
    "cadran_channel_repeated",
    "counter",
    "Batches that came by HTTP under an Idempotency-Key seen before: answered, and not applied again.",
    labels=("channel",),
)
CHANNEL_PENDING = Family("cadran_channel_pending", "gauge", "Items that wait for the engine.", labels=("channel",))
CHANNEL_PENDING_BYTES = Family("cadran_channel_pending_bytes", "gauge", "Bytes that wait.", "bytes", ("channel",))

STAGES = Family("cadran_screen_stages", "gauge", "Different choices of it that are served now.", labels=("screen",))
PANEL_VIEWERS = Family("cadran_panel_viewers", "gauge", "Viewers who see it now.", labels=_PANEL)
PANEL_RECALCULATIONS = Family("cadran_panel_recalculations", "counter", "Of all values below it.", labels=_PANEL)
PANEL_RECALCULATION_SECS = Family("cadran_panel_recalculation_seconds", "counter", "Time that took.", "seconds", _PANEL)
PANEL_BEHIND = Family("cadran_panel_behind", "counter", "Recalculations that a tick did not wait for.", labels=_PANEL)
PANEL_ENCODINGS = Family("cadran_panel_encodings", "counter", "Times that it was encoded.", labels=_PANEL)
PANEL_ENCODE_SECS = Family("cadran_panel_encode_seconds", "counter", "Time that took.", "seconds", _PANEL)
PANEL_SEND_SECS = Family(
    "cadran_panel_send_seconds", "counter", "Time from the settled tick until it was handed over.", "seconds", _PANEL
)
PANEL_SENT = Family("cadran_panel_sent_bytes", "counter", "Bytes of it for all viewers together.", "bytes", _PANEL)
PANELS_LEFT_OUT = Family("cadran_panels_left_out", "gauge", f"Panels past the first {PANELS_MAX:,}, not told here.")

FAMILIES: tuple[Family, ...] = tuple(value for value in globals().values() if isinstance(value, Family))
"""All names, in the order in which they are written."""


def metrics_parts(
    engine: EngineMeasures, server: ServerStatistics, num_repeated: Mapping[str, int] | None = None
) -> Iterator[str]:
    """Yield the exposition of one moment, in parts: of what may be many, such as panels, one family at a time.

    ``num_repeated``: batches that came again, by channel.
    """
    writer = Writer()
    _process(writer, server)
    _engine(writer, engine)
    channels = _channels(writer, engine.sources, num_repeated or {})
    for _ in chain(_sources(writer, engine.sources), channels, _panels(writer, engine)):
        yield writer.take()
    writer.end()
    yield writer.take()


def _process(writer: Writer, server: ServerStatistics) -> None:
    process = psutil.Process()
    with process.oneshot():
        times = process.cpu_times()
        writer.add_one(CPU, times.user + times.system)
        writer.add_one(MEMORY, process.memory_info().rss)
        if hasattr(process, "num_fds"):
            writer.add_one(DESCRIPTORS, process.num_fds())
        writer.add_one(STARTED, process.create_time())
    writer.add_one(SOCKETS, server.num_sockets)
    writer.add_one(OVERFLOWS, server.num_overflows)
    waits = server.waits
    writer.add_histogram(WAITS, Buckets(waits.bounds_secs, waits.cumulative(), waits.durations.total_secs))


def _engine(writer: Writer, engine: EngineMeasures) -> None:
    counts, loop, traffic = engine.statistics, engine.loop, engine.traffic
    writer.add_histogram(HOLD, Buckets(loop.bounds_secs, loop.cumulative, loop.hold.total_secs))
    writer.add_histogram(HOLD_CPU, Buckets(loop.bounds_secs, loop.cumulative_cpu, loop.hold_cpu.total_secs))
    writer.add_one(TICKS, counts.num_ticks)
    writer.add_one(SETTLED, counts.s)
    writer.add_one(VIEWERS, counts.num_viewers)
    writer.add_one(STARVING, traffic.num_starving)
    writer.add_one(WATCHED, counts.num_watched_panels)
    writer.add_one(JOBS, counts.num_jobs)
    writer.add_one(RECALCULATIONS, counts.num_recalculations)
    writer.add_one(ENCODINGS, counts.num_encodings)
    writer.add_one(CACHE, counts.cache_bytes)
    writer.add_one(FRAMES, counts.num_frames_sent)
    writer.add_one(SENT, traffic.num_bytes)
    writer.add_one(STARVED, traffic.num_starved)
    writer.add_one(FRAME_FAULTS, counts.num_frame_faults)
    writer.add_one(CALLS_WAITED, counts.num_waits)
    writer.add_one(INPUTS_MERGED, counts.num_inputs_merged)
    writer.add_one(INPUTS_DROPPED, counts.num_inputs_dropped)
    writer.add_one(PAST_DROPPED, counts.num_past_blocks_dropped)


def _sources(writer: Writer, sources: tuple[SourceMeasures, ...]) -> Iterator[None]:
    polled = tuple(one for one in sources if one.channel is None)
    _each(writer, READS, polled, lambda one: one.num_reads)
    yield
    _each(writer, READ_SECS, polled, lambda one: one.reading.total_secs)
    yield
    _each(writer, READ_LAST, polled, lambda one: one.reading.last_secs)
    yield
    _each(writer, READ_FAILURES, polled, lambda one: one.num_failures)
    yield
    asked = [(one.id, one.asked) for one in polled if one.asked is not None]
    writer.add(HOW, (((name, one.how), 1) for name, one in asked))
    yield
    writer.add(QUERIES, (((name,), one.num_queries) for name, one in asked))
    yield
    writer.add(PROBES, (((name,), one.num_probes) for name, one in asked))
    yield
    writer.add(ROWS, (((name,), one.num_rows) for name, one in asked))
    yield
    _each(writer, READ_SKIPPED, polled, lambda one: one.num_skipped)
    yield
    _each(writer, INTERVAL, polled, lambda one: one.effective_secs)
    yield
    writer.add(STATE, (((one.id, state), int(one.state == state)) for one in sources for state in _STATES))
    yield
    _each(writer, EVENT_AGE, sources, lambda one: one.event_age_secs)
    yield
    _each(writer, CHANGED_AGE, sources, lambda one: one.changed_age_secs)
    yield
    _each(writer, CHECKED_AGE, sources, lambda one: one.checked_age_secs)
    yield


def _each(
    writer: Writer, family: Family, sources: Iterable[SourceMeasures], value: Callable[[SourceMeasures], float | None]
) -> None:
    writer.add(family, (((one.id,), number) for one in sources if (number := value(one)) is not None))


def _channels(writer: Writer, sources: Iterable[SourceMeasures], num_repeated: Mapping[str, int]) -> Iterator[None]:
    found = [(one.label, one.channel) for one in sources if one.channel is not None]
    writer.add(CHANNEL_SENT, (((name,), counts.num_sent) for name, counts in found))
    yield
    writer.add(CHANNEL_DRAINED, (((name,), counts.num_drained) for name, counts in found))
    yield
    writer.add(CHANNEL_MERGED, (((name,), counts.num_merged_kpis) for name, counts in found))
    yield
    dropped = [((name, "points"), counts.num_dropped_points) for name, counts in found]
    dropped += [((name, "states"), counts.num_dropped_states) for name, counts in found]
    writer.add(CHANNEL_DROPPED, dropped)
    yield
    writer.add(CHANNEL_REJECTED, (((name,), counts.num_rejected_points) for name, counts in found))
    yield
    repeated = {**{name: 0 for name, _ in found}, **num_repeated}  # an engine that stopped tells of no channel
    writer.add(CHANNEL_REPEATED, (((name,), num) for name, num in repeated.items()))
    yield
    writer.add(CHANNEL_PENDING, (((name,), counts.num_pending) for name, counts in found))
    yield
    writer.add(CHANNEL_PENDING_BYTES, (((name,), counts.pending_bytes) for name, counts in found))
    yield


def _panels(writer: Writer, engine: EngineMeasures) -> Iterator[None]:
    writer.add(STAGES, (((slug,), screen.num_stages) for slug, screen in engine.screens.items()))
    yield
    found = [((slug, panel.key), panel) for slug, screen in engine.screens.items() for panel in screen.panels]
    writer.add(PANEL_VIEWERS, ((labels, panel.num_viewers) for labels, panel in found))
    yield

    def add(family: Family, value: Callable[[PanelTotals], float]) -> None:
        writer.add(family, ((labels, value(panel.totals)) for labels, panel in found))

    add(PANEL_RECALCULATIONS, lambda totals: totals.num_recalculations)
    yield
    add(PANEL_RECALCULATION_SECS, lambda totals: totals.recalculation_secs)
    yield
    add(PANEL_BEHIND, lambda totals: totals.num_behind)
    yield
    add(PANEL_ENCODINGS, lambda totals: totals.num_encodings)
    yield
    add(PANEL_ENCODE_SECS, lambda totals: totals.encode_secs)
    yield
    add(PANEL_SEND_SECS, lambda totals: totals.send_secs)
    yield
    add(PANEL_SENT, lambda totals: totals.sent_bytes)
    yield
    writer.add_one(PANELS_LEFT_OUT, engine.num_panels_left_out)
    yield
