import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Keeps a process from opening more file descriptors, until this is disposed. Only on Linux. */
export function limitDescriptors(pid: number): Disposable {
  const limits = readFileSync(`/proc/${pid}/limits`, "utf8");
  const before = /^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? "";
  const set = (limit: string): void => {
    execFileSync("prlimit", [`--pid=${pid}`, `--nofile=${limit}:`]);
  };
  set("4");
  return { [Symbol.dispose]: () => set(before) };
}
