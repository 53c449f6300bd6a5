import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { expect, test } from "vitest";
import { packageFiles } from "./package-files.ts";

function write(directory: string, paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), "");
  }
}

function filesOf(directory: string, name: string): readonly string[] {
  const location = `node_modules/${name}`;
  const found = { name, version: "1.0.0", directory, location };
  return packageFiles(found, "layer").map(({ path }) => path.replace(`layer/${location}/`, ""));
}

test("of this project's packages, built files and files that need no compilation are included", () => {
  using directory = new TemporaryDirectory();
  write(directory.path, [
    "package.json",
    "bin/flawless.js",
    "dist/index.js",
    "dist/history.js",
    "dist/index.js.map",
    "dist/index.d.ts",
    "dist/.tsbuildinfo",
    "src/index.ts",
    "src/pages/style.css",
    "fixtures/wasm/crawler_stand_in.wasm",
    "fixtures/wasm/conformance.wasm",
    "engine/engine.wasm",
  ]);
  expect(filesOf(directory.path, "@flawless-ts/server")).toEqual([
    "bin/flawless.js",
    "dist/history.js",
    "dist/index.js",
    "fixtures/wasm/crawler_stand_in.wasm",
    "package.json",
    "src/pages/style.css",
  ]);
});

test("of other packages, everything that runs and the licences are included", () => {
  using directory = new TemporaryDirectory();
  write(directory.path, [
    "package.json",
    "LICENSE.md",
    "README.md",
    "index.js",
    "lib/test/helper.js",
    "test/index.js",
    "types/index.d.ts",
    "node_modules/other/index.js",
  ]);
  expect(filesOf(directory.path, "fastify")).toEqual([
    "LICENSE.md",
    "index.js",
    "lib/test/helper.js",
    "package.json",
  ]);
});

test("a package of this project that is not built is refused", () => {
  using directory = new TemporaryDirectory();
  write(directory.path, ["package.json"]);
  expect(() => filesOf(directory.path, "@flawless-ts/server")).toThrow(
    expect.objectContaining({
      code: "FLAWLESS_TESTKIT_IMAGE_FAILED",
      message: expect.stringContaining("npm run build"),
    }),
  );
});
