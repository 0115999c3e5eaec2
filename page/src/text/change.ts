/** The change of a KPI against a period before, as text and as good or bad news. */

import type { Format } from "../generated/wire";
import type { Formatter } from "./format";

/** Below this share of the base a change is no change. */
const STEADY_SHARE = 0.001;

export interface Change {
  readonly direction: "up" | "down" | "steady" | "none";
  readonly tone: "good" | "bad" | "neutral";
  readonly text: string;
}

export function change(
  value: number, previous: number, format: Format, good: "up" | "down" | null, formatter: Formatter,
): Change {
  if (!Number.isFinite(value) || !Number.isFinite(previous)) return { direction: "none", tone: "neutral", text: "—" };
  const difference = value - previous;
  const points = format.kind === "percent";
  const share = previous === 0 ? (difference === 0 ? 0 : Infinity) : difference / Math.abs(previous);
  const shown = points ? (difference / format.whole) * 100 : share * 100;
  if (points ? Math.abs(shown) < 0.05 : Math.abs(share) < STEADY_SHARE) {
    return { direction: "steady", tone: "neutral", text: formatter.words.steady };
  }
  const direction = difference > 0 ? "up" : "down";
  const tone = good === null ? "neutral" : good === direction ? "good" : "bad";
  const size = Math.abs(shown);
  let text: string;
  if (!Number.isFinite(size)) text = formatter.text(format, Math.abs(difference));
  else text = `${formatter.plain(size, size >= 10 ? 0 : 1)}\u00a0${points ? formatter.words.points : "%"}`;
  return { direction, tone, text };
}
