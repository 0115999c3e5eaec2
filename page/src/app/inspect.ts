/** `window.cadran`: what tests and programs may ask of the page. */

import type { HeldPoints } from "../panels/renderer";
import type { Screen } from "./screen";

export interface Statistics {
  readonly epoch: string | null;
  readonly s: number;
  readonly frames: number;
  readonly messages: number;
  readonly bytes: number;
  readonly draws: Record<string, number>;
  /** How often the state of a panel was worked out. */
  readonly judged: number;
  readonly reconnects: number;
  readonly panels: Record<string, string>;
  readonly lastPaint: { s: number; at: number; painted_at: number };
}

export interface Inspection {
  statistics(): Statistics;
  points(panel: string): HeldPoints[];
  zoom(panel: string, x0: number, x1: number): void;
}

declare global {
  interface Window {
    cadran: Inspection;
  }
}

export function inspection(screen: Screen): Inspection {
  return {
    statistics: () => ({
      epoch: screen.held.epoch,
      s: screen.held.s,
      frames: screen.held.frames,
      messages: screen.session.messages,
      bytes: screen.session.bytes,
      draws: screen.board?.draws() ?? {},
      judged: screen.board?.numJudged ?? 0,
      reconnects: screen.session.reconnects,
      panels: screen.board?.states() ?? {},
      lastPaint: { ...screen.lastPaint },
    }),
    points: (panel) => screen.board?.points(panel) ?? [],
    zoom: (panel, x0, x1) => screen.board?.zoom(panel, x0, x1),
  };
}
