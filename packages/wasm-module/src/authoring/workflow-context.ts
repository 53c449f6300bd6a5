import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Sendable } from "../json/json-checks.ts";
import type { DurationLike } from "../duration-like.ts";

/** Schemas of the messages that a workflow receives, by type. */
export type MessageSchemas = Readonly<Record<string, StandardSchemaV1>>;

/** A message, where several types of it were asked for. */
export type ReceivedMessage<
  Messages extends MessageSchemas,
  Type extends keyof Messages & string,
> = {
  readonly [T in Type]: {
    readonly type: T;
    readonly data: StandardSchemaV1.InferOutput<Messages[T]>;
  };
}[Type];

/** How to wait for a message. */
export interface ReceiveOptions {
  /** How long to wait. Default: for ever. */
  readonly timeout?: DurationLike | undefined;
}

/** What a request's body can be. */
export type RequestBody =
  | string
  | ArrayBufferView
  | ArrayBuffer
  | URLSearchParams
  | Blob
  | FormData;

/** How to send a request. A member that is undefined is as if it were not there. */
export interface FetchOptions {
  /** Default `GET`. */
  readonly method?: string | undefined;
  readonly headers?:
    | Readonly<Record<string, string>>
    | Iterable<readonly [string, string]>
    | undefined;
  readonly body?: RequestBody | null | undefined;
  /**
   * Refuses the request where it is aborted already; the time of `AbortSignal.timeout` is the request's time-out. A
   * request blocks, so that nothing else can abort it while it is under way.
   */
  readonly signal?: AbortSignal | null | undefined;
  /** The host follows redirects; nothing else can be had. */
  readonly redirect?: "follow" | undefined;
  /**
   * Whether a repeat is harmless: then the request is sent again after time-outs, failures and crashes. Default
   * false: a crash while it is under way is a `FetchError` of kind `RequestInterrupted`.
   */
  readonly idempotent?: boolean | undefined;
  /** How long to wait for the response. Default 120 seconds. */
  readonly timeout?: DurationLike | undefined;
  /** Bytes, also after `gzip` or `deflate`; what a response's body has beyond them is dropped. Default 10,000,000. */
  readonly responseBodyLimit?: number | undefined;
}

/** A response's headers: a part of the standard's `Headers`. Names are matched in any case. */
export interface FetchHeaders extends Iterable<[string, string]> {
  /** The values of a header, joined with commas; `null` where there is none. */
  get(name: string): string | null;
  has(name: string): boolean;
  forEach(callback: (value: string, name: string) => void): void;
  entries(): IterableIterator<[string, string]>;
  keys(): IterableIterator<string>;
  values(): IterableIterator<string>;
  /** Values of `set-cookie`, which can't be joined. */
  getSetCookie(): string[];
}

/** A response: a part of the standard's `Response`. */
export interface FetchResponse {
  /** Whether the status is 200 to 299. */
  readonly ok: boolean;
  readonly status: number;
  /** Always empty: the host does not tell it. */
  readonly statusText: string;
  /** Where the response came from, after redirects. */
  readonly url: string;
  /** Whether that is another address than the one that was asked for. */
  readonly redirected: boolean;
  readonly headers: FetchHeaders;
  /** @throws {TypeError} for a `content-encoding` other than `gzip` and `deflate`; so do the others. */
  text(): Promise<string>;
  /** @throws {SyntaxError} when the body is not JSON. */
  json(): Promise<unknown>;
  arrayBuffer(): Promise<ArrayBuffer>;
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  /** Streams are left out. */
  blob(): Promise<Omit<Blob, "stream" | "textStream">>;
  /** @throws {TypeError} when the body is no form. */
  formData(): Promise<FormData>;
}

/** A workflow that a workflow started. */
export interface ChildWorkflow {
  /** The number by which the host knows it, in decimal digits. */
  readonly id: string;
}

/**
 * What a workflow can do to the outside. Each of it is recorded, so that a workflow that is run again after a crash
 * sees what it saw before.
 *
 * A workflow does one thing at a time: `Promise.all` over requests sends them one after the other. Only sleeps,
 * timers and waits for messages pass side by side. For the rest start child workflows.
 */
export interface WorkflowContext<
  Messages extends MessageSchemas = MessageSchemas,
  Response = unknown,
> {
  /** This workflow's id where the host tells it. The hosts of ABI 1.0 don't: undefined. */
  readonly id: string | undefined;

  /**
   * Waits. A server that is restarted meanwhile waits for the rest only.
   * @throws {TypeError} for what is no duration.
   */
  sleep(duration: DurationLike): Promise<void>;

  /**
   * Sends a request, as the standard's `fetch` does, and waits for the response.
   *
   * @throws {FetchError} when no response came.
   * @throws {TypeError} for an option that would be ignored.
   */
  fetch(url: string | URL | Request, options?: FetchOptions): Promise<FetchResponse>;

  /**
   * Waits for a message of one type, and gives its data; undefined where the time-out comes first. Messages wait
   * in a mailbox until they are received.
   *
   * @throws {ContractError} where the message does not keep to its schema.
   */
  receive<Type extends keyof Messages & string>(
    type: Type,
  ): Promise<StandardSchemaV1.InferOutput<Messages[Type]>>;
  receive<Type extends keyof Messages & string>(
    type: Type,
    options: ReceiveOptions,
  ): Promise<StandardSchemaV1.InferOutput<Messages[Type]> | undefined>;
  /** Waits for a message of several types: the oldest one that has come, or comes first. */
  receive<Type extends keyof Messages & string>(
    types: readonly Type[],
  ): Promise<ReceivedMessage<Messages, Type>>;
  receive<Type extends keyof Messages & string>(
    types: readonly Type[],
    options: ReceiveOptions,
  ): Promise<ReceivedMessage<Messages, Type> | undefined>;

  /** A number from 0 up to, not including, 1. `Math.random()` gives the same. */
  random(): number;

  /** A random UUID (version 4). `crypto.randomUUID()` gives the same. */
  uuid(): string;

  /** What time it is. `new Date()` and `Date.now()` tell the same. */
  now(): Date;

  /** A secret that the host keeps; undefined where it has none of that name. It is recorded like everything else. */
  secret(name: string): string | undefined;

  /**
   * Starts a workflow of the same module, which runs on its own.
   * @param input what `writeJson` can write.
   * @throws {NotJsonError} where it can't.
   */
  start<Input>(workflow: string, input?: Input & Sendable<Input>): Promise<ChildWorkflow>;

  /**
   * Answers whoever started the workflow, before it ends. Without it, what the workflow returns is the response.
   *
   * @param value what `writeJson` can write; with a schema for the response, what that takes.
   * @returns whether somebody was there to hear it.
   * @throws {ContractError} where the value does not keep to the response's schema; another one may be sent then.
   * @throws {NotJsonError} where it can't.
   * @throws {TypeError} where that schema can only be checked asynchronously.
   * @throws {Error} for a second response.
   */
  respond<Value extends Response>(value: Value & Sendable<Value>): boolean;
}
