import { once } from "node:events";
import { Agent, type IncomingMessage, request as sendRequest } from "node:http";
import { text } from "node:stream/consumers";

/** A kept-alive connection: a process without free file descriptors can't accept new ones. */
export class OpenConnection implements Disposable {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #url: string;

  /** @param url the server's URL */
  constructor(url: string) {
    this.#url = url;
  }

  /** Sends a request (a POST if there is a body) and waits for the response. */
  async ask(
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const request = sendRequest(new URL(path, this.#url), {
      agent: this.#agent,
      method: body === undefined ? "GET" : "POST",
      headers: { "content-type": "application/json" },
    });
    request.end(body === undefined ? undefined : JSON.stringify(body));
    const [response] = (await once(request, "response")) as [IncomingMessage];
    return { status: response.statusCode ?? 0, text: await text(response) };
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}
