import type { Sender, SenderAnswer, SenderSource, SentRequest } from "./sender.ts";

/** The standard `fetch`, or a function with the same signature. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** The code of the error for a server that was silent for longer than a request allowed. */
export const silenceCode = "FETCH_SILENCE";

/** A server was silent for longer than a request allowed. */
class SilenceError extends Error {
  readonly code = silenceCode;
}

/** Loads what turns a stream into one that can be a body. */
export type LoadStreamOf = () => Promise<
  (chunks: AsyncIterable<Uint8Array>) => ReadableStream<Uint8Array>
>;

/**
 * Sends requests with the standard `fetch`, which all platforms have. It manages its connections: there is nothing to
 * close.
 */
export class FetchSender implements Sender {
  readonly #fetch: Fetch;
  readonly #loadStreamOf: LoadStreamOf | undefined;

  /**
   * @param fetch `null`: the platform's at the time of each request.
   * @param loadStreamOf needed for streams as bodies.
   */
  constructor(fetch: Fetch | null = null, loadStreamOf?: LoadStreamOf) {
    this.#fetch = fetch ?? ((url, init) => globalThis.fetch(url, init));
    this.#loadStreamOf = loadStreamOf;
  }

  async send(request: SentRequest): Promise<SenderAnswer> {
    const silence = new Silence(request.signal);
    try {
      silence.allow(request.headersWithinMs);
      const response = await this.#fetch(request.url, {
        method: request.method,
        headers: request.headers,
        ...(await bodyOf(request.body, this.#loadStreamOf)),
        signal: silence.signal,
        redirect: "manual",
        // Bun would time out after five minutes, but callers set their own timeouts.
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

/**
 * Sends all requests with `fetch`; none of them has a stream as its body.
 *
 * @param fetch `null`: the platform's.
 */
export function fetchSenders(fetch: Fetch | null): SenderSource {
  const sender = new FetchSender(fetch);
  return { of: async () => sender, close: () => sender.close() };
}

/** Ends a request whose server is silent for too long, or whose caller needs no more of it. */
class Silence {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Why the request was ended, if it was due to silence. */
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

  /** Ends the request, because cancelling a response's body leaves its connection open for seconds in Node. */
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
    // A browser reveals neither the status nor the target of a redirect.
    return { status: 302, headers: { location: "an address that browsers keep to themselves" } };
  }
  return { status: response.status, headers: Object.fromEntries(response.headers) };
}

async function bodyOf(
  body: SentRequest["body"],
  loadStreamOf: LoadStreamOf | undefined,
): Promise<RequestInit> {
  if (body === null) return {};
  if (typeof body === "string") return { body };
  // Memory shared between threads can't be a body.
  if (body instanceof Uint8Array) return { body: new Uint8Array(body) };
  if (loadStreamOf === undefined) throw new Error("This client sends no streams.");
  const streamOf = await loadStreamOf();
  return { body: streamOf(body), ...{ duplex: "half" } };
}

/** Not all browsers' streams can be iterated. */
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
    // This has no effect on a response that was read to its end.
    silence.hangUp();
  }
}
