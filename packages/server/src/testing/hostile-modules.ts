import { repeated, signedLeb, type StrangeModule, textPlace } from "./strange-module.ts";

/** A module whose workflow `start` does harm, and how it must end. */
export interface HostileModule extends StrangeModule {
  /** The code of its failure. Null if it does harm only for a moment, and may end in any way. */
  readonly ends: string | null;
}

const loop = [0x03, 0x40];
const again = [0x0c, 0, 0x0b];
const drop = 0x1a;
const forever = [...loop, ...again];
const trap = [0x00];
const resultPlaces = [0x41, 0, 0x41, 4];

const timeNow = '"TimeNow"';
const logLine = JSON.stringify({ Log: { Info: "x".repeat(1_000) } });
const response = JSON.stringify({ SendResponse: '"again"' });

/** `i32.const P; i32.const N`. */
function range(place: number, length: number): number[] {
  return [0x41, ...signedLeb(place), 0x41, ...signedLeb(length)];
}

/** Makes a host call with the module's text. */
function call(text: string): number[] {
  return [...range(textPlace, Buffer.byteLength(text)), ...resultPlaces, 0x10, 0, drop];
}

function endlessly(name: string, text: string, ends: string | null): HostileModule {
  return { name, text, ends, functions: [{ body: [...loop, ...call(text), ...again] }] };
}

/** Calls the host once, with this `wasabi::alloc`. */
function allocating(name: string, alloc: readonly number[], ends: string | null): HostileModule {
  return { name, text: timeNow, alloc, ends, functions: [{ body: call(timeNow) }] };
}

/** `i32.const -1; memory.grow` would be refused, so this takes a page at a time and touches it. */
const takeMemory = [
  ...[...loop, 0x41, 1, 0x40, 0, 0x41, ...signedLeb(16), 0x74],
  // `i32.const 1; i32.store`: out of bounds once no page is left.
  ...[0x41, 1, 0x36, 2, 0, ...again],
];

/** Hostile modules of every kind that a server must survive. They end by themselves, or are stopped. */
export const hostileModules: readonly HostileModule[] = [
  { name: "spins", ends: "TIME_LIMIT", functions: [{ body: forever }] },
  {
    name: "spins-at-start",
    ends: "TIME_LIMIT",
    startsItself: true,
    functions: [{ body: forever }],
  },
  { name: "takes-memory", ends: "PANIC", functions: [{ body: takeMemory }] },
  { name: "calls-itself", ends: "PANIC", functions: [{ body: [0x10, 3] }] },
  { name: "traps", ends: "PANIC", functions: [{ body: trap }] },
  {
    name: "throws-and-catches",
    ends: "TIME_LIMIT",
    tags: [[0, 3]],
    // `loop; block; try_table (catch_all 0); throw 0; end; end; br 0; end`
    functions: [
      { body: [...loop, 0x02, 0x40, 0x1f, 0x40, 1, 2, 0, 0x08, 0, 0x0b, 0x0b, ...again] },
    ],
  },
  { name: "throws", ends: "PANIC", tags: [[0, 3]], functions: [{ body: [0x08, 0] }] },
  allocating("allocates-outside", [0x41, ...signedLeb(-256)], null),
  allocating("allocates-over-the-result", [0x41, 0], null),
  allocating("allocates-never", trap, null),
  allocating("allocates-forever", [...forever, 0x41, 0], "TIME_LIMIT"),
  allocating("allocates-itself", [0x20, 0, 0x10, 1], null),
  allocating("calls-while-it-allocates", [...call(timeNow), 0x41, ...signedLeb(4_096)], null),
  allocating(
    "calls-without-end-while-it-allocates",
    [...loop, ...call('"Time"'), ...again, 0x41, 0],
    null,
  ),
  endlessly("logs", logLine, "JOURNAL_LIMIT"),
  endlessly("asks-the-time", timeNow, "JOURNAL_LIMIT"),
  endlessly("responds-again-and-again", response, "JOURNAL_LIMIT"),
  endlessly("talks-nonsense", "nonsense", "CALL_LIMIT"),
  endlessly("debugs", '{"ReplayDebug":"x"}', "CALL_LIMIT"),
  endlessly(
    "has-no-end-of-types",
    `{"RecvMessage":[null,["${repeated([0x78], 70_000)}"]]}`,
    "CALL_LIMIT",
  ),
  {
    name: "calls-from-outside",
    ends: "CALL_LIMIT",
    functions: [{ body: [...loop, ...range(-16, -1), ...range(-1, -1), 0x10, 0, drop, ...again] }],
  },
  {
    name: "jumps-through-a-huge-table",
    ends: "TIME_LIMIT",
    // `loop; block; i32.const 0; br_table 60,000 times 0; end; br 0; end`
    functions: [
      {
        body: [
          ...[...loop, 0x02, 0x40, 0x41, 0, 0x0e, 0xe0, 0xd4, 0x03, ...repeated([0], 60_001), 0x0b],
          ...again,
        ],
      },
    ],
  },
];
