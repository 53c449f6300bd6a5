import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { vi } from "vitest";

/** Counts the reports of crawls. They don't reach the control plane: workers must report how jobs end. */
export class Reports implements AsyncDisposable {
  count = 0;
  readonly #server = createServer(async (request, response) => {
    await json(request);
    this.count += 1;
    response.end();
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async reach(count: number): Promise<void> {
    await vi.waitUntil(() => this.count >= count, { interval: 5, timeout: 20_000 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
