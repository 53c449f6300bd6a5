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

// TypeScript's Node types leave the global out; this is the part of it that is used here.
declare const WebAssembly: {
  compile(bytes: Uint8Array<ArrayBuffer>): Promise<object>;
};

/** The engine with the library in it, and what was compiled of it: both are the same for every build. */
export interface PreparedJavaScriptEngine {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly compiled: object;
}

/** What a script may take: as much as a server gives to a workflow unless told otherwise. */
export const maxMemoryBytes: number = 256 * 1024 * 1024;

let prepared: Promise<PreparedJavaScriptEngine> | undefined;

/** Reads and compiles the engine and the library, once for the process. */
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
 * Has the engine evaluate a script, in a thread of its own: some loops of JavaScript's own functions can't be
 * interrupted but by ending that.
 *
 * @param timeoutMs how long each of the two evaluations may take.
 * @throws {EvaluationTimeout} where the engine can't tell what takes so long.
 * @throws Error where the engine traps: its memory or its stack does not suffice.
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

/** A script did not come to an end, and did not heed the engine either. */
export class EvaluationTimeout extends Error {}

/** How much longer than the engine's own clock a thread may take. */
const graceMs = 1_000;
const threadFile = new URL(`./script-thread${extname(import.meta.url)}`, import.meta.url);

/** One script at a time: each takes as much memory as a workflow may have, several times. */
let previous: Promise<void> = Promise.resolve();
/** Kept for the next script. */
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
