import { createHash } from "node:crypto";
import { reasonOf } from "@flawless-ts/http-service/postgres";
import { EngineError } from "../errors.ts";
import { type Ask, PostgresDatabase, type Row } from "../store/postgres/postgres-database.ts";
import { migrations, schemaVersion } from "../store/postgres/postgres-schema.ts";
import { fromStored } from "../store/postgres/stored-text.ts";
import { keyCheckOf, Seal } from "../store/seal.ts";
import { toPublicId } from "../workflow/workflow-id.ts";
import { JournalCheck } from "./check-journals.ts";
import type { CheckReport } from "./check-directory.ts";
import { partitionOfSchedule } from "../cluster/partition-of.ts";
import { checkSchedule } from "./check-schedules.ts";
import { checkWorkflow } from "./check-workflows.ts";
import { Findings } from "./findings.ts";

/** Options of {@link checkPostgres}. */
export interface CheckPostgresOptions {
  /** The schema that holds the tables. Default `flawless`. */
  readonly schema?: string | undefined;
  /** The key that encrypts the journals of workflows that read secrets. Default: none, and they are not read. */
  readonly secretsKey?: Uint8Array | undefined;
}

const rowsAtOnce = 100;

/**
 * Checks everything in one database, in one snapshot, so nodes may run. It changes nothing.
 *
 * @throws EngineError `JOURNAL_UNAVAILABLE` if the database can't be read, or has no tables of this version;
 * `INVALID_REQUEST` if the key is a different one
 */
