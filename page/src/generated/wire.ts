// Generated from src/cadran/screen/layout.py and src/cadran/frames/wire.py by scripts/generate_types.py.
// Change those, then run it again.

export const VERSION = 2;
export const MESSAGE_BYTES_MAX = 65_536;
export const BEAT_SECS = 5;
export const HEADER_BYTES = 32;
export const PIECE_BYTES = 8;
export const FIRST = 1;
export const COMMIT = 2;
export const RESET = 4;
export const BEAT = 8;
export const WELCOME = 1;
export const PANEL = 2;
export const TIMES = 3;
export const SCALAR = 4;
export const SERIES = 5;
export const TABLE = 6;
export const CURVE = 7;
export const NOTICE = 8;
export const WELCOME_MORE = 1;
export const SERIES_REPLACE = 1;
export const SERIES_FLAT = 2;
export const SERIES_F32 = 4;
export const SERIES_STEP = 8;
export const SERIES_U16 = 16;
export const SERIES_U32 = 32;
export const SCALAR_GAP = 0;
export const SCALAR_NUMBER = 1;
export const SCALAR_BOOL = 2;
export const SCALAR_TEXT = 3;
export const SCALAR_HEAD_BYTES = 24;
export const SERIES_HEAD_BYTES = 24;
export const SERIES_STEPS_BYTES = 8;
export const TIMES_ROW_BYTES = 20;
export const CURVE_HEAD_BYTES = 8;

export type Level = "good" | "warning" | "error";

export type XKind = "time" | "number" | "free";

/** How a number is written; the page adds the viewer's locale. */
export interface Format {
  readonly kind: "bytes" | "currency" | "date" | "duration" | "number" | "percent" | "text";
  readonly decimals: number | null;
  readonly currency: string | null;
  readonly whole: number;
  readonly compact: boolean;
  readonly date_style: "date" | "datetime" | "time";
}

/** A range of values that deserves attention: ``op`` ``value`` gives ``level``. The last that matches wins. */
export interface Band {
  readonly op: "above" | "below";
  readonly value: number;
  readonly level: "error" | "good" | "warning";
}

/** A named horizontal line in a chart. */
export interface Reference {
  readonly value: number;
  readonly label: string;
  readonly level: "error" | "good" | "warning" | null;
}

/** A source as the page names it. */
export interface SourceInfo {
  readonly index: number;
  readonly label: string;
  readonly kind: "channel" | "function" | "query";
  readonly every_secs: number | null;
}

/** One line of a chart: a layout may have many, so what is null is left out. */
export interface LineSeries {
  readonly slot: number;
  readonly label: string;
  readonly color?: string | null;
  readonly finished_slot?: number | null;
}

/** What a KPI's change is measured against. */
export interface Compare {
  readonly label: string;
  readonly period_secs: number;
}

/** A card: one value, its change and its sparkline. */
export interface KpiPanel {
  readonly kind: "kpi";
  readonly index: number;
  readonly key: string;
  readonly title: string;
  readonly sources: readonly number[];
  readonly note: string | null;
  readonly always: boolean;
  readonly append_only: boolean;
  readonly value_slot: number;
  readonly spark_slot: number | null;
  readonly spark_secs: number | null;
  readonly follows_range: boolean;
  readonly unit: string | null;
  readonly format: Format;
  readonly icon: string | null;
  readonly compare: Compare | null;
  readonly good: "down" | "up" | null;
  readonly bands: readonly Band[];
  readonly color: string | null;
}

/** Lines over time, over a number, or a free curve. */
export interface LinePanel {
  readonly kind: "line";
  readonly index: number;
  readonly key: string;
  readonly title: string;
  readonly sources: readonly number[];
  readonly note: string | null;
  readonly always: boolean;
  readonly append_only: boolean;
  readonly series: readonly LineSeries[];
  readonly x: "free" | "number" | "time";
  readonly window_secs: number | null;
  readonly unit: string | null;
  readonly format: Format;
  readonly references: readonly Reference[];
  readonly y_min: number | null;
  readonly y_max: number | null;
  readonly fill: boolean | null;
  readonly reaches_back: boolean;
}

