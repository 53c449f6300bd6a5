import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The names of the Rust fixtures: module `crawler` 0.1.8, `conformance` 1.0.0, `extensions` 1.0.0,
 * `raw-calls` 1.0.0;
 * `conformance-beta1` and `conformance-beta2` 1.0.0, which are `conformance` with older crates; and
 * `flawless-ts-crawler` 0.1.8, which is `crawler` under another name.
 */
export const fixtureNames = [
  "conformance",
  "conformance_beta1",
  "conformance_beta2",
  "crawler",
  "crawler_stand_in",
  "extensions",
  "raw_calls",
] as const;

/** The name of a Rust fixture: that of its crate, and of its file without extension. */
export type FixtureName = (typeof fixtureNames)[number];

/**
 * The directory of the `.wasm` files and their `sources.json`: the one in the environment variable
 * `FLAWLESS_FIXTURES_DIR` (this is how CI tests a fresh build), otherwise the committed one.
 */
export function fixturesDirectory(): string {
  const chosen = process.env["FLAWLESS_FIXTURES_DIR"];
  return chosen
    ? resolve(chosen)
    : fileURLToPath(
        new URL("fixtures/wasm/", import.meta.resolve("@flawless-ts/wasm-module/package.json")),
      );
}

/** The absolute path of a fixture's `.wasm` file. */
export function fixturePath(name: FixtureName): string {
  return join(fixturesDirectory(), `${name}.wasm`);
}

/**
 * A fixture's bytes, a fresh copy for each call.
 *
 * @throws Error (`ENOENT`) if `FLAWLESS_FIXTURES_DIR` is a directory without that fixture
 */
export function fixtureBytes(name: FixtureName): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(fixturePath(name)));
}
