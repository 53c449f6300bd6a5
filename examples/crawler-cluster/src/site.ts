import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { withoutEarlyEnd, type Report } from "./report.ts";

/** A small web site: pages to crawl, and a URL that forwards the crawls' reports to the control plane. */
export class Site implements AsyncDisposable {
  /** How many reports each crawl has sent, by job id. */
  readonly reports: Map<string, number> = new Map();
  readonly #server: Server;
  #controlPlaneUrl: string | undefined;

  static async open(): Promise<Site> {
    const site = new Site();
    await new Promise<void>((resolve) => site.#server.listen(0, "127.0.0.1", resolve));
    return site;
  }

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Starts forwarding reports. */
  passReportsTo(controlPlaneUrl: string): void {
    this.#controlPlaneUrl = controlPlaneUrl;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === "POST" && request.url === "/ui-update") {
      const report = (await json(request)) as Report;
      const jobId = `job-${report.id}`;
      this.reports.set(jobId, (this.reports.get(jobId) ?? 0) + 1);
      response.statusCode = await this.#passOn(report).catch(() => 502);
      response.end();
    } else {
      response.setHeader("content-type", "text/html");
      response.end(`<title>${request.url}</title><a href="/pages/1">next</a>`);
    }
  }

  async #passOn(report: Report): Promise<number> {
    const { status } = await fetch(`${this.#controlPlaneUrl}/ui-update`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(withoutEarlyEnd(report)),
    });
    return status;
  }
}
