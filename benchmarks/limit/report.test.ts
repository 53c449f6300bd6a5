import { describe, expect, test } from "vitest";
import type { ContenderId, Figure, Figures, Work } from "./figures.ts";
import type { LimitResults } from "./measure.ts";
import { fullPlan } from "./plan.ts";
import { formatDocument, type WorkProfile } from "./report.ts";
import { isMet, targetsOf } from "./targets.ts";

const figure = (
  contender: ContenderId,
  work: Work,
  callers: number,
  perSecond: number,
  cpuMs: number | undefined = 1,
): Figure => ({
  contender,
  work,
  callers,
  perSecond,
  p50Ms: 1000 / perSecond,
  cpuMs,
  busiestMs: cpuMs === undefined ? undefined : cpuMs / 2,
});

const figures: Figures = {
  stretches: [
    figure("ours", "do nothing", 1, 1_000),
    figure("ours", "do nothing", 64, 4_000),
    figure("commit server", "do nothing", 64, 10_000),
    figure("ours", "10 HTTP requests", 64, 600, 3),
    figure("bare requests", "10 HTTP requests", 64, 1_000, 1),
    figure("Restate", "10 HTTP requests", 64, 150, undefined),
  ],
  fsyncMs: 0.25,
  memoryAfterLoad: 301 * 2 ** 20,
  disk: [{ work: "10 steps", bytes: 800 }],
};

const results: LimitResults = {
  date: new Date("2030-01-02T03:04:05.000Z"),
  plan: fullPlan,
  machine: {
    cores: 2,
    processor: "Example 1",
    memoryBytes: 8 * 2 ** 30,
    system: "Linux 1.2.3",
    node: "26.0.0",
    sqlite: "3.0.0",
    filesystem: "ext4",
    fsync: { p50Ms: 0.5, p99Ms: 2 },
  },
  figures,
  otherLoad: 0,
};

describe("targets", () => {
  test("are met at exactly the figure, missed beyond it, and unknown if a figure is missing", () => {
    const found = targetsOf(figures).map((target) => [target.what, target.measured, isMet(target)]);
    expect(found).toEqual([
      ["do nothing, workflows/s at 64 callers, to the commit server", 0.4, true],
      ["do nothing, workflows/s at 64 callers, to Restate", undefined, undefined],
      ["10 steps, workflows/s at 64 callers, to Restate", undefined, undefined],
      ["10 HTTP requests, workflows/s at 64 callers, to Restate", 4, true],
      ["10 HTTP requests, CPU for each request at 64 callers, to undici's own", 3, false],
      ["do nothing, p50 at one caller, above two fsyncs", 0.5, false],
      ["do nothing, CPU of the busiest thread, to the older build", undefined, undefined],
      ["resident memory after load", 301, false],
      ["10 steps, on disk", 800, true],
      ["10 HTTP requests, on disk", undefined, undefined],
    ]);
  });
});

describe("the page", () => {
  const profile: WorkProfile = {
    work: "do nothing",
    profile: {
      startsPerSecond: 100,
      startsPerSecondProfiled: 50,
      threads: [{ name: "node", percent: 90 }],
      groups: [
        {
          name: "main",
          count: 1,
          times: [
            { where: "(idle)", milliseconds: 100 },
            { where: "postMessage", milliseconds: 75 },
            { where: "stringify", milliseconds: 25 },
          ],
        },
      ],
    },
  };
  const text = formatDocument(results, [profile]);
  const row = (first: string): readonly string[] =>
    text
      .split("\n")
      .filter((line) => line.startsWith("|"))
      .map((line) =>
        line
          .split("|")
          .map((cell) => cell.trim())
          .slice(1, -1),
      )
      .find(([cell]) => cell === first) ?? [];

  test("says which targets are met and which are unknown", () => {
    expect(row("resident memory after load").slice(1)).toEqual(["≤ 300 MiB", "301 MiB", "not met"]);
    expect(row("10 HTTP requests, on disk").slice(1)).toEqual(["≤ 2,300 bytes", "–", ""]);
  });

  test("shows each figure as a share of its limit", () => {
    expect(row("do nothing, workflows/s at 64 callers").slice(1)).toEqual([
      "4,000",
      "10,000",
      "0.400",
      "commit server",
    ]);
    expect(row("do nothing, p50 in ms at one caller").slice(1)).toEqual([
      "1.00",
      "0.250",
      "4.00",
      "fsync",
    ]);
    expect(row("10 steps, ms of CPU at 64 callers").slice(1)).toEqual([
      "–",
      "–",
      "–",
      "commit server and bare guest",
    ]);
  });

  test("shows what the time is spent on, without idle time", () => {
    expect(text).toContain("| 75.0 | messages between threads");
    expect(text).toContain("| 25.0 | `stringify`");
    expect(text).not.toContain("(idle)");
  });

  test("says how to repeat it", () => {
    expect(text).toContain("npm run bench:limit");
  });
});
