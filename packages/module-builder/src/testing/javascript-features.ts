/** A global that workflows have. */
export interface PresentGlobal {
  /** An expression that is true if it works. */
  readonly probe: string;
  /** Differences from the standard, or other useful information. */
  readonly note?: string;
}

/**
 * The globals that workflows have, of those in ECMA-429 (WinterTC's Minimum Common Web API).
 *
 * Source of the names here and in {@link missingGlobals}: ECMA-429, "Common API index".
 */
export const presentGlobals: Readonly<Record<string, PresentGlobal>> = {
  AbortController: {
    probe:
      "(() => { const c = new AbortController(); c.abort(1); return c.signal.aborted && c.signal.reason === 1; })()",
  },
  AbortSignal: {
    probe: "AbortSignal.abort().aborted && AbortSignal.any([AbortSignal.abort(2)]).reason === 2",
    note: "the time of `timeout` passes as a durable sleep",
  },
  Blob: { probe: "(await new Blob(['a', 'b']).text()) === 'ab'", note: "without `stream()`" },
  CustomEvent: { probe: "new CustomEvent('x', { detail: 7 }).detail === 7" },
  DOMException: { probe: "new DOMException('m', 'AbortError').code === 20" },
  Event: { probe: "new Event('x', { cancelable: true }).cancelable" },
  EventTarget: {
    probe:
      "(() => { let seen = ''; const t = new EventTarget(); t.addEventListener('x', (e) => { seen = e.type; }); t.dispatchEvent(new Event('x')); return seen === 'x'; })()",
    note: "an error that a listener throws fails the workflow, as an unhandled rejection does",
  },
  File: { probe: "new File(['a'], 'n').name === 'n'" },
  FormData: {
    probe: "(() => { const f = new FormData(); f.append('a', '1'); return f.get('a') === '1'; })()",
  },
  Headers: { probe: "new Headers({ A: '1' }).get('a') === '1'" },
  Request: {
    probe: "new Request('https://a.example', { method: 'post' }).method === 'POST'",
    note: "without streams, and without members such as `cache` that the host can't control",
  },
  Response: {
    probe: "(await Response.json({ a: 1 }).json()).a === 1",
    note: "without `body`; the `statusText` of a received response is empty",
  },
  TextDecoder: {
    probe: "new TextDecoder('utf-16le').decode(new Uint8Array([65, 0])) === 'A'",
    note: "UTF-8 and UTF-16; other labels are a RangeError",
  },
  TextEncoder: { probe: "new TextEncoder().encodeInto('é', new Uint8Array(2)).written === 2" },
  URL: {
    probe:
      "URL.parse('/b', 'https://a.example').href === 'https://a.example/b' && URL.parse('x') === null",
    note: "non-ASCII host names must be written in Punycode",
  },
  URLSearchParams: { probe: "new URLSearchParams('a=1&a=2').getAll('a').length === 2" },
  atob: { probe: "atob('YQ==') === 'a'" },
  btoa: { probe: "btoa('a') === 'YQ=='" },
  clearInterval: { probe: "clearInterval(setInterval(() => {}, 1)) === undefined" },
  clearTimeout: { probe: "clearTimeout(setTimeout(() => {}, 1)) === undefined" },
  console: {
    probe:
      "['log', 'table', 'group', 'time', 'count', 'assert', 'dir', 'trace'].every((n) => typeof console[n] === 'function')",
    note: "writes to the workflow's log, with values formatted as by Node's `util.inspect`, but on one line; `trace` shows no stack",
  },
  crypto: {
    probe:
      "crypto.randomUUID().length === 36 && crypto.getRandomValues(new Uint8Array(4)).length === 4",
    note: "`getRandomValues`, `randomUUID` and `subtle.digest`; random numbers are recorded, so a replay gets the same ones",
  },
  fetch: { probe: "typeof fetch === 'function'", note: "see below" },
  globalThis: { probe: "globalThis.globalThis === globalThis" },
  performance: {
    probe: "performance.now() >= 0",
    note: "`now` and `timeOrigin` only; it measures the workflow's time, from the workflow's first call",
  },
  queueMicrotask: {
    probe: "(await new Promise((resolve) => queueMicrotask(() => resolve(3)))) === 3",
  },
  self: { probe: "self === globalThis" },
  setInterval: { probe: "setInterval(() => {}, 1) > 0", note: "durable" },
  setTimeout: {
    probe: "(await new Promise((resolve) => setTimeout(resolve, 1, 5))) === 5",
    note: "durable, like a sleep; it returns a number",
  },
  structuredClone: {
    probe: "structuredClone(new Map([[1, new Date(5)]])).get(1).getTime() === 5",
    note: "an instance of a class keeps its data, but not its class",
  },
};

