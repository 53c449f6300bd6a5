import type { Machine } from "../measure/machine.ts";
import { formatNumber } from "./numbers.ts";
import { formatTable } from "./table.ts";

/** If other processes used at least this share of the machine, the report says that they distorted the figures. */
const disturbingShare = 0.1;

/**
 * The table of what the figures depend on.
 *
 * @param software rows of names and versions
 * @param otherLoad what other processes used, in words
 */
export function machineTable(
  machine: Machine,
  software: readonly (readonly string[])[],
  otherLoad: string,
): string {
  const { fsync } = machine;
  return formatTable(
    [
      { head: "machine", align: "left" },
      { head: "", align: "left" },
    ],
    [
      ["processor", `${machine.processor}, ${machine.cores} cores`],
      ["memory", `${formatNumber(machine.memoryBytes / 2 ** 30)} GiB`],
      ["system", machine.system],
      ...software,
      ["filesystem", machine.filesystem],
      [
        "write of 4 KiB and fsync",
        `median ${formatNumber(fsync.p50Ms)} ms, p99 ${formatNumber(fsync.p99Ms)} ms (of 100)`,
      ],
      ["used by other processes", otherLoad],
    ],
  );
}

/** How much of the machine other processes used, in words. */
export function coresText(cores: number | undefined): string {
  return cores === undefined ? "unknown" : `${formatNumber(cores)} cores`;
}

/** Warnings about a run's figures because of the machine; `otherLoad` is in cores. */
export function machineWarnings(machine: Machine, otherLoad = 0): readonly string[] {
  const inMemory =
    "**The files were in memory (tmpfs): fsync did nothing. Repeat with `--dir` on a disk.**";
  const busy = "**The machine was busy: the figures are too low. Repeat on an idle machine.**";
  return [
    ...(machine.filesystem === "tmpfs" ? [inMemory] : []),
    ...(otherLoad > machine.cores * disturbingShare ? [busy] : []),
  ];
}
