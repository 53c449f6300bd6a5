import { join, resolve } from "node:path";
import { isPostgresUrl, withoutPassword } from "@flawless-ts/http-service/postgres";
import { maxEngines } from "../../division-limits.ts";
import { isNumberOfEngines } from "../../engines/engine-directories.ts";
import { EngineError } from "../../errors.ts";
import { secretsKeyFileName } from "../../store/make-secrets-key.ts";
import { ClaimedCluster } from "../../store/postgres/claimed-cluster.ts";
import { PostgresDatabase, prepareCluster } from "../../store/postgres/index.ts";
import { PostgresWholeStore } from "../../store/postgres/postgres-whole-store.ts";
import { endCopy } from "../../store/postgres/prepare-cluster.ts";
import { keyCheckOf, sealOfCluster } from "../../store/seal.ts";
import { readSecretsKey } from "../../store/secrets-key.ts";
import type { WholeStore } from "../../store/whole-store.ts";
import { type Copied, type CopyProgress, copyWhole } from "./copy-whole.ts";
import { DirectoryTarget } from "./directory-target.ts";
import { PostgresTarget } from "./postgres-target.ts";
import { takeOutcomes } from "./take-outcomes.ts";
import { WholeDirectory } from "./whole-directory.ts";

/** Options of {@link copyJournal}. */
export interface CopyJournalOptions {
  /** The schema that holds the tables in PostgreSQL. Default `flawless`. */
  readonly schema?: string | undefined;
  /** The number of partitions of a new database. Default 32. */
  readonly partitions?: number | undefined;
  /**
   * The number of engines that the workflows of a new directory are divided among. Default 1; required to copy a
   * directory to another one.
   */
  readonly engines?: number | undefined;
  /** The key that encrypts the texts of workflows that read secrets. Default: the directory's key, if it has one. */
  readonly secretsKey?: Uint8Array | undefined;
  readonly onProgress?: (progress: CopyProgress) => void;
}

/**
 * Copies all workflows and modules from a working directory to PostgreSQL, or back, or to a directory with another
 * number of engines, and compares them. No server may run on either. The same call continues an incomplete copy into
 * PostgreSQL; a copy into a directory starts over.
 *
 * @throws EngineError `DIRECTORY_IN_USE`, `DIRECTORY_UNUSABLE`, `JOURNAL_UNAVAILABLE`, `JOURNAL_DAMAGED`; `INVALID_REQUEST`
 * if source and target don't match
 */
export async function copyJournal(
  from: string,
  to: string,
  options: CopyJournalOptions = {},
): Promise<Copied> {
  const { engines } = options;
  if (engines !== undefined && (!isNumberOfEngines(engines) || isPostgresUrl(to))) {
    throw new EngineError(
      "INVALID_REQUEST",
      `Expected a number of engines from 1 to ${maxEngines}, for a directory that is copied to.`,
    );
  }
  if (engines !== undefined && !isPostgresUrl(from)) {
    return copyDirectory(resolve(from), resolve(to), options);
  }
  if (isPostgresUrl(from) === isPostgresUrl(to)) {
    throw new EngineError(
      "INVALID_REQUEST",
      "Expected a working directory and the URL of a PostgreSQL database, in either order. To copy a directory use `flawless backup`, or name another number of engines for it; to copy a database pg_dump.",
    );
  }
  return isPostgresUrl(to)
    ? await copyToPostgres(resolve(from), to, options)
    : await copyToDirectory(from, resolve(to), options);
}

async function copyToPostgres(
  from: string,
  to: string,
  { schema, partitions, secretsKey, onProgress = () => undefined }: CopyJournalOptions,
): Promise<Copied> {
  using source = new WholeDirectory(from);
  const key = secretsKey ?? (await readSecretsKey(join(from, secretsKeyFileName)));
  const database = await PostgresDatabase.open({ url: to, schema });
  try {
    const { partitions: count } = await prepareCluster([database], {
      partitions,
      copying: from,
      ...(key === undefined ? {} : { keyCheck: keyCheckOf(key) }),
    });
    await using claimed = await ClaimedCluster.claim(database, count, "journal copy");
    const copied = await copyWhole(
      source,
      await PostgresTarget.open(database, claimed),
      onProgress,
    );
    await endCopy(database);
    // The planner has no statistics yet for so many new rows.
    await database.query(`ANALYZE ${database.schema}.workflows, ${database.schema}.journal`);
    return copied;
  } finally {
    await database.close();
  }
}

async function copyToDirectory(
  from: string,
  to: string,
  { schema, partitions, engines, secretsKey, onProgress = () => undefined }: CopyJournalOptions,
): Promise<Copied> {
  const database = await PostgresDatabase.open({ url: from, schema });
  try {
    await refuseWithoutKey(database, secretsKey);
    const { partitions: count } = await prepareCluster([database], {
      partitions,
      ...(secretsKey === undefined ? {} : { keyCheck: keyCheckOf(secretsKey) }),
    });
    await using claimed = await ClaimedCluster.claim(database, count, "journal copy");
    await takeOutcomes(database, claimed, sealOfCluster(secretsKey));
    const source = new PostgresWholeStore(database, claimed.partitions.length);
    const target = await DirectoryTarget.open(to, engines);
    return await copyAndFinish(source, target, secretsKey, onProgress);
  } finally {
    await database.close();
  }
}

async function copyDirectory(
  from: string,
  to: string,
  { engines, secretsKey, onProgress = () => undefined }: CopyJournalOptions,
): Promise<Copied> {
  using source = new WholeDirectory(from);
  const key = secretsKey ?? (await readSecretsKey(join(from, secretsKeyFileName)));
  const target = await DirectoryTarget.open(to, engines);
  return await copyAndFinish(source, target, key, onProgress);
}

async function copyAndFinish(
  source: WholeStore,
  target: DirectoryTarget,
  key: Uint8Array | undefined,
  onProgress: (progress: CopyProgress) => void,
): Promise<Copied> {
  try {
    const copied = await copyWhole(source, target, onProgress);
    target.finish(key);
    return copied;
  } catch (error) {
    await target.giveUp();
    throw error;
  }
}

/** A wrong URL must not create tables. */
async function refuseWithoutKey(
  database: PostgresDatabase,
  secretsKey: Uint8Array | undefined,
): Promise<void> {
  const { name, schemaName, schema } = database;
  const tables = await database
    .query("SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename = 'settings'", [schemaName])
    .catch((cause: unknown) => {
      throw new EngineError(
        "JOURNAL_UNAVAILABLE",
        `Can't read ${withoutPassword(name)}: ${(cause as Error).message}`,
        { cause },
      );
    });
  if (tables.length === 0) {
    throw new EngineError(
      "JOURNAL_UNAVAILABLE",
      `There are no workflows in ${name}, schema ${schemaName}.`,
    );
  }
  const sealed = await database.query(`SELECT 1 FROM ${schema}.settings WHERE name = 'key_check'`);
  if (sealed.length > 0 && secretsKey === undefined) {
    throw new EngineError(
      "INVALID_REQUEST",
      `${name} was set up with a key for secrets. Give it with --secrets-key-file: the directory gets it.`,
    );
  }
}
