import { describe, expect, test } from "vitest";
import { deferExports } from "../defer-exports.ts";
import { encodeU32 } from "../leb128.ts";
import {
  buildModule,
  functions,
  minimalModule,
  type ModuleRecipe,
  types,
} from "../module-builder.testing.ts";
import { runInLoop } from "./loop.testing.ts";
import { makeReusable } from "./make-reusable.ts";

const i32 = 0x7f;
const [get, set] = [0x23, 0x24];
const constant = (value: number): number[] => [0x41, value];
const end = 0x0b;
/** Sends the value of the expression to the host, as the number of bytes of a call at address 0. */
const tell = (...expression: readonly number[]): number[] => [
  ...[...constant(0), ...expression, ...constant(8), ...constant(12)],
  ...[0x10, functions.submit, 0x1a],
];

/** The small module with a table and elements, so that its exports can be deferred. */
function recipe(run: readonly number[], changes: Partial<ModuleRecipe> = {}): ModuleRecipe {
  return {
    ...minimalModule,
    functions: [
      { type: types.alloc, body: constant(16) },
      { type: types.init, body: constant(0) },
      { type: types.run, body: run },
    ],
    globals: [[i32, 1, ...constant(5), end]],
    elements: [[0, ...constant(0), end, 1, functions.alloc]],
    memories: [[0x01, 1, 3]],
    ...changes,
  };
}

async function lengthsTold(
  module: ModuleRecipe,
  times: number,
): Promise<readonly (readonly number[])[]> {
  const { runs } = await runInLoop(
    buildModule(module),
    Array.from({ length: times }, () => "start"),
    () => "",
  );
  return runs.map(({ calls }) => calls.map((call) => Number(call.split(" ")[1])));
}

describe("each run of the loop", () => {
  test("finds globals with their first values", async () => {
    const raise = [get, 0, ...constant(1), 0x6a, set, 0];

    expect(await lengthsTold(recipe([...tell(get, 0), ...raise, ...tell(get, 0)]), 3)).toEqual([
      [5, 6],
      [5, 6],
      [5, 6],
    ]);
  });

  test("finds globals of all number types and references with their first values", async () => {
    const globals = [
      [0x7e, 1, 0x42, 9, end],
      [0x7d, 1, 0x43, 0, 0, 0x80, 0x3f, end],
      [0x7c, 1, 0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, end],
      [0x7b, 1, 0xfd, 12, 2, ...Array<number>(15).fill(0), end],
      [0x70, 1, 0xd0, 0x70, end],
      [0x70, 1, 0xd2, functions.alloc, end],
      [i32, 0, ...constant(4), end],
      [i32, 1, 0x23, 6, ...constant(2), 0x6a, end],
    ];
    const told = [
      ...tell(get, 0, 0xa7),
      ...tell(get, 1, 0xa8),
      ...tell(get, 2, 0xaa),
      ...tell(get, 3, 0xfd, 27, 0),
      ...tell(get, 4, 0xd1),
      ...tell(get, 5, 0xd1),
      ...tell(get, 7),
    ];
    const change = [
      ...[0x42, 1, set, 0, 0x43, 0, 0, 0, 0, set, 1, 0x44, 0, 0, 0, 0, 0, 0, 0, 0, set, 2],
      ...[0xfd, 12, ...Array<number>(16).fill(7), set, 3, 0xd2, functions.alloc, set, 4],
      ...[0xd0, 0x70, set, 5, ...constant(1), set, 7],
    ];

    expect(await lengthsTold(recipe([...told, ...change], { globals }), 2)).toEqual([
      [9, 1, 1, 2, 1, 0, 6],
      [9, 1, 1, 2, 1, 0, 6],
    ]);
  });

  test("finds the memory's size, and may grow it as far as the module says", async () => {
    const size = [0x3f, 0];
    // What it returns is -1 for too much, so 8 is added.
    const grow = (pages: number): number[] => [...constant(pages), 0x40, 0, ...constant(8), 0x6a];
    const run = [
      ...tell(...size),
      ...tell(...grow(1)),
      ...tell(...size),
      ...tell(...grow(2)),
      ...tell(0x41, 0x7f, 0x40, 0, ...constant(8), 0x6a),
      ...tell(...grow(1)),
      ...tell(...grow(0)),
      ...tell(...grow(1)),
    ];

    expect(await lengthsTold(recipe(run), 2)).toEqual([
      [1, 9, 2, 7, 7, 10, 11, 7],
      [1, 9, 2, 7, 7, 10, 11, 7],
    ]);
  });

  test("finds zeros and the data segments, wherever an earlier one wrote", async () => {
    const addresses = [0, 100, 255, 256, 5_000, 65_535, 65_536, 131_071, 196_607];
    const segments = [
      [0, 0x41, ...signed(250), end, ...sized([1, 2, 3, 4, 5, 6, 7, 8, 9])],
      [0, 0x41, ...signed(255), end, ...sized([90, 91])],
      [0, 0x41, ...signed(65_535), end, ...sized([77])],
    ];
    const read = addresses.flatMap((address) => tell(0x41, ...signed(address), 0x2d, 0, 0));
    const write = addresses.flatMap((address) => [
      ...[0x41, ...signed(address), ...constant(42), 0x3a, 0, 0],
    ]);
    const grow = [...constant(2), 0x40, 0, 0x1a];
    const module = recipe([...grow, ...read, ...write], { data: segments });
    const { runs } = await runInLoop(buildModule(module), ["start", "start", "start"], () => "");
    const told = runs.map(({ calls }) => calls.map((call) => Number(call.split(" ")[1])));

    expect(told).toEqual([
      [0, 0, 90, 91, 0, 77, 0, 0, 0],
      [0, 0, 90, 91, 0, 77, 0, 0, 0],
      [0, 0, 90, 91, 0, 77, 0, 0, 0],
    ]);
  });

  test("copies passive segments as before", async () => {
    const copy = [...constant(32), ...constant(1), ...constant(2), 0xfc, 8, 0, 0];
    const data = [
      [1, ...sized([10, 20, 30])],
      [0, 0x41, 40, end, ...sized([50])],
    ];
    const read = (address: number): number[] => tell(...constant(address), 0x2d, 0, 0);
    const module = recipe([...read(33), ...read(40), ...copy, ...read(33)], { data });
    // The module counts its segments ahead of its code, as `memory.init` requires.
    const { runs } = await runInLoop(
      buildModule({ ...module, countsData: true }),
      ["start", "start"],
      () => "",
    );

    expect(runs.map(({ calls }) => calls.map((call) => Number(call.split(" ")[1])))).toEqual([
      [0, 50, 30],
      [0, 50, 30],
    ]);
  });
});

