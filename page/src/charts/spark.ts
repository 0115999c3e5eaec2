/** A small picture of a series without axes, flush with the edge of its card. */

import { element } from "../chrome/dom";
import type { SeriesBuffer } from "../store/series";
import { extremes } from "./buckets";
import { drawSeries } from "./lines";
import type { Style } from "./style";

/** Space above and below the line, as a share of the data's range. */
const HEAD = 0.12;
const FOOT = 0.3;
const CALM_SHARE = 0.01;

export class Sparkline {
  readonly element = element("canvas", "spark", { role: "presentation" });

  private width = 0;
  private height = 0;

  get px(): number {
    return Math.round((this.width || this.element.clientWidth) * devicePixelRatio);
  }

  /** Its box has this size, in CSS pixels. To ask for it at every draw would work out styles each time. */
  fit(width: number, height: number): void {
    this.width = width;
    this.height = height;
  }

  draw(series: SeriesBuffer, at: number, span: number | null, color: string, style: Style): void {
    const canvas = this.element;
    const ratio = devicePixelRatio;
    if (this.width === 0) this.fit(canvas.clientWidth, canvas.clientHeight);
    const width = Math.round(this.width * ratio);
    const height = Math.round(this.height * ratio);
    if (width === 0 || height === 0) return;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    const context = canvas.getContext("2d") as CanvasRenderingContext2D;
    context.clearRect(0, 0, width, height);
    if (series.size === 0) return;
    const newest = Math.max(series.xAt(series.end - 1), Number.isNaN(at) ? -Infinity : at);
    const x0 = span === null ? series.xAt(series.start) : newest - span;
    const [low, high] = extremes(series, x0, newest);
    if (!(low <= high)) return;
    // A value that hardly moves is drawn as calm, not blown up to fill the height.
    const size = Math.max(high - low, Math.abs(high) * CALM_SHARE, Number.MIN_VALUE);
    const middle = (high + low) / 2;
    drawSeries(context, series, {
      x0, x1: newest > x0 ? newest : x0 + 1,
      y0: middle - size * (0.5 + FOOT), y1: middle + size * (0.5 + HEAD),
      left: 0, top: 0, width, height,
    }, { color, fill: "bottom", spark: true }, style);
  }
}
