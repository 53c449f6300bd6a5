// Run with --expose-gc: prints how many bytes of entries that came and went the young generation's collections kept, with a Map
// and with a ShortLivedMap.
import { getHeapSpaceStatistics } from "node:v8";
import { ShortLivedMap } from "../short-lived.ts";

interface Entries {
  set(key: number, value: number[]): unknown;
  delete(key: number): unknown;
}

const live = 48;
const rounds = 8_000;

function keptBytes(entries: Entries): number {
  const collect = globalThis.gc as unknown as (options: { readonly type: "minor" }) => void;
  globalThis.gc?.();
  const before = oldBytes();
  for (let round = 0; round < rounds; round += 1) {
    entries.set(
      round,
      Array.from({ length: 100 }, () => round),
    );
    entries.delete(round - live);
    if (round % 400 === 0) {
      collect({ type: "minor" });
    }
  }
  return oldBytes() - before;
}

function oldBytes(): number {
  return (
    getHeapSpaceStatistics().find(({ space_name }) => space_name === "old_space")
      ?.space_used_size ?? 0
  );
}

// The first run compiles.
keptBytes(new ShortLivedMap());
console.log(
  JSON.stringify({
    map: keptBytes(new Map()),
    shortLived: keptBytes(new ShortLivedMap()),
  }),
);
