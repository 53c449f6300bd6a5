import type { HttpHeaders, HttpTransportError, LogLevel } from "@flawless-ts/wasm-module";
import { engine } from "./engine.ts";

// The host calls of the guest ABI. Source: `Input` and `Output` in the crate flawless-wasabi 1.0.0-beta.3. They use
// QuickJS's own JSON, because the codec in `abi/`, which is bit-exact for hosts, would be ten times as expensive in a
// workflow.

interface DurationJson {
  readonly secs: number;
  readonly nanos: number;
}

/** A request in the ABI's form; the body is base64. */
export interface HttpRequestJson {
  readonly config: {
    readonly idempotent: boolean;
    readonly timeout: DurationJson;
    readonly response_body_limit: number;
  };
  readonly method: string;
  readonly url: string;
  readonly headers: HttpHeaders;
  readonly body: string;
}

/** A response in the ABI's form; the body is base64. */
export interface HttpResponseJson {
  readonly status_code: number;
  readonly url: string;
  readonly headers: HttpHeaders;
  readonly body: string;
}

/** The outcome of a request. */
export type HttpResultJson =
  | { readonly Ok: HttpResponseJson }
  | { readonly Err: { readonly Status: readonly [number, HttpResponseJson] } }
  | { readonly Err: { readonly Transport: HttpTransportError } };

/** The workflow's input, as JSON text. */
export function getInput(): string {
  return (engine.ask("GetInput") as { readonly String: string }).String;
}

export function log(level: LogLevel, text: string): void {
  engine.ask({ Log: { [level]: text.toWellFormed() } });
}

/** @returns whether the caller was still there. */
export function sendResponse(json: string): boolean {
  return (engine.ask({ SendResponse: json }) as { readonly ResponseSent: boolean }).ResponseSent;
}

/** From 0 up to, but not including, 1. */
export function randomNumber(): number {
  return (engine.ask({ Random: { F64: 0 } }) as { readonly Value: { readonly F64: number } }).Value
    .F64;
}

/** 64 random bits. */
export function randomBits(): bigint {
  return BigInt.asUintN(64, wholeNumber(engine.submit('{"Random":{"I64":0}}')));
}

/** @returns undefined when it ends; a message if the workflow is asked to cancel before. */
export function sleep(milliseconds: number): ReceivedJson | undefined {
  return messageOf(engine.ask({ Sleep: durationOf(milliseconds) }));
}

export function sendRequest(request: HttpRequestJson): HttpResultJson {
  return (engine.ask({ HTTPRequest: request }) as { readonly HTTPResponse: HttpResultJson })
    .HTTPResponse;
}

export function getSecret(name: string): string | undefined {
  return (
    (engine.ask({ GetSecret: name }) as { readonly Secret: string | null }).Secret ?? undefined
  );
}

/** @returns undefined if the timeout comes first. A request to cancel arrives whatever types are given. */
export function receiveMessage(
  timeout: number | undefined,
  types: readonly string[],
): ReceivedJson | undefined {
  const wait = timeout === undefined ? null : durationOf(timeout);
  return messageOf(engine.ask({ RecvMessage: [wait, types] }));
}

/** A message in the ABI's form. */
export interface ReceivedJson {
  readonly type: string;
  readonly json: string;
}

function messageOf(answer: unknown): ReceivedJson | undefined {
  if (typeof answer === "string") return undefined;
  const [type, json] = (answer as { readonly Message: readonly [string, string] }).Message;
  return { type, json };
}

/** @returns the new workflow's number. */
export function startWorkflow(workflow: string, inputJson: string): bigint {
  return BigInt.asUintN(
    64,
    wholeNumber(engine.submit(JSON.stringify({ StartWorkflow: [workflow, inputJson] }))),
  );
}

/** Milliseconds in the ABI's form. */
export function durationOf(milliseconds: number): DurationJson {
  const secs = Math.floor(milliseconds / 1000);
  const nanos = Math.round((milliseconds - secs * 1000) * 1e6);
  return nanos < 1e9 ? { secs, nanos } : { secs: secs + 1, nanos: 0 };
}

/** `JSON.parse` would round numbers beyond 2^53. */
function wholeNumber(answer: string): bigint {
  const digits = /-?\d+(?=\})/.exec(answer);
  if (digits === null) throw new Error(`the host answered ${answer} instead of a whole number`);
  return BigInt(digits[0]);
}
