/** Which state a panel shows: what the server said, and what the page knows better. Pure. */

import type { PanelState } from "../generated/wire";

export type ShownState = PanelState | "paused" | "disconnected";

/** A panel that has just come into view gets this long to receive a new promise before its old one counts. */
export const PROMISE_GRACE_SECS = 1;

export interface StateInput {
  readonly server: PanelState;
  readonly connected: boolean;
  readonly paused: boolean;
  readonly hasData: boolean;
  /** Server's wall seconds, by the page's estimate; NaN: unknown. */
  readonly now: number;
  readonly freshUntil: number;
  /** For how long the panel has been watched without a break. */
  readonly watchedSecs: number;
}

export function shownState(input: StateInput): ShownState {
  const { server } = input;
  // Nothing was ever shown: a calm skeleton says all there is to say.
  if (server === "loading" && !input.hasData) return "loading";
  if (!input.connected) return "disconnected";
  if (server === "error") return "error";
  if (input.paused) return "paused";
  const lapsed = input.now > input.freshUntil && input.watchedSecs >= PROMISE_GRACE_SECS;
  if (lapsed && (server === "live" || server === "behind" || server === "empty")) return "stale";
  return server;
}
