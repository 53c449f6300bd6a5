import { randomInt } from "node:crypto";
import { failureOf, NotConnectedError } from "@flawless-ts/http-service/postgres";
import { ShortLivedMap, ShortLivedSet } from "@flawless-ts/wasm-module/internal";
import { FencedError, type StoreWrite } from "../workflow-store.ts";
import type { CommitQueue } from "./commit-queue.ts";
import type { PostgresDatabase } from "./postgres-database.ts";
import { toWriteError } from "./to-write-error.ts";

const maxToken = 2 ** 48 - 1;

/** The state of a partition's fence in the database. */
interface FenceRow {
  readonly epoch: number;
  readonly number: number;
  readonly token: number;
}

/**
 * The commits of a partition's owner, one after the other, each of them exactly once.
 *
 * Each commit has a number and a token. If the answer to one is lost, it is sent again with the same number and token:
 * the database lets only one commit through for each number, and the token says which. So it doesn't matter whether the
 * first attempt had its effect, has it only now, or never arrived.
 */
export class PartitionCommits {
  readonly #database: PostgresDatabase;
  readonly #queue: CommitQueue;
  readonly #partition: number;
  readonly #epoch: number;
  /** The number of the last commit that had an effect. */
  #number: number;
  /** The tokens of commits that were sent under the next number and may still have an effect, by their writes. */
  readonly #sent = new ShortLivedMap<readonly StoreWrite[], number>();
  /** Those commits of which an attempt may have had its effect, or may still have it. */
  readonly #lost = new ShortLivedSet<readonly StoreWrite[]>();
  /** Commits that turned out to have had their effect after their caller was told to retry. */
  readonly #hadEffect = new WeakSet<readonly StoreWrite[]>();
  #last: Promise<unknown> = Promise.resolve();
  #fenced: FencedError | undefined;

  /**
   * @throws FencedError if the partition has another epoch
   * @throws Error from the database
   */
  static async open(
    database: PostgresDatabase,
    queue: CommitQueue,
    partition: number,
    epoch: number,
  ): Promise<PartitionCommits> {
    const row = await readFence(database, partition);
    if (row?.epoch !== epoch) {
      throw fencedError(partition, epoch, row);
    }
    return new PartitionCommits(database, queue, partition, epoch, row.number);
  }

  private constructor(
    database: PostgresDatabase,
    queue: CommitQueue,
    partition: number,
    epoch: number,
    number: number,
  ) {
    this.#database = database;
    this.#queue = queue;
    this.#partition = partition;
    this.#epoch = epoch;
    this.#number = number;
  }

  /** Settled once all commits requested before are. */
  get settled(): Promise<unknown> {
    return this.#last;
  }

  /**
   * @param writes to retry a commit after an error that allows it, pass the same array
   * @throws StoreWriteError
   * @throws FencedError
   */
  commit(writes: readonly StoreWrite[]): Promise<void> {
    const commit = this.#last.then(() => this.#commit(writes));
    this.#last = commit.catch(() => undefined);
    return commit;
  }

  async #commit(writes: readonly StoreWrite[]): Promise<void> {
    if (this.#fenced !== undefined) {
      throw this.#fenced;
    }
    while (!this.#hadEffect.delete(writes)) {
      const token = this.#sent.get(writes) ?? randomInt(1, maxToken);
      this.#sent.set(writes, token);
      try {
        if (await this.#send(writes, token)) {
          this.#count();
          return;
        }
        await this.#learn();
      } catch (error) {
        if (!(error instanceof FencedError)) {
          throw toWriteError(error, `Can't write to ${this.#database.name}`);
        }
        this.#fenced = error;
        throw error;
      }
    }
  }

  async #send(writes: readonly StoreWrite[], token: number): Promise<boolean> {
    const fence = {
      partition: this.#partition,
      epoch: this.#epoch,
      number: this.#number + 1,
      token,
    };
    try {
      const through = await this.#queue.send(fence, writes);
      if (!through) {
        // An earlier attempt whose answer was lost may be the one that was let through.
        this.#lost.add(writes);
      }
      return through;
    } catch (error) {
      if (!(error instanceof NotConnectedError) && failureOf(error) === "unknown") {
        this.#lost.add(writes);
      }
      if (!this.#lost.has(writes)) {
        this.#sent.delete(writes);
      }
      throw error;
    }
  }

  /** Reads which commit was let through under the number that was attempted. */
  async #learn(): Promise<void> {
    const row = await readFence(this.#database, this.#partition);
    const through = [...this.#sent].find(([, token]) => token === row?.token)?.[0];
    if (row?.epoch !== this.#epoch || row.number !== this.#number + 1 || through === undefined) {
      throw fencedError(this.#partition, this.#epoch, row, this.#number);
    }
    this.#hadEffect.add(through);
    this.#count();
  }

  #count(): void {
    this.#number += 1;
    this.#sent.clear();
    this.#lost.clear();
  }
}

async function readFence(
  database: PostgresDatabase,
  partition: number,
): Promise<FenceRow | undefined> {
  const [row] = await database.query(
    `SELECT epoch, number, token FROM ${database.schema}.fences WHERE partition = $1`,
    [partition],
  );
  return row as FenceRow | undefined;
}

function fencedError(
  partition: number,
  epoch: number,
  row: FenceRow | undefined,
  number?: number,
): FencedError {
  if (row === undefined) {
    return new FencedError(`The database has no partition ${partition}.`);
  }
  if (row.epoch !== epoch) {
    return new FencedError(
      `Partition ${partition} has another owner: its epoch is ${row.epoch}, not ${epoch}.`,
    );
  }
  return new FencedError(
    `The database is not where partition ${partition} left it: it has commit ${row.number}, and commit ${number} was acknowledged before. ` +
      "Was it restored, or failed over to a standby that was not synchronous?",
  );
}
