import { expect, test } from "vitest";
import { isDeepStrictEqual } from "node:util";
import { guestValues } from "../build/guest-values.testing.ts";
import { runBody } from "../build/module-source.testing.ts";

// Node has the same standards: each expression is evaluated there, too.
const AsyncFunction = (async () => undefined).constructor as new (
  body: string,
) => () => Promise<unknown>;

async function nodeValue(expression: string): Promise<unknown> {
  try {
    const value: unknown = await new AsyncFunction(`return ${expression}`)();
    return { value: JSON.parse(JSON.stringify(value ?? null)) as unknown };
  } catch (error) {
    return { thrown: (error as Error).name };
  }
}

const inBlock = (body: string): string => `await (async () => { ${body} })()`;

const expressions: Readonly<Record<string, readonly string[]>> = {
  structuredClone: [
    "structuredClone({ a: [1, , { b: new Date(5) }], c: undefined, d: NaN ? 1 : 2 })",
    inBlock(
      "const a = { m: new Map([[{ k: 1 }, new Set([1])]]) }; a.self = a; const b = structuredClone(a); return [b.self === b, b !== a, [...b.m.keys()][0].k, [...b.m.values()][0].has(1)];",
    ),
    inBlock(
      "const e = structuredClone(new RangeError('r', { cause: { x: 1 } })); return [e instanceof RangeError, e.message, e.cause, e.name];",
    ),
    inBlock(
      "const u = new Uint8Array([1, 2, 3, 4]).subarray(1, 3); const v = structuredClone(u); return [[...v], v.byteOffset, v.buffer.byteLength, v.buffer !== u.buffer];",
    ),
    inBlock(
      "const buffer = new ArrayBuffer(4); const b = structuredClone(buffer, { transfer: [buffer] }); return [buffer.byteLength, b.byteLength];",
    ),
    "[structuredClone(/a/gi).flags, structuredClone(Object(5n)) + 1n === 6n, typeof structuredClone(new Number(1)), structuredClone('x')]",
    inBlock(
      "class A { x = 1; get y() { return 2; } } const b = structuredClone(new A()); return [b, b instanceof A];",
    ),
    "structuredClone(() => 1)",
    "structuredClone({ a: Symbol('x') })",
    "structuredClone(new WeakMap())",
    "structuredClone(Promise.resolve())",
    "structuredClone()",
    "Object.getPrototypeOf(structuredClone(Object.create(null))) === Object.prototype",
  ],
  events: [
    inBlock(
      "const seen = []; const t = new EventTarget(); const f = (e) => seen.push([e.type, e.target === t, e.currentTarget === t, e.eventPhase]); t.addEventListener('x', f); t.addEventListener('x', f); t.addEventListener('x', { handleEvent(e) { seen.push(this !== t); } }); const e = new Event('x'); seen.push(t.dispatchEvent(e)); seen.push(e.currentTarget === null, e.eventPhase); return seen;",
    ),
    inBlock(
      "const seen = []; const t = new EventTarget(); t.addEventListener('x', () => seen.push(1), { once: true }); t.addEventListener('x', (e) => { seen.push(2); e.preventDefault(); e.stopImmediatePropagation(); }); t.addEventListener('x', () => seen.push(3)); return [t.dispatchEvent(new Event('x', { cancelable: true })), t.dispatchEvent(new Event('x')), seen];",
    ),
    inBlock(
      "const seen = []; const t = new EventTarget(); const c = new AbortController(); t.addEventListener('x', () => seen.push(1), { signal: c.signal }); t.dispatchEvent(new Event('x')); c.abort(); t.dispatchEvent(new Event('x')); return seen;",
    ),
    inBlock(
      "const t = new EventTarget(); const e = new Event('x', { cancelable: true }); t.addEventListener('x', (e) => e.preventDefault(), { passive: true }); t.dispatchEvent(e); return e.defaultPrevented;",
    ),
    "new CustomEvent('x', { detail: { a: 1 } }).detail",
    "new Event()",
    "new EventTarget().dispatchEvent({ type: 'x' })",
    "String(new Event('x')) + String(new EventTarget())",
  ],
  abort: [
    inBlock(
      "const c = new AbortController(); const seen = []; c.signal.onabort = (e) => seen.push(e.type); c.signal.addEventListener('abort', () => seen.push('l')); c.abort(); c.abort(2); return [seen, c.signal.aborted, c.signal.reason.name, c.signal.reason.code];",
    ),
    inBlock(
      "const a = new AbortController(), b = new AbortController(); const any = AbortSignal.any([a.signal, b.signal]); const both = AbortSignal.any([any]); b.abort('b'); a.abort('a'); return [any.reason, both.reason, AbortSignal.any([]).aborted];",
    ),
    "AbortSignal.abort().throwIfAborted()",
    "new AbortSignal()",
    "AbortSignal.any([1])",
  ],
  digest: ["SHA-1", "sha-256", "SHA-384", "SHA-512"]
    .flatMap((name) =>
      ["", "abc", "x".repeat(300)].map(
        (text) =>
          `[...new Uint8Array(await crypto.subtle.digest('${name}', new TextEncoder().encode('${text}')))]`,
      ),
    )
    .concat(
      "await crypto.subtle.digest('MD5', new Uint8Array())",
      "await crypto.subtle.digest({ name: 'SHA-1' }, 'text')",
    ),
  "URL.parse": [
    "[URL.parse('https://a.example/x', 'b')?.href ?? null, URL.parse('/x', 'https://a.example')?.href, URL.canParse('x'), URL.parse('x')]",
  ],
  headers: [
    "new Headers({ a: 'x\\r\\ny' })",
    "new Headers([['a', 'b\\0']])",
    "new Headers([['a']])",
    "new Headers({ a: '\\u0100' })",
    "new Headers({ 'a b': '1' })",
    "new Headers('a: b')",
    "new Headers({ a: ' \\t x \\n' }).get('a')",
    "new Headers({ a: 'é' }).get('a')",
  ],
  bodies: [
    inBlock(
      "const b = new Blob(['aé', new Uint8Array([66]), new Blob(['c'])], { type: 'Text/Plain' }); return [b.size, b.type, await b.text(), await b.slice(1, 3).text(), b.slice(-1, undefined, 'X/y').type];",
    ),
    inBlock(
      "const f = new File(['x'], 'n', { lastModified: 5, type: 'a/b' }); return [f.name, f.lastModified, f.size, f.type, f instanceof Blob];",
    ),
    inBlock(
      "const f = new FormData(); f.append('a', 1); f.append('a', 'b'); f.append('f', new Blob(['x']), 'n'); f.set('a', 'c'); return [[...f].map(([k, v]) => [k, typeof v === 'string' ? v : v.name]), f.has('a'), f.getAll('a'), f.get('z')];",
    ),
    inBlock(
      "const f = new FormData(); f.append('a\\n\"', '1\\r2'); f.append('f', new File(['é'], 'n.txt', { type: 'text/x' })); const g = await new Response(f).formData(); return [[...g.keys()], g.get('f').name, g.get('f').type, await g.get('f').text()];",
    ),
    "[...(await new Response(new URLSearchParams('a=1&b=%C3%A9')).formData())]",
    "await new Response('x').formData()",
    "[new Response('x').headers.get('content-type'), new Response(new Blob(['x'], { type: 'a/b' })).headers.get('content-type'), (await new Response(new Blob(['x'])).blob()).size]",
    "new Response('x', { status: 204 })",
    "new Response(null, { status: 600 })",
    "[Response.error().type, Response.error().status, Response.redirect('https://a.example', 303).headers.get('location')]",
    "Response.redirect('x')",
    inBlock(
      "const r = new Request('https://a.example/x', { method: 'post', body: 'b', headers: { a: '1' } }); const s = r.clone(); const t = new Request(r, { headers: { c: '2' } }); return [s.method, await s.text(), t.headers.get('a'), t.headers.get('c'), await t.text(), r.bodyUsed];",
    ),
    "new Request('x')",
    "new Request('https://a.example', { body: 'x' })",
    "Object.prototype.toString.call(new Headers()) + Object.prototype.toString.call(new Request('https://a.example'))",
  ],
};

