import { describe, expect, test } from "vitest";
import { TestClock } from "../testing/test-clock.ts";
import { fromPublicId, toPublicId, WorkflowIds } from "./workflow-id.ts";

describe("public ids", () => {
  test.each([0, 1, 61, 62, 4096, 259_095_941_201_920, Number.MAX_SAFE_INTEGER])(
    "%d survives a round trip",
    (id) => {
      expect(fromPublicId(toPublicId(id))).toBe(id);
    },
  );

  test("look like those of the real server", () => {
    expect(toPublicId(62)).toBe("wkf_10");
    expect(toPublicId(0)).toBe("wkf_0");
  });

  test.each([
    ["another prefix", "job_10"],
    ["only the prefix", "wkf_"],
    ["nothing", ""],
    ["a character outside the alphabet", "wkf_1-0"],
    ["a second spelling of the same number", "wkf_010"],
    ["a number past 2^53", "wkf_zzzzzzzzzz"],
    ["far too long a text", `wkf_${"1".repeat(1000)}`],
    ["__proto__", "__proto__"],
  ])("%s is not an id", (_what, text) => {
    expect(fromPublicId(text)).toBeUndefined();
  });
});

describe("new ids", () => {
  test("increase within one millisecond and from one to the next", () => {
    const clock = new TestClock();
    const ids = new WorkflowIds(clock, 0);
    const first = ids.next();
    const second = ids.next();
    clock.advance(1);
    const third = ids.next();

    expect(second).toBe(first + 1);
    expect(third).toBe(first + 4096);
  });

  test("continue to increase once a millisecond's ids are used up", () => {
    const ids = new WorkflowIds(new TestClock(), 0);
    const given = Array.from({ length: 5000 }, () => ids.next());

    expect(new Set(given).size).toBe(5000);
    expect(given).toEqual([...given].toSorted((a, b) => a - b));
  });

  test.each([
    { count: 32, index: 0 },
    { count: 32, index: 31 },
    { count: 5, index: 3 },
  ])("of slice $index of $count are its own, and increase like all others", ({ count, index }) => {
    const clock = new TestClock();
    const ids = new WorkflowIds(clock, 0, { count, index });
    const given = Array.from({ length: 500 }, (_, number) => {
      clock.advance(number % 100 === 0 ? 1 : 0);
      return ids.next();
    });

    expect(new Set(given.map((id) => id % count))).toEqual(new Set([index]));
    expect(new Set(given).size).toBe(500);
    expect(given).toEqual([...given].toSorted((a, b) => a - b));
    const later = new WorkflowIds(clock, given.at(-1) ?? 0, { count, index });
    expect(later.next()).toBeGreaterThan(given.at(-1) ?? 0);
  });

  test("continue above the last one even if the clock was set back", () => {
    const clock = new TestClock();
    const last = new WorkflowIds(clock, 0).next();
    clock.set(clock.now() - 86_400_000);

    expect(new WorkflowIds(clock, last).next()).toBe(last + 1);
  });

  test("are not negative if the clock is before their epoch", () => {
    expect(new WorkflowIds(new TestClock(0), 0).next()).toBe(1);
  });

  test("remain exact numbers until the year 2090", () => {
    const ids = new WorkflowIds(new TestClock(Date.UTC(2090, 0, 1)), 0);

    expect(Number.isSafeInteger(ids.next())).toBe(true);
  });
});
