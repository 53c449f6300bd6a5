import { readdirSync, readFileSync } from "node:fs";
import { residentMemory } from "../server/process-facts.ts";

/** The resident memory of several processes together, in bytes. */
export interface TreeMemory {
  /** The sum of each process's resident memory (VmRSS): shared memory counts for each of them. */
  readonly resident: number;
  /** The same with shared memory divided among the processes that share it (Pss), so that it counts once. */
  readonly proportional: number;
}

/** The memory of processes and everything they have started; undefined if one has ended, or there is no /proc. */
export function memoryOf(processes: readonly number[]): TreeMemory | undefined {
  let [resident, proportional] = [0, 0];
  for (const pid of processes.flatMap(withChildren)) {
    const memory = residentMemory(pid)?.now;
    const share = proportionalMemory(pid);
    if (memory !== undefined && share !== undefined) {
      resident += memory;
      proportional += share;
    } else if (processes.includes(pid)) {
      return undefined;
    }
  }
  return { resident, proportional };
}

/** A process and all its descendants. Each thread has its own children. Source: proc_pid_task(5). */
export function withChildren(pid: number): readonly number[] {
  try {
    const children = readdirSync(`/proc/${pid}/task`).flatMap(
      (thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").match(/\d+/g) ?? [],
    );
    return [pid, ...children.flatMap((child) => withChildren(Number(child)))];
  } catch {
    // It has ended in the meantime, or there is no /proc.
    return [pid];
  }
}

/** Source: proc_pid_smaps_rollup(5). */
function proportionalMemory(pid: number): number | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    const kibibytes = /^Pss:\s+(\d+) kB$/m.exec(text)?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
  } catch {
    return undefined;
  }
}
