// Runs Ecma's test suite, test262, in the engine of workflows: node scripts/test262.ts DIRECTORY [--write] [PATH ...]
// DIRECTORY is a checkout of github.com/tc39/test262. Failures are printed by group; --write writes docs/test262.md.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildModule } from "@flawless-ts/module-builder";
import { initExportName, runExportName } from "@flawless-ts/wasm-module/internal";
import { readMetadata, reasonToSkip, type TestMetadata } from "./test262/metadata.ts";
import { report, type GroupResult } from "./test262/report.ts";
import { GuestRunner, type Verdict } from "./test262/guest-runner.ts";

const guest = `import { defineModule } from "@flawless-ts/wasm-module";
const evaluate = globalThis.eval;
const { ownKeys, getOwnPropertyDescriptor, defineProperty, deleteProperty } = Reflect;
// Tests change built-in objects, which the library that sends the response works with.
const kept = [Object, Function, Array, String, Number, Promise, Map, Set, RegExp, Symbol, Error, TypeError]
  .flatMap((of) => [of, of.prototype])
  .concat([JSON, Reflect, Object.getPrototypeOf([][Symbol.iterator]()), Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())), globalThis])
  .map((object) => ({ object, properties: ownKeys(object).map((key) => ({ key, value: getOwnPropertyDescriptor(object, key) })) }));
const restore = () => {
  for (let i = 0; i < kept.length; i += 1) {
    const { object, properties } = kept[i];
    const keys = ownKeys(object);
    for (let k = 0; k < keys.length; k += 1) {
      let known = false;
      for (let p = 0; p < properties.length; p += 1) if (properties[p].key === keys[k]) { known = true; break; }
      if (!known && object !== globalThis) deleteProperty(object, keys[k]);
    }
    for (let p = 0; p < properties.length; p += 1) defineProperty(object, properties[p].key, properties[p].value);
  }
};
export default defineModule({ name: "test262", version: "1.0.0", workflows: {
  run: async ({ source, isAsync }, context) => {
    const told = Promise.withResolvers();
    globalThis.$262 = { global: globalThis, evalScript: (text) => evaluate(text), gc() {} };
    globalThis.print = (text) => told.resolve(String(text));
    try {
      evaluate(source);
    } catch (error) {
      const name = error?.constructor?.name;
      restore();
      return { name: String(name ?? typeof error), message: String(error?.message ?? error).slice(0, 300) };
    }
    if (!isAsync) { restore(); return null; }
    const text = await Promise.race([told.promise, context.sleep("1 minute").then(() => "$DONE was not called")]);
    restore();
    return text === "Test262:AsyncTestComplete" ? null : { name: "Async", message: text.slice(0, 300) };
  },
} });`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    write: { type: "boolean", default: false },
    failures: { type: "boolean", default: false },
  },
});
const [directory, ...paths] = positionals;
if (directory === undefined) {
  console.error("expected the directory of a checkout of tc39/test262");
  process.exit(2);
}

const entry = fileURLToPath(new URL("../test262.ts", import.meta.url));
const { wasm } = await buildModule({ entry, source: guest, types: false });
const runner = new GuestRunner(wasm, initExportName("run"), runExportName("run"));
const harness = new Map<string, string>();

function include(name: string): string {
  const known = harness.get(name) ?? readFileSync(join(directory ?? "", "harness", name), "utf8");
  harness.set(name, known);
  return known;
}

function sourceOf(text: string, { flags, includes }: TestMetadata): string {
  if (flags.includes("raw")) {
    return text;
  }
  const names = ["assert.js", "sta.js", ...includes];
  const all = flags.includes("async") ? ["doneprintHandle.js", ...names] : names;
  const strict = flags.includes("onlyStrict") ? '"use strict";\n' : "";
  return `${strict}${all.map(include).join("\n")}\n${text}`;
}

function isRight({ negative }: TestMetadata, verdict: Verdict): boolean {
  if (verdict.trapped) {
    return false;
  }
  return negative === undefined ? verdict.error === null : verdict.error?.name === negative;
}

const wanted = paths.length === 0 ? ["language", "built-ins"] : paths;
const groups = new Map<string, GroupResult>();
let skipped = 0;
for (const path of wanted) {
  const root = join(directory, "test", path);
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".js") && !name.endsWith("_FIXTURE.js"),
  );
  for (const name of files.toSorted()) {
    const file = join(root, name);
    const text = readFileSync(file, "utf8");
    const metadata = readMetadata(text);
    if (reasonToSkip(metadata, file) !== undefined) {
      skipped += 1;
      continue;
    }
    const verdict = runner.run({
      source: sourceOf(text, metadata),
      isAsync: metadata.flags.includes("async"),
    });
    const group = relative(join(directory, "test"), file).split(sep).slice(0, 3);
    const key = (group.at(-1)?.endsWith(".js") === true ? group.slice(0, -1) : group).join("/");
    if (!groups.has(key)) {
      console.error(key);
    }
    const result = groups.get(key) ?? { passed: 0, failed: 0, features: new Map() };
    groups.set(key, result);
    if (isRight(metadata, verdict)) {
      result.passed += 1;
    } else {
      result.failed += 1;
      for (const feature of metadata.features.length === 0 ? ["-"] : metadata.features) {
        result.features.set(feature, (result.features.get(feature) ?? 0) + 1);
      }
      if (values.failures) {
        console.log(`${relative(directory, file)}: ${JSON.stringify(verdict)}`);
      }
    }
  }
}
const page = report(groups, skipped);
console.log(page);
if (values.write) {
  writeFileSync(new URL("../../../docs/test262.md", import.meta.url), page);
}
