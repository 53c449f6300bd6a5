import { codeOf, reasonOf } from "@flawless-ts/http-service/postgres";
import { maxPartitions } from "../../division-limits.ts";
import { EngineError } from "../../errors.ts";
import type { Ask, PostgresDatabase } from "./postgres-database.ts";
import { migrations, schemaVersion } from "./postgres-schema.ts";

/** What all databases and nodes of a cluster must agree on. */
export interface ClusterSettings {
  /** The number of partitions; set at the first start, and must not contradict it later. Default 32. */
  readonly partitions?: number | undefined;
  /** Identifies the key for secrets; null: there must be none; undefined: not checked. */
  readonly keyCheck?: string | null | undefined;
  /** What will be copied into the database: it must be empty, or contain an unfinished copy of the same. */
  readonly copying?: string | undefined;
}

/** A cluster whose databases are prepared. */
export interface PreparedCluster {
  readonly partitions: number;
}

const defaultPartitions = 32;
const maxAttempts = 10;
/**
 * Errors that nodes may get if they create the same thing at once: unique violation, duplicate schema, table, object,
 * serialization failure, deadlock.
 */
const madeAtOnce: ReadonlySet<string> = new Set([
  "23505",
  "42P06",
  "42P07",
  "42710",
  "40001",
  "40P01",
]);

/**
 * Creates the tables in all databases of a cluster, or upgrades them to the newest version, whichever node comes first.
 *
 * @param databases in the order of their partitions: partition p is in database p mod n
 * @throws EngineError `JOURNAL_UNAVAILABLE` if a database can't be used; `INVALID_REQUEST` if it contradicts the
 * settings
 */
export async function prepareCluster(
  databases: readonly PostgresDatabase[],
  settings: ClusterSettings = {},
): Promise<PreparedCluster> {
  let known: { readonly cluster?: string; readonly partitions?: number } = {};
  for (const [index, database] of databases.entries()) {
    known = await prepare(database, async (ask) => {
      await migrate(database, ask);
      return agree(database, ask, {
        ...settings,
        ...known,
        place: `${index} of ${databases.length}`,
      });
    });
  }
  return { partitions: known.partitions ?? defaultPartitions };
}

async function prepare<T>(database: PostgresDatabase, run: (ask: Ask) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await database.transaction(run);
    } catch (error) {
      if (error instanceof EngineError) {
        throw error;
      }
      if (!madeAtOnce.has(codeOf(error) ?? "") || attempt >= maxAttempts) {
        throw unusable(database, reasonOf(error), error);
      }
    }
  }
}

/** Nodes wait for each other by locking the version's row: pooled connections can't hold session locks. */
async function migrate({ schema, schemaName, name }: PostgresDatabase, ask: Ask): Promise<void> {
  const [encoding] = await ask("SELECT current_setting('server_encoding') AS encoding");
  if (encoding?.["encoding"] !== "UTF8") {
    throw new Error(
      `its encoding is ${String(encoding?.["encoding"])}. Create a database with the encoding UTF8.`,
    );
  }
  // Not IF NOT EXISTS: that requires the right to create schemas even if there is nothing to do.
  const [found] = await ask("SELECT 1 FROM pg_namespace WHERE nspname = $1", [schemaName]);
  if (found === undefined) {
    await ask(`CREATE SCHEMA ${schema}`);
  }
  const [table] = await ask(
    "SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename = 'schema_version'",
    [schemaName],
  );
  if (table === undefined) {
    await ask(
      `CREATE TABLE ${schema}.schema_version (one integer PRIMARY KEY, version integer NOT NULL)`,
    );
    await ask(`INSERT INTO ${schema}.schema_version (one, version) VALUES (1, 0)`);
  }
  const [row] = await ask(`SELECT version FROM ${schema}.schema_version WHERE one = 1 FOR UPDATE`);
  const version = Number(row?.["version"] ?? 0);
  if (version > schemaVersion) {
    throw new EngineError(
      "JOURNAL_UNAVAILABLE",
      `The tables of ${name} have version ${version}, and this program knows ${schemaVersion} at most. Run a newer one.`,
    );
  }
  for (const sql of migrations(schemaName).slice(version)) {
    await ask(sql);
  }
  if (version < schemaVersion) {
    await ask(`UPDATE ${schema}.schema_version SET version = $1 WHERE one = 1`, [schemaVersion]);
  }
}

