import { join } from "node:path";
import type { MessagePort, Transferable, Worker } from "node:worker_threads";
import { unmarkAtExit } from "@flawless-ts/sqlite-thread";
import type { Logger } from "pino";
import {
  ListenError,
  type ListenErrorCode,
  type TlsFiles,
} from "@flawless-ts/http-service/program";
import { ShortLivedMap } from "@flawless-ts/wasm-module/internal";
import { EngineError, type EngineErrorCode } from "../errors.ts";
import { startThread } from "../start-thread.ts";
import { journalFileName } from "../store/sqlite/sqlite-workflow-store.ts";
import { directoryOfEngine } from "./engine-directories.ts";
import type { MetPart, OpenedPart } from "./engine-place.ts";
import type {
  EngineThreadData,
  ThreadFailure,
  ThreadReply,
  ThreadRequest,
} from "./thread-messages.ts";

/** An engine in a thread of its own. Where the thread ends by itself, so does the process: others wait for what it has. */
export class EngineWorker {
  readonly #worker: Worker;
  readonly #index: number;
  readonly #waiting = new ShortLivedMap<number, PromiseWithResolvers<ThreadValue>>();
  readonly #opened: Promise<ThreadValue>;
  #last = 0;
  #mayEnd = false;

  /** Starts the thread, which opens its journal. */
  constructor(data: EngineThreadData, logger: Logger) {
    this.#index = data.place.index;
    const opened = Promise.withResolvers<ThreadValue>();
    opened.promise.catch(() => undefined);
    this.#waiting.set(0, opened);
    this.#opened = opened.promise;
    const { directory, index } = data.place;
    // No exit of the process is heard of in another thread than the first.
    const marker = unmarkAtExit(join(directoryOfEngine(directory, index), journalFileName));
    opened.promise.then(marker.opened, () => undefined);
    this.#worker = startThread("engines/engine-thread", { workerData: data });
    this.#worker.on("message", (reply: ThreadReply) => {
      if ("log" in reply) {
        relay(logger, reply.log);
      } else if ("failure" in reply) {
        this.#take(reply.number)?.reject(toError(reply.failure));
      } else {
        this.#take(reply.number)?.resolve(reply.value);
      }
    });
    this.#worker.once("exit", () => {
      marker.ended();
      const error = new Error(`The thread of engine ${this.#index} has ended.`);
      for (const { reject } of this.#waiting.values()) {
        reject(error);
      }
      this.#waiting.clear();
      if (!this.#mayEnd) {
        throw error;
      }
    });
  }

  /** @throws EngineError as `EnginePart.open` does */
  async opened(): Promise<OpenedPart> {
    return (await this.#opened) as OpenedPart;
  }

  async run(met: readonly MetPart[], key: Uint8Array): Promise<void> {
    const ports = met.flatMap((each): MessagePort[] =>
      each === null ? [] : [each.journal, each.link],
    );
    await this.#ask({ kind: "run", met, key }, ports);
  }

  /** @throws ListenError */
  async listen(host: string, port: number): Promise<void> {
    await this.#ask({ kind: "listen", host, port });
  }

  async admit(): Promise<void> {
    await this.#ask({ kind: "admit" });
  }

  async useTokens(tokens: readonly string[]): Promise<void> {
    await this.#ask({ kind: "tokens", tokens });
  }

  async useTls(files: TlsFiles): Promise<void> {
    await this.#ask({ kind: "tls", files });
  }

  async hold(isHeld: boolean): Promise<void> {
    await this.#ask({ kind: "hold", isHeld });
  }

  async copyJournal(file: string): Promise<void> {
    await this.#ask({ kind: "copy", file });
  }

  async drain(graceMs: number): Promise<void> {
    await this.#ask({ kind: "drain", graceMs });
  }

  async stop(): Promise<void> {
    await this.#ask({ kind: "stop" });
  }

  /** Closes all, and ends the thread. */
  async close(): Promise<void> {
    this.#mayEnd = true;
    await this.#ask({ kind: "close" }).catch(() => undefined);
    await this.#worker.terminate();
  }

  #ask(request: ThreadRequest, transferred: Transferable[] = []): Promise<ThreadValue> {
    this.#last += 1;
    const waiting = Promise.withResolvers<ThreadValue>();
    this.#waiting.set(this.#last, waiting);
    this.#worker.postMessage({ number: this.#last, request }, transferred);
    return waiting.promise;
  }

  #take(number: number): PromiseWithResolvers<ThreadValue> | undefined {
    const waiting = this.#waiting.get(number);
    this.#waiting.delete(number);
    return waiting;
  }
}

type ThreadValue = OpenedPart | string | undefined;

const listenCodes: ReadonlySet<string> = new Set<ListenErrorCode>([
  "FLAWLESS_LISTEN_ADDRESS_IN_USE",
  "FLAWLESS_LISTEN_ADDRESS_UNUSABLE",
]);

function toError({ name, code, message }: ThreadFailure): Error {
  if (name === "EngineError") {
    return new EngineError(code as EngineErrorCode, message);
  }
  return code !== undefined && listenCodes.has(code)
    ? new ListenError(code as ListenErrorCode, message)
    : new Error(message);
}

/** Logs what another thread has logged. */
function relay(logger: Logger, line: string): void {
  const {
    level,
    time: _time,
    msg,
    ...fields
  } = JSON.parse(line) as {
    readonly level: number;
    readonly time: number;
    readonly msg?: string;
  };
  const name = logger.levels.labels[level] as "info" | undefined;
  logger[name ?? "info"](fields, msg);
}
