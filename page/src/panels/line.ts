/** Lines over time, over a number, or a free curve. */

import type { Projection } from "../charts/buckets";
import { clipped, drawCurve, drawEnd, drawSeries, inPart } from "../charts/lines";
import { Plot, pxOfBox } from "../charts/plot";
import { drawReferences } from "../charts/references";
import { textWidth } from "../charts/ruler";
import type { ZoneOffsets } from "../charts/timeaxis";
import type { Part } from "../charts/tip";
import { Tooltip } from "../charts/tooltip";
import { unfinishedFrom } from "../charts/unfinished";
import { SteadyRange } from "../charts/yrange";
import type { AxisRange } from "../charts/yrange";
import { element } from "../chrome/dom";
import type { LinePanel } from "../generated/wire";
import { finishedTo } from "../store/slots";
import type { SeriesBuffer } from "../store/series";
import { shortened, SteadyDecimals } from "../text/format";
import type { Range } from "../view/viewing";
import { heldPoints, withoutRest } from "./held";
import { hitAt, rowOf } from "./hits";
import { Legend } from "./legend";
import { LineAxis, roundUnit, valueLabels } from "./lineaxes";
import { LineChanges } from "./linechanges";
import { LineControls } from "./linecontrols";
import { LineMoves, STEP_OF_BUTTON } from "./linemoves";
import { aheadOf, liveRange, valuesIn, withReferences } from "./lineranges";
import { Measure } from "./measure";
import type { HeldPoints, Renderer, Surroundings } from "./renderer";
import { soFarOf } from "./sofar";

/** A live picture is drawn again for time alone once it is late by this share of its range. */
const SLIDE_SHARE = 0.004;
/** Charts move on by a pixel at different moments: multiples of this are spread evenly. */
const GOLDEN = 0.618;

export class LineRenderer implements Renderer {
  readonly body = element("div", "chart");
  readonly legend: HTMLElement;
  private readonly entries: Legend;
  private readonly host = element("div", "plot", { tabindex: "0", role: "img" });
  private readonly range = new SteadyRange();
  private readonly decimals: SteadyDecimals[];
  private readonly axis: LineAxis;
  private readonly measure: Measure;
  private readonly changes: LineChanges;
  private readonly moves: LineMoves;
  private readonly controls: LineControls;
  private plot: Plot | null = null;
  private tooltip: Tooltip | null = null;
  private drawnAt = NaN;
  /** Its first picture was put off once. */
  private hasWaited = false;
  private pointer = -1;
  /** Something other than the data is drawn otherwise now. */
  private isStale = true;
  /** Something is in sight. */
  private hasValues = true;
  private axisY: AxisRange = { min: 0, max: 1, step: 0.5 };

  constructor(private readonly panel: LinePanel, private readonly around: Surroundings, zone: ZoneOffsets) {
    this.axis = new LineAxis(panel.x, zone);
    this.decimals = panel.series.map(() => new SteadyDecimals());
    const entries = panel.series.map((one, i) => ({ label: one.label, color: this.color(i) }));
    this.entries = new Legend(entries, (text) => textWidth(text, around.style.font("small", "bold")), () => {
      this.range.forget();
      this.isStale = true;
      around.redraw(panel.index);
    });
    this.changes = new LineChanges(panel.series, around.slots, this.entries.hidden);
    this.legend = this.entries.element;
    this.moves = new LineMoves(panel, around, {
      redraw: () => around.redraw(panel.index),
      ask: () => around.rangeChanged(panel.index),
      refit: () => {
        this.range.forget();
        this.isStale = true;
      },
    });
    this.controls = new LineControls(panel.reaches_back, {
      earlier: () => this.moves.step(-STEP_OF_BUTTON),
      later: () => this.moves.step(STEP_OF_BUTTON),
      back: () => this.moves.zoomTo(null),
      unfocused: () => this.host.focus({ preventScroll: true }),
    });
    this.host.addEventListener("keydown", (event) => this.key(event));
    this.body.append(this.host, this.controls.element, this.controls.signs);
    if (panel.x !== "free") this.host.setAttribute("aria-keyshortcuts", "Shift+ArrowLeft Shift+ArrowRight Plus Minus Home End");
    this.measure = new Measure(this.host, (width, height) => this.resize(width, height), () => around.viewChanged());
    this.restyle();
  }

