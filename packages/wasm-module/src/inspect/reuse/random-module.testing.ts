import * as fc from "fast-check";
import { encodeS32, encodeU32 } from "../leb128.ts";
import {
  buildModule,
  functions,
  initExport,
  minimalModule,
  runExport,
  types,
} from "../module-builder.testing.ts";
import { code, type Code, flatten } from "./code.ts";

// Modules that change and read all that an instance has. They never access memory that they didn't ask for.

const bytesPerPage = 65_536;
const [i32, i64, f32, f64, v128, funcref] = [0x7f, 0x7e, 0x7d, 0x7c, 0x7b, 0x70];
const [vector, misc] = [0xfd, 0xfc];
const heap = 0;
const fixed = 7;
/** A guest that sends this text is to be stopped by its host. */
export const stopText = "stop";
const stopWord = new DataView(new TextEncoder().encode(stopText).buffer).getInt32(0, true);

const actions = [
  "store",
  "storeLong",
  "storeVector",
  "tellByte",
  "tellLong",
  "grow",
  "tellSize",
  "fill",
  "copy",
  "initialize",
  "setGlobal",
  "tellGlobal",
  "callIndirect",
  "nops",
  "stop",
] as const;

/** What a workflow does, with numbers that are interpreted by the action. */
interface Step {
  readonly action: (typeof actions)[number];
  readonly place: number;
  readonly other: number;
  readonly value: number;
}

interface Segment {
  readonly isActive: boolean;
  readonly place: number;
  readonly content: Uint8Array;
}

/** A random module, with the workflows `start` and `other`. */
export interface RandomModule {
  readonly pages: number;
  /** How many more the memory may have; null for any number. */
  readonly morePages: number | null;
  readonly segments: readonly Segment[];
  readonly elements: readonly number[];
  readonly first: number;
  readonly start: readonly Step[];
  readonly other: readonly Step[];
  /** What the first function of `other` does. */
  readonly init: readonly Step[];
}

const number = fc.nat(2 ** 31 - 1);
const steps = fc.array(
  fc.record<Step>({
    action: fc.constantFrom(...actions),
    place: number,
    other: number,
    value: number,
  }),
  { maxLength: 25 },
);

/** All modules. */
export const randomModules: fc.Arbitrary<RandomModule> = fc.record({
  pages: fc.integer({ min: 1, max: 3 }),
  morePages: fc.constantFrom(null, 0, 1, 3, 12),
  segments: fc.array(
    fc.record<Segment>({
      isActive: fc.boolean(),
      place: number,
      content: fc.uint8Array({ maxLength: 300 }),
    }),
    { maxLength: 5 },
  ),
  elements: fc.subarray([0, 1, 2, 3]),
  first: number,
  start: steps,
  other: steps,
  init: steps,
});

/** A random module's bytes. */
export function encodeRandomModule(module: RandomModule): Uint8Array<ArrayBuffer> {
  const { pages, morePages, segments } = module;
  const size = pages * bytesPerPage;
  const data = segments.map(({ isActive, place, content }) => {
    const address = placeIn(size - content.length + 1, place);
    const head: Code = isActive ? [0, code.i32Const(address), code.end] : [1];
    return [...flatten([head, encodeU32(content.length), content])];
  });
  const start = new Program(module);
  const other = new Program(module);
  const bodies = [
    [
      code.globalGet(heap),
      code.globalGet(heap),
      code.localGet(0),
      code.i32Add,
      code.globalSet(heap),
    ],
    [code.i32Const(0)],
    start.code(module.start),
    [other.code(module.init), code.i32Const(0)],
    other.code(module.other),
  ].map((body) => [...flatten(body as Code)]);
  const bodyTypes = [types.alloc, types.init, types.run, types.init, types.run];
  return buildModule({
    functions: bodies.map((body, index) => ({ type: bodyTypes[index] as number, body })),
    tables: [[funcref, 0, 2]],
    memories: [morePages === null ? [0, pages] : [1, pages, pages + morePages]],
    globals: globalsOf(module.first),
    exports: [
      ...minimalModule.exports,
      { ...initExport, name: "#flawless#workflow#init#other", index: functions.run + 1 },
      { ...runExport, name: "#flawless#workflow#run#other", index: functions.run + 2 },
    ],
    elements: [
      [0, 0x41, 0, code.end, 1, functions.alloc],
      ...module.elements.map((form) => elementsOf[form] ?? []),
    ],
    data,
    countsData: true,
  });
}

/** Passive and declared elements, as indices and as expressions. */
const elementsOf: readonly (readonly number[])[] = [
  [1, 0, 1, functions.alloc],
  [3, 0, 1, functions.init],
  [4, 0x41, 1, code.end, 1, 0xd2, functions.init, code.end],
  [5, funcref, 1, 0xd0, funcref, code.end],
];

function globalsOf(first: number): readonly (readonly number[])[] {
  const eight = [...new Uint8Array(Float64Array.of(first).buffer)];
  const four = [...new Uint8Array(Float32Array.of(first).buffer)];
  const globals: readonly Code[] = [
    [i32, 1, code.i32Const(1_000)],
    [i32, 1, code.i32Const(first)],
    [i64, 1, 0x42, encodeS32(-first)],
    [f32, 1, 0x43, ...four],
    [f64, 1, 0x44, ...eight],
    [v128, 1, vector, 12, ...eight, ...eight],
    [funcref, 1, ...(first % 2 === 0 ? [0xd0, funcref] : [0xd2, functions.alloc])],
    [i32, 0, code.i32Const(first >> 1)],
    [i32, 1, code.globalGet(fixed), code.i32Const(3), code.i32Add],
  ];
  return globals.map((global) => [...flatten([...global, code.end])]);
}

