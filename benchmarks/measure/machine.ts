import { closeSync, fsyncSync, openSync, readFileSync, realpathSync, writeSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { median, percentile } from "../report/statistics.ts";
import { makeFreshDirectory } from "../server/fresh-directory.ts";
import { filesystemOf } from "./filesystem.ts";

/** What the figures depend on. */
export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  readonly sqlite: string;
  /** The file system of the servers' directories. */
  readonly filesystem: string;
  /** Milliseconds for a small write and its fsync there. */
  readonly fsync: { readonly p50Ms: number; readonly p99Ms: number };
}

/** The report mentions this number. */
const fsyncs = 100;

/** @param directory the parent of the servers' directories */
export function describeMachine(directory: string): Machine {
  const processors = cpus();
  return {
    cores: processors.length,
    processor: processors[0]?.model ?? "unknown",
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
    node: process.versions.node,
    sqlite: process.versions.sqlite ?? "unknown",
    filesystem: filesystemOf(realpathSync(directory), mounts()),
    fsync: measureFsync(directory, fsyncs),
  };
}

function mounts(): string {
  try {
    return readFileSync("/proc/self/mounts", "utf8");
  } catch {
    return "";
  }
}

/**
 * Writes 4 KiB and calls fsync, repeatedly. The file grows with small appends, like SQLite's write-ahead log.
 *
 * @param parent the directory for it
 */
export function measureFsync(parent: string, writes: number): Machine["fsync"] {
  const block = Buffer.alloc(4096, 1);
  using directory = makeFreshDirectory(parent);
  const file = openSync(join(directory.path, "fsync"), "w");
  const times: number[] = [];
  for (let write = 0; write < writes; write += 1) {
    const startedAt = performance.now();
    writeSync(file, block);
    fsyncSync(file);
    times.push(performance.now() - startedAt);
  }
  closeSync(file);
  times.sort((a, b) => a - b);
  return { p50Ms: median(times), p99Ms: percentile(times, 99) };
}
