import { Pool } from "undici";
import { type Contender, payloadOf } from "./contender.ts";

/** No call takes this long unless something is broken. */
const answerWithinMs = 30_000;

/** The control plane's URL, and the number of callers. */
export interface ControlPlaneQueueOptions {
  readonly url: string;
  /** The number of connections: one for each caller. */
  readonly connections: number;
  /** The prefix of its jobs' ids, if several share a queue. Default `page-`. */
  readonly prefix?: string | undefined;
}

/** The control plane's queue, over HTTP. Each caller is a registered worker. */
export class ControlPlaneQueue implements AsyncDisposable {
  readonly #pool: Pool;
  readonly #prefix: string;
  #published = 0;

  /** Registers the workers. */
  static async open(options: ControlPlaneQueueOptions): Promise<ControlPlaneQueue> {
    const queue = new ControlPlaneQueue(options);
    for (let caller = 0; caller < options.connections; caller += 1) {
      await queue.#call(
        "/api/workers/register",
        { worker_type: "wasm", worker_id: `w${caller}` },
        201,
      );
    }
    return queue;
  }

  private constructor({ url, connections, prefix = "page-" }: ControlPlaneQueueOptions) {
    this.#prefix = prefix;
    this.#pool = new Pool(url, {
      connections,
      headersTimeout: answerWithinMs,
      bodyTimeout: answerWithinMs,
    });
  }

  /** @param inProgress whether to set a job to InProgress before it is completed, as the SDK's workers do */
  contender(name: string, inProgress: boolean): Contender {
    return {
      name,
      publish: () => this.#publish(),
      complete: (caller) => this.#complete(caller, inProgress),
      count: () => this.#count(),
    };
  }

  async #publish(): Promise<void> {
    const number = this.#published;
    this.#published += 1;
    await this.#call("/api/queue/publish", {
      job_id: `${this.#prefix}${number}`,
      payload: payloadOf(number),
    });
  }

  async #complete(caller: number, inProgress: boolean): Promise<boolean> {
    const claimed = await this.#call(`/api/queue/claim?worker_id=w${caller}&worker_type=wasm`);
    if (claimed === undefined) {
      return false;
    }
    const { id } = claimed as { readonly id: string };
    if (inProgress) {
      await this.#call(`/api/queue/status/${id}`, { status: "InProgress" });
    }
    await this.#call(`/api/queue/status/${id}`, { status: "Completed" });
    return true;
  }

  async #count(): Promise<{ readonly completed: number; readonly others: number }> {
    const { body } = await this.#pool.request({ method: "GET", path: "/api/queue/stats" });
    const { completed, total } = (await body.json()) as Record<"completed" | "total", number>;
    return { completed, others: total - completed };
  }

  /**
   * @returns the response, or undefined for 204
   * @throws Error for any status other than the expected one: a wrong response must not count as a fast one
   */
  async #call(path: string, content?: unknown, expected = 200): Promise<unknown> {
    const { statusCode, body } = await this.#pool.request({
      method: "POST",
      path,
      headers: {
        accept: "application/json",
        ...(content === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(content === undefined ? {} : { body: JSON.stringify(content) }),
    });
    const text = await body.text();
    if (statusCode === 204) {
      return undefined;
    }
    if (statusCode !== expected) {
      throw new Error(`${path} was answered with ${statusCode} ${text.slice(0, 500)}`);
    }
    return JSON.parse(text) as unknown;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.destroy();
  }
}
