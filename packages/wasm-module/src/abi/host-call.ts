import type { Body } from "./body-codec.ts";
import type { Duration } from "./duration.ts";
import type { HttpHeaders } from "./http-headers.ts";

/**
 * What a guest asks of its host through `wasabi.submit`.
 *
 * Source: `Input` in the crate `flawless-wasabi` 1.0.0-beta.3; in beta.1 and beta.2 a body has another form, and there is no
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

/** Tells host calls apart. */
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
  /** JSON text. The ABI does not promise that it parses. */
  readonly json: string;
}

/** Rust types of the numbers that cross the ABI. */
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

/** How a guest's HTTP request is to be carried out. */
export interface HttpConfig {
  /** Whether a retry is harmless: then the host sends the request again after timeouts, failures and crashes. */
  readonly idempotent: boolean;
  /** How long the guest waits for the response. The guest's client sends 120 s unless told otherwise. */
  readonly timeout: Duration;
  /** Bytes; the rest of a response's body is dropped. The guest's client sends 10,000,000 unless told otherwise. */
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

/** Asks for a secret that the host keeps. */
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
  /** How long to wait; `null`: forever. */
  readonly timeout: Duration | null;
  /** The types of message asked for; messages of other types stay in the mailbox. */
  readonly types: readonly string[];
}

/** Starts another workflow of the same module. */
export interface StartWorkflowCall {
  readonly kind: "StartWorkflow";
  readonly workflow: string;
  /** JSON text. The ABI does not promise that it parses. */
  readonly input: string;
}

/** Reports what the guest saw, while it is replayed only. */
export interface ReplayDebugCall {
  readonly kind: "ReplayDebug";
  readonly message: string;
}
