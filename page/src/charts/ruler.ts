/** How wide a text is, without laying out the page. */

const context = document.createElement("canvas").getContext("2d") as CanvasRenderingContext2D;

/** In CSS pixels; `font` as a canvas takes it. */
export function textWidth(text: string, font: string): number {
  context.font = font;
  return context.measureText(text).width;
}
