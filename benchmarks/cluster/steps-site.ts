import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

/** Answers requests after a delay, and records when each workflow sent them. */
export class StepsSite implements AsyncDisposable {
  readonly #server: Server;
  /** When the requests of each workflow arrived, by `performance.now()`. */
  readonly seen: Map<number, number[]> = new Map();
  /** How many requests were repeated. */
  repeated = 0;
  readonly #urls: Set<string> = new Set();

  /** @param answerAfterMs how long each request takes */
  static async open(answerAfterMs: number): Promise<StepsSite> {
    const site = new StepsSite(answerAfterMs);
    site.#server.listen(0, "127.0.0.1", 4_096);
    await once(site.#server, "listening");
    return site;
  }

  private constructor(answerAfterMs: number) {
    this.#server = createServer((request, response) => {
      const { url = "" } = request;
      const workflow = Number(url.split("/")[1]);
      this.repeated += this.#urls.has(url) ? 1 : 0;
      this.#urls.add(url);
      const times = this.seen.get(workflow) ?? [];
      this.seen.set(workflow, times);
      times.push(performance.now());
      setTimeout(() => response.end("done"), answerAfterMs);
    });
  }

  /** The URLs of a workflow's steps. */
  urls(workflow: number, count: number): readonly string[] {
    const { port } = this.#server.address() as AddressInfo;
    return Array.from(
      { length: count },
      (_, step) => `http://127.0.0.1:${port}/${workflow}/${step}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
