import { createHash } from "node:crypto";
import { InvalidOptionError } from "@flawless-ts/wasm-module";

/**
 * Some of the items, in their order; the same ones for the same seed.
 * @throws InvalidOptionError
 */
export function sampled<Item>(
  items: readonly Item[],
  count: number,
  seed: number,
): readonly Item[] {
  if (!Number.isInteger(count) || count < 1) {
    throw new InvalidOptionError(
      "sample.count",
      `expected a whole number from 1 on, but got ${count}.`,
    );
  }
  const rank = (index: number): string =>
    createHash("sha256").update(`${seed} ${index}`).digest("hex");
  const chosen = items
    .map((_, index) => ({ index, rank: rank(index) }))
    .toSorted((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, count)
    .map(({ index }) => index);
  return chosen.toSorted((a, b) => a - b).map((index) => items[index] as Item);
}
