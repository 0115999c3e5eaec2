/** What this viewer sees, as the server is told, and the view number from which a panel's series count. */

import type { PanelView } from "../generated/wire";
import type { ViewBody } from "../session/session";
import { NOTHING_CHOSEN } from "./choices";
import type { Chosen } from "./choices";

export interface Range {
  readonly x0: number;
  readonly x1: number;
}

/** A panel as far as viewing goes. */
export interface Viewed {
  readonly index: number;
  readonly always: boolean;
  readonly visible: boolean;
  /** Width of the drawing in device pixels; 0 where nothing is drawn over x. */
  readonly px: number;
  readonly span: number | null;
  readonly zoom: Range | null;
}

type Scale = { readonly [key in "px" | "span" | "x0" | "x1"]?: number | null | undefined };

export class Viewing {
  hidden = false;
  /** Server's wall seconds of what was last seen when the pause began; null: not paused, or nothing was seen yet. */
  pausedAt: number | null = null;
  paused = false;
  refreshSecs: number | null = null;
  private chosen: Chosen = NOTHING_CHOSEN;
  private chosenText = JSON.stringify(NOTHING_CHOSEN);
  private toldChosen = this.chosenText;
  /** The number of the view that first said what is chosen now. */
  private chosenSince = 0;
  private sent = "";
  private readonly told = new Map<number, PanelView>();
  private toldPaused = false;
  private pauseFrom = Infinity;
  private pauseTo = Infinity;
  private readonly since = new Map<number, number>();

  /** `at`: server's wall seconds of the newest frame; NaN for none. A pause that lasts keeps its moment. */
  pause(paused: boolean, at: number): void {
    if (paused !== this.paused) this.pausedAt = paused && !Number.isNaN(at) ? at : null;
    this.paused = paused;
  }

  /** Returns whether it is another choice. */
  choose(chosen: Chosen): boolean {
    const text = JSON.stringify(chosen);
    if (text === this.chosenText) return false;
    [this.chosen, this.chosenText] = [chosen, text];
    return true;
  }

  body(panels: Iterable<Viewed>): ViewBody {
    const seen: PanelView[] = [];
    for (const panel of panels) {
      if (!panel.visible && !panel.always) continue;
      seen.push({
        i: panel.index,
        ...(panel.px > 0 ? { px: panel.px } : {}),
        ...(panel.span === null ? {} : { span: panel.span }),
        ...(panel.zoom === null ? {} : { x0: panel.zoom.x0, x1: panel.zoom.x1 }),
      });
    }
    const { hidden, paused, pausedAt, refreshSecs, chosen } = this;
    return { hidden, paused, ...(paused ? { paused_at: pausedAt } : {}), refresh_secs: refreshSecs, panels: seen, choices: chosen };
  }

  /** Whether `body` says something that the server does not know. */
  isNews(body: ViewBody): boolean {
    return JSON.stringify(body) !== this.sent;
  }

  /** `body` was sent under number `n`. */
  numbered(n: number, body: ViewBody): void {
    this.sent = JSON.stringify(body);
    const chosen = JSON.stringify(body.choices);
    if (chosen !== this.toldChosen) [this.toldChosen, this.chosenSince] = [chosen, n];
    const paused = body.paused === true;
    if (paused && !this.toldPaused) [this.pauseFrom, this.pauseTo] = [n, Infinity];
    else if (this.toldPaused && !paused) this.pauseTo = n;
    this.toldPaused = paused;
    for (const panel of body.panels ?? []) {
      const before = this.told.get(panel.i);
      if (before && scaleOf(before) === scaleOf(panel)) continue;
      this.told.set(panel.i, panel);
      this.since.set(panel.i, n);
    }
  }

  /**
   * What to remember of a series that came whole in answer to view `n`. In a pause it goes up to its beginning only,
   * whatever S the frame has: that is as if it had answered nothing.
   */
  filledBy(n: number): number {
    return n >= this.pauseFrom && n < this.pauseTo ? 0 : n;
  }

  /** Panels of which the server was told another range: what is held need not cover this one. */
  changed(panels: Iterable<Viewed>): Set<number> {
    const changed = new Set<number>();
    for (const panel of panels) {
      const { index, span, zoom } = panel;
      const before = this.told.get(index);
      // Out of sight a drawing has no width: the range alone tells.
      const px = panel.visible || panel.always ? panel.px || undefined : before?.px;
      const now = { i: index, px, span: span ?? undefined, x0: zoom?.x0, x1: zoom?.x1 };
      if (!before || scaleOf(before) !== scaleOf(now)) changed.add(index);
    }
    return changed;
  }

  /** Whatever answers an older view is of what was chosen before. */
  isOfBefore(answeredView: number): boolean {
    return answeredView < this.chosenSince || this.chosenText !== this.toldChosen;
  }

  /** Series for this panel in an answer to an older view would paint over a newer zoom. */
  outdated(panel: number, answeredView: number): boolean {
    return answeredView < (this.since.get(panel) ?? 0);
  }

  /** The panels are others now. */
  forget(): void {
    this.told.clear();
    this.since.clear();
    this.sent = "";
  }
}

function scaleOf({ px, span, x0, x1 }: Scale): string {
  return JSON.stringify([px, span, x0, x1]);
}
