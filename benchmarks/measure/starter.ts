import { Pool } from "undici";
import type { Scenario } from "../scenarios.ts";

/** No start in the benchmark takes this long unless something is broken. */
const answerWithinMs = 30_000;

/** Starts workflows over its own connections. */
export class Starter implements AsyncDisposable {
  readonly #pool: Pool;
  readonly #module: { readonly name: string; readonly version: string };

  /** @param connections the number of concurrent callers */
  constructor(
    url: string,
    module: { readonly name: string; readonly version: string },
    connections: number,
  ) {
    this.#module = module;
    this.#pool = new Pool(url, {
      connections,
      headersTimeout: answerWithinMs,
      bodyTimeout: answerWithinMs,
    });
  }

  /**
   * Starts one workflow and waits for its response.
   *
   * @param key an idempotency key. Default: none
   * @throws Error if the response is not as expected: a wrong response must not count as a fast one
   */
  async start(scenario: Scenario, key?: string): Promise<void> {
    const { name, version } = this.#module;
    const { workflow, input } = scenario;
    const { statusCode, body } = await this.#pool.request({
      method: "POST",
      path: "/api/workflow/start",
      headers: {
        "content-type": "application/json",
        ...(key === undefined ? {} : { "idempotency-key": key }),
      },
      body: JSON.stringify({ module: name, version, workflow, input }),
    });
    const text = await body.text();
    const answer = JSON.parse(text) as { readonly ok?: { readonly response?: unknown } };
    if (statusCode !== 200 || !scenario.accepts(answer.ok?.response)) {
      throw new Error(`workflow ${workflow} was answered with ${statusCode} ${text.slice(0, 500)}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.destroy();
  }
}
