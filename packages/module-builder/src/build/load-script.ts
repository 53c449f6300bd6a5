import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { bytesPerPage, limitModule } from "@flawless-ts/wasm-module/internal";
import { bundleParts } from "./bundle.ts";
import { embedParts } from "./embed-data.ts";
import { askEngine, instantiateEngine, parseOutput } from "./engine-instance.ts";
import type { LoadedScript, ScriptProblem } from "./evaluate-script.ts";
import { engineFile } from "./own-files.ts";
import type { ScriptReport, ScriptTask } from "./script-thread.ts";

// TypeScript's Node types lack this global; this is the part of it used here.
declare const WebAssembly: {
  compile(bytes: Uint8Array<ArrayBuffer>): Promise<object>;
};

/** The engine including the library, and its compiled form: the same for every build. */
export interface PreparedJavaScriptEngine {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly compiled: object;
}

/** The max memory of a script: a server's default for workflows. */
export const maxMemoryBytes: number = 256 * 1024 * 1024;

let prepared: Promise<PreparedJavaScriptEngine> | undefined;

/** Reads and compiles the engine and the library, once per process. */
export function prepareEngine(): Promise<PreparedJavaScriptEngine> {
  prepared ??= (async () => {
    const [file, codes] = await Promise.all([readFile(engineFile()), bundleParts()]);
    const bare = new Uint8Array(file);
    const compiler = await instantiateEngine(await compile(bare));
    const parts = codes.map((code) => {
      const script = new TextEncoder().encode(code);
      const part = askEngine(compiler, compiler.engine_compile_library, script);
      if (!part.successful) throw new Error(parseOutput<ScriptProblem>(part.bytes).message);
      return part.bytes;
    });
    const bytes = embedParts(bare, "engine_library", parts);
    return { bytes, compiled: await compile(bytes) };
  })();
  return prepared;
}

/**
 * Makes the engine evaluate a script, in a separate thread: some loops inside JavaScript's own functions can only be
 * interrupted by ending the thread.
 *
 * @param timeoutMs the max duration of each of the two evaluations.
 * @throws {EvaluationTimeout} if the engine can't tell what takes so long.
 * @throws Error if the engine traps because it needs more memory or stack.
 */
export async function loadScript(
  { compiled }: PreparedJavaScriptEngine,
  code: string,
  timeoutMs: number,
): Promise<LoadedScript> {
  const task: ScriptTask = { compiled, code, timeoutMs };
  const turn = previous.then(() => evaluateInThread(task));
  previous = turn.then(
    () => undefined,
    () => undefined,
  );
  return turn;
}

/** A script didn't end, and ignored the engine's own limit. */
export class EvaluationTimeout extends Error {}

/** How much longer than the engine's own limit a thread may take. */
const graceMs = 1_000;
const threadFile = new URL(`./script-thread${extname(import.meta.url)}`, import.meta.url);

/** Only one script at a time: each takes several times as much memory as a workflow may have. */
let previous: Promise<void> = Promise.resolve();
/** Reused for the next script. */
let idle: Worker | undefined;

async function evaluateInThread(task: ScriptTask): Promise<LoadedScript> {
  const thread = idle ?? new Worker(threadFile);
  idle = undefined;
  thread.ref();
  const reported = Promise.withResolvers<LoadedScript>();
  const giveUp = (): void => reported.reject(new EvaluationTimeout());
  const timer = setTimeout(giveUp, task.timeoutMs + graceMs);
  const onMessage = (report: ScriptReport): void => {
    if (report.kind === "done") reported.resolve(report.script);
    else if (report.kind === "trapped") reported.reject(new Error(report.message));
    else timer.refresh();
  };
  const onExit = (code: number): void => {
    reported.reject(new Error(`the thread that evaluates it ended with ${code}`));
  };
  thread.on("message", onMessage).on("error", reported.reject).on("exit", onExit);
  thread.postMessage(task);
  try {
    const script = await reported.promise;
    idle = thread;
    return script;
  } finally {
    clearTimeout(timer);
    thread.off("message", onMessage).off("error", reported.reject).off("exit", onExit);
    if (idle === thread) thread.unref();
    else await thread.terminate();
  }
}

function compile(engine: Uint8Array): Promise<object> {
  const maxMemoryPages = maxMemoryBytes / bytesPerPage;
  return WebAssembly.compile(new Uint8Array(limitModule(engine, { maxMemoryPages })));
}
