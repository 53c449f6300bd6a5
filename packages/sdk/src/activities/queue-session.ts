import type { ActivityReport, HandedOutActivity } from "../connection/activity-types.ts";
import type { FlawlessConnection } from "../connection/connection.ts";
import { ClientClosedError } from "../errors/usage-errors.ts";
import { RefusedError, ServerRefusedError } from "../errors/refusals.ts";
import type { CallScope } from "../http/call-scope.ts";
import type { FailureLog } from "../worker/failure-log.ts";
import type { Retrier } from "../worker/retrier.ts";
import { HeldAttempt } from "./held-attempt.ts";
import type { ResolvedActivityWorkerOptions } from "./options.ts";
import type { Places } from "./places.ts";
import { Reporter } from "./reporter.ts";
import { activityOf, runActivity } from "./run-activity.ts";
import { SignsOfLife } from "./signs-of-life.ts";
import { withinTime } from "./within-time.ts";

/** The parts that a worker's sessions share. */
export interface SessionParts {
  readonly options: ResolvedActivityWorkerOptions;
  readonly places: Places;
  readonly retrier: Retrier;
  readonly failures: FailureLog;
  /** Aborted: no more tasks are claimed. */
  readonly stopping: AbortSignal;
  /** Aborted: what still runs is returned. */
  readonly givingUp: AbortSignal;
}

const maxTasksAtOnce = 1_000;

/** A worker's session with one server: it claims tasks, renews their leases, runs them, and reports their results. */
export class QueueSession {
  readonly #connection: FlawlessConnection;
  readonly #parts: SessionParts;
  readonly #share: number;
  readonly #held = new Map<string, HeldAttempt>();
  readonly #running = new Set<Promise<void>>();
  readonly #reporter: Reporter;
  readonly #pollsOver = new AbortController();
  readonly #registered = Promise.withResolvers<void>();
  #leaseMs = 0;
  #hasWorked = false;
  readonly #signsOfLife: SignsOfLife;

