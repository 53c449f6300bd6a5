import { closeSync, openSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  MessageChannel,
  type MessagePort,
  type Transferable,
  type Worker,
} from "node:worker_threads";
import { makeDataDirectory } from "./make-directory.ts";
import type { SqliteNotice, SqliteReply, SqliteRequest, SqliteThreadData } from "./messages.ts";
import { openingError, SqliteFailure, SqliteOpenError } from "./sqlite-errors.ts";
import { unmarkAtExit } from "./unmark-at-exit.ts";

/** Options of `SqliteThread.open`. */
export interface SqliteThreadOptions {
  /** Created if necessary. */
  readonly directory: string;
  /** The name of the file in it. Only its owner may read the file. */
  readonly fileName: string;
  /** A name for the file in messages, such as "journal". */
  readonly what: string;
  /** Starts the thread, which must call `serveSqlite`. */
  readonly start: (options: { readonly workerData: unknown }) => Worker;
  /** Called with what the store tells while it is opened, which may take long. Default: ignored. */
  readonly onNotice?: ((notice: unknown) => void) | undefined;
}

type Method = (...parameters: never[]) => unknown;
type MethodName<Store> = keyof {
  [Name in keyof Store as Store[Name] extends Method ? Name : never]: true;
};
type ParametersOf<Called> = Called extends Method ? Parameters<Called> : never;
type ResultOf<Called> = Called extends Method ? ReturnType<Called> : never;
type WithoutNumber<Request> = Request extends unknown ? Omit<Request, "number"> : never;

/** Opening a FIFO would wait for its other end, and a device may return anything. */
function assertRegular(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === false) {
    throw new Error(`${file} is not a regular file`);
  }
}

/**
 * A SQLite file and a thread that works on it, because `node:sqlite` blocks while it waits for the disk. `Store` is the
 * class whose methods the thread calls; their parameters and results are copied between threads.
 */
export class SqliteThread<Store> {
  readonly #what: string;
  readonly #thread: Worker | MessagePort;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #last = 0;
  #gone: Error | undefined;

  /** @throws SqliteOpenError if the directory or the file can't be used */
  static async open<Store>(options: SqliteThreadOptions): Promise<SqliteThread<Store>> {
    const { directory, fileName, what, start, onNotice } = options;
    const file = join(directory, fileName);
    try {
      makeDataDirectory(resolve(directory));
      assertRegular(file);
      assertRegular(`${file}-wal`);
      // SQLite gives its other files the mode of this one.
      closeSync(openSync(file, "a", 0o600));
    } catch (error) {
      const message = `the working directory ${directory} can't be used: ${(error as Error).message}`;
      throw new SqliteOpenError("unusable", message, error);
    }
    const worker = start({ workerData: { file } satisfies SqliteThreadData });
    const thread = new SqliteThread<Store>(what, worker, onNotice);
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
   * Uses a thread that another one has opened. Requests from here and from there are handled in any order.
   *
   * @param port returned by {@link connect}; closing this only closes the port
   * @param what a name for the file in messages
   */
  static over<Store>(port: MessagePort, what: string): SqliteThread<Store> {
    const thread = new SqliteThread<Store>(what, port);
    port.unref();
    return thread;
  }

  private constructor(
    what: string,
    thread: Worker | MessagePort,
    onNotice?: (notice: unknown) => void,
  ) {
    this.#what = what;
    this.#thread = thread;
    const closed = (): void => this.#breakDown(new Error(`The ${this.#what} is closed`));
    const events: Pick<Worker, "on"> | Pick<MessagePort, "on"> = thread;
    events.on("message", (replies: readonly (SqliteReply | SqliteNotice)[]) => {
      for (const reply of replies) {
        if ("notice" in reply) {
          onNotice?.(reply.notice);
        } else {
          this.#receive(reply);
        }
      }
    });
    events.on("error", (error: Error) => this.#breakDown(error));
    // A worker emits "exit", a port "close".
    events.on("exit", closed);
    events.on("close", closed);
  }

  /**
   * Calls a method of the store that only reads. It sees all writes requested before it.
   *
   * @throws SqliteFailure if it failed
   */
  read<Name extends MethodName<Store>>(
    method: Name,
    ...parameters: ParametersOf<Store[Name]>
  ): Promise<ResultOf<Store[Name]>> {
    return this.call("read", String(method), parameters) as Promise<ResultOf<Store[Name]>>;
  }

  /**
   * Calls a method of the store in a transaction. Resolves once what was written would survive a power cut.
   *
   * @throws SqliteFailure if it failed, without effect
   */
  write<Name extends MethodName<Store>>(
    method: Name,
    ...parameters: ParametersOf<Store[Name]>
  ): Promise<ResultOf<Store[Name]>> {
    return this.call("write", String(method), parameters) as Promise<ResultOf<Store[Name]>>;
  }

  /**
   * Copies the database to another file while reads and writes continue. The copy contains all writes that were
   * acknowledged before, and is the consistent state of a later moment: it can be opened like the file itself.
   *
   * @param target a file that doesn't exist yet or is empty
   * @throws SqliteFailure if the copy is incomplete
   */
  async backup(target: string): Promise<void> {
    await this.#ask({ type: "backup", target });
  }

  /**
   * Lets another thread use this one, too.
   *
   * @returns the port to pass to {@link over} there
   * @throws SqliteFailure if it failed
   */
  async connect(): Promise<MessagePort> {
    const { port1, port2 } = new MessageChannel();
    await this.#ask({ type: "connect", port: port1 }, [port1]);
    return port2;
  }

  /** Finishes all requests, and closes the file. Closing twice is the same as once. */
  async close(): Promise<void> {
    if (!("terminate" in this.#thread)) {
      this.#thread.close();
      return;
    }
    await this.#ask({ type: "close" }).catch(() => undefined);
    await this.#thread.terminate();
  }

  /**
   * Like `read` and `write`, for callers that check the types themselves.
   *
   * @throws SqliteFailure if it failed
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
      // Only a pending request keeps the process alive.
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