interface Wanted extends ClusterSettings {
  readonly cluster?: string;
  readonly place: string;
}

/** @returns the settings of the whole cluster */
async function agree(
  database: PostgresDatabase,
  ask: Ask,
  wanted: Wanted,
): Promise<{ readonly cluster: string; readonly partitions: number }> {
  const { schema, name } = database;
  const setting = async (key: string, value: string): Promise<string> => {
    const insert = `INSERT INTO ${schema}.settings (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING`;
    await ask(insert, [key, value]);
    const [row] = await ask(`SELECT value FROM ${schema}.settings WHERE name = $1`, [key]);
    return String(row?.["value"]);
  };
  const given = wanted.partitions;
  if (given !== undefined && !(Number.isInteger(given) && given >= 1 && given <= maxPartitions)) {
    throw contradiction(`Expected 1 to ${maxPartitions} partitions, but got ${given}.`);
  }
  const partitions = Number(await setting("partitions", String(given ?? defaultPartitions)));
  if (given !== undefined && partitions !== given) {
    throw contradiction(
      `${name} has ${partitions} partitions, which can't be changed to ${given}. Leave the number out.`,
    );
  }
  const place = await setting("place", wanted.place);
  const cluster = await setting("cluster", wanted.cluster ?? crypto.randomUUID());
  if (place !== wanted.place || (wanted.cluster !== undefined && cluster !== wanted.cluster)) {
    throw contradiction(
      `${name} is database ${place} of its cluster, not ${wanted.place}. Name all databases of one cluster, in the order of its first start.`,
    );
  }
  const { keyCheck } = wanted;
  if (keyCheck === null) {
    const [row] = await ask(`SELECT 1 FROM ${schema}.settings WHERE name = 'key_check'`);
    if (row !== undefined) {
      throw contradiction(`${name} was set up with a key for secrets. Give all nodes that key.`);
    }
  } else if (keyCheck !== undefined && (await setting("key_check", keyCheck)) !== keyCheck) {
    throw contradiction(
      `The key for secrets is not the one that ${name} was set up with. Give all nodes the same key.`,
    );
  }
  await agreeOnCopy(database, ask, wanted.copying);
  const [index = 0, count = 1] = place.split(" of ").map(Number);
  for (const table of ["partitions", "fences"]) {
    await ask(
      `INSERT INTO ${schema}.${table} (partition) SELECT p FROM generate_series($1::int, $2::int, $3::int) p ON CONFLICT DO NOTHING`,
      [index, partitions - 1, count],
    );
  }
  return { cluster, partitions };
}

/** Until a copy into a database has ended, the database can't be used for anything else. */
async function agreeOnCopy(
  { schema, name }: PostgresDatabase,
  ask: Ask,
  copying: string | undefined,
): Promise<void> {
  const [row] = await ask(`SELECT value FROM ${schema}.settings WHERE name = 'copying'`);
  const before = row?.["value"] as string | undefined;
  if (before !== undefined && before !== copying) {
    throw contradiction(
      `A copy of ${before} into ${name} has not ended. Run the same \`flawless journal copy\` again, which goes on with it.`,
    );
  }
  if (before === undefined && copying !== undefined) {
    const [found] = await ask(
      `SELECT EXISTS (SELECT FROM ${schema}.workflows) OR EXISTS (SELECT FROM ${schema}.modules) AS used`,
    );
    if (found?.["used"] === true) {
      throw contradiction(
        `${name} is not empty. Copy into another database, or another schema (--journal-schema).`,
      );
    }
    await ask(`INSERT INTO ${schema}.settings (name, value) VALUES ('copying', $1)`, [copying]);
  }
}

/** Ends a copy: now the database can be used. */
export async function endCopy(database: PostgresDatabase): Promise<void> {
  await database.query(`DELETE FROM ${database.schema}.settings WHERE name = 'copying'`);
}

function contradiction(message: string): EngineError {
  return new EngineError("INVALID_REQUEST", message);
}

function unusable(database: PostgresDatabase, reason: string, cause: unknown): EngineError {
  return new EngineError("JOURNAL_UNAVAILABLE", `Can't use ${database.name}: ${reason}`, {
    cause,
  });
}
