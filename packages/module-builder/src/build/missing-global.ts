const noBrowser = "a workflow runs in no browser";
const noThreads = "a workflow has no threads; use context.start for a child workflow";
const noStreams =
  "a workflow has no streams; read a body as a whole, by text(), json() or arrayBuffer()";

/**
 * What to use instead of globals that workflows don't have. If workflows get one of them someday, its entry is ignored.
 */
const advice: ReadonlyMap<string, string> = new Map([
  ["process", "use context.secret for what is in the environment, or pass it in as the input"],
  ["Buffer", "use Uint8Array, with TextEncoder and TextDecoder for text, atob and btoa for base64"],
  ["require", "use import"],
  ["module", "use export"],
  ["exports", "use export"],
  ["__dirname", "a workflow has no file system; import JSON, or pass data in as the input"],
  ["__filename", "a workflow has no file system; import JSON, or pass data in as the input"],
  ["global", "use globalThis"],
  ["window", "use globalThis"],
  ["document", noBrowser],
  ["navigator", noBrowser],
  ["location", noBrowser],
  ["localStorage", `${noBrowser}; what a workflow keeps in variables is durable`],
  ["sessionStorage", `${noBrowser}; what a workflow keeps in variables is durable`],
  ["indexedDB", `${noBrowser}; what a workflow keeps in variables is durable`],
  ["alert", `${noBrowser}; use console.log`],
  ["requestAnimationFrame", `${noBrowser}; use setTimeout`],
  ["setImmediate", "use setTimeout"],
  ["clearImmediate", "use clearTimeout"],
  ["queueMicrotask", "use Promise.resolve().then"],
  ["WebSocket", "use context.fetch, and context.receive for what others send"],
  ["EventSource", "use context.fetch, and context.receive for what others send"],
  ["XMLHttpRequest", "use context.fetch"],
  ["Worker", noThreads],
  ["SharedWorker", noThreads],
  ["MessageChannel", noThreads],
  ["BroadcastChannel", noThreads],
  ["ReadableStream", noStreams],
  ["WritableStream", noStreams],
  ["TransformStream", noStreams],
  ["Deno", "it is there in Deno only"],
  ["Bun", "it is there in Bun only"],
]);

/** Says that workflows have no such global, and what to do. */
export function missingGlobal(name: string): string {
  const known = advice.get(name);
  return known === undefined
    ? `"${name}" is not defined: nothing declares or imports it, and a workflow has no such global.`
    : `"${name}" is not defined in a workflow: ${known}. In code that runs elsewhere, too, ask for typeof ${name} first.`;
}
