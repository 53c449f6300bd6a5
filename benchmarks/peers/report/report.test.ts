import { describe, expect, test } from "vitest";
import type { EngineId } from "../engine.ts";
import { fullPlan } from "../plan.ts";
import type { Cell, EngineResult, Results } from "../results.ts";
import { callerCounts, workflows } from "../workflows.ts";
import { formatDocument, formatTables } from "./document.ts";
import { targetsOf } from "./targets.ts";

/** The figures of an engine that runs this many workflows a second, and takes this many milliseconds for each. */
function resultOf(
  id: EngineId,
  perSecond: number,
  p50Ms: number,
  change: Partial<EngineResult> = {},
): EngineResult {
  const stretches = [0.5, 1, 2].map((factor) => ({
    workflowsPerSecond: perSecond * factor,
    p50Ms: p50Ms * factor,
    p99Ms: p50Ms * factor * 3,
    workflows: 10,
    cut: false,
  }));
  return {
    engine: {
      id,
      name: id,
      versions: `${id} 1.2.3`,
      durability: "fsync",
      step: `a step of ${id}`,
      callers: "HTTP",
      ready: "health",
      processes: "one",
    },
    readyMs: [90, 100, 110],
    firstResponseMs: [200],
    idleMemory: [{ resident: 100 * 2 ** 20, proportional: 80 * 2 ** 20 }],
    memoryAfterLoad: [{ resident: 300 * 2 ** 20, proportional: 280 * 2 ** 20 }],
    cells: workflows.flatMap(({ name: workflow }) =>
      callerCounts.map((callers): Cell => ({ workflow, callers, stretches })),
    ),
    disk: [{ workflow: "ten_steps", bytesPerWorkflow: 1_234, count: 10 }],
    failures: [],
    ...change,
  };
}

const results: Results = {
  date: "2030-01-02T03:04:05.000Z",
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
  engines: [
    resultOf("flawless", 3_000, 1),
    resultOf("restate", 500, 2, { readyMs: [150] }),
    resultOf("dbos", 1_500, 4),
  ],
  missing: [
    { id: "temporal", name: "Temporal dev server", missing: "there is no Go" },
    { id: "obelisk", name: "Obelisk", missing: "the program `obelisk` is not on the PATH" },
  ],
  otherLoad: [0.01, 0.02],
};

/** The cells of the first table row that starts with these. */
function row(text: string, ...first: readonly string[]): readonly string[] {
  const rows = text
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .map((cells) => cells.slice(1, -1));
  return rows.find((cells) => first.every((cell, index) => cells[index] === cell)) ?? [];
}

describe("targets", () => {
  const targets = targetsOf(results);
  const target = (part: string): object | undefined =>
    targets.find(({ what }) => what.startsWith(part));

  test("are met at exactly the ratio, for a least and for a most", () => {
    expect(target("do nothing, workflows/s at 64 callers, to Restate")).toMatchObject({
      bound: "least",
      ratio: 6,
      measured: 6,
      met: true,
    });
    expect(target("10 steps, p50 at one caller")).toMatchObject({
      bound: "most",
      ratio: 0.5,
      measured: 0.5,
      met: true,
    });
    expect(target("resident memory idle")).toMatchObject({ measured: 1, met: true });
  });

  test("are missed below and above it", () => {
    expect(target("do nothing, workflows/s at 64 callers, to DBOS")).toMatchObject({
      measured: 2,
      met: false,
    });
    expect(target("time to ready")).toMatchObject({ measured: 100 / 150, met: false });
  });

  test("are met if a peer answered nobody", () => {
    const [ours] = results.engines;
    const engines = [...(ours === undefined ? [] : [ours]), resultOf("restate", 0, 60_000)];
    const [first] = targetsOf({ ...results, engines });
    expect(first).toMatchObject({ measured: Number.POSITIVE_INFINITY, met: true });
    expect(formatTables({ ...results, engines })).toContain("∞");
  });

  test("are unknown without the peer", () => {
    expect(target("10 steps, workflows/s at 64 callers, to Temporal's dev server")).toMatchObject({
      measured: undefined,
      met: undefined,
    });
  });
});

describe("the page", () => {
  const text = formatDocument(results);

  test("shows medians with the slowest and the fastest round", () => {
    expect(row(text, "do nothing", "64")[2]).toBe("3,000 (1,500 to 6,000)");
  });

  test("shows latency, and marks abandoned calls", () => {
    const latency = text.slice(text.indexOf("## Latency"));
    expect(row(latency, "10 steps", "512").slice(2)).toEqual([
      "1.00 / 3.00",
      "2.00 / 6.00",
      "4.00 / 12.0",
    ]);
    const [first] = results.engines;
    const cells = first?.cells.map((cell) => ({
      ...cell,
      stretches: cell.stretches.map((stretch) => ({ ...stretch, cut: cell.callers === 512 })),
    }));
    const cut = formatDocument({
      ...results,
      engines: [resultOf("flawless", 1, 1, { cells: cells ?? [] })],
    });
    const cutLatency = cut.slice(cut.indexOf("## Latency"));
    expect(row(cutLatency, "do nothing", "512")[2]).toBe("≥ 1.00 / 3.00");
    expect(row(cutLatency, "do nothing", "64")[2]).toBe("1.00 / 3.00");
  });

  test("shows the resources of an engine, and what is unknown about it", () => {
    expect(row(text, "resident memory, idle")[1]).toBe("100 MiB");
    expect(row(text, "bytes on disk, 10 steps")[1]).toBe("1,234");
    expect(row(text, "bytes on disk, do nothing")[1]).toBe("–");
  });

  test("says which targets are met", () => {
    expect(row(text, "time to ready, to Restate").slice(1)).toEqual([
      "≤ 0.5",
      "0.667",
      "**not met**",
    ]);
    expect(row(text, "10 steps, workflows/s at 64 callers, to Temporal's dev server").at(-1)).toBe(
      "not measured",
    );
  });

  test("shows an engine that left callers without a response", () => {
    const obelisk = resultOf("obelisk", 0, 60_000, { disk: [] });
    const page = formatDocument({ ...results, engines: [...results.engines, obelisk] });
    expect(row(page, "10 steps", "512").at(-1)).toBe("0");
    expect(row(page, "bytes on disk, 10 steps").at(-1)).toBe("–");
    expect(page).toContain("- **obelisk**: obelisk 1.2.3");
  });

  test("says what each engine is, and what its steps are", () => {
    for (const id of ["flawless", "restate", "dbos"]) {
      expect(text).toContain(`- **${id}**: ${id} 1.2.3`);
      expect(text).toContain(`  - a step: a step of ${id}`);
    }
  });

  test("says which engines are missing, what failed, and that the machine was busy", () => {
    expect(text).toContain("Temporal dev server is left out: there is no Go.");
    expect(text).toContain("Obelisk is left out: the program `obelisk` is not on the PATH.");
    expect(text).not.toContain("The machine was busy");
    const bad = formatTables({
      ...results,
      engines: [resultOf("dbos", 1, 1, { failures: ["round 1: no answer"] })],
      otherLoad: [0, 1],
    });
    expect(bad).toContain("dbos, round 1: no answer");
    expect(bad).toContain("The machine was busy");
  });

  test("says how to repeat it", () => {
    expect(text).toContain("npm run bench:peers");
    expect(text).toContain("`cargo install obelisk --locked`");
    expect(text).toContain("`OBELISK_BIN`");
    expect(row(text, "processor")[1]).toBe("Example 1, 2 cores");
  });
});
