import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { ShortLivedMap, ShortLivedSet } from "./short-lived.ts";

test("has the same entries as a Map, in the same order, whatever comes and goes", () => {
  const map = new ShortLivedMap<number, string>();
  const plain = new Map<number, string>();
  let random = 1;
  for (let step = 0; step < 1_000; step += 1) {
    random = (random * 48_271) % 2_147_483_647;
    const key = random % 50;
    const change = (entries: ShortLivedMap<number, string> | Map<number, string>): boolean =>
      random % 3 === 0 ? entries.set(key, `value ${step}`) === entries : entries.delete(key);
    expect(change(map)).toBe(change(plain));
    expect([...map]).toEqual([...plain]);
    expect(map.size).toBe(plain.size);
    expect(map.has(key)).toBe(plain.has(key));
    expect(map.get(key)).toBe(plain.get(key));
  }
  expect([...map.keys()]).toEqual([...plain.keys()]);
  expect([...map.values()]).toEqual([...plain.values()]);
});

test("an iterator omits what is deleted in the meantime, and nothing else", () => {
  const map = new ShortLivedMap<number, number>();
  for (let key = 0; key < 100; key += 1) {
    map.set(key, key);
  }
  const seen: number[] = [];
  for (const [key] of map) {
    seen.push(key);
    map.delete(key);
    map.delete(99 - key);
  }
  expect(seen).toEqual(Array.from({ length: 50 }, (_, key) => key));
  expect(map.size).toBe(0);
});

test("the last entry can be deleted, and all at once", () => {
  const set = new ShortLivedSet<string>().add("a");
  expect(set.delete("b")).toBe(false);
  expect(set.delete("a")).toBe(true);
  expect(set.delete("a")).toBe(false);
  set.add("c").add("d").clear();
  expect([...set]).toEqual([]);
  expect(set.size).toBe(0);
  expect(set.add("e").has("e")).toBe(true);
});

test("what was deleted is collected, which a Map prevents", async () => {
  const script = fileURLToPath(new URL("testing/kept-by-collections.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", script]);
  const { map, shortLived } = JSON.parse(stdout) as Record<"map" | "shortLived", number>;
  expect(map).toBeGreaterThan(10 * shortLived);
});
