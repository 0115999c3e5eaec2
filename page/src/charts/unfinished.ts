/** The bucket of the present, of a series by minutes, hours or days: it is drawn as what is not over yet. */

import type { SeriesBuffer } from "../store/series";
import { pxFromX, pxFromY } from "./buckets";
import type { Projection } from "./buckets";
import type { Style } from "./style";

/** First index of what is unfinished, where buckets have ended up to `finishedTo`; the end for none. */
export function unfinishedFrom(series: SeriesBuffer, finishedTo: number): number {
  return Number.isFinite(finishedTo) ? series.indexOfId(Math.floor(finishedTo / series.width)) : series.end;
}

/** From the last finished point on the line is dashed. */
export function drawUnfinished(
  context: CanvasRenderingContext2D, series: SeriesBuffer, from: number, at: Projection, color: string, style: Style,
): void {
  const ratio = devicePixelRatio || 1;
  const dash = style.number("--chart-dash") * ratio;
  context.save();
  context.beginPath();
  for (let i = Math.max(series.start, from - 1); i < series.end; i += 1) {
    const y = pxFromY(series.last[i] as number, at);
    const begins = i < from || (i === from && from === series.start) || series.breaksBefore(i) || Number.isNaN(series.last[i - 1] as number);
    if (Number.isNaN(y)) continue;
    if (begins) context.moveTo(pxFromX(series.xAt(i), at), y);
    else context.lineTo(pxFromX(series.xAt(i), at), y);
  }
  context.setLineDash([dash, dash]);
  context.lineWidth = style.number("--chart-line-width") * ratio;
  context.lineJoin = "bevel";
  context.strokeStyle = color;
  context.stroke();
  context.restore();
}
