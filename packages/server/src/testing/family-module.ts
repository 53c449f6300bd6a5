import { writeFileSync } from "node:fs";
import { buildModule } from "@flawless-ts/module-builder";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";

/** Workflows that start others: a number of children, a chain of descendants, or endlessly many. */
const source = `import { defineModule } from "@flawless-ts/wasm-module";
export default defineModule({ name: "family", version: "1.0.0", workflows: {
  parent: async (count, context) => {
    for (let child = 0; child < count; child += 1) await context.start("asleep");
  },
  asleep: async (_, context) => context.sleep("1 day"),
  chain: async (_, context) => {
    await context.start("chain");
    await context.sleep("1 day");
  },
  bomb: async (_, context) => {
    for (;;) await context.start("bomb");
  },
  ready: async () => "ready",
} });`;

/** Builds the module `family` 1.0.0: `parent` (its input: the number), `chain`, `bomb`, `asleep` and `ready`. */
export async function buildFamilyModule(): Promise<Uint8Array> {
  using directory = new TemporaryDirectory();
  const entry = directory.join("family.ts");
  writeFileSync(entry, source);
  const { wasm } = await buildModule({ entry, types: false });
  return wasm;
}