test.each(Object.keys(expressions))("%s: as in Node", async (group) => {
  const list = expressions[group] ?? [];
  const values = await guestValues(list);
  const different: unknown[] = [];
  for (const [index, expression] of list.entries()) {
    const value = values[index];
    const shown =
      value !== undefined && "thrown" in value ? { thrown: value.thrown.split(":")[0] } : value;
    const expected = await nodeValue(expression);
    if (!isDeepStrictEqual(shown, expected)) different.push({ expression, shown, expected });
  }
  expect(different).toEqual([]);
});

test("AbortSignal.timeout fires as time passes, with a TimeoutError", async () => {
  const { response, calls } = await runBody(`
    const signal = AbortSignal.timeout(100);
    const seen: unknown[] = [signal.aborted];
    signal.addEventListener("abort", () => seen.push(signal.reason.name));
    await context.sleep(50); seen.push(signal.aborted);
    await context.sleep(100); seen.push(signal.aborted);
    return seen;`);
  expect(response).toEqual([false, false, "TimeoutError", true]);
  expect(
    calls.filter((call) => typeof call === "object" && call !== null && "Sleep" in call),
  ).toHaveLength(3);
});

test("performance.now is the workflow's time since the first call", async () => {
  const { response } = await runBody(`
    const first = performance.now(); await context.sleep(1234);
    return [first, performance.now(), performance.timeOrigin, new Date(performance.timeOrigin + performance.now())];`);
  const start = Date.UTC(2026, 0, 1);
  expect(response).toEqual([0, 1234, start, new Date(start + 1234).toISOString()]);
});

test("an event can't be dispatched while it is being dispatched", async () => {
  const { response } = await runBody(`
    const target = new EventTarget(); let name: unknown;
    target.addEventListener("x", (event) => { try { target.dispatchEvent(event); } catch (error: any) { name = error.name; } });
    target.dispatchEvent(new Event("x"));
    return name;`);
  expect(response).toBe("InvalidStateError");
});
