import { createHash } from "node:crypto";
import { reasonOf } from "@flawless-ts/http-service/postgres";
import { EngineError } from "../../errors.ts";
import {
  type AppendPositions,
  listedCharacters,
  type StoredMessage,
  type StoredModule,
  type StoredSchedule,
  type StoredWorkflow,
  type StoredWorkflowFilter,
  type SearchBy,
  type Wakeup,
  type Walk,
  type Walked,
  type WorkflowCounts,
} from "../workflow-store.ts";
import { arrayParameter } from "./array-parameters.ts";
import type { Parameter, PostgresDatabase, Row } from "./postgres-database.ts";
import { labelsColumn } from "./postgres-schema.ts";
import { statusIs } from "../filter-conditions.ts";
import { selectWorkflows, walkWorkflows } from "./select-workflows.ts";
import { text, toMessage, toModule, toSchedule, toWorkflow } from "./stored-rows.ts";
import { toStored } from "./stored-text.ts";

/** Reads some partitions of a database, whoever owns them. */
export class PostgresReader {
  readonly #database: PostgresDatabase;
  readonly #partitions: readonly number[];
  readonly #count: number;

  /**
   * @param partitions which of the database's partitions to read
   * @param count how many partitions the cluster has
   */
  constructor(database: PostgresDatabase, partitions: readonly number[], count: number) {
    this.#database = database;
    this.#partitions = partitions;
    this.#count = count;
  }