const streams = "bodies arrive complete: use `text()`, `bytes()` or `json()`";
const events = "an unhandled error fails the workflow: use try/catch";
const messages = "send messages between workflows with a client, or call functions";
const keys = "`crypto.subtle` has only `digest`: use a library in plain JavaScript";

/** The globals of ECMA-429 that workflows lack, and what to use instead. */
export const missingGlobals: Readonly<Record<string, string>> = {
  ByteLengthQueuingStrategy: streams,
  CompressionStream:
    "`fetch` decodes gzip and deflate; for anything else, use a library in plain JavaScript",
  CountQueuingStrategy: streams,
  Crypto: "use `crypto` itself",
  CryptoKey: keys,
  DecompressionStream:
    "`fetch` decodes gzip and deflate; for anything else, use a library in plain JavaScript",
  ErrorEvent: events,
  MessageChannel: messages,
  MessageEvent: messages,
  MessagePort: messages,
  Performance: "use `performance` itself",
  PromiseRejectionEvent: events,
  ReadableByteStreamController: streams,
  ReadableStream: streams,
  ReadableStreamBYOBReader: streams,
  ReadableStreamBYOBRequest: streams,
  ReadableStreamDefaultController: streams,
  ReadableStreamDefaultReader: streams,
  SubtleCrypto: keys,
  TextDecoderStream: "use `TextDecoder` with `stream: true`",
  TextEncoderStream: "use `TextEncoder`",
  TransformStream: streams,
  TransformStreamDefaultController: streams,
  URLPattern: "use a regular expression on `url.pathname`",
  WebAssembly: "a workflow is WebAssembly itself and can't load more of it",
  WritableStream: streams,
  WritableStreamDefaultController: streams,
  WritableStreamDefaultWriter: streams,
  navigator: "not needed: there is only one engine",
  onerror: events,
  onrejectionhandled: events,
  onunhandledrejection: events,
  reportError: "use `console.error`, or throw",
};

/** Other missing globals that people look for. */
export const otherMissing: Readonly<Record<string, string>> = {
  Buffer:
    "use `Uint8Array`, which has `toBase64`, `fromBase64` and `toHex`, and `TextEncoder` and `TextDecoder`",
  EventSource: "poll with `fetch` and `context.sleep`",
  Temporal: "use `Date`, or a library",
  WebSocket: "use `fetch`, or messages to the workflow",
  XMLHttpRequest: "use `fetch`",
  process: "pass settings as input, and read secrets with `context.secret`",
  require: "use `import`: everything is bundled when the module is built",
  setImmediate: "use `setTimeout` or `queueMicrotask`",
};

