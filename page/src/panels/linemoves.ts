/**
 * Which x a line chart shows: up to now, or a range that this viewer chose, moves or zooms. The chart is drawn at once
 * from what is held; the server is told now and then, and at the end.
 */

import type { GestureHandlers } from "../charts/gestures";
import type { LinePanel } from "../generated/wire";
import { Paced } from "../view/paced";
import { canMoveLeft, isAtPresent, moved, underFingers, widthOf, zoomedAround } from "../view/ranges";
import type { Bounds } from "../view/ranges";
import type { Range } from "../view/viewing";
import { presentOf } from "./lineranges";
import { Beginning, isExact } from "./linebeginning";
import type { Surroundings } from "./renderer";

/** Milliseconds between two views that a moving hand asks for. */
const ASK_MILLIS = 100;
/** So many widths left of the first known x a range may begin: where the past is read on demand, and where it is held. */
const REACH = 2;
const REACH_HELD = 0.5;
/** A range may be widened to so many times the distance from the first known x to the present, and while that is read. */
const WIDEST = 2;
const WIDEST_READING = 8;
/** What one step moves, in widths, and zooms. */
export const STEP_OF_KEY = 0.25;
export const STEP_OF_BUTTON = 0.5;
const ZOOM_OF_KEY = 2;
/** As wide as the live range, but for what a drawing rounds. */
const SAME_SHARE = 0.01;

export interface MovesPorts {
  /** Draw it at the next animation frame. */
  redraw(): void;
  /** Tell the server. */
  ask(): void;
  /** The axis of values fits what is in sight afresh. */
  refit(): void;
}

type MovedPanel = Pick<LinePanel, "x" | "series" | "window_secs" | "reaches_back">;

export class LineMoves implements GestureHandlers {
  /** What this viewer chose; null: up to now. */
  chosen: Range | null = null;
  /** What was drawn last while it followed the present. */
  private live: Range | null = null;
  /** The first x of which anything is known. */
  private known = Infinity;
  /** So much later it may be: what is seen from afar is known to a bucket. */
  private knownWidth = 0;
  /** What the server was told last, and the newest answer before that. */
  private told: { readonly x0: number; readonly x1: number; readonly before: number } | null = null;
  private readonly paced = new Paced(() => this.ask(), ASK_MILLIS);
  /** What is under the hand. */
  private base: Range | null = null;
  private isZooming = false;
  /** Values fit what is looked at once it is here: the axis of a part of it would have other labels, of another width. */
  private isFitDue = false;
  private beginning: Beginning | null = null;

  constructor(
    private readonly panel: MovedPanel, private readonly around: Pick<Surroundings, "slots" | "at" | "span">,
    private readonly ports: MovesPorts,
  ) {}

  /** What the server is told; null: up to now. */
  get asked(): Range | null {
    return this.beginning?.range ?? this.chosen;
  }

  /** What is held is on the way to something else, and the picture of before stays. */
  get isOnTheWay(): boolean {
    return this.beginning !== null;
  }

  /** The range is another, but as wide as the one that follows the present. */
  get isOnlyMoved(): boolean {
    const { chosen, live } = this;
    return chosen !== null && live !== null && Math.abs(widthOf(chosen) / widthOf(live) - 1) < SAME_SHARE;
  }

  get canGoEarlier(): boolean {
    const range = this.current();
    return range !== null && canMoveLeft(range, this.bounds(range));
  }

  /** Part of the range is still being read. */
  get isReading(): boolean {
    return this.panel.reaches_back && this.asked !== null && !this.isAnswered();
  }

  zoomTo(range: Range | null): void {
    if (range === null && this.asked === null) return;
    this.leave();
    this.chosen = range;
    this.isFitDue = true;
    this.ask();
  }

  /** It was chosen elsewhere, where the server is told as well. */
  restore(range: Range | null): void {
    this.leave();
    this.chosen = range;
    this.remember();
  }

  /** By so many widths at once; positive: later. */
  step(widths: number): void {
    const range = this.current();
    if (!range) return;
    const next = moved(range, widths * widthOf(range), this.bounds(range));
    if (widths > 0 && isAtPresent(next, this.present())) this.zoomTo(null);
    else if (next.x0 !== range.x0) this.zoomTo(next);
  }

  /** So many times as wide, around a share of the width. */
  zoomBy(factor: number, share: number): void {
    this.zoomed(share, factor);
    this.ended();
  }

