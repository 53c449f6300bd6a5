import { closeSync, openSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  MessageChannel,
  type MessagePort,
  type Transferable,
  type Worker,
} from "node:worker_threads";
import { makeDataDirectory } from "./make-directory.ts";
import type { SqliteReply, SqliteRequest, SqliteThreadData } from "./messages.ts";
import { openingError, SqliteFailure, SqliteOpenError } from "./sqlite-errors.ts";
import { unmarkAtExit } from "./unmark-at-exit.ts";

/** Options of `SqliteThread.open`. */
export interface SqliteThreadOptions {
  /** Made if need be. */
  readonly directory: string;
  /** The name of the file in it. Only its owner may read it. */
  readonly fileName: string;
  /** What the file is, for messages, such as "journal". */
  readonly what: string;
  /** Starts the thread, in which `serveSqlite` has to be called. */
  readonly start: (options: { readonly workerData: unknown }) => Worker;
}

type Method = (...parameters: never[]) => unknown;
type MethodName<Store> = keyof {
  [Name in keyof Store as Store[Name] extends Method ? Name : never]: true;
};
type ParametersOf<Called> = Called extends Method ? Parameters<Called> : never;
type ResultOf<Called> = Called extends Method ? ReturnType<Called> : never;
type WithoutNumber<Request> = Request extends unknown ? Omit<Request, "number"> : never;

/** Opening a FIFO would wait for whoever reads it; of a device anything may come. */
function assertRegular(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === false) {
    throw new Error(`${file} is not a regular file`);
  }
}

/**
 * A SQLite file, and a thread that works on it: `node:sqlite` blocks while it waits for the disk. `Store` is the class
 * whose methods the thread calls; what they take and give is copied from thread to thread.
 */
export class SqliteThread<Store> {
  readonly #what: string;
  readonly #thread: Worker | MessagePort;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #last = 0;
  #gone: Error | undefined;

  /** @throws SqliteOpenError */
  static async open<Store>(options: SqliteThreadOptions): Promise<SqliteThread<Store>> {
    const { directory, fileName, what, start } = options;
    const file = join(directory, fileName);
    try {
      makeDataDirectory(resolve(directory));
      assertRegular(file);
      assertRegular(`${file}-wal`);
      // SQLite gives its other files the rights of this one.
      closeSync(openSync(file, "a", 0o600));
    } catch (error) {
      const message = `the working directory ${directory} can't be used: ${(error as Error).message}`;
      throw new SqliteOpenError("unusable", message, error);
    }
    const worker = start({ workerData: { file } satisfies SqliteThreadData });
    const thread = new SqliteThread<Store>(what, worker);
    const marker = unmarkAtExit(file);
    worker.once("exit", marker.ended);
    try {
      await thread.#expect(0);
      marker.opened();
      return thread;
    } catch (error) {
      await worker.terminate();
      throw openingError(error as SqliteFailure, what, directory, file);
    }
  }

  /**
   * Asks a thread that another one has opened. What is asked for there and here comes in any order.
   *
   * @param port that {@link connect} gave; closing this closes it alone
   * @param what the file is, for messages
   */
  static over<Store>(port: MessagePort, what: string): SqliteThread<Store> {
    const thread = new SqliteThread<Store>(what, port);
    port.unref();
    return thread;
  }

  private constructor(what: string, thread: Worker | MessagePort) {
    this.#what = what;
    this.#thread = thread;
    const closed = (): void => this.#breakDown(new Error(`The ${this.#what} is closed`));
    const events: Pick<Worker, "on"> | Pick<MessagePort, "on"> = thread;
    events.on("message", (replies: readonly SqliteReply[]) => {
      for (const reply of replies) {
        this.#receive(reply);
      }
    });
    events.on("error", (error: Error) => this.#breakDown(error));
    // A worker exits, a port is closed.
    events.on("exit", closed);
    events.on("close", closed);
  }

  /**
   * Calls a method of the store that only reads. It sees all writes that were asked for before it.
   *
   * @throws SqliteFailure
   */
  read<Name extends MethodName<Store>>(
    method: Name,
    ...parameters: ParametersOf<Store[Name]>
  ): Promise<ResultOf<Store[Name]>> {
    return this.call("read", String(method), parameters) as Promise<ResultOf<Store[Name]>>;
  }

  /**
   * Calls a method of the store in a transaction. It resolves once what was written would survive a power cut.
   *
   * @throws SqliteFailure it had no effect
   */
  write<Name extends MethodName<Store>>(
    method: Name,
    ...parameters: ParametersOf<Store[Name]>
  ): Promise<ResultOf<Store[Name]>> {
    return this.call("write", String(method), parameters) as Promise<ResultOf<Store[Name]>>;
  }

  /**
   * Copies the database to another file, while reads and writes go on. The copy holds all writes that were acknowledged
   * before, and is one that a later moment has left: it can be opened as the file itself can.
   *
   * @param target a file that is not there yet, or an empty one
   * @throws SqliteFailure the copy is incomplete
   */
  async backup(target: string): Promise<void> {
    await this.#ask({ type: "backup", target });
  }

  /**
   * Lets another thread ask, too.
   *
   * @returns what to give to {@link over} there
   * @throws SqliteFailure
   */
  async connect(): Promise<MessagePort> {
    const { port1, port2 } = new MessageChannel();
    await this.#ask({ type: "connect", port: port1 }, [port1]);
    return port2;
  }

  /** Finishes what was asked for, and closes the file. Closing twice is the same as once. */
  async close(): Promise<void> {
    if (!("terminate" in this.#thread)) {
      this.#thread.close();
      return;
    }
    await this.#ask({ type: "close" }).catch(() => undefined);
    await this.#thread.terminate();
  }

  /**
   * What `read` and `write` do, for callers that check the types themselves.
   *
   * @throws SqliteFailure
   */
  call(type: "read" | "write", method: string, parameters: readonly unknown[]): Promise<unknown> {
    return this.#ask({ type, method, parameters });
  }

  #ask(request: WithoutNumber<SqliteRequest>, transferred: Transferable[] = []): Promise<unknown> {
    if (this.#gone !== undefined) {
      return Promise.reject(this.#gone);
    }
    this.#last += 1;
    const answer = this.#expect(this.#last);
    this.#thread.ref();
    this.#thread.postMessage({ ...request, number: this.#last }, transferred);
    return answer;
  }

  #expect(number: number): Promise<unknown> {
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(number, waiting);
    return waiting.promise;
  }

  #receive(reply: SqliteReply): void {
    const waiting = this.#waiting.get(reply.number);
    this.#waiting.delete(reply.number);
    if (this.#waiting.size === 0) {
      // Only a request under way keeps the process alive.
      this.#thread.unref();
    }
    if ("error" in reply) {
      waiting?.reject(new SqliteFailure(reply.error.message, reply.error.sqliteCode));
    } else {
      waiting?.resolve(reply.value);
    }
  }

  #breakDown(error: Error): void {
    this.#gone ??= error;
    for (const waiting of this.#waiting.values()) {
      waiting.reject(error);
    }
    this.#waiting.clear();
  }
}
