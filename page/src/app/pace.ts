/** When what came is painted: in the next animation frame, or ahead of it where somebody waits. */

export class Pace {
  private isScheduled = false;
  /** Something was drawn since the last animation frame, and ahead of the next. */
  private isAhead = false;

  constructor(private readonly paint: () => void) {}

  /** Animation frames stop in a hidden tab: there it is taken in at once. */
  schedule(): void {
    if (document.hidden) this.paint();
    else if (!this.isScheduled) {
      this.isScheduled = true;
      requestAnimationFrame(() => {
        this.isScheduled = this.isAhead = false;
        this.paint();
      });
    }
  }

  /**
   * Somebody waits for this picture: it is drawn while its animation frame is still to come, not in it. Once for each
   * of them, so that what comes faster than it can be shown is merged.
   */
  hasten(): void {
    if (this.isAhead || document.hidden) return;
    this.isAhead = true;
    this.paint();
  }
}