function sized(content: readonly number[]): number[] {
  return [...encodeU32(content.length), ...content];
}

/** A signed LEB128 integer that is not negative. */
function signed(value: number): number[] {
  return value < 0x40
    ? [value]
    : [...encodeU32(value)].flatMap((byte, index, all) =>
        index === all.length - 1 && byte >= 0x40 ? [byte | 0x80, 0] : [byte],
      );
}

describe("an instance is for one workflow only if its module", () => {
  const reusable = (changes: Partial<ModuleRecipe>, run: readonly number[] = []): boolean =>
    makeReusable(deferExports(buildModule(recipe(run, changes)))) !== undefined;

  test("is not like these, which could be used again", () => {
    const near = Array.from({ length: 1_001 }, (_, index) => [
      ...[0, 0x41, ...signed(index * 60), end, 1, 1],
    ]);

    expect(reusable({})).toBe(true);
    expect(reusable({ data: near })).toBe(true);
  });

  test("has no elements or no globals", () => {
    const { globals: _globals, ...withoutGlobals } = recipe([]);
    const { elements: _elements, ...withoutElements } = recipe([]);

    for (const changed of [withoutGlobals, withoutElements]) {
      expect(makeReusable(deferExports(buildModule(changed)))).toBeUndefined();
    }
  });

  test.each<[string, Partial<ModuleRecipe>]>([
    ["has a start function", { start: functions.run }],
    ["starts with a large memory", { memories: [[0, ...encodeU32(1_000)]] }],
    ["has a shared memory", { memories: [[3, 1, 2]] }],
    ["has a memory with 64-bit addresses", { memories: [[4, 1]] }],
    [
      "has two memories",
      {
        memories: [
          [0, 1],
          [0, 1],
        ],
      },
    ],
    [
      "has a data segment that doesn't fit into its memory",
      { data: [[0, 0x41, ...signed(65_535), end, 2, 0, 0]] },
    ],
    [
      "has very many data segments that are far apart",
      {
        memories: [[0, ...encodeU32(20)]],
        data: Array.from({ length: 1_001 }, (_, index) => [
          ...[0, 0x41, ...signed(index * 1_025), end, 1, 1],
        ]),
      },
    ],
    [
      "has very many mutable globals",
      { globals: Array.from({ length: 10_001 }, () => [i32, 1, ...constant(0), end]) },
    ],
    ["has a data segment for a second memory", { data: [[2, 0, 0x41, 0, end, 0]] }],
  ])("%s", (_what, changes) => {
    expect(reusable(changes)).toBe(false);
  });

  test.each([
    ["sets an element of a table", [0x41, 0, 0xd0, 0x70, 0x26, 0]],
    ["fills a table", [0x41, 0, 0xd0, 0x70, 0x41, 0, 0xfc, 17, 0]],
    ["grows a table", [0xd0, 0x70, 0x41, 0, 0xfc, 15, 0, 0x1a]],
    ["copies a table", [0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 14, 0, 0]],
    ["asks for its size very often", Array.from({ length: 150_000 }, () => [0x3f, 0, 0x1a]).flat()],
    ["drops elements", [0xfc, 13, 0]],
    ["drops data", [0xfc, 9, 0]],
    ["initializes memory from an active segment", [0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 8, 0, 0]],
    ["has an instruction that is not known", [0x06, 0x40, 0x0b]],
  ])("%s", (_what, run) => {
    expect(reusable({ data: [[0, 0x41, 0, end, 1, 9]] }, run)).toBe(false);
  });
});
