// Recognized by tags, not by `instanceof` or with Node: values come from other realms, and workflows don't run in Node.
const refusedKinds: Readonly<Record<string, string>> = {
  Map: "a Map (use Object.fromEntries)",
  Set: "a Set (use an array)",
  Error: "an Error (send its message)",
  RegExp: "a RegExp (send its source)",
};
const bytes = "bytes (encode them, for example as base64)";
const advice = "give the class a toJSON method, or send a plain object";

/** What is wrong with an object that JSON.stringify would write as `{}`, or as something other than its content. */
export function problemOfObject(value: object): string | undefined {
  const kind = Object.prototype.toString.call(value).slice("[object ".length, -1);
  if (kind === "Promise") return "a Promise (forgotten `await`?)";
  if (ArrayBuffer.isView(value) || kind === "ArrayBuffer" || kind === "SharedArrayBuffer")
    return bytes;
  if (kind === "Date" && Number.isNaN(Number(value))) return "an invalid Date";
  if ("toJSON" in value && typeof value.toJSON === "function") return undefined;
  if (value instanceof Error) return refusedKinds["Error"];
  if (Object.hasOwn(refusedKinds, kind)) return refusedKinds[kind];
  switch (kind) {
    case "Number":
      return Number.isFinite(Number(value)) ? undefined : `the number ${Number(value)}`;
    case "String":
    case "Boolean":
    case "Array":
      return undefined;
    default:
      return problemOfInstance(value);
  }
}

/** Of instances of classes, JSON has only their own members. */
function problemOfInstance(value: object): string | undefined {
  let inherits = false;
  for (const prototype of classPrototypes(value)) {
    for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (name === "constructor") continue;
      if (get !== undefined)
        return `an instance of ${className(value)}, whose getter \`${name}\` JSON leaves out (${advice})`;
      inherits = true;
    }
  }
  if (!inherits || Object.keys(value).length > 0) return undefined;
  return `an instance of ${className(value)}, which JSON shows as empty (${advice})`;
}

/** All except the last, which is some realm's `Object.prototype`. */
function* classPrototypes(value: object): Generator<object> {
  let prototype = Object.getPrototypeOf(value) as object | null;
  while (prototype !== null) {
    const next = Object.getPrototypeOf(prototype) as object | null;
    if (next !== null) yield prototype;
    prototype = next;
  }
}

function className(value: object): string {
  const name: unknown = value.constructor?.name;
  return typeof name === "string" && name !== "" ? name : "a class";
}
