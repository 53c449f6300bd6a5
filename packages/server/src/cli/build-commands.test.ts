import { spawn } from "node:child_process";
import { on, once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { endWithThisProcess, TemporaryDirectory } from "@flawless-ts/test-helpers";
import { inspectModule } from "@flawless-ts/wasm-module";
import { fixturePath } from "@flawless-ts/test-helpers/fixtures";
import { runCli } from "../testing/run-cli.ts";

const source = (version: string): string =>
  `import { defineModule } from "@flawless-ts/wasm-module";
export default defineModule({ name: "orders", version: "${version}", workflows: { pay: async () => 1 } });`;

async function orders(
  directory: TemporaryDirectory,
  text: string = source("1.0.0"),
): Promise<string> {
  const file = directory.join("orders.ts");
  await writeFile(file, text);
  return file;
}

async function lineWith(reader: Interface, text: string): Promise<void> {
  for await (const [line] of on(reader, "line") as AsyncIterable<[string]>) {
    if (line.includes(text)) return;
  }
}

describe("flawless build", () => {
  test("writes the module next to the file", async () => {
    using directory = new TemporaryDirectory();
    const file = await orders(directory);
    const { code, stdout, stderr } = await runCli(["build", file]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^built orders:1\.0\.0 \(pay\) as .*orders\.wasm, \d+ bytes\n$/);
    expect(inspectModule(await readFile(directory.join("orders.wasm")))).toMatchObject({
      name: "orders",
      workflows: ["pay"],
    });
  });

  test("writes it to the path in --output, and reports it with --json", async () => {
    using directory = new TemporaryDirectory();
    const output = directory.join("other.wasm");
    const { stdout } = await runCli(["build", await orders(directory), "-o", output, "--json"]);
    const bytes = (await readFile(output)).length;
    expect(JSON.parse(stdout)).toEqual({
      name: "orders",
      version: "1.0.0",
      workflows: ["pay"],
      file: output,
      bytes,
    });
  });

  test("warns if the compiler knows no types, and builds nevertheless", async () => {
    using directory = new TemporaryDirectory();
    const text = source("1.0.0").replace("export default", "const all: unknown =");
    const file = await orders(directory, `${text}\nexport default all;`);
    const { code, stdout, stderr } = await runCli(["build", file]);
    expect(code).toBe(0);
    expect(stdout).toContain("built orders:1.0.0");
    expect(stderr).toMatch(/^warning: `flawless types` will know only the names.*no workflows/u);
  });

  test("reports the position of an error", async () => {
    using directory = new TemporaryDirectory();
    const file = await orders(directory, "const a = ;");
    const { code, stderr } = await runCli(["build", file]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: .*orders\.ts:1:\d+: /);
    expect(stderr).toContain(": Unexpected token.\n\n> 1 | const a = ;\n    |           ^\n");
  });

  test("reports every missing import", async () => {
    using directory = new TemporaryDirectory();
    const file = await orders(
      directory,
      `import one from "not-installed";\nimport two from "neither";\n${source("1.0.0")}\none(two);`,
    );
    const { code, stdout, stderr } = await runCli(["build", file, "--no-types"]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain('orders.ts:1:17: Can\'t find the package "not-installed"');
    expect(stderr).toContain('orders.ts:2:17: Can\'t find the package "neither"');
  });

  test("lets the top level compute until the given timeout", async () => {
    using directory = new TemporaryDirectory();
    const file = await orders(directory, `for (;;);\n${source("1.0.0")}`);
    const build = (timeout: string): ReturnType<typeof runCli> =>
      runCli(["build", file, "--no-types", "--evaluation-timeout", timeout]);
    const { code, stderr } = await build("100ms");
    expect(code).toBe(1);
    expect(stderr).toContain("to end within 0.1 s");
    expect(stderr).toContain("`evaluationTimeoutMs` (`--evaluation-timeout` of `flawless build`)");
    expect((await build("soon")).stderr).toContain("--evaluation-timeout takes a duration such as");
  });

  test.each(["build", "types"])("%s reports where it can't write", async (command) => {
    using directory = new TemporaryDirectory();
    const file = command === "types" ? fixturePath("crawler") : await orders(directory);
    const output = directory.join("nowhere/out");
    const { code, stderr } = await runCli([command, file, "-o", output]);
    expect(code).toBe(1);
    expect(stderr).toContain(`error: Can't write ${output}: ENOENT`);
    expect(stderr).toContain("Expected a file in an existing, writable folder");
  });

  test("refuses a module as a source", async () => {
    const { code, stderr } = await runCli(["build", "orders.wasm"]);
    expect(code).not.toBe(0);
    expect(stderr).toContain("takes the .ts file");
  });

  test("rebuilds when the file changes, even after an error, until it is stopped", async () => {
    using directory = new TemporaryDirectory();
    const file = await orders(directory, "const a = ;");
    const command = fileURLToPath(new URL("../../bin/flawless.js", import.meta.url));
    const child = spawn(process.execPath, [command, "build", file, "--watch", "--json"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    endWithThisProcess(child);
    onTestFinished(() => void child.kill());
    const errors = createInterface({ input: child.stderr });
    const lines = createInterface({ input: child.stdout });
    expect((await once(errors, "line"))[0]).toContain("orders.ts:1:");

    // What is wrong may be in another file.
    await writeFile(directory.join("part.ts"), "export const part = ;");
    const told = lineWith(errors, "part.ts:1:");
    await writeFile(file, `import { part } from "./part.ts";\n${source("1.0.0")}\npart;`);
    await told;
    const corrected = once(lines, "line");
    await writeFile(directory.join("part.ts"), "export const part = 1;");
    expect(JSON.parse(String((await corrected)[0]))).toMatchObject({ version: "1.0.0" });

    const built = once(lines, "line");
    await writeFile(file, source("1.0.1"));
    expect(JSON.parse(String((await built)[0]))).toMatchObject({ version: "1.0.1" });

    const exited = once(child, "exit");
    child.kill("SIGTERM");
    expect((await exited)[0]).toBe(0);
  });
});

describe("flawless types", () => {
  test("prints a contract with the module's workflows", async () => {
    const { code, stdout } = await runCli(["types", fixturePath("crawler")]);
    expect(code).toBe(0);
    expect(stdout).toContain("export const crawler = defineContract({");
    expect(stdout).toContain("start: { input: type<unknown>(), response: type<unknown>() },");
  });

  test("writes it to a file", async () => {
    using directory = new TemporaryDirectory();
    const file = directory.join("crawler.ts");
    expect(await runCli(["types", fixturePath("crawler"), "-o", file])).toEqual({
      code: 0,
      stdout: "",
      stderr: "",
    });
    expect(await readFile(file, "utf8")).toContain('version: "0.1.8"');
  });

  test("writes the types of a module from TypeScript", async () => {
    using directory = new TemporaryDirectory();
    const file = await orders(
      directory,
      source("1.0.0").replace("async () => 1", "async (input: { id: string }) => [input.id]"),
    );
    await runCli(["build", file]);
    const { stdout } = await runCli(["types", directory.join("orders.wasm")]);
    expect(stdout).toContain("input: type<{\n        readonly id: string;\n      }>(),");
    expect(stdout).toContain("response: type<ReadonlyArray<string>>(),");
    expect(stdout).toContain("messages: anyMessages,");
  });

  test("describes the module in JSON, with and without types", async () => {
    using directory = new TemporaryDirectory();
    const file = await orders(
      directory,
      source("1.0.0").replace("async () => 1", "async (input: { id: string }) => [input.id]"),
    );
    await runCli(["build", file]);
    const output = directory.join("orders-contract.ts");
    const { stdout } = await runCli([
      "types",
      directory.join("orders.wasm"),
      "--json",
      "-o",
      output,
    ]);
    expect(JSON.parse(stdout)).toEqual({
      name: "orders",
      version: "1.0.0",
      workflows: ["pay"],
      types: {
        workflows: {
          pay: expect.objectContaining({
            input: expect.objectContaining({ properties: { id: { type: "string" } } }),
            response: { type: "array", items: { type: "string" } },
          }),
        },
      },
      contract: await readFile(output, "utf8"),
    });
    const untyped = JSON.parse((await runCli(["types", fixturePath("crawler"), "--json"])).stdout);
    expect(untyped).toMatchObject({ name: "crawler", workflows: ["start"], types: null });
  });

  test("knows only the names if the types were omitted", async () => {
    using directory = new TemporaryDirectory();
    await runCli(["build", await orders(directory), "--no-types"]);
    const { stdout } = await runCli(["types", directory.join("orders.wasm")]);
    expect(stdout).toContain("pay: { input: type<unknown>(), response: type<unknown>() },");
  });

  test.each([
    ["is not there", "gone.wasm", "ENOENT"],
    ["is a folder", "", "EISDIR"],
  ])("reports what it can't read if the file %s", async (_how, name, reason) => {
    using directory = new TemporaryDirectory();
    const file = directory.join(name);
    const { code, stderr } = await runCli(["types", file]);
    expect(code).toBe(1);
    expect(stderr).toContain(`error: Can't read the module's file ${file}: ${reason}`);
    expect(stderr).toContain("Is it built, and is the path right?");
  });

  test("refuses a file that is not a module", async () => {
    using directory = new TemporaryDirectory();
    const { code, stderr } = await runCli(["types", await orders(directory)]);
    expect(code).toBe(1);
    expect(stderr).toContain("Expected a WebAssembly module");
  });
});
