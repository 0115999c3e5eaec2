/** What this viewer sees, as the server is told, and the view number from which a panel's series count. */

import type { PanelView } from "../generated/wire";
import type { ViewBody } from "../session/session";

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

export class Viewing {
  hidden = false;
  paused = false;
  refreshSecs: number | null = null;
  private sent = "";
  private readonly told = new Map<number, string>();
  private readonly since = new Map<number, number>();

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
    return { hidden: this.hidden, paused: this.paused, refresh_secs: this.refreshSecs, panels: seen };
  }

  /** Whether `body` says something that the server does not know. */
  isNews(body: ViewBody): boolean {
    return JSON.stringify(body) !== this.sent;
  }

  /** `body` was sent under number `n`. */
  numbered(n: number, body: ViewBody): void {
    this.sent = JSON.stringify(body);
    for (const panel of body.panels ?? []) {
      const scale = JSON.stringify([panel.px, panel.span, panel.x0, panel.x1]);
      if (this.told.get(panel.i) === scale) continue;
      this.told.set(panel.i, scale);
      this.since.set(panel.i, n);
    }
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
