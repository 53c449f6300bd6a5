import { expect, test } from "vitest";
import type { TopologiesPlan, TopologiesResult } from "./plan.ts";
import { formatClusters, formatContainers } from "./report.ts";

const plan: TopologiesPlan = { topologies: ["shared-flawless"], nodes: 3, workers: 2, rounds: 3 };
const result: TopologiesResult = {
  clusters: [
    {
      topology: "shared-flawless",
      workers: 2,
      starts: [
        { readyMs: 3_000, removedMs: 900 },
        { readyMs: 5_000, removedMs: 700 },
        { readyMs: 3_500, removedMs: 800 },
      ],
    },
    { topology: "same-container", workers: 3, starts: [{ readyMs: 2_000, removedMs: 100 }] },
  ],
  containers: [
    {
      kind: "node: Flawless server and control plane",
      starts: [
        { totalMs: 1_000, dockerMs: 400 },
        { totalMs: 1_200, dockerMs: 500 },
      ],
    },
    { kind: "worker", starts: [{ totalMs: 900, dockerMs: 300 }] },
  ],
  image: { name: "image:1", bytes: 139_000_000 },
  dockerVersion: "20.10",
};

function cells(table: string): readonly (readonly string[])[] {
  const rows = table.split("\n").slice(2);
  return rows.map((row) =>
    row
      .split("|")
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
}

test("clusters: the medians, their spread, and the aim if there is one", () => {
  expect(cells(formatClusters(result, plan))).toEqual([
    ["shared-flawless", "3, 2", "3.50 s", "3.00 to 5.00", "0.800 s", "6 s"],
    ["same-container", "3, 3", "2.00 s", "2.00 to 2.00", "0.100 s", "-"],
  ]);
});

test("containers: the medians, and the original's time beside the comparable node", () => {
  expect(cells(formatContainers(result))).toEqual([
    ["node: Flawless server and control plane", "1.10 s", "1.00 to 1.20", "0.450 s", "about 8 s"],
    ["worker", "0.900 s", "0.900 to 0.900", "0.300 s", "-"],
  ]);
});
