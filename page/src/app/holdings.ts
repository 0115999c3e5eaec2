/** What this viewer holds: data, times, and of which S and epoch they are. Frames are taken in here. */

import type { Have, Notice, PanelStatus } from "../generated/wire";
import type { Frame } from "../session/frames";
import { Slots } from "../store/slots";
import { SourcesTimes } from "../store/times";
import type { Viewing } from "../view/viewing";
import type { Piece } from "../wire/decode";

/** Where pieces go that are not held here. */
export interface Receivers {
  panelOf(slot: number): number | undefined;
  touch(panel: number): void;
  setStatus(panel: number, status: PanelStatus): void;
  notice(notice: Notice): void;
}

export class Holdings {
  readonly slots = new Slots();
  readonly times = new SourcesTimes();
  epoch: string | null = null;
  s = 0;
  /** Server's wall seconds of the newest frame. */
  at = NaN;
  frames = 0;

  /** Take in the data of a frame. A beat brings times, and is no state of the store. */
  take(frame: Frame, viewing: Viewing, receivers: Receivers): void {
    if (!frame.beat) {
      this.s = frame.s;
      this.at = frame.at;
      this.frames += 1;
    }
    for (const { view, pieces } of frame.parts) {
      for (const piece of pieces) this.takePiece(piece, view, frame, viewing, receivers);
    }
  }

  forget(): void {
    this.slots.clear();
    this.times.clear();
  }

  /** For a hello; without series that must be sent anew. `filledBy`: the number of the view that one came whole for. */
  holding(isLeftOut: (slot: number, filledBy: number) => boolean): { epoch: string | null; have: Have[]; s: number } {
    return { epoch: this.epoch, have: this.epoch === null ? [] : this.slots.have(isLeftOut), s: this.s };
  }

  private takePiece(piece: Piece, view: number, frame: Frame, viewing: Viewing, receivers: Receivers): void {
    if (piece.type === "welcome") return;
    if (piece.type !== "notice" && viewing.isOfBefore(view)) return;
    if (piece.type === "times") this.times.apply(piece.rows, frame.at);
    else if (piece.type === "notice") receivers.notice(piece.notice);
    else if (piece.type === "panel") receivers.setStatus(piece.panel, piece.status);
    else {
      const panel = receivers.panelOf(piece.slot);
      // A series that answers an older view would paint over a newer zoom.
      if (panel === undefined || (piece.type === "series" && viewing.outdated(panel, view))) return;
      this.slots.apply(piece, frame.s, viewing.filledBy(view));
      receivers.touch(panel);
    }
  }
}
