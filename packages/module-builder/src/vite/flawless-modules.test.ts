import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createServer, type ViteDevServer } from "vite";
import { inspectModule } from "@flawless-ts/wasm-module";
import { flawlessModules } from "./flawless-modules.ts";

const module = (name: string): string => `import { defineModule } from "@flawless-ts/wasm-module";
import { value } from "./value.ts";
export default defineModule({ name: "${name}", version: "1", workflows: { a: async () => value } });`;

let directory: string;
let server: ViteDevServer;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "vite-"));
  writeFileSync(join(directory, "orders.ts"), module("orders"));
  writeFileSync(join(directory, "value.ts"), "export const value: number = 1;");
  server = await createServer({
    root: directory,
    configFile: false,
    logLevel: "silent",
    server: { middlewareMode: true, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
    plugins: [flawlessModules()],
  });
});

afterEach(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

async function load(): Promise<Uint8Array> {
  const { default: wasm } = (await server.ssrLoadModule("/orders.ts?flawless")) as {
    readonly default: Uint8Array;
  };
  return wasm;
}

test("an import with ?flawless returns the built module", async () => {
  expect(inspectModule(await load())).toMatchObject({ name: "orders", workflows: ["a"] });
});

test("changing one of the file's imports gives another module", async () => {
  const before = await load();
  writeFileSync(join(directory, "value.ts"), "export const value: number = 2;");
  // What the watcher of a running Vite does when a file changes.
  server.moduleGraph.onFileChange(join(directory, "value.ts"));
  server.moduleGraph.invalidateAll();
  expect(Buffer.from(await load()).equals(before)).toBe(false);
});

test("an import of a file that is not a module fails with the reason", async () => {
  writeFileSync(join(directory, "orders.ts"), "export default 1;");
  await expect(load()).rejects.toThrow(/defineModule/);
});

test("errors are shown in Vite's overlay with their file, location and lines", async () => {
  writeFileSync(
    join(directory, "value.ts"),
    'import { x } from "nowhere";\nexport const value = x;',
  );
  await expect(load()).rejects.toMatchObject({
    code: "FLAWLESS_BUILD_SOURCE",
    id: join(directory, "value.ts"),
    loc: { file: join(directory, "value.ts"), line: 1, column: 18 },
    frame: [
      '> 1 | import { x } from "nowhere";',
      "    |                   ^",
      "  2 | export const value = x;",
    ].join("\n"),
    message: expect.stringMatching(/^\S*value\.ts:1:19: Can't find the package "nowhere"[^\n]*$/),
  });
});
