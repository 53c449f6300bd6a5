import { parentPort } from "node:worker_threads";
import { evaluateScript, type LoadedScript } from "./evaluate-script.ts";

/** A script to be evaluated. */
export interface ScriptTask {
  /** The compiled engine. */
  readonly compiled: object;
  readonly code: string;
  readonly timeoutMs: number;
}

/** What a thread reports: the beginning of an evaluation (there are two), and the outcome. */
export type ScriptReport =
  | { readonly kind: "begins" }
  | { readonly kind: "done"; readonly script: LoadedScript }
  /** The engine trapped. */
  | { readonly kind: "trapped"; readonly message: string };

parentPort?.on("message", async ({ compiled, code, timeoutMs }: ScriptTask) => {
  const report = (message: ScriptReport, transferred: ArrayBuffer[] = []): void =>
    parentPort?.postMessage(message, transferred);
  try {
    const begins = (): void => report({ kind: "begins" });
    const script = await evaluateScript(compiled, code, timeoutMs, begins);
    report({ kind: "done", script }, script.loaded ? [script.memory.buffer] : []);
  } catch (error) {
    report({ kind: "trapped", message: error instanceof Error ? error.message : String(error) });
  }
});
