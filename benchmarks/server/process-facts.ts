import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks per second in /proc. Source: proc_pid_stat(5) and sysconf(3), `_SC_CLK_TCK`; 100 on every Linux. */
const ticksPerSecond = 100;

/** The resident memory of a process in bytes, now and at its peak. */
export interface ResidentMemory {
  readonly now: number;
  readonly peak: number;
}

/** Undefined if there is no /proc. Source: proc_pid_status(5). */
export function residentMemory(pid: number): ResidentMemory | undefined {
  const status = readIfThere(`/proc/${pid}/status`);
  const now = kibibytes(status, "VmRSS");
  const peak = kibibytes(status, "VmHWM");
  return now === undefined || peak === undefined ? undefined : { now, peak };
}

/** Milliseconds of CPU that a process has used, in all threads together; undefined if there is no /proc. */
export function cpuMilliseconds(pid: number): number | undefined {
  return ticksOf(readIfThere(`/proc/${pid}/stat`));
}

/** The CPU time of one thread. */
export interface ThreadTime {
  readonly thread: number;
  readonly name: string;
  /** Milliseconds. */
  readonly cpuMs: number;
}

/** The CPU time of each thread of a process; empty if there is no /proc. */
export function threadTimes(pid: number): readonly ThreadTime[] {
  const folder = `/proc/${pid}/task`;
  let threads: readonly string[];
  try {
    threads = readdirSync(folder);
  } catch {
    return [];
  }
  return threads.flatMap((thread) => {
    const stat = readIfThere(`${folder}/${thread}/stat`);
    const cpuMs = ticksOf(stat);
    const name = /\((.*)\)/s.exec(stat ?? "")?.[1] ?? "";
    return cpuMs === undefined ? [] : [{ thread: Number(thread), name, cpuMs }];
  });
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function kibibytes(status: string | undefined, field: string): number | undefined {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status ?? "")?.[1];
  return found === undefined ? undefined : Number(found) * 1024;
}

/**
 * The fields utime and stime, the 14th and 15th; the second field is the name in parentheses, which may contain spaces.
 */
function ticksOf(stat: string | undefined): number | undefined {
  if (stat === undefined) {
    return undefined;
  }
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond;
}
