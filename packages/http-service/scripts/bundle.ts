// Puts each library of src/libraries, with all that it needs, into dist/bundle, and its types beside it. To be run after the
// build.

import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { licensesOf } from "../../../scripts/packages/licenses.ts";
import { copyTypes } from "./copy-types.ts";

const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const out = join(dist, "bundle");
const libraries = readdirSync(join(dist, "libraries")).filter((name) => name.endsWith(".js"));

rmSync(out, { recursive: true, force: true });
const bundle = await rolldown({
  input: Object.fromEntries(
    libraries.map((name) => [basename(name, ".js"), join(dist, "libraries", name)]),
  ),
  platform: "node",
  // A logger of pino's is what servers take as an option, so that its package is there.
  external: ["pino"],
  logLevel: "warn",
});
const { output } = await bundle.write({
  dir: out,
  format: "esm",
  entryFileNames: "[name].js",
  chunkFileNames: "[name]-[hash].js",
});
await bundle.close();
const modules = output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
const types = copyTypes(join(dist, "libraries"), out);
writeFileSync(join(out, "licenses.txt"), licensesOf([...modules, ...types]));
