/** A card: one value, its change against a period, its sparkline. */

import { Sparkline, upToNow } from "../charts/spark";
import { icon } from "../chrome/icons";
import { element, setAttribute, setText } from "../chrome/dom";
import type { Band, Compare, KpiPanel, Level } from "../generated/wire";
import { interval } from "../text/ages";
import { change } from "../text/change";
import { shortened, SteadyDecimals, widthInEms } from "../text/format";
import type { Formatter } from "../text/format";
import type { ScalarValue } from "../wire/decode";
import type { Range } from "../view/viewing";
import { heldPoints } from "./held";
import { Measure } from "./measure";
import type { HeldPoints, Renderer, Surroundings } from "./renderer";

export class KpiRenderer implements Renderer {
  readonly body = element("div", "kpi");
  private readonly value = element("span", "kpi-value", { "data-role": "value" });
  private readonly unit = element("span", "kpi-unit");
  /** In which band the value is, by more than a colour. */
  private readonly sign = element("span", "kpi-sign", { hidden: true, "data-role": "sign" });
  private readonly mark = element("span", "kpi-mark", { "aria-hidden": "true" });
  private readonly band = element("span", "unseen");
  private readonly change = element("div", "kpi-change", { "data-role": "change" });
  private readonly arrow = element("span", "kpi-arrow");
  private readonly changeText = element("span", "kpi-change-text");
  private readonly spark: Sparkline | null;
  private readonly measure: Measure | null;
  private readonly decimals = new SteadyDecimals();
  /** Of what is written: its figures, all alike. */
  private shape = "";

  constructor(private readonly panel: KpiPanel, private readonly around: Surroundings) {
    this.change.append(this.arrow, this.changeText);
    this.body.append(element("div", "kpi-line", {}, this.value, this.unit), this.change, this.sign);
    this.sign.append(this.mark, this.band);
    this.spark = panel.spark_slot === null ? null : new Sparkline();
    if (this.spark) {
      this.body.append(this.spark.element);
      // A browser that lost the drawing gives an empty one; the next value may be hours away.
      this.spark.element.addEventListener("contextrestored", () => this.drawSpark());
      this.measure = new Measure(this.spark.element, (width, height) => this.resize(width, height), () => around.viewChanged());
      this.measure.watch();
    } else this.measure = null;
  }

  get px(): number {
    return this.measure?.px(this.spark?.px ?? 0) ?? 0;
  }

  /** The range that its sparkline is of, where viewers picked one that has ended. */
  get zoom(): Range | null {
    return this.panel.follows_range && this.spark ? this.around.picked : null;
  }

  hasData(): boolean {
    return this.around.slots.scalar(this.panel.value_slot) !== null;
  }

  draw(): void {
    const scalar = this.around.slots.scalar(this.panel.value_slot);
    this.showValue(scalar?.value ?? null);
    this.showChange(scalar?.value ?? null, scalar?.previous ?? NaN);
    this.drawSpark();
  }

  fit(): void {
    this.measure?.fit();
  }

  restyle(): void {
    this.draw();
  }

  summary(): string {
    return `${this.panel.title}: ${this.value.textContent} ${this.unit.textContent} ${this.changeText.textContent}`;
  }

  points(): HeldPoints[] {
    const { spark_slot: slot, title } = this.panel;
    return slot === null ? [] : heldPoints([{ slot, label: title }], this.around.slots);
  }

  destroy(): void {
    this.measure?.stop();
  }

  private resize(width: number, height: number): void {
    this.spark?.fit(width, height);
    this.around.redraw(this.panel.index);
  }

