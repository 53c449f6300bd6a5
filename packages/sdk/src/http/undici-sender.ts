import type * as undici from "undici";
import type { AnswerHeaders } from "./messages.ts";
import type { Sender, SenderAnswer, SentRequest } from "./sender.ts";

/** What is needed of the package undici, which only Node runs and which is loaded when a request is sent. */
export type Undici = Pick<typeof undici, "Agent" | "request">;

/**
 * How long a connection is kept that nothing is sent on, in milliseconds. A server that stops waits for longer than that before it
 * closes one, so that none is closed just when a request is on its way, which could not be sent again.
 */
const maxIdleMs = 500;

/** Sends requests by undici: Node's fastest client, and one that takes certificates, proxies and streams of iroh. */
export class UndiciSender implements Sender {
  readonly #request: Undici["request"];
  readonly #dispatcher: undici.Dispatcher;
  readonly #close: () => Promise<void>;

  /** @param close ends the dispatcher, where that is the client's to do */
  constructor({ request }: Undici, dispatcher: undici.Dispatcher, close: () => Promise<void>) {
    this.#request = request;
    this.#dispatcher = dispatcher;
    this.#close = close;
  }

  async send({ url, headersWithinMs, bodyWithinMs, ...rest }: SentRequest): Promise<SenderAnswer> {
    const { statusCode, headers, body } = await this.#request(url, {
      ...rest,
      body: rest.body as string | Uint8Array | null,
      dispatcher: this.#dispatcher,
      headersTimeout: headersWithinMs,
      bodyTimeout: bodyWithinMs,
    });
    return {
      status: statusCode,
      headers: singleHeaders(headers),
      body,
      discard: () => body.dump(),
    };
  }

  async close(): Promise<void> {
    await this.#close();
  }
}

function singleHeaders(headers: undici.Dispatcher.ResponseData["headers"]): AnswerHeaders {
  const single: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const first = typeof value === "object" ? value[0] : value;
    if (first !== undefined) single[name] = first;
  }
  return single;
}

/**
 * The sender for URLs.
 *
 * @param dispatcher what was given as an option; `null`: an agent of the client's own.
 * @param ca certificates that it trusts; `null`: the usual ones.
 */
export function undiciSender(
  undici: Undici,
  dispatcher: undici.Dispatcher | null,
  ca: string | readonly string[] | null,
): Sender {
  if (dispatcher !== null) return new UndiciSender(undici, dispatcher, async () => {});
  const kept = { keepAliveTimeout: maxIdleMs, keepAliveMaxTimeout: maxIdleMs };
  const connect = ca === null ? {} : { connect: { ca: typeof ca === "string" ? ca : [...ca] } };
  const agent = new undici.Agent({ ...kept, ...connect });
  return new UndiciSender(undici, agent, () => agent.destroy());
}
