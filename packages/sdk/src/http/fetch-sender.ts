import type { Sender, SenderAnswer, SentRequest } from "./sender.ts";

/** The standard `fetch`, or a function that takes and gives the same. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** The code of the error of a server that was silent for longer than a request allowed. */
export const silenceCode = "FETCH_SILENCE";

/** A server was silent for longer than a request allowed. */
class SilenceError extends Error {
  readonly code = silenceCode;
}

/** Sends requests by the standard `fetch`, which all platforms have. It keeps connections by itself: there is nothing to close. */
export class FetchSender implements Sender {
  readonly #fetch: Fetch;

  /** @param fetch default: the platform's, as it is when a request is sent */
  constructor(fetch: Fetch = (url, init) => globalThis.fetch(url, init)) {
    this.#fetch = fetch;
  }

  async send(request: SentRequest): Promise<SenderAnswer> {
    const silence = new Silence(request.signal);
    try {
      silence.allow(request.headersWithinMs);
      const response = await this.#fetch(request.url, {
        method: request.method,
        headers: request.headers,
        ...(await bodyOf(request.body)),
        signal: silence.signal,
        redirect: "manual",
        // Bun would give up after five minutes, a time that callers set for themselves.
        ...{ timeout: false },
      });
      silence.allow(request.bodyWithinMs);
      return {
        ...headOf(response),
        body: chunksOf(response.body, silence, request.bodyWithinMs),
        discard: async () => silence.hangUp(),
      };
    } catch (error) {
      silence.end();
      throw silence.reason ?? error;
    }
  }

  async close(): Promise<void> {}
}

/** Ends a request whose server says nothing for too long, or whose caller wants no more of it. */
class Silence {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Why the request was ended, if it was because of silence. */
  reason: SilenceError | undefined;

  constructor(caller: AbortSignal) {
    this.#caller = caller;
    if (caller.aborted) this.#onAbort();
    else caller.addEventListener("abort", this.#onAbort);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** From now on, for this many milliseconds; 0: without limit. */
  allow(milliseconds: number): void {
    clearTimeout(this.#timer);
    if (milliseconds === 0) return;
    this.#timer = setTimeout(() => {
      this.reason = new SilenceError(`the server said nothing for ${milliseconds} ms`);
      this.#controller.abort(this.reason);
    }, milliseconds);
  }

  /** Ends the request: cancelling an answer's body leaves its connection open for seconds in Node. */
  hangUp(): void {
    this.end();
    this.#controller.abort();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#caller.removeEventListener("abort", this.#onAbort);
  }

  readonly #onAbort = (): void => this.#controller.abort(this.#caller.reason);
}

function headOf(response: Response): Pick<SenderAnswer, "status" | "headers"> {
  if (response.type === "opaqueredirect") {
    // A browser tells neither the status of a redirect nor where it leads.
    return { status: 302, headers: { location: "an address that browsers keep to themselves" } };
  }
  return { status: response.status, headers: Object.fromEntries(response.headers) };
}

async function bodyOf(body: SentRequest["body"]): Promise<RequestInit> {
  if (body === null) return {};
  if (typeof body === "string") return { body };
  // Memory that threads share is no body.
  if (body instanceof Uint8Array) return { body: new Uint8Array(body) };
  const { streamOf } = await import("./stream-body.ts");
  return { body: streamOf(body), ...{ duplex: "half" } };
}

/** Streams of browsers can't all be iterated. */
async function* chunksOf(
  stream: ReadableStream<Uint8Array> | null,
  silence: Silence,
  withinMs: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream?.getReader();
  try {
    for (;;) {
      const next = await reader?.read();
      if (next === undefined || next.done) return;
      silence.allow(0);
      yield next.value;
      silence.allow(withinMs);
    }
  } catch (error) {
    throw silence.reason ?? error;
  } finally {
    // Of an answer that was read to its end it changes nothing.
    silence.hangUp();
  }
}