/** Another screen that opens from a bar, a slice or a row. */
export interface Link {
  readonly screen: string;
  readonly params: Readonly<Record<string, string>>;
}

/** Bars from a table of (label, value). */
export interface BarPanel {
  readonly kind: "bar";
  readonly index: number;
  readonly key: string;
  readonly title: string;
  readonly sources: readonly number[];
  readonly note: string | null;
  readonly always: boolean;
  readonly append_only: boolean;
  readonly slot: number;
  readonly unit: string | null;
  readonly format: Format;
  readonly color: string | null;
  readonly references: readonly Reference[];
  readonly link: Link | null;
  readonly finished_slot: number | null;
}

/** Shares of a whole from a table of (label, value). */
export interface PiePanel {
  readonly kind: "pie";
  readonly index: number;
  readonly key: string;
  readonly title: string;
  readonly sources: readonly number[];
  readonly note: string | null;
  readonly always: boolean;
  readonly append_only: boolean;
  readonly slot: number;
  readonly unit: string | null;
  readonly format: Format;
  readonly link: Link | null;
}

/** How one column of a table is shown. */
export interface Column {
  readonly name: string;
  readonly title: string | null;
  readonly format: Format | null;
  readonly bar: boolean;
  readonly bar_max: number | null;
  readonly bands: readonly Band[];
}

/** Rows. */
export interface TablePanel {
  readonly kind: "table";
  readonly index: number;
  readonly key: string;
  readonly title: string;
  readonly sources: readonly number[];
  readonly note: string | null;
  readonly always: boolean;
  readonly append_only: boolean;
  readonly slot: number;
  readonly columns: readonly Column[] | null;
  readonly link: Link | null;
  readonly finished_slot: number | null;
}

/** Plain text; blank lines separate paragraphs. Never HTML. */
export interface TextPanel {
  readonly kind: "text";
  readonly index: number;
  readonly key: string;
  readonly title: string;
  readonly sources: readonly number[];
  readonly note: string | null;
  readonly always: boolean;
  readonly append_only: boolean;
  readonly body: string;
}

/** What a filter offers, from data: one column of texts. In no row; it is seen while the filter's menu is open. */
export interface OptionsPanel {
  readonly kind: "options";
  readonly index: number;
  readonly key: string;
  readonly title: string;
  readonly sources: readonly number[];
  readonly note: string | null;
  readonly always: boolean;
  readonly append_only: boolean;
  readonly slot: number;
}

export type Panel = KpiPanel | LinePanel | BarPanel | PiePanel | TablePanel | TextPanel | OptionsPanel;

/** Shows only the rows whose ``column`` is what was chosen. */
export interface FilterControl {
  readonly kind: "filter";
  readonly name: string;
  readonly label: string;
  readonly column: string;
  readonly several: boolean;
  readonly options: readonly string[] | null;
  readonly panel: number | null;
}

/** Shows only the rows that contain a text. */
export interface SearchControl {
  readonly kind: "search";
  readonly name: string;
  readonly label: string;
}

/** Picks the time range: a span up to now such as ``1h``, or ``FROM~TO`` in seconds since 1970 UTC. */
export interface RangeControl {
  readonly kind: "range";
  readonly name: string;
  readonly label: string;
  readonly default_secs: number;
  readonly spans_secs: readonly number[];
}

export type Control = FilterControl | SearchControl | RangeControl;

/** Panels side by side: at most ``columns`` in a row, fewer on a narrow page. */
export interface Row {
  readonly columns: number;
  readonly panels: readonly number[];
}

/** A titled group of rows. */
export interface Section {
  readonly title: string | null;
  readonly rows: readonly Row[];
}

