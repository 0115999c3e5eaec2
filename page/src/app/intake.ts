/**
 * Frames on their way to the screen. One state is shown at a time: while charts are left to draw, what is newer waits,
 * and is then taken in together.
 */

import { isAwaited } from "../session/frames";
import type { Frame } from "../session/frames";

/** What was on its way until a picture was whole. */
export interface Painted {
  readonly bytes: number;
  readonly numFrames: number;
  readonly hasData: boolean;
  readonly hasBeat: boolean;
}

const NOTHING: Painted = { bytes: 0, numFrames: 0, hasData: false, hasBeat: false };

export class Intake {
  /** Charts that do not yet show what was taken in. */
  numLeft = 0;
  private frames: Frame[] = [];
  private bytes = 0;
  private taken = NOTHING;

  get isEmpty(): boolean {
    return this.frames.length === 0;
  }

  add(frame: Frame | null, bytes: number): void {
    this.bytes += bytes;
    if (frame) this.frames.push(frame);
  }

  /** What is to be taken in now. `all`: there is no picture to wait for. */
  take(all: boolean): readonly Frame[] {
    const { frames, bytes, taken } = this;
    if (!all && this.numLeft > 0 && !frames.some(isAwaited)) return [];
    this.frames = [];
    this.bytes = 0;
    this.taken = {
      bytes: taken.bytes + bytes,
      numFrames: taken.numFrames + frames.length,
      hasData: taken.hasData || frames.some(({ beat }) => !beat),
      hasBeat: taken.hasBeat || frames.some(({ beat }) => beat),
    };
    return frames;
  }

  /** The picture is whole: what it was made from, once. */
  finish(): Painted {
    const { taken } = this;
    this.taken = NOTHING;
    return taken;
  }

  /** Another connection: bytes are counted from here. */
  forgetBytes(): void {
    this.bytes = 0;
    this.taken = { ...this.taken, bytes: 0 };
  }
}
