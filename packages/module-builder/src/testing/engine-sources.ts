import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { hashOfFiles, sha256 } from "@flawless-ts/test-helpers/source-hash";

/** The Cargo package of the JavaScript engine; `engine.wasm` and `sources.json` lie in it, too. */
export const engineDirectory: string = fileURLToPath(new URL("../../engine", import.meta.url));

/** The content of `engine/sources.json`; both are SHA-256 in hexadecimal. */
export interface EngineRecord {
  /** Over the Rust sources, the manifest, the lock file, and what is done to the engine after it was linked. */
  readonly source: string;
  /** Over `engine.wasm`. */
  readonly wasm: string;
}

/** The record of the engine as it is in the source tree now, with the `engine.wasm` of `directory`. */
export function currentEngineRecord(directory: string): EngineRecord {
  const sources = readdirSync(join(engineDirectory, "src"), { recursive: true })
    .map((file) => `src/${String(file).replaceAll("\\", "/")}`)
    .filter((file) => file.endsWith(".rs"));
  return {
    source: hashOfFiles(engineDirectory, [
      ...sources,
      "Cargo.toml",
      "Cargo.lock",
      "../scripts/defer-tables.ts",
    ]),
    wasm: sha256(readFileSync(join(directory, "engine.wasm"))),
  };
}

/** What is wrong with the engine in `directory`, one line each; empty when it was built from the sources in the tree. */
export function staleEngine(directory: string): string[] {
  const recorded = JSON.parse(
    readFileSync(join(directory, "sources.json"), "utf8"),
  ) as Partial<EngineRecord>;
  const current = currentEngineRecord(directory);
  const advice = "run `npm run build-engine -w packages/module-builder`";
  const problems: string[] = [];
  if (recorded.source !== current.source) {
    problems.push(`its Rust sources changed since engine.wasm was built; ${advice}`);
  }
  if (recorded.wasm !== current.wasm) {
    problems.push(`engine.wasm isn't the file that sources.json records; ${advice}`);
  }
  return problems;
}
