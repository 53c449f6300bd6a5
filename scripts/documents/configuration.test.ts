import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/**
 * How the sources read a variable: `env["A"]`, `read("A")`, `["A", read]`, `extra(read, "A")`, or as one of
 * PostgreSQL's.
 */
const reading =
  /\benv(?:ironment)?\[\s*"(\w+)"|\bread\("(\w+)"|\["(\w+)", read\]|\(read, "(\w+)"|: "(PG\w+)"/g;
/** Defined by others, and not set by users for us. */
const foreign = new Set(["CI", "DOCKER_HOST", "PATH", "PGDATA", "NODE_ENV"]);
/** For contributors to this repository: documented in CONTRIBUTING.md. */
const ours = /^FLAWLESS_(?:FUZZ|ENGINE|FIXTURES|TS)_|^[a-z]/;

test("docs/configuration.md names each environment variable that the sources read", () => {
  const files = globSync("packages/*/src/**/*.ts").filter(
    (file) =>
      !/\.test\.ts$|\/testing\/|\/reliability\/|test-helpers|containers\/postgres\//.test(file),
  );
  const read = new Set(
    files
      .flatMap((file) => [...readFileSync(file, "utf8").matchAll(reading)])
      .map(([, ...names]) => names.find((name) => name !== undefined) as string)
      .filter((name) => /^[A-Z_]+$/.test(name) && !foreign.has(name) && !ours.test(name)),
  );
  const page = readFileSync("docs/configuration.md", "utf8");
  const rows = [...page.matchAll(/^\| (`[A-Z][^|]*)\|/gm)].map(([, cell = ""]) => cell);
  const named = new Set(rows.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, n]) => n)));

  expect(read.size).toBeGreaterThan(15);
  expect([...read].filter((name) => !named.has(name))).toEqual([]);
  // `pg` reads these itself, and secrets may have any name.
  const elsewhere = ["FLAWLESS_SECRET_NAME", "PGPASSFILE", "PGPASSWORD", "PGUSER"];
  expect([...named].filter((name) => !read.has(name as string)).toSorted()).toEqual(elsewhere);
});