  /** Returns whether the key is one of ours. `share`: where the pointer is; NaN: nowhere. */
  key({ key, shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent, share: number): boolean {
    if (ctrlKey || metaKey || altKey) return false;
    const around = Number.isNaN(share) ? (this.chosen ? 0.5 : 1) : share;
    if (shiftKey && (key === "ArrowLeft" || key === "ArrowRight")) this.step(key === "ArrowLeft" ? -STEP_OF_KEY : STEP_OF_KEY);
    else if (key === "+" || key === "=") this.zoomBy(1 / ZOOM_OF_KEY, around);
    else if (key === "-" || key === "_" || key === "−") this.zoomBy(ZOOM_OF_KEY, around);
    else if (key === "Home") this.toBeginning();
    else if (key === "End") this.zoomTo(null);
    else return false;
    return true;
  }

  // A hand on the chart.

  began(): void {
    this.leave();
    this.base = this.current();
    this.isZooming = false;
  }

  dragged(before: readonly number[], now: readonly number[]): void {
    const { base } = this;
    if (!base) return;
    const next = underFingers(base, before, now);
    if (now.length === 1) {
      this.show(moved(base, next.x0 - base.x0, this.bounds(base)));
      return;
    }
    this.isZooming = true;
    const fitting = zoomedAround(base, 0, widthOf(next) / widthOf(base), this.widest(), this.present());
    const x1 = Math.min(next.x0 + widthOf(fitting), Math.max(base.x1, this.present()));
    this.show({ x0: x1 - widthOf(fitting), x1 });
  }

  wheeled(by: number): void {
    const range = this.current();
    if (!range) return;
    const next = moved(range, by * widthOf(range), this.bounds(range));
    if (by > 0 && isAtPresent(next, this.present())) this.zoomTo(null);
    else if (next.x0 !== range.x0) this.show(next);
  }

  zoomed(at: number, factor: number): void {
    const range = this.current();
    if (!range) return;
    this.isZooming = true;
    const present = this.present();
    const next = zoomedAround(range, at, factor, this.widest(), present);
    const live = this.live ? widthOf(this.live) : Infinity;
    const widens = widthOf(range) < live * (1 - SAME_SHARE) && widthOf(next) >= live * (1 - SAME_SHARE);
    // Who zooms out again as far as the live range is wide is where it all began.
    if (widens && isAtPresent(next, present)) this.zoomTo(null);
    else if (next.x0 !== range.x0 || next.x1 !== range.x1) this.show(next);
  }

  ended(): void {
    const { base, chosen } = this;
    this.base = null;
    if (!chosen || !base) {
      if (chosen) this.settle();
      return;
    }
    const wasBack = chosen.x1 > base.x1 || this.live?.x1 === base.x1;
    if (!this.isZooming && wasBack && isAtPresent(chosen, this.present())) this.zoomTo(null);
    else this.settle();
  }

  // What is drawn.

  /** It is drawn as it follows the present. */
  drawnLive(x0: number, x1: number): void {
    this.live = { x0, x1 };
  }

  /** Take note of what is held. Returns whether a picture can be made of it. */
  look(): boolean {
    if (this.beginning && !this.searchOn(this.beginning)) return false;
    const low = this.lowest();
    const { told } = this;
    const before = this.known;
    if (this.isAllShown) this.known = low;
    else if (told && this.isAnswered() && told.x0 <= this.known && this.known <= told.x1) this.known = Number.isFinite(low) ? low : told.x1;
    else this.known = Math.min(this.known, low);
    if (this.isAllShown || this.known !== before) this.knownWidth = this.widthOfBuckets();
    if (this.isFitDue && (this.isAnswered() || this.isHeld())) {
      this.isFitDue = false;
      this.ports.refit();
    }
    if (this.chosen && !this.base && !this.panel.reaches_back && this.isAnswered()) this.comeBack(this.chosen);
    return true;
  }

  /** Nobody looks at it for now. */
  rest(): void {
    this.paced.stop();
    this.base = null;
  }

  /** Up to now it shows all that there is, so its first x is known for certain. */
  private get isAllKnown(): boolean {
    return this.panel.window_secs === null && !this.panel.reaches_back;
  }

  private get isAllShown(): boolean {
    return this.isAllKnown && this.asked === null && this.lowest() !== Infinity;
  }

  private current(): Range | null {
    return Number.isFinite(this.known) ? (this.chosen ?? this.live) : null;
  }

  private present(): number {
    const { panel, around } = this;
    let newest = -Infinity;
    for (const { slot } of panel.series) newest = Math.max(newest, around.slots.series(slot)?.newest ?? -Infinity);
    return presentOf(panel, this.known, newest, around.at);
  }

  private bounds(range: Range): Bounds {
    const { panel, known } = this;
    const reach = this.isAllKnown ? 0 : panel.reaches_back || !this.isAnswered() ? REACH : REACH_HELD;
    return { low: known - reach * widthOf(range), high: this.present() };
  }

  private widest(): number {
    return (this.isReading ? WIDEST_READING : WIDEST) * (this.present() - this.known);
  }

  private show(range: Range): void {
    this.chosen = range;
    this.ports.redraw();
    this.paced.soon();
  }

  /** The hand rests: what it asked for last is told, and values fit. */
  private settle(): void {
    this.isFitDue = true;
    this.paced.now();
    this.ports.redraw();
  }

  /** Returns false where the server was told so already. */
  private ask(): boolean {
    this.paced.stop();
    const { asked, told } = this;
    if (asked && told && asked.x0 === told.x0 && asked.x1 === told.x1) return false;
    this.remember();
    this.ports.ask();
    return true;
  }

  private remember(): void {
    const { asked } = this;
    this.told = asked && { ...asked, before: this.newestAnswer() };
  }

  private newestAnswer(): number {
    let answer = 0;
    for (const { slot } of this.panel.series) answer = Math.max(answer, this.around.slots.series(slot)?.answer ?? 0);
    return answer;
  }

  /** What was told last is here in full, so far as there is any of it. */
  private isAnswered(): boolean {
    const { told } = this;
    if (!told) return true;
    let isAny = false;
    for (const { slot } of this.panel.series) {
      const series = this.around.slots.series(slot);
      if (!series) continue;
      if (series.answer <= told.before || series.fromId > Math.floor(told.x0 / series.width)) return false;
      isAny = true;
    }
    return isAny;
  }

  /** All that there is of what is looked at was here before it was asked for: as a rule where a part is zoomed. */
  private isHeld(): boolean {
    const { chosen } = this;
    return chosen !== null && this.panel.series.every(({ slot }) => {
      const series = this.around.slots.series(slot);
      if (!series || series.size === 0) return false;
      const { ids, end, width, fromId, newest } = series;
      return fromId <= Math.floor(chosen.x0 / width) && ((ids[end - 1] as number) + 1) * width >= Math.min(chosen.x1, newest);
    });
  }

  private lowest(): number {
    let low = Infinity;
    for (const { slot } of this.panel.series) {
      const series = this.around.slots.series(slot);
      if (series && series.size > 0) low = Math.min(low, series.lowId * series.width);
    }
    return low;
  }

  /** A hand was quicker than the answer: beyond what is held there is nothing to look at. */
  private comeBack(range: Range): void {
    const by = this.bounds(range).low - range.x0;
    if (by <= widthOf(range) * SAME_SHARE) return;
    this.chosen = { x0: range.x0 + by, x1: range.x1 + by };
    this.ask();
  }

  private widthOfBuckets(): number {
    return Math.max(...this.panel.series.map(({ slot }) => this.around.slots.series(slot)?.width ?? 0));
  }

  private toBeginning(): void {
    const range = this.current();
    if (!range) return;
    const { panel, known } = this;
    if (this.isAllKnown) {
      const next = { x0: known, x1: known + widthOf(range) };
      if (isAtPresent(next, this.present())) return;
      if (isExact(this.knownWidth, widthOf(range))) {
        this.zoomTo(next);
        return;
      }
    }
    this.leave();
    this.beginning = new Beginning(panel.x === "time", range, known, this.present(), () => this.giveUp());
    this.ask();
  }

  /** Whether the search for the beginning is over. */
  private searchOn(beginning: Beginning): boolean {
    beginning.hear(this.newestAnswer());
    if (!this.isAnswered()) return false;
    let found = beginning.next(this.lowest(), this.widthOfBuckets());
    if (found === "on") {
      if (this.ask()) return false;
      found = beginning.range; // it was asked for already, and is here
    }
    if (found === "none") this.giveUp();
    else {
      this.leave();
      this.chosen = found;
      this.ports.refit();
    }
    return true;
  }

  private giveUp(): void {
    this.leave();
    this.isFitDue = true;
    this.ask();
  }

  private leave(): void {
    this.beginning?.stop();
    this.beginning = null;
  }
}
