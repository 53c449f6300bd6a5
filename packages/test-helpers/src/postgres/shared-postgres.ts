import { randomUUID } from "node:crypto";

/** Tells test files where to ask for the run's PostgreSQL. */
export const askVariable = "FLAWLESS_TEST_POSTGRES";

/** A schema of a test's own, in the PostgreSQL that all tests of a run share. */
export interface TestSchema {
  /** Without password; its user may do everything. */
  readonly url: string;
  /** Not made yet. */
  readonly schema: string;
}

/**
 * A fresh schema on the PostgreSQL of this Vitest run, which is started if need be. What a test does to the server itself
 * (stopping it, filling its disk) it does to a `PostgresServer` of its own.
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
