/** What every kind of panel can do, and what it is given to do it with. */

import type { Probe } from "../debug/probe";
import type { Slots } from "../store/slots";
import type { Style } from "../charts/style";
import type { Formatter } from "../text/format";
import type { Picks } from "./pick";
import type { Range } from "../view/viewing";

/** What a chart holds, for tests and programs. */
export interface HeldPoints {
  readonly label: string;
  readonly k: number;
  readonly ids: number[];
  readonly xs: number[];
  readonly ys: number[];
  readonly first: number[];
  readonly min: number[];
  readonly max: number[];
}

/** The screen, as a panel sees it. */
export interface Surroundings {
  readonly slots: Slots;
  readonly style: Style;
  readonly formatter: Formatter;
  /** Server's wall seconds of the newest frame. */
  readonly at: number;
  /** The span of live charts that this viewer chose; null leaves it to the layout. */
  readonly span: number | null;
  /** The moments between which this viewer looks at; null: up to now. */
  readonly picked: Range | null;
  /** What can be chosen in panels. */
  readonly picks: Picks;
  /** Measures drawings, while somebody looks at the measurements. */
  readonly probe: Probe | null;
  /** A size changed: the server is told with the next animation frame. */
  viewChanged(): void;
  /** This panel shows another range from now on: the server is told at once, as somebody waits for what it answers. */
  rangeChanged(panel: number): void;
  /** Draw this panel at the next animation frame. */
  redraw(panel: number): void;
}

export interface Renderer {
  /** What goes below the panel's head. */
  readonly body: HTMLElement;
  /** What goes into the panel's head, at its end. */
  readonly legend?: HTMLElement;
  /** Width of the drawing in device pixels; 0 where nothing is drawn over x. */
  readonly px: number;
  readonly zoom: Range | null;
  /** Values that were not drawn, as they are negative and have no share of a whole. */
  readonly numNegative?: number;
  /** By so many seconds its newest point lies behind the present, where it can't be seen; 0: it does not. */
  readonly aheadSecs?: number;
  /** Whether there is anything to show. */
  hasData(): boolean;
  /** Make what drawing needs while the data is on its way. Returns whether there was anything to make. */
  prepare?(): boolean;
  draw(): void;
  /** What is written beside the drawing. All are drawn first: canvases ask for styles, and texts make those old. */
  write?(): void;
  /** Time alone moved on to `at`: whether the picture would differ. */
  slides?(at: number): boolean;
  /** Its box has another size now, and it is drawn before browsers would say so. */
  fit?(): void;
  /** The theme changed, or the language. */
  restyle(): void;
  /** One line for those who do not see the picture. */
  summary(): string;
  points?(): HeldPoints[];
  /** What survives a new layout, such as a zoom. */
  keep?(): unknown;
  restore?(kept: unknown): void;
  /** Nobody will look at it soon: give back what drawing holds. It may be asked to draw again. */
  release?(): void;
  destroy(): void;
}
