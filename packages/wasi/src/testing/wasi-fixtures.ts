import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The names of the WASI fixtures: three programs in C and one in Rust. */
export const wasiFixtureNames = [
  "c_commands",
  "c_raw_calls",
  "c_unstable",
  "rust_commands",
] as const;

/** The name of a WASI fixture: its file without the ending. */
export type WasiFixtureName = (typeof wasiFixtureNames)[number];

/**
 * The directory of the `.wasm` files and their `sources.json`: the one in the environment variable
 * `FLAWLESS_WASI_FIXTURES_DIR` (which CI uses to test a fresh build), otherwise the committed one.
 */
export function wasiFixturesDirectory(): string {
  const chosen = process.env["FLAWLESS_WASI_FIXTURES_DIR"];
  return chosen ? resolve(chosen) : fileURLToPath(new URL("../../fixtures/wasm/", import.meta.url));
}

/** The absolute path of a fixture's `.wasm` file. */
export function wasiFixture(name: WasiFixtureName): string {
  return join(wasiFixturesDirectory(), `${name}.wasm`);
}

/** The arguments for a fixture, from commands as typed, separated by `--`. */
export function words(commands: string): string[] {
  return commands === "" ? [] : commands.split(" ");
}