  private showValue(value: ScalarValue): void {
    const { format, unit } = this.panel;
    const factor = format.kind === "percent" ? 100 / format.whole : 1;
    const steady = format.kind === "number" || format.kind === "percent" ? this.decimals.of(value, factor) : undefined;
    const short = shortened(format, value);
    const parts = this.around.formatter.parts(short, value, steady);
    setText(this.value, parts.main);
    setText(this.unit, typeof value === "number" ? joinUnits(parts.unit, unit ?? "") : "");
    this.fitText(parts.main, this.unit.textContent ?? "");
    // In full, where the card shows a part of it.
    const full = short === format ? parts.main : this.around.formatter.text(format, value, steady);
    if (short !== format || typeof value === "string") setAttribute(this.value, "title", full);
    else this.value.removeAttribute("title");
    setAttribute(this.value, "data-value", value === null ? "" : String(value));
    this.body.classList.toggle("kpi-state", typeof value === "string" || typeof value === "boolean");
    const level = typeof value === "number" ? levelOf(value, this.panel.bands) : null;
    const card = this.body.closest("[data-panel]");
    if (card) setAttribute(card, "data-level", level ?? "none");
    this.showSign(level);
  }

  private showSign(level: Level | null): void {
    const { words } = this.around.formatter;
    const name = level === "warning" ? words.inWarning : level === "error" ? words.inError : "";
    if (this.sign.hidden !== (name === "")) this.sign.hidden = name === "";
    setText(this.mark, level === "error" ? "!!" : "!");
    setText(this.band, name);
    setAttribute(this.sign, "title", name);
  }

  /** A number that is wider than its card is set smaller: a part of it would be another number. */
  private fitText(main: string, unit: string): void {
    const shape = `${main}|${unit}`.replaceAll(/\d/g, "0");
    if (shape === this.shape) return;
    this.shape = shape;
    this.value.style.setProperty("--ems", widthInEms(main).toFixed(1));
    this.value.style.setProperty("--unit-ems", (unit ? widthInEms(unit) + 0.6 : 0).toFixed(1));
  }

  private showChange(value: ScalarValue, previous: number): void {
    const { compare, format, good } = this.panel;
    if (!compare) return;
    const { formatter } = this.around;
    const now = typeof value === "number" ? value : NaN;
    const { direction, tone, text } = change(now, previous, format, good, formatter);
    const period = versus(compare, formatter);
    setText(this.changeText, direction === "steady" ? text : `${text} ${period}`);
    setAttribute(this.change, "data-tone", tone);
    if (this.arrow.dataset["direction"] !== direction) {
      this.arrow.dataset["direction"] = direction;
      const drawn = direction === "none" ? null : icon(direction, "arrow");
      this.arrow.replaceChildren(...(drawn ? [drawn] : []));
    }
  }

  private drawSpark(): void {
    const { spark_slot: slot, spark_secs, follows_range: follows, color } = this.panel;
    const span = follows ? this.around.span ?? spark_secs : spark_secs;
    const series = slot === null ? null : this.around.slots.series(slot);
    if (!this.spark || !series) return;
    const level = this.body.closest("[data-panel]")?.getAttribute("data-level");
    const { style, at } = this.around;
    const paint = level === "warning" || level === "error" ? style.color(level) : style.paint(color, 0);
    const { zoom } = this;
    if (zoom === null && span !== null && series.size > 0) series.dropBefore(Math.max(at, series.newest) - span);
    this.spark.draw(series, zoom ?? upToNow(series, at, span), paint, style);
  }
}

/** Against what it is compared. A window that follows the range that viewers pick has no length of its own. */
function versus({ label, period_secs: secs }: Compare, { words, locale }: Formatter): string {
  if (label === "previous") return words.versusPeriod;
  const span = interval(secs, words, locale);
  return label.startsWith("previous ") ? words.versusPrevious(span) : words.versusAgo(span);
}

/** The level of a value: the last band that matches wins. */
export function levelOf(value: number, bands: readonly Band[]): Level | null {
  let level: Level | null = null;
  for (const band of bands) {
    if (band.op === "above" ? value > band.value : value < band.value) level = band.level;
  }
  return level;
}

/** "KiB" and "/s" are one unit; "€" and "a day" are two words. */
function joinUnits(first: string, second: string): string {
  return first && second && !second.startsWith("/") ? `${first} ${second}` : first + second;
}
