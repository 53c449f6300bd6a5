import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FixtureSet } from "@flawless-ts/test-helpers/fixture-set";
import { hashOfFiles } from "@flawless-ts/test-helpers/source-hash";
import { wasiFixtureNames } from "./wasi-fixtures.ts";
import type { WasiFixtureName } from "./wasi-fixtures.ts";

/** The directory of the fixtures' sources: `c` and `rust`. */
export const fixtureSources: string = fileURLToPath(new URL("../../fixtures", import.meta.url));

/** The sources of each fixture: files, and directories with their contents. */
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

/** The fixtures of this package. */
export const wasiFixtures: FixtureSet<WasiFixtureName> = new FixtureSet({
  names: wasiFixtureNames,
  sourceHash: (name) => hashOfFiles(fixtureSources, sources[name].flatMap(filesOf)),
  buildCommand: "npm run build-fixtures -w packages/wasi",
});

function filesOf(path: string): string[] {
  if (!statSync(join(fixtureSources, path)).isDirectory()) {
    return [path];
  }
  return readdirSync(join(fixtureSources, path)).flatMap((name) => filesOf(`${path}/${name}`));
}