export async function checkPostgres(
  url: string,
  { schema, secretsKey }: CheckPostgresOptions = {},
): Promise<CheckReport> {
  const database = await PostgresDatabase.open({ url, schema });
  try {
    return await database.transaction(async (ask) => {
      await ask("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
      const settings = await settingsOf(database, ask);
      if (secretsKey !== undefined && settings.get("key_check") !== keyCheckOf(secretsKey)) {
        throw new EngineError(
          "INVALID_REQUEST",
          `The key for secrets is not the one that ${database.name} was set up with.`,
        );
      }
      const findings = new Findings();
      const seal = secretsKey === undefined ? undefined : new Seal(secretsKey);
      const check = new DatabaseCheck(database, ask, Number(settings.get("partitions")), findings);
      await check.tables();
      const workflows = await check.workflows();
      const steps = await check.journals(seal);
      await check.orphans();
      await check.schedules();
      await check.modules();
      return {
        file: database.name,
        ok: findings.faults === 0,
        // Repairs are only for directories, which are copied before.
        findings: findings.all().map((finding) => ({ ...finding, repair: null })),
        repaired: [],
        copy: null,
        workflows,
        steps,
      };
    });
  } catch (error) {
    if (error instanceof EngineError) {
      throw error;
    }
    throw new EngineError(
      "JOURNAL_UNAVAILABLE",
      `Can't read ${database.name}: ${reasonOf(error)}`,
      { cause: error },
    );
  } finally {
    await database.close();
  }
}

async function settingsOf(
  { schema, schemaName, name }: PostgresDatabase,
  ask: Ask,
): Promise<ReadonlyMap<string, string>> {
  const [table] = await ask(
    "SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename = 'schema_version'",
    [schemaName],
  );
  const [row] =
    table === undefined ? [] : await ask(`SELECT version FROM ${schema}.schema_version`);
  const version = row?.["version"];
  if (version !== schemaVersion) {
    throw new EngineError(
      "JOURNAL_UNAVAILABLE",
      version === undefined
        ? `There are no workflows in ${name}, schema ${schemaName}.`
        : `The tables of ${name} have version ${String(version)}, and this program checks version ${schemaVersion}.`,
    );
  }
  const rows = await ask(`SELECT name, value FROM ${schema}.settings`);
  return new Map(rows.map((each) => [String(each["name"]), String(each["value"])]));
}

class DatabaseCheck {
  readonly #database: PostgresDatabase;
  readonly #ask: Ask;
  readonly #partitions: number;
  readonly #findings: Findings;

  constructor(database: PostgresDatabase, ask: Ask, partitions: number, findings: Findings) {
    this.#database = database;
    this.#ask = ask;
    this.#partitions = partitions;
    this.#findings = findings;
  }

  /** Checks that all tables and indexes exist and are valid. */
  async tables(): Promise<void> {
    const { schemaName } = this.#database;
    const rows = await this.#ask(
      `SELECT c.relname AS name, coalesce(i.indisvalid, true) AS valid FROM pg_class c
       LEFT JOIN pg_index i ON i.indexrelid = c.oid WHERE c.relnamespace = $1::regnamespace`,
      [this.#database.schema],
    );
    const found = new Map(rows.map((row) => [String(row["name"]), row["valid"] === true]));
    const made = migrations(schemaName).join("\n");
    for (const [, type = "", quotedName = "", plainName = ""] of made.matchAll(
      /CREATE (?:UNIQUE )?(TABLE|INDEX) (?:"(?:[^"]|"")*"\.(\w+)|(\w+) ON)/g,
    )) {
      const name = quotedName || plainName;
      const isValid = found.get(name);
      if (isValid === undefined) {
        this.#findings.fault(
          "something is missing",
          `the ${type.toLowerCase()} ${name} is missing`,
        );
      } else if (!isValid) {
        this.#findings.fault(
          "something is damaged",
          `the index ${name} is not valid: make it anew with REINDEX INDEX ${this.#database.schema}.${name}`,
        );
      }
    }
  }

  /** @returns the number of workflows */
  async workflows(): Promise<number> {
    let workflows = 0;
    for await (const row of this.#rows("SELECT * FROM SCHEMA.workflows")) {
      workflows += 1;
      checkWorkflow(asWritten(row), this.#findings);
      const { id, partition } = row;
      if (Number(id) % this.#partitions !== partition) {
        this.#findings.fault(
          "workflows in other partitions",
          `workflow ${toPublicId(Number(id))} is in partition ${String(partition)}, where nobody looks for it`,
        );
      }
    }
    return workflows;
  }

  /** @returns the number of steps */
  async journals(seal: Seal | undefined): Promise<number> {
    const check = new JournalCheck(seal, this.#findings);
    const appends = this.#rows(
      `SELECT j.workflow, j.position, j.lines, w.journal_start AS start FROM SCHEMA.journal j
       LEFT JOIN SCHEMA.workflows w ON w.partition = mod(j.workflow, ${this.#partitions}) AND w.id = j.workflow
       ORDER BY j.workflow, j.position`,
    );
    for await (const row of appends) {
      check.add({
        workflow: row["workflow"] as number,
        position: row["position"] as number,
        start: Number(row["start"] ?? 0),
        lines: fromStored(String(row["lines"])),
      });
    }
    return check.finish();
  }

  /** Finds rows that belong to no workflow, and messages that nobody will read. */
  async orphans(): Promise<void> {
    const tables = { journal: "a journal", mailbox: "messages", notes: "something noted" };
    for (const [table, what] of Object.entries(tables)) {
      const rows = this.#rows(
        `SELECT DISTINCT t.workflow FROM SCHEMA.${table} t WHERE NOT EXISTS (SELECT FROM SCHEMA.workflows w
         WHERE w.partition = mod(t.workflow, ${this.#partitions}) AND w.id = t.workflow)`,
      );
      for await (const row of rows) {
        this.#findings.fault(
          "rows of no workflow",
          `there is ${what} of workflow ${toPublicId(Number(row["workflow"]))}, but not the workflow`,
        );
      }
    }
    const open = this.#rows(
      "SELECT partition, count(*) AS n FROM SCHEMA.errands WHERE answer IS NULL GROUP BY partition ORDER BY partition",
    );
    for await (const row of open) {
      this.#findings.note(
        "requests between workflows",
        `${String(row["n"])} requests of workflows to others wait for partition ${String(row["partition"])} to run`,
      );
    }
    const unread = this.#rows(
      `SELECT m.workflow, count(*) AS n FROM SCHEMA.mailbox m JOIN SCHEMA.workflows w
       ON w.partition = mod(m.workflow, ${this.#partitions}) AND w.id = m.workflow
       WHERE w.status <> 'running' GROUP BY m.workflow`,
    );
    for await (const row of unread) {
      this.#findings.note(
        "messages to ended workflows",
        `workflow ${toPublicId(Number(row["workflow"]))} has ended with ${String(row["n"])} messages unread`,
      );
    }
  }

  async schedules(): Promise<void> {
    for await (const row of this.#rows("SELECT * FROM SCHEMA.schedules")) {
      const texts = ["spec", "input", "state"].map((column) => [
        column,
        fromStored(String(row[column])),
      ]);
      checkSchedule({ ...row, ...Object.fromEntries(texts) }, this.#findings);
      const { name, partition } = row;
      if (partitionOfSchedule(String(name), this.#partitions) !== partition) {
        this.#findings.fault(
          "schedules in other partitions",
          `schedule ${String(name)} is in partition ${String(partition)}, where nobody looks for it`,
        );
      }
    }
  }

  async modules(): Promise<void> {
    const stored = new Set<string>();
    for await (const row of this.#rows("SELECT hash, bytes FROM SCHEMA.module_bytes", 1)) {
      const hash = String(row["hash"]);
      stored.add(hash);
      const bytes = createHash("sha256").update(row["bytes"] as Uint8Array);
      if (bytes.digest("hex") !== hash) {
        this.#findings.fault(
          "changed modules",
          `the bytes of module ${hash} are not those that were deployed`,
        );
      }
    }
    const wanted = this.#rows(
      `SELECT hash, name || ' ' || version AS who FROM SCHEMA.modules UNION
       SELECT module_hash, 'a workflow of ' || module || ' ' || version FROM SCHEMA.workflows WHERE status = 'running'`,
    );
    for await (const row of wanted) {
      if (!stored.has(String(row["hash"]))) {
        this.#findings.fault(
          "missing modules",
          `the bytes of module ${String(row["hash"])} are missing: ${String(row["who"])} needs them`,
        );
      }
    }
  }

  /** Reads any number of rows, a few at a time. */
  async *#rows(sql: string, atOnce: number = rowsAtOnce): AsyncGenerator<Row> {
    await this.#ask(
      `DECLARE checked CURSOR FOR ${sql.replaceAll("SCHEMA.", `${this.#database.schema}.`)}`,
    );
    for (;;) {
      const rows = await this.#ask(`FETCH ${atOnce} FROM checked`);
      if (rows.length === 0) {
        break;
      }
      yield* rows;
    }
    await this.#ask("CLOSE checked");
  }
}

/** Restores the texts of callers and guests as they were written. */
function asWritten(row: Row): Row {
  const texts = ["input", "response"].map((column) => {
    const text = row[column];
    return [column, typeof text === "string" ? fromStored(text) : text];
  });
  return { ...row, ...Object.fromEntries(texts) };
}
