import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { request, WebSocket } from "undici";

interface Reply {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** One thread of the inspected process. */
export interface InspectedThread {
  /** `main`, or the path of a worker's script. */
  readonly name: string;
  send(method: string, parameters?: object): Promise<unknown>;
}

type SendText = (text: string) => void;

/** Requests and responses of the DevTools protocol with one thread. */
class Conversation {
  readonly #send: SendText;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #last = 0;

  constructor(send: SendText) {
    this.#send = send;
  }

  send(method: string, params: object = {}): Promise<unknown> {
    this.#last += 1;
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(this.#last, waiting);
    this.#send(JSON.stringify({ id: this.#last, method, params }));
    return waiting.promise;
  }

  receive(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id ?? 0);
    this.#waiting.delete(reply.id ?? 0);
    if (reply.error === undefined) {
      waiting?.resolve(reply.result);
    } else {
      waiting?.reject(new Error(reply.error.message));
    }
  }

  end(): void {
    for (const waiting of this.#waiting.values()) {
      waiting.reject(new Error("the inspector's connection was closed"));
    }
    this.#waiting.clear();
  }
}

/** How long to wait for workers to appear. */
const reportWithinMs = 300;

/**
 * Talks to all threads of a process that was started with `--inspect`: to the main one directly, and to workers via the
 * domain NodeWorker, which Node.js adds to the DevTools protocol.
 */
export class Inspector implements Disposable {
  readonly threads: readonly InspectedThread[];
  readonly #socket: WebSocket;

  /** @param port the inspector's port on 127.0.0.1 */
  static async connect(port: number): Promise<Inspector> {
    const { body } = await request(`http://127.0.0.1:${port}/json/list`);
    const [target] = (await body.json()) as { readonly webSocketDebuggerUrl: string }[];
    if (target === undefined) {
      throw new Error("there is nothing to inspect");
    }
    const socket = new WebSocket(target.webSocketDebuggerUrl);
    await once(socket, "open");
    const main = new Conversation((text) => socket.send(text));
    const workers = new Map<string, InspectedThread & { readonly conversation: Conversation }>();
    socket.addEventListener("message", ({ data }) => {
      const reply = JSON.parse(String(data)) as Reply;
      if (reply.method === "NodeWorker.attachedToWorker") {
        const { sessionId, workerInfo } = reply.params as AttachedToWorker;
        const conversation = new Conversation((message) => {
          main
            .send("NodeWorker.sendMessageToWorker", { sessionId, message })
            .catch(() => undefined);
        });
        workers.set(sessionId, {
          name: workerInfo.url,
          conversation,
          send: (method, parameters) => conversation.send(method, parameters),
        });
      } else if (reply.method === "NodeWorker.receivedMessageFromWorker") {
        const { sessionId, message } = reply.params as ReceivedFromWorker;
        workers.get(sessionId)?.conversation.receive(JSON.parse(message) as Reply);
      } else if (reply.id !== undefined) {
        main.receive(reply);
      }
    });
    socket.addEventListener("close", () => {
      main.end();
      for (const { conversation } of workers.values()) {
        conversation.end();
      }
    });
    await main.send("NodeWorker.enable", { waitForDebuggerOnStart: false });
    await sleep(reportWithinMs);
    const mainThread: InspectedThread = {
      name: "main",
      send: (method, parameters) => main.send(method, parameters),
    };
    return new Inspector(socket, [mainThread, ...workers.values()]);
  }

  private constructor(socket: WebSocket, threads: readonly InspectedThread[]) {
    this.#socket = socket;
    this.threads = threads;
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}

interface AttachedToWorker {
  readonly sessionId: string;
  readonly workerInfo: { readonly url: string };
}

interface ReceivedFromWorker {
  readonly sessionId: string;
  readonly message: string;
}
