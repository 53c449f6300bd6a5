import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { wasiFixtureNames } from "./wasi-fixtures.ts";
import type { WasiFixtureName } from "./wasi-fixtures.ts";

/** The directory of the fixtures' sources: `c` and `rust`. */
export const fixtureSources: string = fileURLToPath(new URL("../../fixtures", import.meta.url));

/** The file beside the fixtures that tells which sources each was built from. */
export const sourcesFile = "sources.json";

/** What each fixture is built from: files, and directories with all that is in them. */
const sources: Readonly<Record<WasiFixtureName, readonly string[]>> = {
  c_commands: ["c/commands"],
  c_raw_calls: ["c/raw_calls"],
  c_unstable: ["c/unstable"],
  rust_commands: [
    "rust/Cargo.toml",
    "rust/Cargo.lock",
    "rust/rust_commands/Cargo.toml",
    "rust/rust_commands/src",
  ],
};

/** One fixture's entry in `sources.json`; both are SHA-256 in hexadecimal. */
export interface WasiFixtureRecord {
  /** Over all files that it is built from, with their paths. */
  readonly source: string;
  /** Over its `.wasm` file. */
  readonly wasm: string;
}

/** The records of the fixtures as they are in `directory` and in the source tree now. */
export function currentRecords(directory: string): Record<string, WasiFixtureRecord> {
  return Object.fromEntries(wasiFixtureNames.map((name) => [name, recordOf(name, directory)]));
}

/**
 * What is wrong with the fixtures in `directory`, one line each; empty when every `.wasm` file is
 * the one that was built from the sources in the tree.
 */
export function staleFixtures(directory: string): string[] {
  const recorded = JSON.parse(readFileSync(join(directory, sourcesFile), "utf8")) as Partial<
    Record<string, Partial<WasiFixtureRecord>>
  >;
  const advice = "run `npm run build-fixtures -w packages/wasi`";
  return wasiFixtureNames.flatMap((name) => {
    const current = recordOf(name, directory);
    const problems: string[] = [];
    if (recorded[name]?.source !== current.source) {
      problems.push(`${name}: its sources changed since ${name}.wasm was built; ${advice}`);
    }
    if (recorded[name]?.wasm !== current.wasm) {
      problems.push(`${name}: ${name}.wasm isn't the file that ${sourcesFile} records; ${advice}`);
    }
    return problems;
  });
}

function recordOf(name: WasiFixtureName, directory: string): WasiFixtureRecord {
  const hash = createHash("sha256");
  for (const file of sources[name].flatMap(filesOf).toSorted()) {
    hash.update(`${sha256(readFileSync(join(fixtureSources, file)))}  ${file}\n`);
  }
  return {
    source: hash.digest("hex"),
    wasm: sha256(readFileSync(join(directory, `${name}.wasm`))),
  };
}

function filesOf(path: string): string[] {
  if (!statSync(join(fixtureSources, path)).isDirectory()) return [path];
  return readdirSync(join(fixtureSources, path)).flatMap((name) => filesOf(`${path}/${name}`));
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
