import { Agent, request } from "undici";
import { connectByTicket, type ConnectOptions } from "../connect-by-ticket.ts";

/** Sends requests by a ticket, over connections that are kept. */
export class TestClient implements AsyncDisposable {
  readonly #agent: Agent;

  constructor(ticket: string, options: ConnectOptions = {}) {
    this.#agent = new Agent({
      connect: (_options, callback) => {
        connectByTicket(ticket, "control-plane", options).then(
          (socket) => callback(null, socket as never),
          (error: Error) => callback(error, null),
        );
      },
    });
  }

  async text(path: string, body = ""): Promise<string> {
    const options = { dispatcher: this.#agent, method: "POST", body } as const;
    return await (await request(`http://localhost${path}`, options)).body.text();
  }

  async json(path: string, body?: string): Promise<unknown> {
    return JSON.parse(await this.text(path, body));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }
}
