import { setTimeout as sleep } from "node:timers/promises";
import { codeOf, failureOf, isLost } from "@flawless-ts/http-service/postgres";
import type { Client } from "pg";
import { ControlPlaneError } from "../../errors.ts";
import { Ledger } from "../../queue/ledger.ts";
import { BatchTables, NotLoaded } from "./batch-tables.ts";
import { flushBatch } from "./flush-batch.ts";
import { beginBatch, loadWanted, type LedgerCall } from "./load-batch.ts";
import { unavailable, type PostgresConnection } from "./postgres-connection.ts";

/** A call, and how to settle its caller's promise. */
export interface WaitingCall extends LedgerCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** The outcome of a call in a batch. */
type Ended = { readonly value: unknown } | { readonly error: unknown };

/** Two transactions collided: serialization, deadlock, an id that both have published. */
const collisions: ReadonlySet<string | undefined> = new Set(["40001", "40P01", "23505"]);
const maxCollisions = 10;
/** A call may need a few more rows, each of which depends on the one before. */
const maxLoads = 1_000;

/** Runs batches of calls, one after the other, each in one transaction. */
export class BatchLane {
  readonly #connection: PostgresConnection;
  readonly #slot: number;

  /** @param slot the slot of its counts */
  constructor(connection: PostgresConnection, slot: number) {
    this.#connection = connection;
    this.#slot = slot;
  }

  /** Never rejects: each call gets its own outcome. */
  async run(calls: readonly WaitingCall[]): Promise<void> {
    let ended: readonly Ended[];
    try {
      ended = await this.#commit(calls);
    } catch (error) {
      if (
        calls.length > 1 &&
        !(error instanceof ControlPlaneError) &&
        failureOf(error) !== "later"
      ) {
        // Maybe the database can't take one of the calls, which must not affect the others.
        for (const call of calls) await this.run([call]);
        return;
      }
      for (const { reject } of calls) reject(unavailable(error));
      return;
    }
    for (const [index, call] of calls.entries()) {
      const end = ended[index];
      if (end === undefined) call.reject(new Error("a call without an end"));
      else if ("error" in end) call.reject(end.error);
      else call.resolve(end.value);
    }
  }

  async #commit(calls: readonly LedgerCall[]): Promise<readonly Ended[]> {
    for (let collided = 0; ; collided += 1) {
      const client = await this.#connection.connect();
      try {
        return await this.#transact(client, calls);
      } catch (error) {
        if (error instanceof ControlPlaneError || isLost(error)) {
          this.#connection.drop(client);
          throw unavailable(error);
        }
        await client.query("ROLLBACK").catch(() => this.#connection.drop(client));
        if (!collisions.has(codeOf(error)) || collided >= maxCollisions) throw error;
        await sleep(Math.random() * 2 ** collided);
      }
    }
  }

  async #transact(client: Client, calls: readonly LedgerCall[]): Promise<readonly Ended[]> {
    const tables = new BatchTables();
    const ledger = new Ledger(tables);
    await beginBatch(client, tables, calls);
    const ended: Ended[] = [];
    for (const call of calls) ended.push(await runCall(client, tables, ledger, call));
    const changes = flushBatch(client, tables, this.#slot);
    if (changes.length === 0) {
      await client.query("ROLLBACK");
      return ended;
    }
    try {
      // The first failure says why; the database refuses everything after it, including the commit.
      await Promise.all([...changes, client.query("COMMIT")]);
    } catch (cause) {
      if (!isLost(cause)) throw cause;
      throw new ControlPlaneError(
        "STORE_ANSWER_LOST",
        "The connection to the database broke before it answered: nobody knows whether that was done.",
        { cause },
      );
    }
    return ended;
  }
}

async function runCall(
  client: Client,
  tables: BatchTables,
  ledger: Ledger,
  call: LedgerCall,
): Promise<Ended> {
  const run = ledger[call.method] as (...parameters: readonly unknown[]) => unknown;
  // The rows of one call don't apply to the next.
  [tables.someWorkers, tables.unbegun, tables.unowned] = [null, null, null];
  for (let loads = 0; ; loads += 1) {
    try {
      return { value: tables.run(() => run.apply(ledger, [...call.parameters])) };
    } catch (error) {
      if (!(error instanceof NotLoaded) || loads >= maxLoads) return { error };
      await loadWanted(client, tables, error.wanted, call);
    }
  }
}
