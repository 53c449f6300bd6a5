import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildModule, type BuiltModule } from "./build-module.ts";
import { runModule, type TestHost, type TestOutcome } from "./run-module.testing.ts";

/** The directory of the tests' files, which don't exist on disk. */
const directory = fileURLToPath(new URL("../../", import.meta.url));

/** Builds a file with this text. */
export function buildSource(source: string, file = "orders.ts"): Promise<BuiltModule> {
  return buildModule({ entry: join(directory, file), source });
}

/** Builds a module with one workflow that has this body, and runs it. The body starts in line 4 of `orders.ts`. */
export async function runBody(
  body: string,
  host: TestHost = {},
  before = "",
): Promise<TestOutcome> {
  const source = `import { defineModule, defineWorkflow, FetchError, NotJsonError, type } from "@flawless-ts/wasm-module"; ${before}
export default defineModule({ name: "orders", version: "1.0.0", workflows: {
test: async (input: any, context) => {
${body}
} } });`;
  const { wasm } = await buildSource(source);
  return runModule(wasm, "test", host);
}
