import type { Body } from "./body-codec.ts";
import type { Duration } from "./duration.ts";
import type { HttpHeaders } from "./http-headers.ts";

/**
 * A guest's call of its host through `wasabi.submit`.
 *
 * Source: `Input` in the crate `flawless-wasabi` 1.0.0-beta.3; in beta.1 and beta.2 a body has a different form, and
 * there is no
 * `ReplayDebug`. Use `decodeHostCall` to read one.
 */
export type HostCall =
  | GetInputCall
  | LogCall
  | SendResponseCall
  | RandomCall
  | SleepCall
  | HttpRequestCall
  | GetSecretCall
  | TimeNowCall
  | RecvMessageCall
  | StartWorkflowCall
  | ReplayDebugCall;

/** The kind of a host call. */
export type HostCallKind = HostCall["kind"];

/** The host call of one kind: `HostCallOf<"Sleep">` is {@link SleepCall}. */
export type HostCallOf<Kind extends HostCallKind> = Extract<HostCall, { readonly kind: Kind }>;

/** Asks for the workflow's input. */
export interface GetInputCall {
  readonly kind: "GetInput";
}

/** The level of a log line, most severe first: Error, Warn, Info, Debug, Trace. */
export type LogLevel = "Error" | "Warn" | "Info" | "Debug" | "Trace";

/** Writes a line to the workflow's log. */
export interface LogCall {
  readonly kind: "Log";
  readonly level: LogLevel;
  readonly message: string;
}

/** Responds to the caller that started the workflow. */
export interface SendResponseCall {
  readonly kind: "SendResponse";
  /** JSON text. The ABI doesn't guarantee that it parses. */
  readonly json: string;
}

/** The Rust types of numbers in the ABI. */
export type ValueType = "Bool" | "I32" | "I64" | "F32" | "F64";

/** Asks for a random value. */
export interface RandomCall {
  readonly kind: "Random";
  readonly type: ValueType;
}

/** Suspends the workflow for a while. */
export interface SleepCall {
  readonly kind: "Sleep";
  readonly duration: Duration;
}

/** How to send a guest's HTTP request. */
export interface HttpConfig {
  /** Whether a retry is harmless: if so, the host retries the request after timeouts, failures and crashes. */
  readonly idempotent: boolean;
  /** How long the guest waits for the response. The guest's client sends 120 s unless told otherwise. */
  readonly timeout: Duration;
  /** In bytes; the rest of a response's body is dropped. The guest's client sends 10,000,000 unless told otherwise. */
  readonly responseBodyLimit: bigint;
}

/** An HTTP request as a guest describes it. */
export interface HttpRequest extends Body {
  readonly config: HttpConfig;
  readonly method: string;
  readonly url: string;
  readonly headers: HttpHeaders;
}

/** Sends an HTTP request and waits for the response. */
export interface HttpRequestCall {
  readonly kind: "HTTPRequest";
  readonly request: HttpRequest;
}

/** Asks for a secret of the host. */
export interface GetSecretCall {
  readonly kind: "GetSecret";
  readonly name: string;
}

/** Asks for the current time. */
export interface TimeNowCall {
  readonly kind: "TimeNow";
}

/** Waits for a message. */
export interface RecvMessageCall {
  readonly kind: "RecvMessage";
  /** How long to wait; `null` for forever. */
  readonly timeout: Duration | null;
  /** The requested types of message; messages of other types stay in the mailbox. */
  readonly types: readonly string[];
}

/** Starts another workflow of the same module. */
export interface StartWorkflowCall {
  readonly kind: "StartWorkflow";
  readonly workflow: string;
  /** JSON text. The ABI doesn't guarantee that it parses. */
  readonly input: string;
}

/** Reports what the guest saw; only during a replay. */
export interface ReplayDebugCall {
  readonly kind: "ReplayDebug";
  readonly message: string;
}
