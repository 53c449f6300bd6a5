import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { BuildError } from "./build-error.ts";
import { buildModule, type BuiltModule } from "./build-module.ts";
import { runModule } from "./run-module.testing.ts";

/** Builds files in tests: each test has a new directory, whose module is `orders.ts` and has the workflow `a`. */
export interface TestProject {
  /** The directory of this test's files. */
  readonly directory: string;
  build(files: Readonly<Record<string, string>>): Promise<BuiltModule>;
  /** Why they can't be built. */
  refusal(files: Readonly<Record<string, string>>): Promise<BuildError>;
  /** The workflow's response. */
  response(files: Readonly<Record<string, string>>): Promise<unknown>;
}

/** Call it at the top of a test file. */
export function testProject(): TestProject {
  let directory = "";
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "flawless-build-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const project: TestProject = {
    get directory() {
      return directory;
    },
    build(files) {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(directory, name)), { recursive: true });
        writeFileSync(join(directory, name), text);
      }
      return buildModule({ entry: join(directory, "orders.ts"), types: false });
    },
    async refusal(files) {
      const error: unknown = await project.build(files).catch((reason: unknown) => reason);
      if (!BuildError.is(error)) throw new Error(`expected a BuildError, but got ${String(error)}`);
      return error;
    },
    async response(files) {
      return (await runModule((await project.build(files)).wasm, "a")).response;
    },
  };
  return project;
}
