import type * as undici from "undici";
import type { AnswerHeaders } from "./messages.ts";
import type { Sender, SenderAnswer, SentRequest } from "./sender.ts";

/** The part of undici that is needed. It is used only in Node, and loaded when a request is sent. */
export type Undici = Pick<typeof undici, "Agent" | "request">;

/**
 * How long an idle connection is kept, in milliseconds. A server that stops waits longer before it closes one, so that
 * none is closed while a request that can't be retried is in flight.
 */
const maxIdleMs = 500;

/** Sends requests with undici: Node's fastest client, which supports certificates, proxies and iroh's streams. */
export class UndiciSender implements Sender {
  readonly #request: Undici["request"];
  readonly #dispatcher: undici.Dispatcher;
  readonly #close: () => Promise<void>;

  /** @param close closes the dispatcher, if the client must do that */
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
 * @param dispatcher the option's value; `null`: the client's own agent.
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
