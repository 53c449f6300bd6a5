import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fixtureNames } from "@flawless-ts/test-helpers/fixtures";
import type { FixtureName } from "@flawless-ts/test-helpers/fixtures";
import { hashOfFiles, sha256 } from "@flawless-ts/test-helpers/source-hash";

/** The directory that the Rust sources of the fixtures lie in. */
export const fixtureSources: string = fileURLToPath(new URL("../../fixtures/", import.meta.url));

/** A Cargo workspace that fixtures are built from. */
export interface FixtureWorkspace {
  /** Relative to {@link fixtureSources}. */
  readonly directory: string;
  /** Each fixture that it builds, and the directory of its crate's `src`, relative to {@link fixtureSources}. */
  readonly sources: Readonly<Partial<Record<FixtureName, string>>>;
}

/**
 * One for each release of the `flawless` crates, of which Cargo takes a single one in a workspace, and for the crate that
 * is built from another's sources.
 */
export const fixtureWorkspaces: readonly FixtureWorkspace[] = [
  {
    directory: "rust",
    sources: {
      conformance: "rust/conformance",
      crawler: "rust/crawler",
      extensions: "rust/extensions",
      raw_calls: "rust/raw_calls",
    },
  },
  { directory: "stand_in", sources: { crawler_stand_in: "rust/crawler" } },
  { directory: "beta1", sources: { conformance_beta1: "rust/conformance" } },
  { directory: "beta2", sources: { conformance_beta2: "rust/conformance" } },
];

/** The file beside the fixtures that tells which sources each was built from. */
export const sourcesFile = "sources.json";

/** One fixture's entry in `sources.json`; both are SHA-256 in hexadecimal. */
export interface FixtureRecord {
  /** Over its Rust sources, and all manifests and the lock file that say how they are built. */
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
  const records = fixtureNames.map((name) => [name, record(name)] as const);
  return Object.fromEntries(records) as Record<FixtureName, FixtureRecord>;
}

function sourceHash(name: FixtureName): string {
  const workspace = fixtureWorkspaces.find(({ sources }) => sources[name] !== undefined);
  const crate = workspace?.sources[name];
  if (workspace === undefined || crate === undefined) {
    throw new Error(`no workspace builds the fixture ${name}`);
  }
  const sources = readdirSync(join(fixtureSources, crate, "src"), { recursive: true })
    .map((file) => `${crate}/src/${String(file).replaceAll("\\", "/")}`)
    .filter((file) => file.endsWith(".rs"));
  return hashOfFiles(fixtureSources, [
    ...sources,
    `${crate}/Cargo.toml`,
    `${workspace.directory}/Cargo.toml`,
    `${workspace.directory}/Cargo.lock`,
  ]);
}
