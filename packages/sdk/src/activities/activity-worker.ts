import { optionNames, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal/client";
import { checkedGrace } from "../worker/options.ts";
import { FailureLog, messageOf } from "../worker/failure-log.ts";
import { Retrier } from "../worker/retrier.ts";
import type { CloseOptions } from "../worker/worker.ts";
import { resolveActivityWorkerOptions, type ResolvedActivityWorkerOptions } from "./options.ts";
import { Places } from "./places.ts";
import { QueueSession } from "./queue-session.ts";
import type { ActivityWorkerOptions } from "./types.ts";

const closeOptionNames = optionNames<CloseOptions>({ graceMs: true });

/**
 * Runs activities for a server's workflows: it claims tasks of a queue and reports their results, from its creation
 * until it is closed. It connects to the server, and needs no open port.
 *
 * ```ts
 * await using worker = new ActivityWorker({ url: "http://127.0.0.1:27288", queue: "orders", activities });
 * process.once("SIGTERM", () => void worker.close());
 * await worker.run();
 * ```
 *
 * With several nodes (`url: [a, b, c]`) it asks all of them. If a server is down, it waits, and reports what ran
 * meanwhile once the server is back.
 */
export class ActivityWorker implements AsyncDisposable {
  readonly #options: ResolvedActivityWorkerOptions;
  readonly #retrier: Retrier;
  readonly #sessions: readonly QueueSession[];
  readonly #stopping: AbortController = new AbortController();
  readonly #givingUp: AbortController = new AbortController();
  readonly #done: AbortController = new AbortController();
  readonly #work: Promise<void>;

  /** @throws {InvalidOptionError} naming the first option that is invalid or contradicts another. */
  constructor(options: ActivityWorkerOptions) {
    this.#options = resolveActivityWorkerOptions(options);
    const { concurrency, connections, logger } = this.#options;
    const failures = new FailureLog(logger);
    this.#retrier = new Retrier(this.#options, failures);
    const parts = {
      options: this.#options,
      places: new Places(concurrency),
      retrier: this.#retrier,
      failures,
      stopping: this.#stopping.signal,
      givingUp: this.#givingUp.signal,
    };
    this.#sessions = connections.map(
      (connection) => new QueueSession(connection, parts, 1 / connections.length),
    );
    this.#work = Promise.resolve().then(() => this.#run());
    // Callers that don't wait for it find it in the log.
    this.#work.catch((error: unknown) =>
      logger.error({ err: error }, `The worker has ended: ${messageOf(error)}`),
    );
  }

  /** The worker's id. */
  get id(): string {
    return this.#options.id;
  }

  /** The queue whose tasks it claims. */
  get queue(): string {
    return this.#options.queue;
  }

  /** The number of activities it has now. */
  get activeActivities(): number {
    return this.#sessions.reduce((sum, { held }) => sum + held, 0);
  }

  /**
   * Settled when the worker has registered with its server, or with each node of a cluster, or was closed first.
   *
   * @throws as `run` does.
   */
  async ready(): Promise<void> {
    const registered = Promise.all(this.#sessions.map((session) => session.registered));
    await Promise.race([registered, this.#work]);
  }

  /**
   * Settled when the worker is closed.
   *
   * @throws {FlawlessError} for an unrecoverable error before it has registered, such as a wrong token.
   * @throws {ClientClosedError} if the client that was passed to it is closed.
   */
  run(): Promise<void> {
    return this.#work;
  }

  /**
   * Claims no more tasks, lets activities finish for a while, then aborts their signals and returns their tasks.
   * Another call with a shorter `graceMs` shortens that time. Errors of `run` are thrown only by `run`.
   *
   * @throws {InvalidOptionError} if `graceMs` is invalid.
   */
  async close(options: CloseOptions = {}): Promise<void> {
    refuseUnknownOptions(options, closeOptionNames);
    const graceMs = checkedGrace("graceMs", options.graceMs ?? this.#options.closeGraceMs);
    this.#stopping.abort();
    const over = this.#retrier
      .waitExactly(graceMs, this.#done.signal)
      .then(() => this.#givingUp.abort());
    await this.#work.catch(() => undefined);
    await over;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #run(): Promise<void> {
    const { connections, ownsConnections, signal } = this.#options;
    const onAbort = (): void => void this.close();
    signal?.addEventListener("abort", onAbort);
    if (signal?.aborted === true) this.#stopping.abort();
    try {
      await Promise.all(this.#sessions.map((session) => session.run()));
    } finally {
      // If one of them can't work, the others end, too.
      this.#stopping.abort();
      this.#done.abort();
      signal?.removeEventListener("abort", onAbort);
      if (ownsConnections) await Promise.all(connections.map((connection) => connection.close()));
    }
  }
}
