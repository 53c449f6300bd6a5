import { spawn } from "node:child_process";
import { once } from "node:events";
import { ModuleError } from "@flawless-ts/wasm-module";
import { EngineError } from "../errors.ts";
import type { InspectionLimits } from "./inspector-messages.ts";

/** Max trials that run or wait for their turn. */
const maxWaiting = 16;
/** On a busy machine, wall-clock time may exceed processor time by this factor. */
const clockFactor = 10;
const compilers = [
  { name: "baseline", flags: ["--liftoff-only"] },
  { name: "optimising", flags: ["--no-liftoff"] },
] as const;

/**
 * The program of the process that tries to compile. The compiler can't be interrupted, so a thread watches it, and
 * reports and kills the process if it uses too much. If the system must kill a process for memory, it should be this
 * one.
 */
const program = `
const { Worker, workerData, isMainThread } = require("node:worker_threads");
const { readFileSync, writeFileSync, writeSync } = require("node:fs");
const [cpuMs, bytes] = process.argv.slice(-2).map(Number);
try { writeFileSync("/proc/self/oom_score_adj", "1000"); } catch {}
const module = readFileSync(0);
const state = new Int32Array(new SharedArrayBuffer(4));
const watch = 'const { workerData } = require("node:worker_threads"); const { writeSync } = require("node:fs");' +
  'const { cpuMs, bytes, state } = workerData; let cpu, rss;' +
  'const look = () => {' +
  '  const { user, system } = process.cpuUsage(cpu); const used = process.memoryUsage.rss() - (rss ?? 0);' +
  '  const what = user + system > cpuMs * 1000 ? "time" : used > bytes ? "memory" : undefined;' +
  '  if (what) { writeSync(1, what); process.kill(process.pid, "SIGKILL"); } };' +
  'cpu = process.cpuUsage(); rss = process.memoryUsage.rss();' +
  'Atomics.store(state, 0, 1); Atomics.notify(state, 0); setInterval(look, 5);';
new Worker(watch, { eval: true, workerData: { cpuMs, bytes, state } });
Atomics.wait(state, 0, 0);
let answer = "done";
try { new WebAssembly.Module(module); } catch (error) { answer = "invalid"; }
writeSync(1, answer);
process.exit(0);
`;

/** How a trial ended. */
type TrialEnd = "done" | "invalid" | "time" | "memory" | "crash";

/** Compiles what may be costly to compile in separate processes, one after another. */
export class CompileTrials {
  readonly #maxWaiting: number;
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();

  /** @param most max trials that run or wait; for tests */
  constructor(most: number = maxWaiting) {
    this.#maxWaiting = most;
  }

  /**
   * @param module the functions in question, as returned by `examineModule`
   * @throws ModuleError `FLAWLESS_MODULE_TOO_COSTLY`
   * @throws EngineError `LIMIT_REACHED` if too many already wait
   */
  async run(module: Uint8Array, limits: InspectionLimits): Promise<void> {
    if (this.#waiting >= this.#maxWaiting) {
      throw new EngineError(
        "LIMIT_REACHED",
        `${this.#waiting} modules wait already for a trial of whether they can be compiled. Try again when some are done.`,
      );
    }
    this.#waiting += 1;
    const turn = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    try {
      await turn;
      for (const { name, flags } of compilers) {
        const end = await compileApart(module, flags, limits);
        if (end === "invalid") {
          // The caller compiles the whole module next, and reports why it is invalid.
          return;
        }
        if (end !== "done") {
          throw tooCostly(name, end, limits);
        }
      }
    } finally {
      this.#waiting -= 1;
      resolve();
    }
  }
}

async function compileApart(
  module: Uint8Array,
  flags: readonly string[],
  { compileMs, compileBytes }: InspectionLimits,
): Promise<TrialEnd> {
  const eager = ["--no-wasm-lazy-compilation", "--wasm-num-compilation-tasks=1"];
  const child = spawn(
    process.execPath,
    [...flags, ...eager, "--eval", program, String(compileMs), String(compileBytes)],
    {
      env: {},
      stdio: ["pipe", "pipe", "ignore"],
      timeout: compileMs * clockFactor + 10_000,
      killSignal: "SIGKILL",
    },
  );
  let said = "";
  child.stdout.setEncoding("latin1").on("data", (text: string) => {
    said += text;
  });
  // The process may end before it has read everything.
  child.stdin.on("error", () => undefined);
  child.stdin.end(module);
  try {
    await once(child, "close");
  } catch (cause) {
    const text = `no process can be started to try whether the module can be compiled: ${(cause as Error).message}`;
    throw new EngineError("LIMIT_REACHED", text, { cause });
  }
  const ends: readonly TrialEnd[] = ["done", "invalid", "time", "memory"];
  // The compiler may finish between the report of the watching thread and the end of the process.
  return ends.find((end) => said.startsWith(end)) ?? "crash";
}

function tooCostly(
  compiler: string,
  end: TrialEnd,
  { compileMs, compileBytes }: InspectionLimits,
): ModuleError {
  const why = {
    time: `more than ${compileMs} ms of a processor (compileMs)`,
    memory: `more than ${compileBytes} bytes of memory (compileBytes)`,
    crash: "more than its process could have",
  }[end as "time" | "memory" | "crash"];
  return new ModuleError(
    "FLAWLESS_MODULE_TOO_COSTLY",
    `Expected functions that can be compiled, but for the largest of them V8's ${compiler} compiler takes ${why}. Split ` +
      "large functions, build with optimizations, or raise the limit.",
  );
}
