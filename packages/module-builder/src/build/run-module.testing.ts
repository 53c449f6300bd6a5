import { initExportName, runExportName } from "@flawless-ts/wasm-module/internal";
import { type GuestExports, submitFunction } from "./submit-function.testing.ts";

// TypeScript's Node types lack this global; this is the part of it used here.
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array<ArrayBuffer>,
    imports: object,
  ): Promise<{ readonly instance: { readonly exports: object } }>;
};

/** The answers of a test's host; each has a default. */
export interface TestHost {
  /** JSON value; default null. */
  readonly input?: unknown;
  /** JSON text instead, for values that JSON.stringify can't write. */
  readonly inputText?: string;
  /** Answers calls by kind; tried first. */
  readonly answer?: (call: unknown) => unknown;
  /**
   * Answers requests for `flawless:v1/NAME`. By default, fails as the original server does, which knows no such scheme.
   */
  readonly extensions?: ((name: string, body: never) => ExtensionAnswer) | undefined;
}

/** The answer of a host extension: a value with status 200, or a refusal. */
export type ExtensionAnswer =
  | { readonly value: unknown }
  | { readonly status: number; readonly code: string; readonly message: string };

/** What a workflow did. */
export interface TestOutcome {
  /** All calls of the ABI other than for the input and log lines, in order. */
  readonly calls: readonly unknown[];
  /** All requests for host extensions, in order. */
  readonly asked: readonly { readonly name: string; readonly body: unknown }[];
  readonly logs: readonly { readonly level: string; readonly text: string }[];
  /** The JSON value responded; undefined if there was none. */
  readonly response: unknown;
  /** Whether the workflow trapped. */
  readonly failed: boolean;
}

const startTimeMs = Date.UTC(2026, 0, 1);

/** Runs a workflow of a module to its end, on a host that answers immediately; sleeping advances its clock. */
export async function runModule(
  wasm: Uint8Array<ArrayBuffer>,
  workflow: string,
  host: TestHost = {},
): Promise<TestOutcome> {
  const calls: unknown[] = [];
  const asked: { name: string; body: unknown }[] = [];
  const logs: { level: string; text: string }[] = [];
  let response: unknown;
  let nowMs = startTimeMs;
  let randoms = 0;

  const answerTo = (call: unknown): unknown => {
    const extension = extensionOf(call);
    if (extension !== undefined) {
      asked.push({ name: extension.name, body: extension.body });
      return answerOf(host.extensions?.(extension.name, extension.body), extension.url);
    }
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
  return { calls, asked, logs, response, failed };
}

function extensionOf(
  call: unknown,
): { readonly name: string; readonly url: string; readonly body: never } | undefined {
  if (typeof call !== "object" || call === null || !("HTTPRequest" in call)) return undefined;
  const { url, body } = call.HTTPRequest as { readonly url: string; readonly body: string };
  if (!url.startsWith("flawless:")) return undefined;
  const text = Buffer.from(body, "base64").toString();
  return { name: url.replace("flawless:v1/", ""), url, body: JSON.parse(text) as never };
}

function answerOf(answer: ExtensionAnswer | undefined, url: string): unknown {
  if (answer === undefined) {
    const kind = "UnknownScheme";
    return { HTTPResponse: { Err: { Transport: { kind, message: "flawless", url } } } };
  }
  const response = (status_code: number, value: unknown): object => ({
    status_code,
    url,
    headers: [],
    body: Buffer.from(JSON.stringify(value)).toString("base64"),
  });
  if ("value" in answer) return { HTTPResponse: { Ok: response(200, answer.value) } };
  const { status, ...error } = answer;
  return { HTTPResponse: { Err: { Status: [status, response(status, { error })] } } };
}
