/** What the page holds of every slot, and the S of which each is the state. */

import type { Have } from "../generated/wire";
import type { Piece, ScalarPiece } from "../wire/decode";
import { joinCurve, SeriesBuffer } from "./series";
import type { Curve } from "./series";
import { TableBuffer } from "./table";

export type Slot =
  | { readonly type: "scalar"; scalar: ScalarPiece; s: number }
  | { readonly type: "series"; readonly series: SeriesBuffer; s: number; filledBy: number }
  | { readonly type: "table"; readonly table: TableBuffer; s: number }
  | { readonly type: "curve"; curve: Curve; s: number };

/** From which x on what a panel shows is of unfinished buckets of time; infinite for none. */
export function finishedTo({ finished_slot: slot = null }: { readonly finished_slot?: number | null }, slots: Slots): number {
  const value = slot === null ? null : slots.scalar(slot)?.value;
  return typeof value === "number" ? value : Infinity;
}

export class Slots {
  private readonly slots = new Map<number, Slot>();
  private readonly old = new Set<number>();

  /** Take in one piece of data; returns its slot, or -1 for a piece that is not data. `view`: that it is all of. */
  apply(piece: Piece, s: number, view: number): number {
    if ("slot" in piece && this.old.delete(piece.slot)) this.slots.delete(piece.slot);
    switch (piece.type) {
      case "scalar":
        this.slots.set(piece.slot, { type: "scalar", scalar: piece, s });
        return piece.slot;
      case "curve": {
        const held = this.slots.get(piece.slot);
        const before = held?.type === "curve" && piece.start > 0 ? held.curve : null;
        this.slots.set(piece.slot, { type: "curve", curve: before ? joinCurve(before, piece) : piece, s });
        return piece.slot;
      }
      case "series": {
        const held = this.slots.get(piece.slot);
        const slot = held?.type === "series" ? held : { type: "series" as const, series: new SeriesBuffer(), s, filledBy: view };
        slot.series.apply(piece);
        if (piece.replace) slot.filledBy = view;
        slot.s = s;
        this.slots.set(piece.slot, slot);
        return piece.slot;
      }
      case "table": {
        const held = this.slots.get(piece.slot);
        const slot = held?.type === "table" ? held : { type: "table" as const, table: new TableBuffer(), s };
        slot.table.apply(piece.rows);
        slot.s = s;
        this.slots.set(piece.slot, slot);
        return piece.slot;
      }
      default:
        return -1;
    }
  }

  /** All that is held is of what was chosen before: it is replaced whole by what comes, slot by slot. */
  age(): void {
    for (const slot of this.slots.keys()) this.old.add(slot);
  }

  /** What was not replaced of these is not there any more; returns whether any was. */
  dropOld(slots: readonly number[]): boolean {
    const dropped = slots.filter((slot) => this.old.delete(slot));
    for (const slot of dropped) this.slots.delete(slot);
    return dropped.length > 0;
  }

  scalar(slot: number): ScalarPiece | null {
    const held = this.slots.get(slot);
    return held?.type === "scalar" ? held.scalar : null;
  }

  series(slot: number): SeriesBuffer | null {
    const held = this.slots.get(slot);
    return held?.type === "series" ? held.series : null;
  }

  table(slot: number): TableBuffer | null {
    const held = this.slots.get(slot);
    return held?.type === "table" ? held.table : null;
  }

  curve(slot: number): Curve | null {
    const held = this.slots.get(slot);
    return held?.type === "curve" ? held.curve : null;
  }

  has(slot: number): boolean {
    return this.slots.has(slot);
  }

  clear(): void {
    this.old.clear();
    this.slots.clear();
  }

  /** For a hello after a broken connection. `isLeftOut`: whether a series is not all of what is looked at. */
  have(isLeftOut: (slot: number, filledBy: number) => boolean): Have[] {
    const have: Have[] = [];
    for (const [slot, held] of this.slots) {
      if (this.old.has(slot)) continue;
      if (held.type === "series" && isLeftOut(slot, held.filledBy)) continue;
      if (held.type === "series" && held.series.size > 0) have.push([slot, held.series.k, held.series.lowId, held.s]);
      else have.push([slot, 0, 0, held.s]);
    }
    return have.sort((one, other) => one[0] - other[0]);
  }
}
