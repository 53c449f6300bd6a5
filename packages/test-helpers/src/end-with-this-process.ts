import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Writable } from "node:stream";

const program = fileURLToPath(new URL("guard-processes.ts", import.meta.url));
let guard: Writable | undefined;

/** Options of {@link endWithThisProcess}. */
export interface EndWithThisProcessOptions {
  /** Whether it leads a process group, all of which is to end. Default: false. */
  readonly group?: boolean;
}

/**
 * Kills a child process when this process has ended, however it ended. Vitest ends its workers with SIGTERM and SIGKILL:
 * there, neither `await using` nor a listener for "exit" is sure to run. So another process, whose input ends with this
 * process, kills what is left.
 */
export function endWithThisProcess(
  child: ChildProcess,
  { group = false }: EndWithThisProcessOptions = {},
): void {
  if (child.pid === undefined) return;
  const name = `${group ? "@" : ""}${child.pid}`;
  guard ??= startGuard();
  guard.write(`+${name}\n`);
  // Others of its group keep its output open, and may live longer.
  child.once(group ? "close" : "exit", () => guard?.write(`-${name}\n`));
}

function startGuard(): Writable {
  const child = spawn(process.execPath, [program], {
    // Ctrl-C must not end it before the others.
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  const { stdin } = child;
  stdin.on("error", () => undefined);
  // Neither keeps this process alive.
  child.unref();
  if ("unref" in stdin && typeof stdin.unref === "function") stdin.unref();
  return stdin;
}
