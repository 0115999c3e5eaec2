// Generated from src/cadran/engine/measured.py by scripts/generate_types.py. Change that, then run it again.

/** How it is known that nothing changed at a source, and what was asked of it since the start. */
export interface AskedMeasures {
  readonly how: string;
  readonly num_queries: number;
  readonly num_probes: number;
  readonly num_rows: number;
}

/** One step on the way to a panel's present picture. */
export interface CauseStep {
  readonly kind: "encoding" | "query" | "recalculation" | "sending" | "update";
  readonly label: string;
  readonly cause: string;
  readonly s: number | null;
  readonly secs: number | null;
  readonly num_bytes: number | null;
  readonly num_viewers: number | null;
  readonly asked: AskedMeasures | null;
}

/** Counts since the channel was made, and what is pending now. Nothing is lost without a count here. */
export interface ChannelStatistics {
  readonly num_sent: number;
  readonly num_drained: number;
  readonly num_merged_kpis: number;
  readonly num_dropped_points: number;
  readonly num_dropped_states: number;
  readonly num_rejected_points: number;
  readonly num_lossy_values: number;
  readonly num_pending: number;
  readonly pending_bytes: number;
  readonly peak_pending: number;
  readonly peak_pending_bytes: number;
}

/** How long the engine held its loop for a step or a look: for each bound, how many did not take longer. */
export interface LoopMeasures {
  readonly bounds_secs: readonly number[];
  readonly cumulative: readonly number[];
  readonly hold: StageTimes;
  readonly cumulative_cpu: readonly number[];
  readonly hold_cpu: StageTimes;
}

/** What one panel costs, stage by stage. The page measures its drawing itself. */
export interface PanelMeasures {
  readonly index: number;
  readonly key: string;
  readonly title: string;
  readonly kind: string;
  readonly state: "behind" | "empty" | "error" | "live" | "loading" | "stale";
  readonly query: StageTimes;
  readonly recalculation: StageTimes;
  readonly num_recalculations: number;
  readonly recalculation_secs: number;
  readonly encoding: StageTimes;
  readonly sending: StageTimes;
  readonly encoded_bytes: number;
  readonly sent_bytes: number;
  readonly num_merged: number;
  readonly num_behind: number;
  readonly num_starved: number;
  readonly num_viewers: number;
  readonly causes: readonly CauseStep[];
}

/** One screen, panel by panel: what ``GET /api/screens/{name}/debug`` answers. */
export interface ScreenMeasures {
  readonly screen: string;
  readonly title: string;
  readonly s: number;
  readonly at: number;
  readonly num_ticks: number;
  readonly num_viewers: number;
  readonly choices: Readonly<Record<string, readonly string[]>>;
  readonly num_stages: number;
  readonly loop: LoopMeasures;
  readonly panels: readonly PanelMeasures[];
  readonly sources: readonly SourceMeasures[];
}

/** What one source costs, and how it is. Ages are seconds before now, None for never. */
export interface SourceMeasures {
  readonly id: string;
  readonly label: string;
  readonly kind: string;
  readonly state: "error" | "live" | "loading" | "stale";
  readonly reading: StageTimes;
  readonly num_reads: number;
  readonly num_failures: number;
  readonly num_skipped: number;
  readonly effective_secs: number | null;
  readonly event_age_secs: number | null;
  readonly changed_age_secs: number | null;
  readonly checked_age_secs: number | null;
  readonly channel: ChannelStatistics | null;
  readonly asked: AskedMeasures | null;
}

/** How long one kind of work took: the last time, and the 95th percentile of the last 64. Seconds. */
export interface StageTimes {
  readonly num: number;
  readonly total_secs: number;
  readonly last_secs: number | null;
  readonly p95_secs: number | null;
  readonly label: string | null;
}
