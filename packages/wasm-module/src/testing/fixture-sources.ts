import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FixtureSet } from "@flawless-ts/test-helpers/fixture-set";
import { fixtureNames } from "@flawless-ts/test-helpers/fixtures";
import type { FixtureName } from "@flawless-ts/test-helpers/fixtures";
import { hashOfFiles } from "@flawless-ts/test-helpers/source-hash";

/** The directory of the fixtures' Rust sources. */
export const fixtureSources: string = fileURLToPath(new URL("../../fixtures/", import.meta.url));

/** A Cargo workspace that fixtures are built from. */
export interface FixtureWorkspace {
  /** Relative to {@link fixtureSources}. */
  readonly directory: string;
  /** The fixtures that it builds, and the directories of their crates' `src`, relative to {@link fixtureSources}. */
  readonly sources: Readonly<Partial<Record<FixtureName, string>>>;
}

/**
 * One for each release of the `flawless` crates, because Cargo allows only one per workspace, and one for the crate
 * that is built from another's sources.
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

/** The fixtures of this package. */
export const fixtures: FixtureSet<FixtureName> = new FixtureSet({
  names: fixtureNames,
  sourceHash,
  buildCommand: "npm run build-fixtures -w packages/wasm-module",
});

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
