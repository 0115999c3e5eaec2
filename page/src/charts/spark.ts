/** A small picture of a series without axes, flush with the edge of its card. */

import { element } from "../chrome/dom";
import type { SeriesBuffer } from "../store/series";
import { extremes } from "./buckets";
import { drawSeries } from "./lines";
import type { Range } from "../view/viewing";
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

  draw(series: SeriesBuffer, { x0, x1 }: Range, color: string, style: Style): void {
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
    const [low, high] = extremes(series, x0, x1);
    if (!(low <= high)) return;
    // A value that hardly moves is drawn as calm, not blown up to fill the height.
    const size = Math.max(high - low, Math.abs(high) * CALM_SHARE, Number.MIN_VALUE);
    const middle = (high + low) / 2;
    drawSeries(context, series, {
      x0, x1: x1 > x0 ? x1 : x0 + 1,
      y0: middle - size * (0.5 + FOOT), y1: middle + size * (0.5 + HEAD),
      left: 0, top: 0, width, height,
    }, { color, fill: "bottom", spark: true }, style);
  }
}

/** What a sparkline shows that follows the present. `at`: server's wall seconds of what is drawn; NaN for none. */
export function upToNow(series: SeriesBuffer, at: number, span: number | null): Range {
  const x1 = Math.max(series.size > 0 ? series.xAt(series.end - 1) : -Infinity, Number.isNaN(at) ? -Infinity : at);
  return { x0: span === null && series.size > 0 ? series.xAt(series.start) : x1 - (span ?? 1), x1 };
}
