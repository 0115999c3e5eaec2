/** Asks the server once a second what it measured, while somebody looks. Same origin, same cookie. */

import type { ScreenMeasures } from "../generated/measured";

const EVERY_MILLIS = 1000;
const PATIENCE_MILLIS = 5000;

export interface Answered {
  readonly measures: ScreenMeasures;
  /** How long the question took, there and back. */
  readonly tripMillis: number;
}

/** What is asked about: a screen, and what is chosen of it as the address says that. */
export interface Asked {
  readonly slug: string;
  readonly search: string;
}

/** Assets lie one folder below the app's root, whatever prefix that is served under. */
export function measuresAddress({ slug, search }: Asked, module: string): string {
  return new URL(`../api/screens/${encodeURIComponent(slug)}/debug${search}`, module).href;
}

export class Asking {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isStopped = false;

  constructor(
    private readonly asked: () => Asked | null,
    private readonly answered: (answer: Answered) => void,
    private readonly failed: (status: number) => void,
  ) {}

  start(): void {
    void this.ask();
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private async ask(): Promise<void> {
    const asked = this.asked();
    if (asked !== null && !document.hidden) await this.look(asked);
    if (!this.isStopped) this.timer = setTimeout(() => void this.ask(), EVERY_MILLIS);
  }

  private async look(asked: Asked): Promise<void> {
    const began = performance.now();
    try {
      const answer = await fetch(measuresAddress(asked, import.meta.url), {
        cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE_MILLIS),
      });
      const tripMillis = performance.now() - began;
      if (this.isStopped) return;
      if (answer.ok) this.answered({ measures: (await answer.json()) as ScreenMeasures, tripMillis });
      else this.failed(answer.status);
    } catch {
      if (!this.isStopped) this.failed(0);
    }
  }
}
