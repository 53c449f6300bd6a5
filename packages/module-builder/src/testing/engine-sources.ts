import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FixtureSet } from "@flawless-ts/test-helpers/fixture-set";
import { hashOfFiles } from "@flawless-ts/test-helpers/source-hash";

/** The Cargo package of the JavaScript engine; it also contains `engine.wasm` and `sources.json`. */
export const engineDirectory: string = fileURLToPath(new URL("../../engine", import.meta.url));

/** The engine and the record of its sources: the Rust code, and what is done after linking. */
export const engineFiles: FixtureSet<"engine"> = new FixtureSet({
  names: ["engine"],
  sourceHash: () => {
    const sources = readdirSync(join(engineDirectory, "src"), { recursive: true })
      .map((file) => `src/${String(file).replaceAll("\\", "/")}`)
      .filter((file) => file.endsWith(".rs"));
    const others = ["Cargo.toml", "Cargo.lock", "../scripts/defer-tables.ts"];
    return hashOfFiles(engineDirectory, [...sources, ...others]);
  },
  buildCommand: "npm run build-engine -w packages/module-builder",
});
