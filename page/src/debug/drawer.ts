/** The measurements at the bottom of the screen: figures of the whole, and a row for each panel. */

import { element, setAttribute, setText } from "../chrome/dom";
import type { ScreenMeasures } from "../generated/measured";
import type { Formatter } from "../text/format";
import { GAP, PLAIN } from "../text/format";
import { Asking } from "./asking";
import type { Answered, Asked } from "./asking";
import { Probe } from "./probe";
import { rowsOf } from "./rows";
import { millis, PanelsTable } from "./table";
import { debugWords } from "./words";

/** The screen, as its measurements see it. */
export interface Measured {
  readonly formatter: Formatter;
  readonly asked: Asked | null;
  readonly held: { readonly s: number };
  probe: Probe | null;
}

const FIGURES = ["paints", "age", "s", "hold", "trip", "decode", "apply", "bytes", "stalls", "stages", "viewers"] as const;
type Figure = (typeof FIGURES)[number];

/** Rates are over this many answers. */
const WINDOW = 5;

interface Sample {
  readonly at: number;
  readonly paints: number;
  readonly bytes: number;
}

export class Drawer {
  readonly element: HTMLElement;
  private readonly probe = new Probe();
  private readonly title = element("h2", "debug-title");
  private readonly key = element("kbd", "debug-key");
  private readonly close = element("button", "control", { type: "button", "data-role": "debug-close" });
  private readonly trouble = element("p", "debug-trouble", { hidden: true, role: "status" });
  private readonly figures = new Map<Figure, { name: HTMLElement; value: HTMLElement }>();
  private readonly table: PanelsTable;
  private readonly asking: Asking;
  private readonly answers: ScreenMeasures[] = [];
  private readonly samples: Sample[] = [];

  constructor(private readonly screen: Measured, closed: () => void) {
    this.table = new PanelsTable(() => screen.formatter);
    const list = element("dl", "debug-figures");
    for (const figure of FIGURES) {
      const name = element("dt");
      const value = element("dd", "", { "data-role": `debug-${figure}` });
      this.figures.set(figure, { name, value });
      list.append(element("div", "", {}, name, value));
    }
    const head = element("header", "debug-head", {}, this.title, this.key, this.close);
    const scroll = element("div", "debug-scroll", { tabindex: "0", role: "region" }, this.table.element);
    this.element = element("aside", "debug", { "data-role": "debug" }, head, list, this.trouble, scroll);
    this.close.addEventListener("click", closed);
    this.asking = new Asking(() => screen.asked, (answer) => this.answered(answer), (status) => this.failed(status));
    this.showWords();
  }

  start(): void {
    this.screen.probe = this.probe;
    this.asking.start();
  }

  stop(): void {
    this.asking.stop();
    this.probe.stop();
    this.screen.probe = null;
    this.element.remove();
  }

  private answered({ measures, tripMillis }: Answered): void {
    const before = this.answers[0];
    // Of another choice all is counted apart.
    if (before && nameOf(before) !== nameOf(measures)) this.answers.length = 0;
    this.answers.push(measures);
    if (this.answers.length > WINDOW) this.answers.shift();
    this.trouble.hidden = true;
    this.showWords();
    this.showFigures(measures, tripMillis);
    const oldest = this.answers.length > 1 ? (this.answers[0] as ScreenMeasures) : null;
    this.table.show(rowsOf(measures, oldest, this.probe));
  }

  private failed(status: number): void {
    const debug = debugWords(this.screen.formatter);
    this.trouble.hidden = false;
    setText(this.trouble, status === 401 || status === 403 ? debug.refused : debug.noAnswer);
  }

  private showFigures(measures: ScreenMeasures, tripMillis: number): void {
    const { formatter } = this.screen;
    const { probe } = this;
    const { units } = formatter.words;
    const time = (value: number) => (Number.isNaN(value) ? GAP : `${millis(value, formatter)}\u00a0${units.milli}`);
    const both = (durations: { last: number; p95(): number }) =>
      Number.isNaN(durations.last) ? GAP : `${millis(durations.last, formatter)} / ${time(durations.p95())}`;
    const stalls = probe.stalls();
    const [paints, bytes] = this.rates();
    const hold = measures.loop.hold;
    const values: Record<Figure, string> = {
      paints: Number.isNaN(paints) ? GAP : formatter.plain(paints, 1),
      age: both(probe.age),
      s: formatter.plain(this.screen.held.s),
      hold: hold.last_secs === null ? GAP : `${millis(1000 * hold.last_secs, formatter)} / ${time(1000 * (hold.p95_secs ?? NaN))}`,
      trip: time(tripMillis),
      decode: both(probe.decoding),
      apply: both(probe.applying),
      bytes: Number.isNaN(bytes) ? GAP : formatter.text({ ...PLAIN, kind: "bytes" }, bytes),
      stalls: stalls === null ? GAP : debugWords(formatter).stalls(stalls.num, time(stalls.longest)),
      stages: formatter.plain(measures.num_stages),
      viewers: formatter.plain(measures.num_viewers),
    };
    for (const [figure, { value }] of this.figures) setText(value, values[figure]);
  }

  /** Paints and bytes a second. */
  private rates(): [number, number] {
    const now: Sample = { at: performance.now() / 1000, paints: this.probe.paints, bytes: this.probe.bytes };
    this.samples.push(now);
    if (this.samples.length > WINDOW) this.samples.shift();
    const first = this.samples[0] as Sample;
    const secs = now.at - first.at;
    return secs > 0 ? [(now.paints - first.paints) / secs, (now.bytes - first.bytes) / secs] : [NaN, NaN];
  }

  private showWords(): void {
    const debug = debugWords(this.screen.formatter);
    setAttribute(this.element, "aria-label", debug.title);
    setAttribute(this.element.lastElementChild as Element, "aria-label", debug.panels);
    setText(this.title, debug.title);
    setText(this.key, debug.key);
    setText(this.close, debug.close);
    for (const [figure, { name }] of this.figures) {
      setText(name, debug.figures[figure]);
      setAttribute(name, "title", debug.figureHints[figure]);
    }
  }
}

function nameOf({ screen, choices }: ScreenMeasures): string {
  return JSON.stringify([screen, choices]);
}
