/** The labels below a plot. uPlot could draw them, but only with all else: a picture that moves on draws them alone. */

import type { Projection } from "./buckets";
import { pxFromX } from "./buckets";
import { textWidth } from "./ruler";
import type { Style } from "./style";

/** CSS pixels between the plot and the labels below it, at least. */
const GAP_MIN = 7;
/** The lowest label of y is centred on the edge of the plot: so far, in its size, its comma reaches down. */
const COMMA_REACHES = 0.5;

/** First row of device pixels that only labels of x are drawn in. */
export function topOfLabels(at: Projection, style: Style): number {
  const gap = Math.max(GAP_MIN, Math.ceil(COMMA_REACHES * style.number("--typography-caption")));
  return Math.round(at.top + at.height) + Math.round(gap * (devicePixelRatio || 1));
}

/** Draw these below their ticks, but for those that would reach more than `edge` CSS pixels beyond the plot's right. */
export function drawLabels(
  context: CanvasRenderingContext2D, ticks: readonly number[], labels: readonly string[], at: Projection, edge: number, style: Style,
): void {
  const ratio = devicePixelRatio || 1;
  const font = style.font("caption");
  context.font = font.replace(/([\d.]+)px/, (_, size: string) => `${Math.round(Number(size) * ratio)}px`);
  context.fillStyle = style.color("axis");
  context.textAlign = "center";
  context.textBaseline = "top";
  const top = topOfLabels(at, style);
  labels.forEach((label, i) => {
    const px = Math.round(pxFromX(ticks[i] as number, at));
    if (px + (textWidth(label, font) / 2) * ratio <= at.left + at.width + edge * ratio) context.fillText(label, px, top);
  });
}
