/**
 * Which panels are drawn in an animation frame: what is to be read, at once; charts, as far as the frame's time
 * reaches, and the others in the next frames.
 *
 * So all figures on screen are of one state at any time, also those beside charts, and the lines of a screen that
 * takes long to draw follow within a few frames. A chart that somebody touches goes first, then those that wait longest.
 */

import type { Spare } from "./spare";

/** What is asked of panels, by their index. */
export interface Drawer {
  /** Its drawing may come in a later animation frame. */
  canWait(index: number): boolean;
  /** Time alone moved on: its picture would differ. */
  slides(index: number): boolean;
  draw(index: number): void;
  /** Write what is beside the drawing. All drawings of a frame come first: texts make styles old that canvases ask for. */
  write(index: number): void;
}

export class Turns {
  /** In the order in which they changed. */
  private readonly dirty = new Set<number>();
  private readonly hurried = new Set<number>();
  private readonly unwritten = new Set<number>();

  /** There is something new to draw. */
  touch(index: number): void {
    this.dirty.add(index);
    this.unwritten.add(index);
  }

  /** Somebody waits for this one. */
  hurry(index: number): void {
    this.touch(index);
    this.hurried.add(index);
  }

  /** Draw what is due of the panels in view; `first` before the other charts. Returns how many are left. */
  run(seen: ReadonlySet<number>, first: number, spare: Spare, drawer: Drawer): number {
    const charts: number[] = [];
    const done: number[] = [];
    for (const index of this.dirty) {
      if (!seen.has(index)) continue;
      if (drawer.canWait(index)) charts.push(index);
      else this.draw(index, drawer, done);
    }
    for (const index of seen) if (!this.dirty.has(index) && drawer.canWait(index) && drawer.slides(index)) charts.push(index);
    const inTurn = this.ordered(charts, first);
    spare.begin();
    let num = 0;
    // One at least: what takes longer than a frame must come forward too.
    while (num < inTurn.length && (num === 0 || !spare.isSpent())) {
      this.draw(inTurn[num] as number, drawer, done);
      num += 1;
    }
    for (let i = num; i < inTurn.length; i += 1) if (this.unwritten.has(inTurn[i] as number)) done.push(inTurn[i] as number);
    for (const index of done) {
      this.unwritten.delete(index);
      drawer.write(index);
    }
    return inTurn.length - num;
  }

  private draw(index: number, drawer: Drawer, done: number[]): void {
    this.dirty.delete(index);
    this.hurried.delete(index);
    drawer.draw(index);
    done.push(index);
  }

  private ordered(charts: number[], first: number): number[] {
    const rank = (index: number) => (this.hurried.has(index) ? 0 : index === first ? 1 : 2);
    return this.hurried.size > 0 || charts.includes(first) ? charts.sort((one, other) => rank(one) - rank(other)) : charts;
  }
}