  get px(): number {
    // What was never drawn is not drawn for this alone: a plot without data would be drawn once more.
    return this.panel.x === "free" ? 0 : this.measure.px(this.plot?.px ?? pxOfBox(this.host.clientWidth));
  }

  get zoom(): Range | null {
    return this.panel.x === "free" ? null : this.moves.asked;
  }

  get aheadSecs(): number {
    return aheadOf(this.panel, this.around.slots, this.around.at);
  }

  hasData(): boolean {
    const { slots } = this.around;
    // A range without data is a picture too: how else would one get out of it?
    if (this.moves.asked) return this.panel.series.some(({ slot }) => slots.has(slot));
    // Nor is there nothing where all lies before or behind what is shown.
    return this.panel.series.some(({ slot }) => {
      const series = slots.series(slot);
      return series ? series.size > 0 || Number.isFinite(series.newest) : (slots.curve(slot)?.xs.length ?? 0) > 0;
    });
  }

  slides(at: number): boolean {
    if (this.moves.asked || this.panel.x !== "time" || !this.hasData()) return false;
    const [x0, x1] = this.xRange();
    const late = at - this.drawnAt;
    return late > (x1 - x0) * SLIDE_SHARE && late > (x1 - x0) / Math.max(1, this.plot?.px ?? 1);
  }

  prepare(): boolean {
    return this.plot === null && this.ready() !== null;
  }

  draw(): void {
    const plot = this.ready();
    if (!plot || this.waits(plot)) return;
    this.drawnAt = this.around.at;
    if (this.moves.look()) {
      const { px } = plot;
      this.drawData(plot);
      // Wider labels of y leave fewer pixels for x.
      if (plot.px !== px) this.drawData(plot);
    }
    this.showControls(plot);
  }

  write(): void {
    if (this.moves.isOnTheWay) return;
    this.panel.series.forEach((_, i) => this.entries.setValue(i, this.present(i)));
    if (this.pointer >= 0) this.point(this.pointer);
  }

  fit(): void {
    this.measure.fit();
  }

  restyle(): void {
    const { words } = this.around.formatter;
    this.controls.restyle(words);
    this.entries.recolor(this.panel.series.map((_, i) => this.color(i)));
    this.isStale = true;
    if (!this.plot?.isBegun) return;
    this.draw();
    this.write();
  }

  summary(): string {
    const { words } = this.around.formatter;
    const unit = this.panel.unit ? ` ${this.panel.unit}` : "";
    const values = this.panel.series.map((one, i) => `${one.label} ${this.present(i)}${unit}${this.soFar(i)}`);
    return `${words.chart(this.panel.title)}, ${words.now}: ${values.join(", ")}`;
  }

  points(): HeldPoints[] {
    return heldPoints(this.panel.series, this.around.slots);
  }

  keep(): unknown {
    return { zoom: this.moves.chosen, hidden: [...this.entries.hidden] };
  }

  restore(kept: unknown): void {
    const { zoom, hidden } = kept as { zoom: Range | null; hidden: number[] };
    this.moves.restore(zoom);
    this.isStale = true;
    this.entries.hide(hidden);
  }

  release(): void {
    this.moves.rest();
    this.measure.stop();
    this.plot?.destroy();
    this.plot = this.tooltip = null;
    this.pointer = -1;
    this.isStale = true;
  }

  destroy(): void {
    this.moves.rest();
    this.controls.destroy();
    this.measure.stop();
    this.plot?.destroy();
  }

  private ready(): Plot | null {
    if (this.plot === null && this.host.isConnected && this.host.clientWidth > 0) {
      this.plot = new Plot(this.host, {
        style: this.around.style,
        draw: (context, at, part) => inPart(context, part, () => this.paint(context, at, part)),
        xTicks: (x0, x1, count) => this.axis.ticks(x0, x1, count),
        xLabels: (ticks) => this.axis.labels(ticks, this.around.formatter),
        yLabels: (ticks, step) => valueLabels(this.panel.format, ticks, step, this.around.formatter),
        pointed: (left) => this.point(left),
        selected: (x0, x1) => this.moves.zoomTo({ x0, x1 }),
        reset: () => this.moves.zoomTo(null),
        gestures: this.panel.x === "free" ? null : this.moves,
      });
      this.tooltip = new Tooltip(this.plot.plot.over, this.controls.element);
      this.measure.watch();
    }
    return this.plot;
  }

