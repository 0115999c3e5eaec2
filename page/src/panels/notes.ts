/** What a badge says of a panel that is live: not all is as it could be. Pure. */

import type { PanelStatus } from "../generated/wire";
import { age, every } from "../text/ages";
import type { Formatter } from "../text/format";

export interface Note {
  readonly text: string;
  /** In full, for whoever points at it. */
  readonly hint: string;
}

/** `numNegative`: values that a drawing of shares leaves out; `aheadSecs`: the newest point is so much later than now. */
export function notesOf(status: PanelStatus, formatter: Formatter, numNegative = 0, aheadSecs = 0): Note[] {
  const { words, locale } = formatter;
  const { slow_secs: slow = null, capped_rows: capped = null, num_rejected: rejected = null } = status;
  const notes: Note[] = [];
  if (slow !== null) notes.push({ text: every(slow, words, locale), hint: words.slow });
  if (capped !== null) {
    const rows = formatter.plain(capped);
    notes.push({ text: words.capped(rows), hint: words.cappedHint(rows) });
  }
  if (rejected !== null) {
    const num = formatter.plain(rejected);
    notes.push({ text: words.rejected(num), hint: words.rejectedHint(rejected, num) });
  }
  if (numNegative > 0) {
    const num = formatter.plain(numNegative);
    notes.push({ text: words.negative(num), hint: words.negativeHint(numNegative, num) });
  }
  if (aheadSecs > 0) {
    const ahead = age(aheadSecs, words);
    notes.push({ text: words.ahead(ahead), hint: words.aheadHint(ahead) });
  }
  return notes;
}
