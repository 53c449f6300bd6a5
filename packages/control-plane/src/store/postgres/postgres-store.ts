import { setImmediate } from "node:timers/promises";
import type { Ledger } from "../../queue/ledger.ts";
import { jobStatuses, type Job, type JobCounts, type WorkerView } from "../../queue/types.ts";
import type { ReadMethod, Store, WriteMethod } from "../store.ts";
import { BatchLane, type WaitingCall } from "./batch-lane.ts";
import { PostgresConnection, unavailable, type PostgresAddress } from "./postgres-connection.ts";
import { jobColumns, keyOf, toJob, toWorker, type JobRow } from "./postgres-rows.ts";

/** The max number of concurrent batches, each on its own connection. */
const lanes = 2;
/** Fewer calls wait for the current batch, because several small batches cost both sides more than one. */
const worthAnotherLane = 32;
const maxCallsInBatch = 500;
const maxWaiting = 20_000;
/** The number of slots for counts, so that nodes rarely wait for each other. */
const slots = 1_024;

type Questions = { readonly [Name in ReadMethod]: Ledger[Name] };

/**
 * Stores the queue in PostgreSQL, for any number of nodes. Calls that arrive while others are written are run together,
 * in one transaction that loads and locks their rows; only jobs that nobody has locked are handed out.
 */
export class PostgresStore implements Store {
  readonly #lanes: { readonly lane: BatchLane; busy: boolean }[];
  readonly #connections: readonly PostgresConnection[];
  readonly #questions: PostgresConnection;
  readonly #waiting: WaitingCall[] = [];
  readonly #underWay: Set<Promise<void>> = new Set();
  #asking: Promise<unknown> = Promise.resolve();

  /** @param address a database whose tables exist */
  constructor(address: PostgresAddress) {
    const connections = Array.from({ length: lanes }, () => new PostgresConnection(address));
    this.#lanes = connections.map((connection) => ({
      lane: new BatchLane(connection, Math.floor(Math.random() * slots)),
      busy: false,
    }));
    this.#questions = new PostgresConnection(address);
    this.#connections = [...connections, this.#questions];
  }

  async read<Name extends ReadMethod>(
    method: Name,
    ...parameters: Parameters<Ledger[Name]>
  ): Promise<ReturnType<Ledger[Name]>> {
    const answer = this.#asking.then(() => this.#answer(method, parameters));
    this.#asking = answer.catch(() => undefined);
    return (await answer.catch((error: unknown) => {
      throw unavailable(error);
    })) as ReturnType<Ledger[Name]>;
  }

  write<Name extends WriteMethod>(
    method: Name,
    ...parameters: Parameters<Ledger[Name]>
  ): Promise<ReturnType<Ledger[Name]>> {
    if (this.#waiting.length >= maxWaiting) {
      const cause = new Error(`${maxWaiting} calls wait for the database`);
      return Promise.reject(unavailable(cause));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        method,
        parameters,
        resolve: resolve as (value: unknown) => void,
        reject,
      });
      this.#next();
    });
  }

  /** Waits for all earlier calls. */
  async close(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    await this.#asking;
    await Promise.all(this.#connections.map((connection) => connection.close()));
  }

  #next(): void {
    const free = this.#lanes.find(({ busy }) => !busy);
    const least = this.#underWay.size === 0 ? 1 : worthAnotherLane;
    if (free === undefined || this.#waiting.length < least) return;
    free.busy = true;
    // Calls that arrive in the same turn of the event loop share a batch.
    const work = setImmediate()
      .then(() => free.lane.run(this.#waiting.splice(0, maxCallsInBatch)))
      .finally(() => {
        free.busy = false;
        this.#underWay.delete(work);
        this.#next();
      });
    this.#underWay.add(work);
  }

  #answer(method: ReadMethod, parameters: readonly unknown[]): Promise<unknown> {
    const answers = this.#answers as Readonly<
      Record<ReadMethod, (...given: readonly unknown[]) => Promise<unknown>>
    >;
    return answers[method](...parameters);
  }

  readonly #answers: {
    readonly [Name in ReadMethod]: (
      ...parameters: Parameters<Questions[Name]>
    ) => Promise<ReturnType<Questions[Name]>>;
  } = {
    job: async (id) => (await this.#jobs("id = $1", [keyOf(id)]))[0],
    jobs: async ({ status, after = 0, limit }) =>
      await (status === undefined
        ? this.#jobs("sequence > $1 ORDER BY sequence LIMIT $2", [after, limit])
        : this.#jobs("status = $1 AND sequence > $2 ORDER BY sequence LIMIT $3", [
            status,
            after,
            limit,
          ])),
    newestJobs: async (limit) => await this.#jobs("true ORDER BY sequence DESC LIMIT $1", [limit]),
    counts: async () => {
      const rows = await this.#questions.query<{ status: string; jobs: string }>(
        "SELECT status, sum(jobs) AS jobs FROM counts GROUP BY status",
      );
      const counts = new Map(rows.map((row) => [row.status, Number(row.jobs)]));
      return Object.fromEntries(
        jobStatuses.map((status) => [status, counts.get(status) ?? 0]),
      ) as JobCounts;
    },
    worker: async (id) => (await this.#workers("workers.id = $1", [keyOf(id)]))[0],
    workers: async () => await this.#workers("true", []),
  };

  async #jobs(where: string, values: readonly unknown[]): Promise<readonly Job[]> {
    const sql = `SELECT ${jobColumns} FROM jobs WHERE ${where}`;
    return (await this.#questions.query<JobRow>(sql, values)).map(toJob);
  }

  async #workers(where: string, values: readonly unknown[]): Promise<readonly WorkerView[]> {
    const rows = await this.#questions.query<{ data: string; active_jobs: string }>(
      `SELECT data, (SELECT count(*) FROM jobs WHERE worker_id = workers.id
         AND jobs.status IN ('Claimed', 'InProgress')) AS active_jobs
       FROM workers WHERE ${where} ORDER BY ordinal`,
      values,
    );
    return rows.map((row) => ({ ...toWorker(row), activeJobs: Number(row.active_jobs) }));
  }
}
