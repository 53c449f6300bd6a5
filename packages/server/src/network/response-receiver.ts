import type { Dispatcher } from "undici";
import type { BodyRoom, ReceivedBody } from "./body-room.ts";

/** A response, as far as it is wanted. */
export interface ReceivedResponse {
  readonly statusCode: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Truncated at the limit. */
  readonly body: Buffer;
}

/** Which part of a response is wanted. */
export interface ReceiverOptions {
  readonly signal: AbortSignal;
  /** The body is truncated there. */
  readonly bodyLimitBytes: number;
  /** Whether the body of such a response doesn't matter. */
  readonly isHeadEnough: (response: Omit<ReceivedResponse, "body">) => boolean;
  readonly bodies: BodyRoom;
}

/** An unwanted body is still read up to this size, so that its connection can be reused. */
const maxDroppedBytes = 128 * 1024;

/**
 * Receives one response of undici's core API. A stream, as its `request` returns, would take as long as the request
 * itself, and here a body is read completely anyway.
 */
export class ResponseReceiver implements Dispatcher.DispatchHandler {
  /** Rejected with the error of undici or the signal. */
  readonly response: Promise<ReceivedResponse>;
  readonly #options: ReceiverOptions;
  readonly #settle: PromiseWithResolvers<ReceivedResponse>;
  readonly #onAbort = (): void => this.#stop(this.#options.signal.reason as Error);
  #controller: Dispatcher.DispatchController | undefined;
  #head: Omit<ReceivedResponse, "body"> | undefined;
  #isDropped = false;
  #isOver = false;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #room: ReceivedBody | undefined;

  constructor(options: ReceiverOptions) {
    this.#options = options;
    this.#settle = Promise.withResolvers();
    this.response = this.#settle.promise;
    options.signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#options.signal.aborted) {
      controller.abort(this.#options.signal.reason as Error);
    }
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: ReceivedResponse["headers"],
  ): void {
    if (statusCode < 200) {
      return;
    }
    this.#head = { statusCode, headers };
    this.#isDropped = this.#options.isHeadEnough(this.#head);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#head === undefined) {
      return;
    }
    this.#bytes += chunk.length;
    const { bodyLimitBytes } = this.#options;
    if (this.#isDropped) {
      if (this.#bytes > maxDroppedBytes) {
        this.#finishEarly(controller);
      }
      return;
    }
    this.#chunks.push(chunk);
    this.#room ??= this.#options.bodies.receive((reason) => this.#stop(reason));
    this.#room.grows(chunk.length);
    if (this.#bytes >= bodyLimitBytes) {
      this.#finishEarly(controller);
    }
  }

  onResponseEnd(): void {
    this.#isOver = true;
    this.#finish();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#isOver = true;
    if (this.#isDropped) {
      this.#finish();
    } else {
      this.#fail(error);
    }
  }

  /** Aborts what is in progress, and rejects the response with the reason. */
  #stop(reason: Error): void {
    this.#fail(reason);
    this.#controller?.abort(reason);
  }

  /** Finishes because the rest is not wanted. */
  #finishEarly(controller: Dispatcher.DispatchController): void {
    this.#finish();
    // If that was all, the end is in what was just read, and the connection can be reused.
    queueMicrotask(() => {
      if (!this.#isOver) {
        controller.abort(new Error("the rest of the body is not wanted"));
      }
    });
  }

  #finish(): void {
    const [first, ...others] = this.#chunks;
    if (this.#head !== undefined) {
      const whole = others.length === 0 ? (first ?? empty) : Buffer.concat(this.#chunks);
      const body = whole.subarray(0, this.#options.bodyLimitBytes);
      this.#settle.resolve({ ...this.#head, body });
    }
    this.#end();
  }

  #fail(reason: Error): void {
    this.#settle.reject(reason);
    this.#end();
  }

  #end(): void {
    this.#options.signal.removeEventListener("abort", this.#onAbort);
    this.#room?.end();
    this.#head = undefined;
    this.#chunks = [];
  }
}

const empty = Buffer.alloc(0);
