import { findPostgres } from "@flawless-ts/testkit/internal";

/**
 * Why tests with PostgreSQL can't run; `null` if they can. In CI nothing may be missing: there, starting it fails.
 */
export function missingForPostgres(): string | null {
  if (process.env["CI"]) {
    return null;
  }
  try {
    findPostgres();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
