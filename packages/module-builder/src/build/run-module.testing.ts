import { initExportName, runExportName } from "@flawless-ts/wasm-module/internal";
import { type GuestExports, submitFunction } from "./submit-function.testing.ts";

// TypeScript's Node types leave the global out; this is the part of it that is used here.
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array<ArrayBuffer>,
    imports: object,
  ): Promise<{ readonly instance: { readonly exports: object } }>;
};

/** What a host of a test answers; each has a default. */
export interface TestHost {
  /** JSON value; default null. */
  readonly input?: unknown;
  /** JSON text instead, for what JSON.stringify does not write. */
  readonly inputText?: string;
  /** Answers calls by what they are; text gets the answers here first. */
  readonly answer?: (call: unknown) => unknown;
}

/** What a workflow did. */
export interface TestOutcome {
  /** Each call that is neither for the input nor a log line, in order. */
  readonly calls: readonly unknown[];
  readonly logs: readonly { readonly level: string; readonly text: string }[];
  /** The JSON value responded; undefined where there was none. */
  readonly response: unknown;
  /** Whether the workflow trapped. */
  readonly failed: boolean;
}

const startTimeMs = Date.UTC(2026, 0, 1);

/** Runs a workflow of a module to its end on a host that answers at once; sleeping moves its clock on. */
export async function runModule(
  wasm: Uint8Array<ArrayBuffer>,
  workflow: string,
  host: TestHost = {},
): Promise<TestOutcome> {
  const calls: unknown[] = [];
  const logs: { level: string; text: string }[] = [];
  let response: unknown;
  let nowMs = startTimeMs;
  let randoms = 0;

  const answerTo = (call: unknown): unknown => {
    if (call === "GetInput")
      return { String: host.inputText ?? JSON.stringify(host.input ?? null) };
    if (typeof call === "object" && call !== null && "Log" in call) {
      for (const [level, text] of Object.entries(call.Log as Record<string, string>))
        logs.push({ level, text });
      return "Unit";
    }
    calls.push(call);
    const scripted = host.answer?.(call);
    if (scripted !== undefined) return scripted;
    if (call === "TimeNow") {
      const secs = Math.floor(nowMs / 1000);
      return { Time: { secs_since_epoch: secs, nanos_since_epoch: (nowMs - secs * 1000) * 1e6 } };
    }
    const [[kind, value] = ["", undefined]] = Object.entries(call as object);
    switch (kind) {
      case "Sleep": {
        const { secs, nanos } = value as { readonly secs: number; readonly nanos: number };
        nowMs += secs * 1000 + nanos / 1e6;
        return "Unit";
      }
      case "SendResponse":
        response = JSON.parse(value as string);
        return { ResponseSent: true };
      case "Random":
        randoms += 1;
        return { Value: "F64" in (value as object) ? { F64: randoms / 1000 } : { I64: randoms } };
      case "RecvMessage": {
        const [wait] = value as [{ readonly secs: number; readonly nanos: number } | null];
        nowMs += wait === null ? 0 : wait.secs * 1000 + wait.nanos / 1e6;
        return "Timeout";
      }
      case "GetSecret":
        return { Secret: null };
      default:
        throw new Error(`the test's host has no answer to ${JSON.stringify(call)}`);
    }
  };

  let exports: GuestExports | undefined;
  const submit = submitFunction(
    () => exports,
    (call) => {
      const answer = answerTo(call);
      return typeof answer === "object" && answer !== null && "raw" in answer
        ? String(answer.raw)
        : JSON.stringify(answer);
    },
  );
  const { instance } = await WebAssembly.instantiate(wasm, { wasabi: { submit } });
  const functions = instance.exports as GuestExports & Record<string, () => number>;
  exports = functions;
  let failed = false;
  try {
    functions[initExportName(workflow)]?.();
    functions[runExportName(workflow)]?.();
  } catch (error) {
    if (!(error instanceof Error) || error.constructor.name !== "RuntimeError") throw error;
    failed = true;
  }
  return { calls, logs, response, failed };
}
