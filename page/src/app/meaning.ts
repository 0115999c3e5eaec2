/** What a frame means for what is shown. Pure. */

import type { Welcome } from "../generated/wire";

/**
 * `more`: it goes on from what is held. `older`: it answers what was chosen before, and says nothing of the choice that
 * is awaited. `answer`: it begins what was chosen last. `anew`: all data comes again, as of another life of the store.
 * `layout`: there are other panels. But for the last, what is shown stays until it comes anew, panel by panel.
 */
export type Meaning = "more" | "older" | "answer" | "anew" | "layout";

export interface Awaiting {
  /** It answers a view of other choices than those of now. */
  readonly isOlder: boolean;
  /** Something else was chosen, and no answer came yet. */
  readonly isRenewing: boolean;
  /** Its layout is the one that is shown. */
  readonly isSame: boolean;
}

export function meaningOf(
  { welcome, reset }: { readonly welcome: Welcome | null; readonly reset: boolean }, { isOlder, isRenewing, isSame }: Awaiting,
): Meaning {
  if (welcome && !isSame) return "layout";
  if (isOlder) return welcome || reset ? "older" : "more";
  if (welcome && isRenewing) return "answer";
  return (welcome ? !welcome.resumed : reset) ? "anew" : "more";
}
