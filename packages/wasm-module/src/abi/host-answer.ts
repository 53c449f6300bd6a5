import type { Body } from "./body-codec.ts";
import type { Duration } from "./duration.ts";
import type { HostCallKind } from "./host-call.ts";
import type { HttpHeaders } from "./http-headers.ts";

/**
 * A host's answer to a guest's call.
 *
 * Source: `Output` in the crate `flawless-wasabi` 1.0.0-beta.3. Use `encodeHostAnswer` to write one.
 */
export type HostAnswer =
  | UnitAnswer
  | ValueAnswer
  | StringAnswer
  | ResponseSentAnswer
  | HttpResponseAnswer
  | TimeAnswer
  | MessageAnswer
  | TimeoutAnswer
  | SecretAnswer;

/** The kind of a host answer. */
export type HostAnswerKind = HostAnswer["kind"];

/** The answer of one kind: `HostAnswerOf<"Time">` is {@link TimeAnswer}. */
export type HostAnswerOf<Kind extends HostAnswerKind> = Extract<
  HostAnswer,
  { readonly kind: Kind }
>;

/** The kinds of answer that the guest's crate accepts for each kind of call; on any other it panics. */
export interface AnswerKinds {
  readonly GetInput: "String";
  readonly Log: "Unit";
  readonly SendResponse: "ResponseSent";
  readonly Random: "Value";
  readonly Sleep: "Unit";
  readonly HTTPRequest: "HTTPResponse";
  readonly GetSecret: "Secret";
  readonly TimeNow: "Time";
  readonly RecvMessage: "Message" | "Timeout";
  readonly StartWorkflow: "Value";
  readonly ReplayDebug: "Unit";
}

/** The answers to one kind of call: `HostAnswerTo<"Sleep">` is {@link UnitAnswer}. */
export type HostAnswerTo<Kind extends HostCallKind> = HostAnswerOf<AnswerKinds[Kind]>;

/** Done, without a value. Answers Log, Sleep and ReplayDebug. */
export interface UnitAnswer {
  readonly kind: "Unit";
}

/** A number or boolean. Answers Random, in the requested type, and StartWorkflow, with the new workflow's id as I64. */
export type ValueAnswer =
  | { readonly kind: "Value"; readonly type: "Bool"; readonly value: boolean }
  | { readonly kind: "Value"; readonly type: "I32"; readonly value: number }
  | { readonly kind: "Value"; readonly type: "I64"; readonly value: bigint }
  | { readonly kind: "Value"; readonly type: "F32"; readonly value: number }
  | { readonly kind: "Value"; readonly type: "F64"; readonly value: number };

/** Answers GetInput, with the input as JSON text. */
export interface StringAnswer {
  readonly kind: "String";
  readonly value: string;
}

/** Answers SendResponse. */
export interface ResponseSentAnswer {
  readonly kind: "ResponseSent";
  /** False if the caller had gone. */
  readonly sent: boolean;
}

/** An HTTP response as a guest sees it. */
export interface HttpResponse extends Body {
  readonly statusCode: number;
  /** The URL of the response, after redirects. */
  readonly url: string;
  /** The guest looks headers up by exact name: give names in lower case. */
  readonly headers: HttpHeaders;
}

/** Why there was no HTTP response. A timeout is `Io` with a message that contains "timed out". */
export type HttpTransportErrorKind =
  | "InvalidUrl"
  | "UnknownScheme"
  | "Dns"
  | "ConnectionFailed"
  | "TooManyRedirects"
  | "BadStatus"
  | "BadHeader"
  | "RequestInterrupted"
  | "Io"
  | "StatusCode";

/** An HTTP request that got no response. */
export interface HttpTransportError {
  readonly kind: HttpTransportErrorKind;
  readonly message: string | null;
  readonly url: string | null;
}

/** The result of an HTTP request. */
export type HttpResult =
  | { readonly kind: "Ok"; readonly response: HttpResponse }
  /** A response with a status code of 400 or more. */
  | { readonly kind: "Status"; readonly statusCode: number; readonly response: HttpResponse }
  | { readonly kind: "Transport"; readonly error: HttpTransportError };

/** Answers HTTPRequest. */
export interface HttpResponseAnswer {
  readonly kind: "HTTPResponse";
  readonly result: HttpResult;
}

/** Answers TimeNow. */
export interface TimeAnswer {
  readonly kind: "Time";
  /** Time since 1970-01-01T00:00:00Z. */
  readonly sinceEpoch: Duration;
}

/** Answers RecvMessage. */
export interface MessageAnswer {
  readonly kind: "Message";
  readonly type: string;
  /** The message as JSON text. */
  readonly json: string;
}

/** Answers RecvMessage when its timeout is over. */
export interface TimeoutAnswer {
  readonly kind: "Timeout";
}

/** Answers GetSecret. */
export interface SecretAnswer {
  readonly kind: "Secret";
  /** `null` if there is no secret with that name. */
  readonly value: string | null;
}
