/** Collects messages into frames: what came is applied at its commit, or not at all. */

import { BEAT, COMMIT, FIRST, RESET } from "../generated/wire";
import type { Welcome } from "../generated/wire";
import type { Message, Piece } from "../wire/decode";

export interface Frame {
  readonly s: number;
  readonly base: number;
  readonly at: number;
  readonly reset: boolean;
  readonly beat: boolean;
  /** The last that the frame holds. */
  readonly welcome: Welcome | null;
  /** Pieces with the view number that their message answers. */
  readonly parts: readonly { readonly view: number; readonly pieces: readonly Piece[] }[];
  readonly messages: number;
}

export class FrameAssembler {
  private parts: { view: number; pieces: readonly Piece[] }[] = [];
  private reset = false;

  /** The frame that this message completes, or null. */
  take(message: Message): Frame | null {
    // A beat stands alone: it neither begins nor ends what is being collected, and its S is not the viewer's.
    if (message.flags & BEAT) return frameOf(message, [message], false);
    if (message.flags & FIRST) this.forget();
    this.reset ||= (message.flags & RESET) !== 0;
    this.parts.push({ view: message.view, pieces: message.pieces });
    if (!(message.flags & COMMIT)) return null;
    const frame = frameOf(message, this.parts, this.reset);
    this.forget();
    return frame;
  }

  forget(): void {
    this.parts = [];
    this.reset = false;
  }
}

function frameOf(message: Message, parts: Frame["parts"], reset: boolean): Frame {
  const { s, base, at, flags } = message;
  return { s, base, at, reset, beat: (flags & BEAT) !== 0, welcome: welcomeOf(parts), parts, messages: parts.length };
}

/** Whether it is a picture that somebody waits for: of a screen that opens, of a panel that comes into view, of a zoom. */
export function isAwaited({ welcome, parts }: Frame): boolean {
  return welcome !== null || parts.some(({ pieces }) => pieces.some((piece) => piece.type === "series" && piece.replace));
}

/** A long welcome comes in several pieces: a character may lie across two of them. */
function welcomeOf(parts: Frame["parts"]): Welcome | null {
  let welcome: Welcome | null = null;
  let decoder = new TextDecoder();
  let text = "";
  for (const { pieces } of parts) {
    for (const piece of pieces) {
      if (piece.type !== "welcome") continue;
      text += decoder.decode(piece.part, { stream: piece.more });
      if (piece.more) continue;
      welcome = JSON.parse(text) as Welcome;
      text = "";
      decoder = new TextDecoder();
    }
  }
  return welcome;
}
