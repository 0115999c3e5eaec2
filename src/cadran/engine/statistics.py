"""What an engine counts."""

from __future__ import annotations

from msgspec import Struct


class EngineStatistics(Struct, frozen=True, kw_only=True):
    """Counts since the engine's start, and what is live now."""

    s: int
    num_ticks: int
    num_viewers: int
    num_watched_panels: int
    num_jobs: int
    """Calls under way: reads and recalculations."""
    num_recalculations: int
    num_encodings: int
    num_parts_built: int
    """How often it was worked out what is lacking of one panel."""
    num_frames_built: int
    """Frames, each for all viewers who saw and held the same."""
    num_frames_sent: int
    """To all viewers together."""
    num_blocks: int
    """Histories of lines that were made off the engine's loop."""
    rows_per_step_max: int
    """The most points and rows of levels that one step passed over for lines."""
    work_per_step_max: int
    """The most that one step landed of what channels gave, in about so many microseconds."""
    num_waits: int
    """Reads and recalculations that had to wait for a thread."""
    num_inputs_merged: int
    """Views that were superseded before they were taken, and refreshes that were asked for again meanwhile."""
    num_inputs_dropped: int
    """Refreshes beyond those that may wait of a viewer, and what viewers said after that with which they are closed."""
    num_frame_faults: int
    """Frames that could not be made, by a fault of ours; the viewer was closed."""
    num_past_blocks_dropped: int
    """Blocks of what is not held that made room for others."""
    num_holdings: int
    """How many different things viewers hold now."""
    num_reads: int
    reads: dict[str, int]
    """Reads by source."""
    cache_bytes: int
