import { reasonOf } from "@flawless-ts/http-service/postgres";
import { EngineError } from "../../errors.ts";
import { wholeBatch, wholeSchedules, type WholeStore, type WholeWorkflow } from "../whole-store.ts";
import type { StoredModule, StoredSchedule } from "../workflow-store.ts";
import { arrayParameter } from "./array-parameters.ts";
import type { Parameter, PostgresDatabase, Row } from "./postgres-database.ts";
import { labelsColumn } from "./postgres-schema.ts";
import { text, toMessage, toModule, toSchedule, toWorkflow } from "./stored-rows.ts";

/** Reads all of a database. If it must not change meanwhile, claim its partitions first. */
export class PostgresWholeStore implements WholeStore {
  readonly #database: PostgresDatabase;
  readonly #partitions: Parameter;

  /** @param count the number of partitions, all of them in this database */
  constructor(database: PostgresDatabase, count: number) {
    this.#database = database;
    const all = Array.from({ length: count }, (_, partition) => partition);
    this.#partitions = arrayParameter("int4", all);
  }

  get name(): string {
    return this.#database.name;
  }

  async count(): Promise<number> {
    const [row] = await this.#ask((s) => `SELECT count(*) AS n FROM ${s}.workflows`);
    return Number(row?.["n"]);
  }

  async workflows(after: number): Promise<readonly WholeWorkflow[]> {
    const ids = await this.#next(after);
    if (ids.length === 0) {
      return [];
    }
    const parameter = arrayParameter("int8", ids);
    const of = (table: string, order: string): Promise<Map<number, Row[]>> =>
      this.#grouped(
        (s) => `SELECT * FROM ${s}.${table} WHERE workflow = ANY($1) ORDER BY workflow, ${order}`,
        parameter,
      );
    const [rows, journal, mailbox, notes] = await Promise.all([
      this.#ask(
        (
          s,
        ) => `SELECT w.* FROM unnest($1::int4[]) AS p, LATERAL (SELECT *, ${labelsColumn(s)} FROM ${s}.workflows
          WHERE partition = p AND id = ANY($2)) w ORDER BY w.id`,
        [this.#partitions, parameter],
      ),
      of("journal", "position"),
      of("mailbox", "sequence"),
      of("notes", 'name COLLATE "C"'),
    ]);
    return rows.map((row) => {
      const workflow = toWorkflow(row);
      const { id } = workflow;
      return {
        workflow,
        appends: (journal.get(id) ?? []).map((each) => ({
          position: each["position"] as number,
          lines: text(each, "lines"),
        })),
        messages: (mailbox.get(id) ?? []).map(toMessage),
        notes: (notes.get(id) ?? []).map((each) => ({
          name: text(each, "name"),
          value: text(each, "value"),
        })),
      };
    });
  }

  async schedules(after: string): Promise<readonly StoredSchedule[]> {
    const rows = await this.#ask(
      (s) =>
        `SELECT name, spec, input, state FROM ${s}.schedules WHERE name > $1 ORDER BY name LIMIT $2`,
      [after, wholeSchedules],
    );
    return rows.map(toSchedule);
  }

  async modules(): Promise<readonly StoredModule[]> {
    const order = 'ORDER BY name COLLATE "C", version COLLATE "C"';
    return (await this.#ask((s) => `SELECT * FROM ${s}.modules ${order}`)).map(toModule);
  }

  async moduleHashes(): Promise<readonly string[]> {
    const rows = await this.#ask((s) => `SELECT hash FROM ${s}.module_bytes ORDER BY hash`);
    return rows.map((row) => String(row["hash"])).toSorted();
  }

  async moduleBytes(hash: string): Promise<Uint8Array | undefined> {
    const where = "WHERE hash = $1";
    const [row] = await this.#ask((s) => `SELECT bytes FROM ${s}.module_bytes ${where}`, [hash]);
    return row?.["bytes"] as Uint8Array | undefined;
  }

  /** The ids of the next batch. Sizes are known without reading the texts. */
  async #next(after: number): Promise<readonly number[]> {
    const rows = await this.#ask(
      (s) => `WITH next AS MATERIALIZED (
          SELECT w.* FROM unnest($1::int4[]) AS p, LATERAL (SELECT partition, id FROM ${s}.workflows
            WHERE partition = p AND id > $2 ORDER BY id LIMIT $3) w ORDER BY w.id LIMIT $3
        )
        SELECT n.id, octet_length(w.input) + coalesce(octet_length(w.response), 0)
          + coalesce((SELECT sum(octet_length(lines)) FROM ${s}.journal WHERE workflow = n.id), 0)
          + coalesce((SELECT sum(octet_length(data)) FROM ${s}.mailbox WHERE workflow = n.id), 0) AS size
        FROM next n JOIN ${s}.workflows w ON w.partition = n.partition AND w.id = n.id ORDER BY n.id`,
      [this.#partitions, after, wholeBatch.workflows],
    );
    const ids: number[] = [];
    let bytes = 0;
    for (const row of rows) {
      ids.push(row["id"] as number);
      bytes += Number(row["size"]);
      if (bytes >= wholeBatch.bytes) {
        break;
      }
    }
    return ids;
  }

  async #grouped(sql: (s: string) => string, ids: Parameter): Promise<Map<number, Row[]>> {
    const all = new Map<number, Row[]>();
    for (const row of await this.#ask(sql, [ids])) {
      const workflow = row["workflow"] as number;
      const rows = all.get(workflow);
      if (rows === undefined) {
        all.set(workflow, [row]);
      } else {
        rows.push(row);
      }
    }
    return all;
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