  async workflow(id: number): Promise<StoredWorkflow | undefined> {
    const partition = id % this.#count;
    if (!this.#partitions.includes(partition)) {
      return undefined;
    }
    const where = "WHERE partition = $1 AND id = $2";
    const [row] = await this.#ask(
      (s) => `SELECT *, ${labelsColumn(s)} FROM ${s}.workflows ${where}`,
      [partition, id],
    );
    return row === undefined ? undefined : toWorkflow(row);
  }

  /** Those of the given workflows that are not running: they have ended or don't exist. */
  async ended(ids: readonly number[]): Promise<readonly number[]> {
    const rows = await this.#ask(
      (s) => `SELECT n.id FROM unnest($1::int4[], $2::int8[]) AS n (partition, id)
        LEFT JOIN ${s}.workflows w ON w.partition = n.partition AND w.id = n.id
        WHERE w.status IS DISTINCT FROM 'running'`,
      [
        arrayParameter(
          "int4",
          ids.map((id) => id % this.#count),
        ),
        arrayParameter("int8", ids),
      ],
    );
    return rows.map((row) => row["id"] as number);
  }

  async workflowByIdempotencyKey(key: string): Promise<StoredWorkflow | undefined> {
    const where = "WHERE partition = ANY($1) AND idempotency_key = $2";
    const [row] = await this.#ask(
      (s) => `SELECT *, ${labelsColumn(s)} FROM ${s}.workflows ${where} ORDER BY id LIMIT 1`,
      [this.#all(), toStored(key)],
    );
    return row === undefined ? undefined : toWorkflow(row);
  }

  /** The workflow of a key, if it was copied from elsewhere and is not in the partition that the key belongs to. */
  async workflowByMovedKey(key: string): Promise<StoredWorkflow | undefined> {
    const [row] = await this.#ask(
      (s) => `SELECT workflow FROM ${s}.moved_keys WHERE key = $1`,
      [toStored(key)],
    );
    return row === undefined ? undefined : this.workflow(row["workflow"] as number);
  }

  /** Whether there are any such keys. */
  async hasMovedKeys(): Promise<boolean> {
    const [row] = await this.#ask((s) => `SELECT EXISTS (SELECT FROM ${s}.moved_keys) AS some`);
    return row?.["some"] === true;
  }

  async list(filter: StoredWorkflowFilter): Promise<readonly StoredWorkflow[]> {
    const found: StoredWorkflow[] = [];
    let left = filter.characters ?? Infinity;
    for (const row of await this.#select("listed", filter)) {
      const workflow = toWorkflow(row);
      found.push(workflow);
      left -= listedCharacters(workflow);
      if (left <= 0) {
        break;
      }
    }
    return found;
  }

  async ids(filter: StoredWorkflowFilter): Promise<readonly number[]> {
    return (await this.#select("id", filter)).map((row) => row["id"] as number);
  }

  /** Walks an equal share of each partition: if some have fewer workflows, the total is smaller. */
  async walk(
    filter: StoredWorkflowFilter,
    by: SearchBy,
    { most, inputBytes }: Walk,
  ): Promise<Walked> {
    const partitions = this.#partitions.length;
    const { text, values } = walkWorkflows(this.#database.schema, filter, by, {
      share: Math.ceil(most / partitions),
      inputBytes: inputBytes === undefined ? undefined : Math.ceil(inputBytes / partitions),
    });
    const rows = await this.#ask(() => text, [this.#all(), ...values]);
    const ends = rows.flatMap((row) =>
      Number(row["n"]) < Number(row["walked"]) ? [Number(row["lowest"])] : [],
    );
    return {
      count: rows.reduce((sum, row) => sum + Number(row["n"]), 0),
      lowest: ends.length === 0 ? null : Math.max(...ends),
    };
  }

  async lines(id: number, positions?: AppendPositions): Promise<readonly string[]> {
    if (!this.#partitions.includes(id % this.#count)) {
      return [];
    }
    const where = "WHERE workflow = $1 AND position >= $2 ORDER BY position LIMIT $3";
    const rows = await this.#ask(
      (s) => `SELECT lines FROM ${s}.journal ${where}`,
      [id, positions?.from ?? 0, positions?.count ?? null],
    );
    return rows.map((row) => text(row, "lines"));
  }

  async mailbox(id: number): Promise<readonly StoredMessage[]> {
    if (!this.#partitions.includes(id % this.#count)) {
      return [];
    }
    const order = "WHERE workflow = $1 ORDER BY sequence";
    return (await this.#ask((s) => `SELECT * FROM ${s}.mailbox ${order}`, [id])).map(toMessage);
  }

  async note(id: number, name: string): Promise<string | undefined> {
    if (!this.#partitions.includes(id % this.#count)) {
      return undefined;
    }
    const where = "WHERE workflow = $1 AND name = $2";
    const values = [id, toStored(name)];
    const [row] = await this.#ask((s) => `SELECT value FROM ${s}.notes ${where}`, values);
    return row === undefined ? undefined : text(row, "value");
  }

  /** For one partition only: its index has them in order. */
  async wakeups(after: Wakeup | null, limit: number): Promise<readonly Wakeup[]> {
    const rows = await this.#ask(
      (s) =>
        `SELECT id, wake_at FROM ${s}.workflows WHERE partition = $1 AND wake_at IS NOT NULL ` +
        "AND (wake_at, id) > ($2, $3) ORDER BY wake_at, id LIMIT $4",
      [this.#partitions[0] ?? 0, after?.wakeAt ?? -1, after?.id ?? 0, limit],
    );
    return rows.map((row) => ({ id: row["id"] as number, wakeAt: row["wake_at"] as number }));
  }

  async counts(): Promise<WorkflowCounts> {
    const [row] = await this.#ask(
      (s) => {
        const count = (what: string): string =>
          `(SELECT count(*) FROM ${s}.workflows WHERE partition = ANY($1) AND ${what})`;
        const states = (["running", "failed", "cancelled"] as const).map(
          (status) => `${count(statusIs(status))} AS ${status}`,
        );
        return `SELECT ${count("true")} AS all, ${states.join(", ")}, ${count("wake_at IS NOT NULL AND wake_at > 0")} AS sleeping`;
      },
      [this.#all()],
    );
    const number = (column: string): number => Number(row?.[column]);
    const [running, failed, cancelled] = [number("running"), number("failed"), number("cancelled")];
    const completed = number("all") - running - failed - cancelled;
    return { running, completed, failed, cancelled, sleeping: number("sleeping") };
  }

  async running(): Promise<number> {
    const where = `WHERE partition = ANY($1) AND ${statusIs("running")}`;
    const [row] = await this.#ask(
      (s) => `SELECT count(*) AS n FROM ${s}.workflows ${where}`,
      [this.#all()],
    );
    return Number(row?.["n"]);
  }

  /** For one partition only. */
  async lastId(): Promise<number> {
    const [row] = await this.#ask(
      (s) => `SELECT max(id) AS last FROM ${s}.workflows WHERE partition = $1`,
      [this.#partitions[0] ?? 0],
    );
    return Number(row?.["last"] ?? 0);
  }

  async schedule(name: string): Promise<StoredSchedule | undefined> {
    const where = "WHERE partition = ANY($1) AND name = $2";
    const values = [this.#all(), toStored(name)];
    const [row] = await this.#ask((s) => `SELECT * FROM ${s}.schedules ${where} LIMIT 1`, values);
    return row === undefined ? undefined : toSchedule(row);
  }

  async schedules(after: string | null, limit: number): Promise<readonly StoredSchedule[]> {
    const where = "WHERE partition = ANY($1) AND name > $2 ORDER BY name LIMIT $3";
    const rows = await this.#ask(
      (s) => `SELECT name, spec, '' AS input, state FROM ${s}.schedules ${where}`,
      [this.#all(), toStored(after ?? ""), limit],
    );
    return rows.map(toSchedule);
  }

  async modules(): Promise<readonly StoredModule[]> {
    // Without its bytes, a module counts as not inspected: whoever tries to inspect it finds that they are lost.
    const rows = await this.#ask(
      (s) =>
        `SELECT m.name, m.version, m.hash, m.deployed_at,
         CASE WHEN EXISTS (SELECT FROM ${s}.module_bytes b WHERE b.hash = m.hash) THEN m.inspection ELSE 'null' END AS inspection
         FROM ${s}.modules m ORDER BY m.deployed_at, m.name, m.version`,
    );
    return rows.map(toModule);
  }

  /** @throws EngineError `JOURNAL_DAMAGED` if they are not the bytes that were deployed */
  async moduleBytes(hash: string): Promise<Uint8Array | undefined> {
    const where = "WHERE hash = $1";
    const [row] = await this.#ask((s) => `SELECT bytes FROM ${s}.module_bytes ${where}`, [hash]);
    const bytes = row?.["bytes"] as Uint8Array | undefined;
    if (bytes !== undefined && createHash("sha256").update(bytes).digest("hex") !== hash) {
      throw new EngineError(
        "JOURNAL_DAMAGED",
        `${this.#database.name} holds other bytes for module ${hash} than were deployed. Restore a backup, or deploy the module again.`,
      );
    }
    return bytes;
  }

  #select(what: "listed" | "id", filter: StoredWorkflowFilter): Promise<readonly Row[]> {
    const { text, values } = selectWorkflows(this.#database.schema, what, filter);
    return this.#ask(() => text, [this.#all(), ...values]);
  }

  #all(): Parameter {
    return arrayParameter("int4", this.#partitions);
  }

  async #ask(
    sql: (schema: string) => string,
    values: readonly Parameter[] = [],
  ): Promise<readonly Row[]> {
    try {
      return await this.#database.query(sql(this.#database.schema), values);
    } catch (cause) {
      const message = `Can't read ${this.#database.name}: ${reasonOf(cause)}`;
      throw new EngineError("JOURNAL_UNAVAILABLE", message, { cause });
    }
  }
}
