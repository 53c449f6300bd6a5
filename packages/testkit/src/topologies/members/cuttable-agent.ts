import type { Socket } from "node:net";
import { Agent, buildConnector } from "undici";

/** A connection to the network that can be cut. Then open connections break, and new ones are refused. */
export class CuttableAgent implements AsyncDisposable {
  readonly agent: Agent;
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  constructor() {
    const connect = buildConnector({});
    this.agent = new Agent({
      connect: (options, callback) => {
        if (this.#isCut) {
          queueMicrotask(() => callback(cutError(), null));
          return;
        }
        connect(options, (...[error, socket]) => {
          if (error !== null) {
            callback(error, null);
          } else if (this.#isCut) {
            socket.destroy();
            callback(cutError(), null);
          } else {
            this.#sockets.add(socket);
            socket.once("close", () => this.#sockets.delete(socket));
            callback(null, socket);
          }
        });
      },
    });
  }

  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }

  restore(): void {
    this.#isCut = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.agent.destroy();
  }
}

function cutError(): Error {
  return Object.assign(new Error("cut off from the network"), {
    code: "EHOSTUNREACH",
    syscall: "connect",
  });
}
