/** What is said of buckets of time that have not ended. */

import type { Surroundings } from "./renderer";

/** Of a range that has ended itself the last bucket lies there in part. */
export function soFarOf({ picked, formatter }: Pick<Surroundings, "picked" | "formatter">): string {
  return picked ? formatter.words.inPart : formatter.words.soFar;
}
