import { describe, expect, test } from "vitest";
import { quickPlan } from "../plan.ts";
import { createScenarios } from "../scenarios.ts";
import { formatDocument, formatTables } from "./report.ts";
import type { Results } from "./results.ts";

const [scenario] = createScenarios("http://127.0.0.1:1/");
if (scenario === undefined) {
  throw new Error("there are no scenarios");
}

const results: Results = {
  date: new Date("2030-01-02T03:04:05Z"),
  plan: quickPlan,
  machine: {
    cores: 2,
    processor: "Example 1",
    memoryBytes: 8 * 2 ** 30,
    system: "Linux 1.2.3",
    node: "26.0.0",
    sqlite: "3.0.0",
    filesystem: "ext4",
    fsync: { p50Ms: 0.51, p99Ms: 2 },
  },
  speed: [
    {
      scenario,
      callers: 64,
      starts: 2469,
      startsPerSecond: 1234.5,
      p50Ms: 12.34,
      p99Ms: 56.78,
      serverCpuMs: undefined,
      clientCpuMs: 0.25,
    },
  ],
  memory: { idle: undefined, afterLoad: { now: 90 * 2 ** 20, peak: 120 * 2 ** 20 } },
  otherLoad: 0.1,
  readyMs: [300, 200, 250],
  disk: [{ scenario, bytesPerWorkflow: 512.4 }],
};

/** The cells of the table row that starts with `first`. */
function row(text: string, first: string): readonly string[] {
  const line = text.split("\n").find((candidate) => candidate.startsWith(`| ${first} `));
  return (line ?? "").split("|").map((cell) => cell.trim());
}

describe("formatTables", () => {
  const text = formatTables(results);

  test("shows speed, and unknown values as unknown", () => {
    expect(row(text, "do nothing").slice(2, -1)).toEqual([
      "64",
      "1,235",
      "12.3",
      "56.8",
      "unknown",
      "0.250",
    ]);
  });

  test("shows how long a server takes to become ready", () => {
    expect(row(text, "process start to ready, median of 3")[2]).toBe("250 ms");
    expect(row(text, "process start to ready, fastest to slowest")[2]).toBe("200 to 300 ms");
  });

  test("shows what others did on the machine, if that is known", () => {
    expect(row(text, "used by other processes")[2]).toBe("0.100 cores");
    const unknown = formatTables({ ...results, otherLoad: undefined });
    expect(row(unknown, "used by other processes")[2]).toBe("unknown");
    expect(unknown).not.toContain("The machine was busy");
  });

  test("shows memory and disk", () => {
    expect(row(text, "resident memory, idle")[2]).toBe("unknown");
    expect(row(text, "resident memory, peak")[2]).toBe("120 MiB");
    expect(row(text, "on disk, do nothing")[2]).toBe("512 bytes");
  });

  test("warns about a file system on which fsync does nothing, and only about that", () => {
    const inMemory = { ...results, machine: { ...results.machine, filesystem: "tmpfs" } };

    expect(formatTables(inMemory)).toContain("fsync did nothing");
    expect(text).not.toContain("fsync did nothing");
  });

  test("warns about a busy machine, and only about that", () => {
    expect(formatTables({ ...results, otherLoad: 0.3 })).toContain("The machine was busy");
    expect(text).not.toContain("The machine was busy");
  });
});

describe("formatDocument", () => {
  const text = formatDocument(results);

  test("contains the tables, the machine and how to repeat them", () => {
    expect(row(text, "do nothing")[3]).toBe("1,235");
    expect(row(text, "processor")[2]).toBe("Example 1, 2 cores");
    expect(text).toContain("Measured on 2030-01-02.");
    expect(text).toContain("npm run bench");
  });

  test("explains each kind of workflow once", () => {
    expect(text.split(scenario.about)).toHaveLength(2);
  });
});
