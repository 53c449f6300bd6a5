import { type ChildProcess, spawn } from "node:child_process";
import { tmpdir } from "node:os";
import type { Writable } from "node:stream";
import { fileURLToPath } from "node:url";

const fromSource = import.meta.url.endsWith(".ts");
const program = fileURLToPath(
  new URL(fromSource ? "./guard-processes.ts" : "./guard-processes.js", import.meta.url),
);
let guard: Writable | undefined;

/** Options of {@link endWithThisProcess}. */
export interface EndWithThisProcessOptions {
  /** Whether it leads a process group, all of which is to end. Default: false. */
  readonly group?: boolean;
  /** What ends it. Default: SIGKILL. */
  readonly signal?: NodeJS.Signals;
}

/**
 * Ends a child process when this process has ended, however it ended. Vitest ends its workers with SIGTERM and SIGKILL:
 * there, neither `await using` nor a listener for "exit" is sure to run. So another process, whose input ends with this
 * process, ends what is left.
 */
export function endWithThisProcess(
  child: ChildProcess,
  { group = false, signal = "SIGKILL" }: EndWithThisProcessOptions = {},
): void {
  if (child.pid === undefined) return;
  const line = `${signal} ${group ? -child.pid : child.pid}\n`;
  guard ??= startGuard();
  guard.write(`+${line}`);
  // Others of its group keep its output open, and may live longer.
  child.once(group ? "close" : "exit", () => guard?.write(`-${line}`));
}

function startGuard(): Writable {
  const { NODE_OPTIONS: _, NODE_V8_COVERAGE: __, ...env } = process.env;
  const child = spawn(process.execPath, [program], {
    // What ends this process's group, such as Ctrl-C, doesn't end it.
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    cwd: tmpdir(),
    env,
  });
  // If it can't be started, nothing else fails.
  child.on("error", () => undefined);
  child.stdin.on("error", () => undefined);
  // Neither keeps this process alive.
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  return child.stdin;
}
