import type { Socket } from "node:net";
import { Agent, type buildConnector, request } from "undici";
import { connectByTicket, type ConnectOptions } from "../connect-by-ticket.ts";

/** Sends requests by ticket, over kept-alive connections. */
export class TestClient implements AsyncDisposable {
  readonly #agent: Agent;

  constructor(ticket: string, options: ConnectOptions = {}) {
    this.#agent = new Agent({
      connect: (_options, callback) => void connect(ticket, options, callback),
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

async function connect(
  ticket: string,
  options: ConnectOptions,
  callback: buildConnector.Callback,
): Promise<void> {
  try {
    const socket = await connectByTicket(ticket, "control-plane", options);
    setImmediate(callback, null, socket as Socket);
  } catch (error) {
    setImmediate(callback, error as Error, null);
  }
}