/** Instructions that set a global, and that read it as an integer. */
const globalSetters: readonly ((value: number) => Code)[] = [
  (value) => [code.i32Const(value), code.globalSet(1)],
  (value) => [0x42, encodeS32(value), code.globalSet(2)],
  (value) => [code.i32Const(value), 0xb2, code.globalSet(3)],
  (value) => [code.i32Const(value), 0xb7, code.globalSet(4)],
  (value) => [code.i32Const(value), vector, 17, code.globalSet(5)],
  (value) => [...(value % 2 === 0 ? [0xd0, funcref] : [0xd2, functions.init]), code.globalSet(6)],
  (value) => [code.i32Const(value), code.globalSet(8)],
];
const globalGetters: readonly Code[] = [
  code.globalGet(1),
  [code.globalGet(2), 0xa7],
  [code.globalGet(3), 0xbc],
  [code.globalGet(4), 0xbd, 0xa7],
  [code.globalGet(5), vector, 27, 1],
  [code.globalGet(6), code.refIsNull],
  code.globalGet(8),
];

/** Places where something may go wrong are more likely: near the borders of blocks and pages, and at both ends. */
function placeIn(size: number, number: number): number {
  const near = (border: number): number =>
    Math.round((number % size) / border) * border + ((number >>> 8) % 5) - 2;
  const place = [number % size, near(256), near(bytesPerPage), near(size)][number % 4] as number;
  return Math.min(Math.max(place, 0), size - 1);
}

class Program {
  readonly #module: RandomModule;
  #pages: number;

  constructor(module: RandomModule) {
    this.#module = module;
    this.#pages = module.pages;
  }

  code(list: readonly Step[]): Code {
    return list.map((step) => this.#step(step));
  }

  /** Sends twelve bits of a value's product to the host, as the length of a text that starts at address 0. */
  #tell(...value: Code): Code {
    const twelveBits = [code.i32Const(-1_640_531_535), 0x6c, code.i32Const(20), code.i32ShrU];
    return this.#call(...value, ...twelveBits);
  }

  #call(...length: Code): Code {
    const fields = [code.i32Const(8), code.i32Const(12)];
    return [code.i32Const(0), ...length, ...fields, code.call(functions.submit), code.drop];
  }

  #grow(value: number): Code {
    const most = this.#module.morePages;
    const asked = value % 16 === 0 ? -1 : value % 6;
    const fits = asked >= 0 && (most === null || this.#pages + asked <= this.#module.pages + most);
    if (fits) this.#pages += asked;
    return this.#tell(code.i32Const(asked), 0x40, ...spelledZero(value));
  }

  #step({ action, place, other, value }: Step): Code {
    const size = this.#pages * bytesPerPage;
    const address = (width: number): Code => code.i32Const(placeIn(size - width + 1, place));
    const range = (): Code => {
      const length = placeIn(size, value) % [5, 600, size][value % 3]!;
      const at = (number: number): Code => code.i32Const(placeIn(size - length + 1, number));
      return [
        at(place),
        action === "copy" ? at(other) : code.i32Const(other),
        code.i32Const(length),
      ];
    };
    switch (action) {
      case "store":
        return [address(1), code.i32Const(value), 0x3a, 0, 0];
      case "storeLong":
        return [address(8), 0x42, encodeS32(value), 0x37, 0, 0];
      case "storeVector":
        return [address(16), code.i32Const(value), vector, 17, vector, 11, 0, 0];
      case "tellByte":
        return this.#tell(address(1), 0x2d, 0, 0);
      case "tellLong":
        return this.#tell(address(8), 0x29, 0, 0, 0xa7);
      case "grow":
        return this.#grow(value);
      case "tellSize":
        return this.#tell(0x3f, ...spelledZero(value));
      case "fill":
        return [range(), misc, 11, 0];
      case "copy":
        return [range(), misc, 10, 0, 0];
      case "initialize":
        return this.#initialize(place, value);
      case "setGlobal":
        return globalSetters[place % globalSetters.length]?.(value) ?? [];
      case "tellGlobal":
        return this.#tell(globalGetters[place % globalGetters.length] ?? []);
      case "callIndirect":
        return this.#tell(
          code.i32Const(value % 50),
          code.i32Const(0),
          code.callIndirect(types.alloc, 0),
        );
      case "nops":
        return Array.from({ length: value % 300 }, () => 0x01);
      case "stop":
        // Not often, as nothing comes after it.
        return value % 4 === 0
          ? [code.i32Const(0), code.i32Const(stopWord), 0x36, 0, 0, this.#call(code.i32Const(4))]
          : [];
    }
  }

  #initialize(place: number, value: number): Code {
    const { segments } = this.#module;
    const index = segments.findIndex(({ isActive }) => !isActive);
    const length = segments[index]?.content.length;
    if (length === undefined) return [];
    const taken = value % (length + 1);
    const address = placeIn(this.#pages * bytesPerPage - taken + 1, place);
    return [
      ...[code.i32Const(address), code.i32Const(length - taken), code.i32Const(taken)],
      ...[misc, 8, encodeU32(index), 0],
    ];
  }
}

/** The index of the memory, also as some linkers write it. */
function spelledZero(value: number): readonly number[] {
  return value % 3 === 0 ? [0x80, 0x80, 0x00] : [0];
}
