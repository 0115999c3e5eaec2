/** Where the viewer's hand is: on which panel, and since when it rests. */

/** Milliseconds after an input in which the next one is likely. */
const BUSY_MILLIS = 1000;

export class Attention {
  /** The panel under the pointer, or else with the focus. */
  panel: Element | null = null;
  private at = -Infinity;

  constructor(private readonly now: () => number = () => performance.now()) {
    const options = { capture: true, passive: true };
    for (const type of ["pointermove", "pointerdown", "keydown"]) {
      addEventListener(type, ({ timeStamp }) => (this.at = timeStamp), options);
    }
    for (const type of ["pointerover", "focusin"]) {
      addEventListener(type, ({ target }) => {
        this.panel = target instanceof Element ? target.closest("[data-panel]") : null;
      }, options);
    }
  }

  /** Somebody uses the page just now. */
  get isBusy(): boolean {
    return this.now() - this.at < BUSY_MILLIS;
  }
}
