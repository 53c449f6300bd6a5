import type { SelfTime } from "../profile/cpu-profile.ts";

/** What a thread's time is spent on. The first rule that matches a location in a profile applies. */
const rules: readonly (readonly [kind: string, place: RegExp])[] = [
  ["idle", /^\(idle\)/],
  ["garbage collection", /^\(garbage collector\)/],
  ["guests (WebAssembly)", /^(guests|js-to-wasm|wasm-to-js)/],
  [
    "messages between threads",
    /^(postMessage|receiveMessageOnPort|emitMessage|deserialize)|internal\/(worker|per_context\/messageport)|worker_threads/,
  ],
  ["SQLite", /^(run|exec)$|sqlite/],
  ["undici", /undici/],
  ["Fastify", /fastify|find-my-way|light-my-request|avvio/],
  [
    "sockets and streams",
    /^(writev?|writeUtf8String|writeLatin1String|writeBuffer|shutdown|readStart|readStop)( |$)|node:(net|internal\/(streams|stream_base|js_stream)|stream|diagnostics)/,
  ],
  ["Node's HTTP", /node:(_http|http|internal\/(http|url|timers|fixed_queue|priority_queue))/],
  [
    "JSON and text",
    /^(parse|stringify|encode|encodeInto|decode)( |$)|encoding|fast-json-stringify|wasm-module/,
  ],
  ["the server's own code", /packages\//],
  ["promises, timers, hooks of Node", /node:|^(processTicksAndRejections|runMicrotasks)/],
];
/** V8 marks only the main thread's idle time: other threads seem to be in native code while they wait. */
const others = "native code of Node and V8 (and waiting, but for the main thread)";

/** The share of the time that one kind takes. */
export interface KindShare {
  readonly kind: string;
  /** As a share of the time in which the threads were not idle. */
  readonly percent: number;
  readonly milliseconds: number;
}

/** The shares of all kinds except idle time, the largest first. */
export function sharesOfKinds(times: readonly SelfTime[]): readonly KindShare[] {
  const busy = times.filter(({ where }) => kindOf(where) !== "idle");
  const total = busy.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return [...Map.groupBy(busy, ({ where }) => kindOf(where))]
    .map(([kind, places]) => {
      const milliseconds = places.reduce((sum, place) => sum + place.milliseconds, 0);
      return { kind, milliseconds, percent: (milliseconds * 100) / total };
    })
    .toSorted((a, b) => b.milliseconds - a.milliseconds);
}

/** @param where a location in the format of `selfTimes` */
export function kindOf(where: string): string {
  return rules.find(([, place]) => place.test(where))?.[0] ?? others;
}
