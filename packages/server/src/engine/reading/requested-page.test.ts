import { describe, expect, test } from "vitest";
import { toPublicId, WorkflowIds } from "../../workflow/workflow-id.ts";
import { assertConditions, toRequestedPage } from "./requested-page.ts";

const invalid = expect.objectContaining({ code: "INVALID_REQUEST" }) as Error;
const all = { from: 0, below: Number.MAX_SAFE_INTEGER };

/** An id that was given at a time. */
function idAt(time: string): number {
  return new WorkflowIds({ now: () => Date.parse(time) } as never, 0).next();
}

describe("a requested page", () => {
  test("has 100 workflows unless it says otherwise", () => {
    expect(toRequestedPage({})).toEqual({ limit: 100, filter: {}, ids: [all] });
  });

  test("has the requested conditions, and continues below the cursor", () => {
    const filter = { status: "failed", module: "m", version: "1", workflow: "w" } as const;
    const { limit, ...page } = toRequestedPage({ ...filter, limit: 7, cursor: toPublicId(1234) });

    expect(limit).toBe(7);
    expect(page).toEqual({ filter, ids: [{ from: 0, below: 1234 }] });
  });

  test("covers only the ids of its times", () => {
    const { filter, ids } = toRequestedPage({
      createdFrom: "2026-02-01",
      createdBefore: "2026-02-02T00:00:00Z",
    });
    const day = Date.UTC(2026, 1, 1);
    expect(filter).toEqual({ createdFrom: day, createdBefore: day + 86_400_000 });
    const among = (time: string): boolean => {
      const id = idAt(time);
      return ids.some(({ from, below }) => id >= from && id < below);
    };
    expect(among("2026-01-31T12:00:00Z")).toBe(false);
    expect(among("2026-02-01T00:00:00Z")).toBe(true);
    expect(among("2026-02-01T23:59:59Z")).toBe(true);
    expect(among("2026-02-02T12:00:00Z")).toBe(false);
  });

  test("covers nothing that began after the requested end", () => {
    const [range] = toRequestedPage({ endedBefore: "2026-02-02" }).ids;
    expect(range?.below).toBeLessThan(idAt("2026-02-03T00:00:00Z"));
    expect(range?.from).toBe(0);
  });

  test.each(["wkf_", "wk", ""])("begins with all ids for the prefix %j", (idPrefix) => {
    expect(toRequestedPage({ idPrefix }).ids).toEqual([all]);
  });

  test.each(["17", "wkf_!", "xwkf_1", "wkf_00"])("finds no id for the prefix %j", (idPrefix) => {
    expect(toRequestedPage({ idPrefix }).ids).toEqual([]);
  });

  test("finds each id by each of its prefixes, and no other", () => {
    const numbers = [0, 1, 61, 62, 4711, idAt("2026-02-01"), 2 ** 50 + 7, 2 ** 53 - 2];
    for (const number of numbers) {
      const id = toPublicId(number);
      for (let length = 5; length <= id.length; length += 1) {
        const { ids } = toRequestedPage({ idPrefix: id.slice(0, length) });
        for (const other of numbers) {
          const isAmong = ids.some(({ from, below }) => other >= from && other < below);
          expect(isAmong).toBe(toPublicId(other).startsWith(id.slice(0, length)));
        }
        const froms = ids.map(({ from }) => from);
        expect(froms).toEqual(froms.toSorted((a, b) => b - a));
      }
    }
  });

  test.each([0, -1, 1001, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
    "with the limit %d is refused",
    (limit) => {
      expect(() => toRequestedPage({ limit })).toThrow(invalid);
    },
  );

  test.each(["", "wkf_", "17", "wkf_!"])("with the cursor %j is refused", (cursor) => {
    expect(() => toRequestedPage({ cursor })).toThrow(invalid);
  });

  test.each([
    { createdFrom: "yesterday" },
    { endedBefore: "" },
    { inputText: "x".repeat(1_025) },
    { keyPrefix: "\uD83D" },
  ])("with %j is refused", (filter) => {
    expect(() => toRequestedPage(filter)).toThrow(invalid);
  });
});

test("a change of many workflows needs a condition", () => {
  expect(() => assertConditions({})).toThrow(invalid);
  expect(() => assertConditions({ labels: {} })).toThrow(invalid);
  expect(() => assertConditions({ labels: { a: "b" } })).not.toThrow();
  expect(() => assertConditions({ endedFrom: "2026-01-01" })).not.toThrow();
});

test.each(["idPrefix", "keyPrefix", "namePrefix", "inputText", "module"])(
  "many are not changed by an empty %s, which matches all of them",
  (name) => {
    expect(() => assertConditions({ [name]: "" })).toThrow(invalid);
    expect(() => assertConditions({ [name]: "", labels: { a: "b" } })).toThrow(invalid);
    expect(() => assertConditions({ [name]: "a" })).not.toThrow();
  },
);