  /** What is coarse is soon followed by what is fine: for one animation frame it is not drawn, at the beginning. */
  private waits(plot: Plot): boolean {
    if (plot.isBegun || this.hasWaited) return false;
    const [x0, x1] = this.xRange();
    const { slots } = this.around;
    this.hasWaited = this.panel.series.some(({ slot }) => slots.series(slot)?.isCoarse(x1 - x0, plot.px));
    if (this.hasWaited) this.around.redraw(this.panel.index);
    return this.hasWaited;
  }

  private drawData(plot: Plot): void {
    const x = this.xRange();
    if (!this.moves.chosen) {
      this.moves.drawnLive(...x);
      this.forgetLeftOf(x[0]);
    }
    this.axisY = this.yRange(x);
    const num = this.isStale ? NaN : plot.pixelsTo(x, this.axisY);
    // Names of references do not move with the data.
    const isAnew = Number.isNaN(num) || (num > 0 && this.panel.references.length > 0);
    const change = isAnew ? "all" : this.changes.since(plot.projection(x), plot.rest(num));
    if (change === "all") plot.show(x, this.axisY);
    else if (num > 0) plot.moveOn(x, num);
    else if (change === "tip") plot.showTip();
    this.isStale = false;
    if (change !== "none" || num > 0) this.changes.settle(plot.projection());
  }

  private resize(width: number, height: number): void {
    if (this.plot?.fit(width, height) && this.plot.isBegun) this.around.redraw(this.panel.index);
  }

  private color(index: number): string {
    return this.around.style.paint(this.panel.series[index]?.color ?? null, index);
  }

  private showControls(plot: Plot): void {
    const { moves, around } = this;
    const { isOnlyMoved, canGoEarlier, isReading, chosen } = moves;
    const days = chosen && this.panel.x === "time" ? around.formatter.days(chosen.x0, chosen.x1, around.at) : "";
    const sight = { days, elsewhere: this.elsewhere(), left: plot.left };
    this.controls.show({ isChosen: moves.asked !== null, isOnlyMoved, canGoEarlier, isReading, ...sight }, around.formatter.words);
  }

  /** Of when the newest point is, in words, where a picture that follows the present has none; empty elsewhere. */
  private elsewhere(): string {
    if (this.hasValues || this.moves.asked || this.panel.x !== "time") return "";
    const { slots, formatter, at } = this.around;
    const shown = this.panel.series.filter((_, i) => !this.entries.hidden.has(i));
    const newest = Math.max(...shown.map(({ slot }) => slots.series(slot)?.newest ?? NaN).filter(Number.isFinite));
    const [x0, x1] = this.xRange();
    const isHere = newest >= x0 && newest <= x1;
    return isHere || !Number.isFinite(newest) ? "" : formatter.words.newestOf(this.axis.full(newest, x1 - x0, formatter, at));
  }

  private xRange(): [number, number] {
    const { chosen } = this.moves;
    if (chosen) return [chosen.x0, chosen.x1];
    const ground = { px: this.plot?.px ?? 0, phase: (this.panel.index * GOLDEN) % 1 };
    return liveRange(this.panel, this.around.slots, this.around.at, this.around.span, ground);
  }

  private forgetLeftOf(x: number): void {
    for (const { slot } of this.panel.series) this.around.slots.series(slot)?.dropBefore(x);
  }

  private yRange(x: readonly [number, number]): AxisRange {
    const { slots, at } = this.around;
    const { y_min: min, y_max: max, fill, format, references } = this.panel;
    const shown = this.panel.series.filter((_, i) => !this.entries.hidden.has(i));
    const values = valuesIn(shown, slots, x);
    this.hasValues = values[0] <= values[1];
    const [low, high] = withReferences(values, references);
    return this.range.fit(low, high, { min, max, zero: fill === true, unit: roundUnit(format, high) }, at);
  }

  private paint(context: CanvasRenderingContext2D, at: Projection, part: Part): void {
    const { slots, style, formatter } = this.around;
    const { series: lines, fill, references, format } = this.panel;
    const filled = fill ?? (lines.length === 1 && this.axisY.min === 0);
    clipped(context, at, () => {
      lines.forEach(({ slot }, i) => {
        if (this.entries.hidden.has(i)) return;
        const series = slots.series(slot);
        const curve = slots.curve(slot);
        const fill = filled && lines.length === 1 ? "zero" : "none";
        if (series) drawSeries(context, series, at, { color: this.color(i), fill, unfinished: this.unfinished(i, series) }, style, part);
        else if (curve) drawCurve(context, curve, at, this.color(i), style);
      });
    });
    drawReferences(context, references, at, style, ({ label, value }) => `${label} ${formatter.text(format, value)}`.trim());
    lines.forEach(({ slot }, i) => {
      const series = slots.series(slot);
      if (!series || this.entries.hidden.has(i)) return;
      drawEnd(context, series, at, this.color(i), style, this.unfinished(i, series) < series.end);
    });
  }