/** Everything the page needs to draw an empty screen. */
export interface Layout {
  readonly title: string;
  readonly slug: string;
  readonly zone: string;
  readonly lang: "en" | "fr" | null;
  readonly refresh_secs: number | null;
  readonly intervals_secs: readonly number[];
  readonly sections: readonly Section[];
  readonly panels: readonly (KpiPanel | LinePanel | BarPanel | PiePanel | TablePanel | TextPanel | OptionsPanel)[];
  readonly sources: readonly SourceInfo[];
  readonly num_slots: number;
  readonly controls: readonly (FilterControl | SearchControl | RangeControl)[];
}

export type PanelState = "loading" | "live" | "behind" | "stale" | "error" | "empty";

/** What is wrong with a panel, for the people who look at it. */
export interface Fault {
  readonly message: string;
  readonly detail: string | null;
  readonly since: number;
  readonly next_try: number | null;
}

/** Payload of a PANEL piece: many come at once when a screen opens, so what is null is left out. */
export interface PanelStatus {
  readonly state: "behind" | "empty" | "error" | "live" | "loading" | "stale";
  readonly since: number;
  readonly fault?: Fault | null;
  readonly slow_secs?: number | null;
  readonly capped_rows?: number | null;
  readonly num_rejected?: number | null;
}

/** A column of the data. */
export interface TableColumn {
  readonly name: string;
  readonly type: "bool" | "number" | "text" | "time";
}

export type Cell = number | string | boolean | null;

/** Payload of a TABLE piece: the order of all rows, and those that are new or changed. */
export interface TableRows {
  readonly columns: readonly TableColumn[];
  readonly order: readonly number[];
  readonly rows: Readonly<Record<string, readonly (number | string | boolean | null)[]>>;
  readonly replace: boolean;
  readonly num_rows: number;
}

/** Payload of a NOTICE piece: something that people should know and that belongs to no panel. */
export interface Notice {
  readonly key: string;
  readonly level: "error" | "info" | "warning";
  readonly message: string | null;
}

/** A choice of a viewer that is ignored. */
export interface RefusedChoice {
  readonly name: string;
  readonly why: "crowded" | "malformed" | "unknown";
}

/** Payload of a WELCOME piece, the first of a connection. */
export interface Welcome {
  readonly version: number;
  readonly epoch: string;
  readonly resumed: boolean;
  readonly layout: Layout;
  readonly beat_secs: number;
  readonly choices: Readonly<Record<string, readonly string[]>>;
  readonly refused: readonly RefusedChoice[];
  readonly tokens_hash: string;
}

/** One visible panel, as this viewer sees it. */
export interface PanelView {
  readonly i: number;
  readonly px?: number;
  readonly span?: number | null;
  readonly x0?: number | null;
  readonly x1?: number | null;
}

/** What a viewer sees from now on. ``n`` grows by one with each. */
export interface View {
  readonly t: "view";
  readonly n: number;
  readonly hidden?: boolean;
  readonly paused?: boolean;
  readonly paused_at?: number | null;
  readonly refresh_secs?: number | null;
  readonly panels?: readonly PanelView[];
  readonly choices?: Readonly<Record<string, readonly string[]>>;
}

/** What a viewer still holds of a slot when it comes back. */
export type Have = readonly [slot: number, k: number, low: number, s: number];

/** The first message of a connection. */
export interface Hello {
  readonly t: "hello";
  readonly version: number;
  readonly epoch?: string | null;
  readonly have?: readonly Have[];
  readonly view: View;
}

/** Sent after painting, in the long run at most 5 times a second, and on every beat. */
export interface Ack {
  readonly t: "ack";
  readonly s: number;
  readonly bytes: number;
}

/** Read again now: the sources of these panels, or of all that are visible. */
export interface Refresh {
  readonly t: "refresh";
  readonly panels?: readonly number[] | null;
}

export type ViewerMessage = Hello | View | Ack | Refresh;
