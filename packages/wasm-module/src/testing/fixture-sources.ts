import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fixtureNames } from "./fixtures.ts";
import type { FixtureName } from "./fixtures.ts";
import { hashOfFiles, sha256 } from "./source-hash.ts";

/** The Cargo workspace that the fixtures are built from. */
export const fixtureWorkspace: string = fileURLToPath(
  new URL("../../fixtures/rust", import.meta.url),
);

/** The file beside the fixtures that tells which sources each was built from. */
export const sourcesFile = "sources.json";

/** One fixture's entry in `sources.json`; both are SHA-256 in hexadecimal. */
export interface FixtureRecord {
  /** Over its Rust sources, its manifest, and the workspace's manifest and lock file. */
  readonly source: string;
  /** Over its `.wasm` file. */
  readonly wasm: string;
}

/** The content of `sources.json`. */
export type FixtureRecords = Readonly<Record<FixtureName, FixtureRecord>>;

/** The records of the fixtures as they are in `directory` and in the source tree now. */
export function currentRecords(directory: string): FixtureRecords {
  return recordsOf((name) => ({
    source: sourceHash(name),
    wasm: sha256(readFileSync(join(directory, `${name}.wasm`))),
  }));
}

/**
 * What is wrong with the fixtures in `directory`, one line each; empty when every `.wasm` file is
 * the one that was built from the sources in the tree.
 */
export function staleFixtures(directory: string): string[] {
  const recorded = JSON.parse(readFileSync(join(directory, sourcesFile), "utf8")) as Partial<
    Record<FixtureName, Partial<FixtureRecord>>
  >;
  const current = currentRecords(directory);
  const advice = "run `npm run build-fixtures -w packages/wasm-module`";
  return fixtureNames.flatMap((name) => {
    const problems: string[] = [];
    if (recorded[name]?.source !== current[name].source) {
      problems.push(`${name}: its Rust sources changed since ${name}.wasm was built; ${advice}`);
    }
    if (recorded[name]?.wasm !== current[name].wasm) {
      problems.push(`${name}: ${name}.wasm isn't the file that ${sourcesFile} records; ${advice}`);
    }
    return problems;
  });
}

function recordsOf(record: (name: FixtureName) => FixtureRecord): FixtureRecords {
  return {
    conformance: record("conformance"),
    crawler: record("crawler"),
    raw_calls: record("raw_calls"),
  };
}

function sourceHash(name: FixtureName): string {
  const sources = readdirSync(join(fixtureWorkspace, name, "src"), { recursive: true })
    .map((file) => `${name}/src/${String(file).replaceAll("\\", "/")}`)
    .filter((file) => file.endsWith(".rs"));
  return hashOfFiles(fixtureWorkspace, [
    ...sources,
    `${name}/Cargo.toml`,
    "Cargo.toml",
    "Cargo.lock",
  ]);
}
