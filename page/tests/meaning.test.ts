/** What a frame means for what is shown: only another layout takes the old picture away. */

import { expect, test } from "vitest";

import { meaningOf } from "../src/app/meaning";
import type { Meaning } from "../src/app/meaning";
import type { Welcome } from "../src/generated/wire";

const resumed = { resumed: true } as Welcome;
const fresh = { resumed: false } as Welcome;

test.each<[string, Welcome | null, { reset?: boolean; isOlder?: boolean; isRenewing?: boolean; isSame?: boolean }, Meaning]>([
  ["data", null, {}, "more"],
  ["data of what was chosen before", null, { isOlder: true, isRenewing: true }, "more"],
  ["a connection that came back", resumed, {}, "more"],
  ["another server", fresh, {}, "anew"],
  ["a reset", null, { reset: true }, "anew"],
  ["the answer to a choice", fresh, { isRenewing: true }, "answer"],
  ["the answer to a choice that was held before a cut", resumed, { isRenewing: true }, "answer"],
  ["the answer to the choice before it", fresh, { isOlder: true, isRenewing: true }, "older"],
  ["a reset that answers the choice before it", null, { reset: true, isOlder: true, isRenewing: true }, "older"],
  ["a reset that answers a choice before that is not awaited any more", null, { reset: true, isOlder: true }, "older"],
  ["other panels", fresh, { isSame: false }, "layout"],
  ["other panels, while something else was chosen", fresh, { isSame: false, isOlder: true, isRenewing: true }, "layout"],
])("%s", (_, welcome, { reset = false, isOlder = false, isRenewing = false, isSame = true }, meaning) => {
  expect(meaningOf({ welcome, reset: reset || welcome?.resumed === false }, { isOlder, isRenewing, isSame })).toBe(meaning);
});