  /** @param share the share of the free places for which one request may ask */
  constructor(connection: FlawlessConnection, parts: SessionParts, share: number) {
    this.#connection = connection;
    this.#parts = parts;
    this.#share = share;
    this.#reporter = new Reporter((reports) => this.#send(reports));
    this.#signsOfLife = new SignsOfLife(
      this.#held,
      parts,
      () => connection.url,
      (beats) =>
        this.#call("Giving signs of life", undefined, (scope) =>
          connection.heartbeatActivities(parts.options.queue, parts.options.id, beats, scope),
        ),
    );
  }

  /** Settled when it has registered for the first time. */
  get registered(): Promise<void> {
    return this.#registered.promise;
  }

  /** The number of tasks it has. */
  get held(): number {
    return this.#held.size;
  }

  /**
   * Works until it is told to stop and everything is reported.
   *
   * @throws {FlawlessError} for an unrecoverable error before its first registration
   * @throws {ClientClosedError} if the client is closed
   */
  async run(): Promise<void> {
    const { options, stopping } = this.#parts;
    if (!(await this.#register())) return;
    const beating = new AbortController();
    const beats = this.#signsOfLife.giveUntil(beating.signal, () => this.#leaseMs);
    const withdrawn = Promise.withResolvers<void>();
    const withdraw = (): void => void this.#withdraw().then(withdrawn.resolve);
    stopping.addEventListener("abort", withdraw, { once: true });
    try {
      await this.#takeTasks();
      // Before any task is returned, because it could be assigned to this worker again.
      await withdrawn.promise;
      await this.#finishTasks();
    } finally {
      stopping.removeEventListener("abort", withdraw);
      beating.abort();
      await beats;
      await this.#leave();
      options.logger.info(
        { queue: options.queue, url: this.#connection.url },
        "The worker has left its queue.",
      );
    }
  }

  async #register(): Promise<boolean> {
    const { options, retrier, stopping } = this.#parts;
    const { concurrency, id, policies, queue } = options;
    try {
      const terms = await retrier.untilItWorks(
        `Registering with the queue "${queue}" of ${this.#connection.url}`,
        () =>
          this.#call("Registering a worker", stopping, (scope) =>
            this.#connection.registerActivityWorker(
              queue,
              { worker: id, concurrency, activities: policies },
              scope,
            ),
          ),
        stopping,
        this.#hasWorked ? (error) => !ClientClosedError.is(error) : undefined,
      );
      this.#leaseMs = terms.leaseMs;
      options.logger.info(
        { queue, worker: id, url: this.#connection.url },
        `The worker takes tasks of the queue "${queue}".`,
      );
      this.#hasWorked = true;
      this.#registered.resolve();
      return true;
    } catch (error) {
      if (stopping.aborted) return false;
      throw error;
    }
  }

  async #takeTasks(): Promise<void> {
    const { options, failures, places, retrier, stopping } = this.#parts;
    const polling = `Asking ${this.#connection.url} for tasks`;
    let isNew = false;
    for (;;) {
      await places.someFree(stopping);
      if (stopping.aborted) return;
      try {
        const tasks = await this.#poll(Math.ceil(places.free * this.#share));
        failures.worked(polling);
        isNew = false;
        for (const task of tasks) this.#take(task);
      } catch (error) {
        if (ClientClosedError.is(error)) throw error;
        if (stopping.aborted) return;
        if (isUnknownWorker(error)) {
          // A server that does not know a worker right after it registered would be asked without end.
          if (isNew) await retrier.wait(options.errorDelayMs, stopping);
          isNew = true;
          await this.#registerAgain();
          continue;
        }
        failures.failed(polling, error, "Trying again until it works.");
        await retrier.wait(options.errorDelayMs, stopping);
      }
    }
  }

  async #poll(free: number, waitMs: number | null = null): Promise<readonly HandedOutActivity[]> {
    const { id, queue } = this.#parts.options;
    const poll = { worker: id, max: Math.min(maxTasksAtOnce, Math.max(1, free)), waitMs };
    const isWithdrawal = waitMs === 0;
    return await this.#call(
      "Asking for tasks",
      isWithdrawal ? undefined : this.#pollsOver.signal,
      (scope) => this.#connection.pollActivities(queue, poll, scope),
      isWithdrawal ? withdrawWithinMs : undefined,
    );
  }

  /** A pending request could still get tasks. Another request replaces it, so that none is lost. */
  async #withdraw(): Promise<void> {
    try {
      for (const task of await this.#poll(1, 0)) this.#take(task);
    } catch {
      // The server is down, so it assigns nothing either.
    } finally {
      this.#pollsOver.abort();
    }
  }

  /** After a server's restart, first reports the tasks that are here. */
  async #registerAgain(): Promise<void> {
    if (await this.#register()) await this.#signsOfLife.give();
  }

  #take(task: HandedOutActivity): void {
    const { options, places, stopping } = this.#parts;
    if (stopping.aborted) {
      this.#reporter.add({ lease: task.lease, handBack: true });
      return;
    }
    const attempt = new HeldAttempt(task, options.queue, options.logger);
    this.#held.set(task.lease, attempt);
    places.take();
    const running = this.#run(attempt).finally(() => {
      places.give();
      this.#running.delete(running);
    });
    this.#running.add(running);
    if (task.heartbeatMs !== null) this.#signsOfLife.planAnew();
  }

  async #run(attempt: HeldAttempt): Promise<void> {
    const { logger, activities } = this.#parts.options;
    const { lease, name, input } = attempt.task;
    const definition = activityOf(activities, name);
    if (definition === undefined) {
      this.#reporter.add({ lease, handBack: true });
      return;
    }
    const running = runActivity(definition, input, attempt.context);
    const result = await withinTime(running, attempt, this.#parts.retrier);
    // It may have been returned meanwhile, or may have ended.
    if (this.#held.get(lease) !== attempt) return;
    if ("error" in result) {
      const { name: error, message } = result.error;
      attempt.context.logger.warn(
        { error: result.error },
        `The attempt failed: ${error}: ${message}`,
      );
    } else {
      logger.debug({ activity: name }, "The attempt is done.");
    }
    this.#reporter.add(attempt.reportOf(result));
  }

  async #send(reports: readonly ActivityReport[]): Promise<void> {
    const { options, retrier, givingUp } = this.#parts;
    const { id, queue } = options;
    try {
      await retrier.untilItWorks(
        `Telling ${this.#connection.url} how activities ended`,
        async () => {
          try {
            return await this.#call("Reporting results", undefined, (scope) =>
              this.#connection.reportActivities(queue, id, reports, scope),
            );
          } catch (error) {
            if (isUnknownWorker(error)) await this.#register();
            throw error;
          }
        },
        givingUp,
        (error) => !ClientClosedError.is(error) && !isRefusedForGood(error),
      );
    } catch (error) {
      await this.#sendWithoutValues(reports, error);
    } finally {
      for (const { lease } of reports) this.#held.delete(lease);
    }
  }

  /** The server refuses the values, so at least report that. */
  async #sendWithoutValues(reports: readonly ActivityReport[], error: unknown): Promise<void> {
    const { id, logger, queue } = this.#parts.options;
    logger.error({ err: error }, "The server did not take how activities ended.");
    if (!isRefusedForGood(error)) return;
    const refused = reports.map(({ lease }): ActivityReport => ({
      lease,
      error: {
        name: "ResultRefused",
        message: `The server did not take the result: ${(error as Error).message}`,
        stack: null,
        details: null,
        nonRetryable: true,
        cause: null,
      },
    }));
    await this.#call("Reporting results", undefined, (scope) =>
      this.#connection.reportActivities(queue, id, refused, scope),
    ).catch(() => undefined);
  }

  /** Lets tasks finish, until they must be returned. */
  async #finishTasks(): Promise<void> {
    const { givingUp } = this.#parts;
    const ended = (async () => {
      while (this.#running.size > 0) await Promise.all(this.#running);
      await this.#reporter.finish();
    })();
    const { promise: gaveUp, resolve } = Promise.withResolvers<void>();
    givingUp.addEventListener("abort", () => resolve(), { once: true });
    if (givingUp.aborted) resolve();
    await Promise.race([ended, gaveUp]);
    for (const [lease, attempt] of this.#held) {
      this.#held.delete(lease);
      attempt.abort("shutdown");
      this.#reporter.add({ lease, handBack: true, details: attempt.takeBeat().details });
    }
    await this.#reporter.finish();
  }

  async #leave(): Promise<void> {
    const { id, queue } = this.#parts.options;
    await this.#call("Leaving a queue", undefined, (scope) =>
      this.#connection.leaveActivityQueue(queue, id, scope),
    ).catch(() => {
      // The server is down, or will notice by itself.
    });
  }

  async #call<Value>(
    action: string,
    signal: AbortSignal | undefined,
    ask: (scope: CallScope) => Promise<Value>,
    timeoutMs: number = callTimeoutMs,
  ): Promise<Value> {
    using scope = this.#connection.begin(action, { signal, timeoutMs });
    return await ask(scope);
  }
}

/** How long a server may take to respond to the request that withdraws another. */
const withdrawWithinMs = 5_000;
/** For each call; long polls stay open for 25 seconds. */
const callTimeoutMs = 60_000;

function isUnknownWorker(error: unknown): boolean {
  return RefusedError.is(error) && error.serverCode === "WORKER_NOT_FOUND";
}

/** Whether the server won't accept it later either. */
function isRefusedForGood(error: unknown): boolean {
  return (
    RefusedError.is(error) &&
    !ServerRefusedError.is(error) &&
    (error.status === 400 || error.status === 413)
  );
}
