import assert from "node:assert/strict";
import { FlawlessError, type DeployedModule, type WorkflowHandle } from "@flawless-ts/sdk";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFailed, test } from "vitest";
import { leb, repeated, strangeModule, type StrangeModule } from "../testing/strange-module.ts";
import { PeakMemory } from "./peak-memory.ts";
import { ServerProcess } from "./server-process.ts";

const processMemoryBytes = 1024 * 2 ** 20;
/** `block; i32.const 0; br_if 0; end`: for each, the compiler stores the state of all values. */
const block = [0x02, 0x40, 0x41, 0x00, 0x0d, 0x00, 0x0b];
const spin = [0x03, 0x40, 0x0c, 0x00, 0x0b];
const funcref = 0x70;

let server: ServerProcess;
let memory: PeakMemory;
let conformance: DeployedModule;
let neighbour: WorkflowHandle;

beforeAll(async () => {
  const limits = { processMemoryBytes, guestTimeLimitMs: 1_000 };
  server = await ServerProcess.start({
    parameters: Object.entries(limits).map(([name, value]) => `--limit=${name}=${value}`),
  });
  memory = new PeakMemory(server.pid ?? 0);
  conformance = await server.flawless.deploy(fixtureBytes("conformance"));
  neighbour = await conformance.start("receive", null);
});

afterAll(async () => {
  memory?.[Symbol.dispose]();
  await server?.[Symbol.asyncDispose]();
});

/** After every module, the same process still works, and has not exceeded its memory limit. */
afterEach(async () => {
  onTestFailed(() => console.error(`the server wrote:\n${server.output}`));
  assert.equal(server.runs, true);
  assert.equal(await conformance.execute("add", { a: 40, b: 2 }), 42);
  assert.equal((await neighbour.info()).status, "running");
  assert.ok(memory.bytes < processMemoryBytes * 1.2, `it took ${memory.bytes} bytes`);
});

async function refusal(module: StrangeModule): Promise<string> {
  const error: unknown = await server.flawless.deploy(strangeModule(module)).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(FlawlessError.is(error), "the module was taken");
  return error.message;
}

describe("refused is a module", () => {
  test("of a function with 49,990 locals and a million blocks", async () => {
    const body = repeated(block, 1_000_000);
    expect(await refusal({ name: "bomb", functions: [{ locals: 49_990, body }] })).toMatch(
      /49990 locals and 70000\d\d bytes.*Split the function/,
    );
  });

  test("of many functions that are too expensive together", async () => {
    const body = repeated(block, 200);
    const functions = Array.from({ length: 2_000 }, () => ({ locals: 2_000, body }));
    expect(await refusal({ name: "bombs", functions })).toContain("it takes much longer");
  });

  test("that would become half a gigabyte of machine code", async () => {
    // `i32.const 0; call_indirect 3`: 320 bytes at most for 5.
    const body = repeated([0x41, 0, 0x11, 3, 0], 10_000);
    const functions = Array.from({ length: 180 }, () => ({ body }));
    expect(await refusal({ name: "code", tables: [[funcref, 0, 1]], functions })).toContain(
      "at most 536870912 bytes of machine code",
    );
  });

  test("of unknown instructions, followed by a bomb", async () => {
    // `ref.i31` from garbage collection, dropped.
    const body = Buffer.concat([Buffer.of(0x41, 0, 0xfb, 0x1c, 0x1a), repeated(block, 20_000)]);
    expect(await refusal({ name: "hidden", functions: [{ locals: 4_000, body }] })).toMatch(
      /V8's \w+ compiler takes more than 268435456 bytes of memory \(compileBytes\)/,
    );
  });

  test("that takes long only in the optimizing compiler", async () => {
    const types = [
      [0x60, 0, 100, ...repeated([0x7e], 100)],
      [0x60, 100, ...repeated([0x7e], 100), 0],
    ];
    // Calls through a table: `i32.const 0; call_indirect 4; i32.const 0; call_indirect 5`.
    const body = repeated([0x41, 0, 0x11, 4, 0, 0x41, 0, 0x11, 5, 0], 2_000);
    const tables = [[funcref, 0, 1]];
    expect(await refusal({ name: "wide", types, tables, functions: [{ body }] })).toContain(
      "V8's optimising compiler takes more than",
    );
  });

  test.each([
    [
      "a hundred tables of a million elements",
      { tables: Array.from({ length: 100 }, () => [funcref, 0, ...leb(1_000_000)]) },
      "tables that start with at most 1000000 elements, but they start with 100000000",
    ],
    [
      "a hundred thousand tables",
      { tables: Array.from({ length: 100_000 }, () => [funcref, 0, 0]) },
      "table section",
    ],
    [
      "a million globals",
      { globals: Array.from({ length: 1_000_000 }, () => [0x7e, 0, 0x42, 0, 0x0b]) },
      "global section",
    ],
    [
      "900,000 exports",
      { exports: Array.from({ length: 900_000 }, (_, index) => `e${index}`) },
      "at most 10000 entries in the export section, but it lists 900005",
    ],
    [
      "a hundred thousand types",
      { types: Array.from({ length: 100_000 }, () => [0x60, 0, 0]) },
      "type section",
    ],
    [
      "a segment of eight million elements",
      { elements: [[1, 0, ...leb(8_000_000), ...repeated([0], 8_000_000)]] },
      "beside the 384",
    ],
    [
      "names of workflows of a megabyte",
      {
        exports: Array.from(
          { length: 5_000 },
          (_, index) => `#flawless#workflow#init#${"w".repeat(200)}${index}`,
        ),
      },
      "names have at most 65536 characters together",
    ],
  ])("with %s", async (_what, parts, message) => {
    const functions = [{ body: [] }];
    expect(await refusal({ name: "much", functions, ...parts } as StrangeModule)).toContain(
      message,
    );
  });
});

describe("a guest", () => {
  async function run(module: StrangeModule): Promise<WorkflowHandle> {
    const deployed = await server.flawless.deploy(strangeModule(module));
    return deployed.start("start", null);
  }

  test("that grows two tables gets no more elements than with one", async () => {
    // `loop; ref.null func; i32.const 10,000; table.grow T; i32.const 0; i32.ge_s; br_if 0; end`
    const grow = (table: number): number[] => [
      ...[0x03, 0x40, 0xd0, funcref, 0x41, 0x90, 0xce, 0x00, 0xfc, 15, table],
      ...[0x41, 0, 0x4e, 0x0d, 0, 0x0b],
    ];
    // Traps if both together have more than a million elements.
    const check = [
      0xfc, 16, 0, 0xfc, 16, 1, 0x6a, 0x41, 0xc0, 0x84, 0x3d, 0x4a, 0x04, 0x40, 0, 0x0b,
    ];
    const workflow = await run({
      name: "growing",
      tables: [
        [funcref, 0, 0],
        [funcref, 0, 0],
      ],
      functions: [{ body: [...grow(0), ...grow(1), ...check] }],
    });
    expect(await workflow.completion()).toMatchObject({ status: "completed" });
  });

  test("that spins while it is instantiated is stopped", async () => {
    const workflow = await run({
      name: "spinning",
      startsItself: true,
      functions: [{ body: spin }],
    });
    expect(await workflow.completion()).toMatchObject({ error: { code: "TIME_LIMIT" } });
  });

  test("whose function is as expensive as allowed runs, and blocks nobody", async () => {
    const body = repeated(block, 1_900);
    const workflow = await run({ name: "dear", functions: [{ locals: 490, body }] });
    expect(await workflow.completion()).toMatchObject({ status: "completed" });
  });
});
