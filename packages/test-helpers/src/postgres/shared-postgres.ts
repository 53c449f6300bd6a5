import { randomUUID } from "node:crypto";

/** The environment variable that tells test files where to request the run's PostgreSQL. */
export const askVariable = "FLAWLESS_TEST_POSTGRES";

/** A test's own schema in the PostgreSQL that all tests of a run share. */
export interface TestSchema {
  /** Without password; its user has all permissions. */
  readonly url: string;
  /** Not created yet. */
  readonly schema: string;
}

/**
 * A fresh schema on the PostgreSQL of this Vitest run, which is started if necessary. A test that disturbs the server
 * itself (stopping it, filling its disk) must use its own `PostgresServer`.
 */
export async function testSchema(): Promise<TestSchema> {
  return { url: await sharedPostgres(), schema: `test_${randomUUID().replaceAll("-", "")}` };
}

/** @returns the URL of the run's PostgreSQL */
export async function sharedPostgres(): Promise<string> {
  const where = process.env[askVariable];
  if (where === undefined) {
    throw new Error("only tests that Vitest runs share a PostgreSQL: start a PostgresServer");
  }
  const response = await fetch(where);
  const text = await response.text();
  if (!response.ok) {
    throw new Error(text);
  }
  return text;
}