/** Expressions that show a part of the language; their values are compared with Node's. */
export const languageSample: Readonly<Record<string, readonly string[]>> = {
  "Classes, private members and static blocks": [
    "(() => { class A { #x = 1; static n; static { A.n = 2; } has(o) { return #x in o; } get x() { return this.#x; } } return [new A().x, A.n, new A().has({})]; })()",
    "(() => { class A extends Array { sum() { return this.reduce((a, b) => a + b, 0); } } return A.of(1, 2).map((x) => x * 2).sum(); })()",
    "(() => { class A { accessorLike = () => this.v; v = 3; } return new A().accessorLike(); })()",
  ],
  "Destructuring, spread and operators": [
    "(() => { const { a: [b = 1, ...c], ...d } = { a: [undefined, 2, 3], e: 4 }; return [b, c, d]; })()",
    "[null?.x, (undefined)?.[0] ?? 'd', 2 ** 3 ** 0, [...'a😀']]",
    "(() => { let a = null, b = 0, c = 1; a ??= 1; b ||= 2; c &&= 3; return [a, b, c]; })()",
  ],
  "Generators, iterators and asynchronous iteration": [
    "(() => { function* g() { const x = yield 1; try { yield x; } finally { yield 9; } } const i = g(); return [i.next(), i.next(5), i.return(7), i.next()]; })()",
    "Iterator.from([1, 2, 3, 4]).filter((x) => x % 2).map((x) => x * 10).take(5).toArray()",
    "await (async () => { const seen = []; for await (const x of (async function* () { yield 1; yield Promise.resolve(2); })()) seen.push(x); return seen; })()",
    "await Array.fromAsync([1, Promise.resolve(2)])",
  ],
  Promises: [
    "await Promise.allSettled([1, Promise.reject(new Error('x'))]).then((all) => all.map((each) => each.status))",
    "await Promise.any([Promise.reject(1), Promise.resolve(2)])",
    "await (async () => { const { promise, resolve } = Promise.withResolvers(); resolve(4); return promise; })()",
    "await Promise.try(() => 5)",
    "await (async () => { const order = []; await Promise.all([(async () => { order.push(1); await null; order.push(3); })(), (async () => { order.push(2); await null; order.push(4); })()]); return order; })()",
  ],
  "Collections, arrays and objects": [
    "[[3, 1, 2].toSorted(), [1, 2].with(0, 9), [1, 2, 3].toSpliced(1, 1), [1, 2, 3].findLast((x) => x < 3), [1, 2, 3].at(-1)]",
    "Object.groupBy([1, 2, 3], (x) => (x % 2 ? 'odd' : 'even'))",
    "[...new Set([1, 2]).union(new Set([2, 3]))].concat([...new Set([1, 2]).intersection(new Set([2]))])",
    "[[1, [2, [3]]].flat(Infinity), Array.from({ length: 3 }, (_, i) => i), [1, 2, 3].copyWithin(0, 1), [, 1].includes(undefined)]",
    "Object.entries(Object.fromEntries(new Map([['b', 1], ['a', 2], [1, 3]])))",
  ],
  "Numbers, bigints and typed arrays": [
    "[0.1 + 0.2, (25).toString(36), (1234.5678).toFixed(2), 1e21 + '', (123.456).toPrecision(4), Number('0x1f'), parseInt('12px')]",
    "[String(2n ** 64n), String(-7n / 2n), String(BigInt.asIntN(8, 255n)), 1n < 2, 2n == 2]",
    "[...new Float32Array([1.1, 2.5])].concat([...new Uint8ClampedArray([300, -5])]).concat(new DataView(new Uint8Array([1, 2]).buffer).getUint16(0))",
    "[Math.hypot(3, 4), Math.fround(5.5), Math.clz32(1), Math.trunc(-1.5), Math.sign(-3), Math.cbrt(27), Math.f16round(1.1)]",
    "[new Uint8Array([1, 2, 255]).toBase64(), Uint8Array.fromHex('ff00')[0]]",
  ],
  "Texts and regular expressions": [
    String.raw`["2026-11-29".match(/(?<y>\d+)-(?<m>\d+)/).groups.y, "a1b2".replace(/(?<=[a-z])\d/g, (d) => d * 2), "aBc".replaceAll("B", "-")]`,
    String.raw`[..."a1b22".matchAll(/[a-z](\d+)/g)].map((m) => [m[0], m.index])`,
    String.raw`["x".padStart(3, "ab"), "ab".repeat(2), " a ".trim(), "a-b".split("-"), "abc".at(-1), "é".normalize("NFD").length, "\ud800".isWellFormed()]`,
    String.raw`[/\p{Lu}/u.test("É"), /[\p{L}--[a-z]]/v.test("a"), /^.$/u.test("😀"), /a.c/s.test("a\nc"), "aa".lastIndexOf("a"), RegExp.escape("a.b")]`,
  ],
  "Dates in UTC": [
    "[new Date(0).toISOString(), Date.UTC(2026, 1, 30), new Date('2026-11-29').getTime(), new Date(2026, 0, 1, 12).toISOString(), new Date(NaN).getTime()]",
    "[Date.parse('2026-11-29T10:00:00+02:00'), Date.parse('Sun, 29 Nov 2026 10:00:00 GMT'), new Date(5).toJSON()]",
  ],
  Errors: [
    "(() => { try { null.x; } catch (e) { return [e.name, e instanceof TypeError]; } })()",
    "(() => { const e = new Error('a', { cause: 1 }); return [e.cause, new AggregateError([1], 'm').errors, String(new RangeError('r')), Error.isError(e)]; })()",
  ],
  "Proxies, symbols and reflection": [
    "new Proxy({}, { get: (_, name) => name }).hello",
    "[Reflect.ownKeys({ b: 1, a: 2, 1: 3, [Symbol.iterator]: 4 }).map(String), Object.getOwnPropertyDescriptor({ get a() { return 1; } }, 'a').set === undefined]",
    "[new WeakMap([[{}, 1]]) instanceof WeakMap, String(Symbol.for('a')), Symbol('d').description]",
  ],
  JSON: [
    "[JSON.stringify({ a: [1, undefined, () => 1], b: undefined, c: NaN, d: new Date(0) }), JSON.stringify('\\ud800'), JSON.parse('{\"__proto__\": 1}').__proto__]",
    "JSON.parse('[1e3, 12345678901234567890]', (k, v, c) => (typeof v === 'number' && c ? c.source : v))",
  ],
  "Weak references": ["typeof new WeakRef({}).deref()"],
  Locales: [
    "(1234.5).toLocaleString('de')",
    "new Date(0).toLocaleDateString('en-US', { timeZone: 'UTC' })",
    "new Intl.NumberFormat('en').format(1e6)",
    "new Intl.Collator('en').compare('a', 'B')",
  ],
};

/** Groups of {@link languageSample} in which workflows and Node differ, and why. */
export const knownDifferences: Readonly<Record<string, string>> = {
  "Weak references":
    "the target of a `WeakRef` disappears as soon as nothing else refers to it, even in the same turn",
  Locales:
    "`Intl` has only `Collator`, which sorts in one order for all languages; `toLocaleString` and the like ignore the language",
};
