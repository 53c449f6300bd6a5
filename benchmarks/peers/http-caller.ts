import { Pool } from "undici";

/** No call takes this long unless something is broken. */
const answerWithinMs = 110_000;

/** Calls an engine over HTTP. */
export class HttpCaller implements AsyncDisposable {
  readonly #pool: Pool;

  /**
   * @param connections the number of concurrent callers
   * @param keepAlive whether each caller uses the same connection for all of its calls, or a new one for each
   */
  constructor(url: string, connections: number, keepAlive = true) {
    this.#pool = new Pool(url, {
      connections,
      // With 0, undici closes the connection after each response.
      pipelining: keepAlive ? 1 : 0,
      headersTimeout: answerWithinMs,
      bodyTimeout: answerWithinMs,
    });
  }

  /**
   * Sends one request with JSON, and parses the response.
   * @returns undefined if the response is empty
   * @throws Error if the status is not one of success
   */
  async post(path: string, json: string): Promise<unknown> {
    const { statusCode, body } = await this.#pool.request({
      method: "POST",
      path,
      headers: { "content-type": "application/json" },
      body: json,
    });
    const text = await body.text();
    if (statusCode < 200 || statusCode > 299) {
      throw new Error(`${path} was answered with ${statusCode} ${text.slice(0, 500)}`);
    }
    return text === "" ? undefined : (JSON.parse(text) as unknown);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.destroy();
  }
}
