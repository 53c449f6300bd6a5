/** A function of a {@link strangeModule}, without parameters and results. */
export interface StrangeFunction {
  /** Locals of 64 bits. Default none. */
  readonly locals?: number;
  readonly body: Uint8Array | readonly number[];
}

/** The parts of a {@link strangeModule} beyond what every module needs. */
export interface StrangeModule {
  readonly name: string;
  /** The first is what its workflow `start` runs; other functions follow. */
  readonly functions: readonly StrangeFunction[];
  /** Types, tables, globals and segments as encoded in the file. */
  readonly types?: readonly (readonly number[])[];
  readonly tables?: readonly (readonly number[])[];
  readonly globals?: readonly (readonly number[])[];
  readonly elements?: readonly (readonly number[])[];
  /** Additional export names of `alloc`, or of the first half of `start`. */
  readonly exports?: readonly string[];
  /** The body of `wasabi::alloc`, which gets a number of bytes. Default: always returns 0. */
  readonly alloc?: readonly number[];
  /** Exception types as encoded in the file. */
  readonly tags?: readonly (readonly number[])[];
  /** A text in memory, starting at {@link textPlace}. */
  readonly text?: string;
  /** Whether the first function runs as the module's start function. */
  readonly startsItself?: boolean;
}

const first = 3;
/** The address of the text of a {@link strangeModule}. */
export const textPlace = 1_024;
const pageBytes = 65_536;

/** A module that can run, however strange its other parts are. Sizes may be millions. */
export function strangeModule(module: StrangeModule): Buffer {
  const { name, functions, types = [], tables = [], globals = [], elements = [] } = module;
  const { alloc = [0x41, 0], tags = [] } = module;
  const data = Buffer.from(module.text ?? "");
  const pages = Math.ceil((textPlace + data.length) / pageBytes);
  const bodies = [{ body: alloc }, { body: [0x41, 0] }, ...functions].map(
    ({ body, locals = 0 }: StrangeFunction) => {
      const declared = locals === 0 ? [0] : [1, ...leb(locals), 0x7e];
      return sized(Buffer.concat([Buffer.from(declared), Buffer.from(body), Buffer.of(0x0b)]));
    },
  );
  const exported: readonly (readonly [string, number, number])[] = [
    ["memory", 2, 0],
    ["wasabi::alloc", 0, 1],
    [`#flawless#module#${name}%_#_%1.0.0`, 0, first],
    ["#flawless#workflow#init#start", 0, 2],
    ["#flawless#workflow#run#start", 0, first],
    ...(module.exports ?? []).map((each) => [each, 0, each.includes("#init#") ? 2 : 1] as const),
  ];
  return Buffer.concat([
    Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]),
    section(1, [
      [0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7f],
      [0x60, 1, 0x7f, 1, 0x7f],
      [0x60, 0, 1, 0x7f],
      [0x60, 0, 0],
      ...types,
    ]),
    section(2, [[...text("wasabi"), ...text("submit"), 0, 0]]),
    section(3, [[1], [2], ...functions.map(() => [3])]),
    section(4, tables),
    section(5, [[0, ...leb(pages)]]),
    section(13, tags),
    section(6, globals),
    section(
      7,
      exported.map(([each, kind, index]) => [...text(each), kind, ...leb(index)]),
    ),
    module.startsItself === true ? Buffer.of(8, 1, first) : Buffer.alloc(0),
    section(9, elements),
    section(10, bodies),
    section(
      11,
      data.length === 0
        ? []
        : [[0, 0x41, ...signedLeb(textPlace), 0x0b, ...leb(data.length), ...data]],
    ),
  ]);
}

/** Repeats the same bytes. */
export function repeated(bytes: readonly number[], times: number): Buffer {
  return Buffer.alloc(bytes.length * times, Buffer.from(bytes));
}

/** An unsigned integer as LEB128. */
export function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) {
    bytes.push((rest % 0x80) | 0x80);
  }
  return [...bytes, rest];
}

/** A signed integer as LEB128, the operand of `i32.const`. */
export function signedLeb(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7) {
    const isLast = rest >= -0x40 && rest < 0x40;
    bytes.push((rest & 0x7f) | (isLast ? 0 : 0x80));
    if (isLast) {
      return bytes;
    }
  }
}

function section(id: number, entries: readonly (Uint8Array | readonly number[])[]): Buffer {
  if (entries.length === 0) {
    return Buffer.alloc(0);
  }
  const content = Buffer.concat([
    Buffer.from(leb(entries.length)),
    ...entries.map((entry) => Buffer.from(entry)),
  ]);
  return Buffer.concat([Buffer.of(id), sized(content)]);
}

function sized(content: Buffer): Buffer {
  return Buffer.concat([Buffer.from(leb(content.length)), content]);
}

function text(value: string): number[] {
  const bytes = Buffer.from(value);
  return [...leb(bytes.length), ...bytes];
}