  /** The newest value; of buckets of time that of the last finished one, where there is any. */
  private present(index: number): string {
    const { slots } = this.around;
    const slot = this.panel.series[index]?.slot ?? -1;
    const series = slots.series(slot);
    const curve = slots.curve(slot);
    if (!series) return this.text(index, curve ? withoutRest(curve.ys.at(-1) ?? NaN, curve) : NaN);
    const end = this.endInSight(series);
    const finished = series.present(Math.min(end, this.unfinished(index, series)));
    return this.text(index, Number.isNaN(finished) ? series.present(end) : finished);
  }

  /** A chosen range comes with the bucket behind it, which is not in sight. */
  private endInSight(series: SeriesBuffer): number {
    const { chosen } = this.moves;
    return chosen ? series.indexOfId(Math.floor(chosen.x1 / series.width) + 1) : series.end;
  }

  /** What an unfinished bucket has until now, in words; empty where there is none. */
  private soFar(index: number): string {
    const series = this.around.slots.series(this.panel.series[index]?.slot ?? -1);
    if (!series || this.unfinished(index, series) >= series.end) return "";
    return ` (${this.around.formatter.words.named(this.soFarWord(index), this.text(index, series.present()))})`;
  }

  private soFarWord(index: number): string {
    const line = this.panel.series[index];
    const { slots } = this.around;
    return line ? soFarOf(this.around, finishedTo(line, slots), slots.series(line.slot)?.cadence ?? NaN) : "";
  }

  /** First index of a line's buckets of time that have not ended. */
  private unfinished(index: number, series: SeriesBuffer): number {
    const line = this.panel.series[index];
    return line ? unfinishedFrom(series, finishedTo(line, this.around.slots)) : series.end;
  }

  private text(index: number, value: number): string {
    const { format } = this.panel;
    const factor = format.kind === "percent" ? 100 / format.whole : 1;
    const steady = format.kind === "number" || format.kind === "percent" ? this.decimals[index]?.of(value, factor) : undefined;
    return this.around.formatter.text(shortened(format, value), value, steady);
  }

  /** The pointer is `left` CSS pixels from the left of the plot; negative: it is gone. */
  private point(left: number): void {
    this.pointer = left;
    const { plot, tooltip } = this;
    if (!plot || !tooltip) return;
    if (left < 0 || !this.hasData()) {
      tooltip.hide();
      return;
    }
    const at = plot.projection();
    const ratio = at.width / Math.max(1, plot.width);
    const x = at.x0 + ((left * ratio) / at.width) * (at.x1 - at.x0);
    const { slots } = this.around;
    const rows = this.panel.series.flatMap((line, i) => {
      if (this.entries.hidden.has(i)) return [];
      const { slot, label } = line;
      const held = { series: slots.series(slot), curve: slots.curve(slot), finishedTo: finishedTo(line, slots) };
      const hit = hitAt(held, x, at, ratio);
      return [{ ...rowOf(hit, (value) => this.text(i, value), this.soFarWord(i), this.around.formatter.words.between), label, color: this.color(i) }];
    });
    const shown = rows.find((row) => !Number.isNaN(row.x))?.x ?? x;
    tooltip.show(this.axis.full(shown, at.x1 - at.x0, this.around.formatter, this.around.at), rows, left, plot.width);
  }

  private key(event: KeyboardEvent): void {
    if (!this.plot) return;
    const { plot, width } = this.plot;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (this.panel.x !== "free" && this.moves.key(event, this.pointer < 0 ? NaN : this.pointer / width)) event.preventDefault();
    else if (step !== undefined) {
      const left = this.pointer < 0 ? width : Math.max(0, Math.min(width, this.pointer + (step * width) / 50));
      plot.setCursor({ left, top: 0 });
      event.preventDefault();
    } else if (event.key === "Escape") {
      if (this.tooltip?.open) plot.setCursor({ left: -10, top: -10 });
      else this.moves.zoomTo(null);
    }
  }
}
