import { shared } from "../shared.ts";

/** The max depth of nested objects. */
const deepest = 4;
/** The max number of items in an array, a map or a set, and of members in an object. */
const maxItems = 100;
/** The max number of characters of a nested string. */
const maxTextLength = 10_000;
/** The max number of characters overall, after which nothing more is added. */
const maxResultLength = 100_000;

/** The objects around a value, and how much has been written. */
interface State {
  readonly around: readonly object[];
  readonly written: { characters: number };
}

/** A value on one line, formatted like Node's `util.inspect`. It never throws, and calls no getters. */
export function inspect(value: unknown): string {
  return shown(value, { around: [], written: { characters: 0 } });
}

function shown(value: unknown, state: State): string {
  if (state.written.characters > maxResultLength) return "...";
  let text: string;
  try {
    text =
      typeof value === "object" && value !== null ? ofObject(value, state) : ofOther(value, state);
  } catch {
    text = "[unreadable]";
  }
  if (state.around.length === 0) return text;
  state.written.characters += typeof value === "object" ? 0 : text.length;
  return text;
}

function ofOther(value: unknown, state: State): string {
  switch (typeof value) {
    case "string":
      return quoted(value);
    case "bigint":
      return `${value}n`;
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "function":
      return ofFunction(value, state);
    default:
      return String(value);
  }
}

function quoted(text: string): string {
  const start = text.slice(0, maxTextLength);
  const left = text.length - start.length;
  const quote = ["'", '"', "`"].find((each) => !start.includes(each)) ?? "'";
  const inner = JSON.stringify(start).slice(1, -1).replaceAll('\\"', '"');
  const escaped = quote === "'" ? inner.replaceAll("'", "\\'") : inner;
  return `${quote}${escaped}${quote}${left > 0 ? `... ${left} more characters` : ""}`;
}

function ofFunction(value: object, state: State): string {
  // The source is not available, but of all functions only classes have a prototype that can't be replaced.
  const isClass = Object.getOwnPropertyDescriptor(value, "prototype")?.writable === false;
  const { name } = value as { readonly name: unknown };
  const title = typeof name === "string" && name !== "" ? ` ${name}` : " (anonymous)";
  const head = isClass
    ? `[class${title}]`
    : `[Function${title === " (anonymous)" ? title : `:${title}`}]`;
  const parts = members(value, state, []);
  return parts.length === 0 ? head : `${head} { ${parts.join(", ")} }`;
}

function ofObject(value: object, state: State): string {
  if (state.around.includes(value)) return "[Circular]";
  const name = constructorName(value);
  if (state.around.length > deepest) return `[${Array.isArray(value) ? "Array" : name}]`;
  const inner: State = { ...state, around: [...state.around, value] };
  if (value instanceof Error) return ofError(value, inner);
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
  }
  if (value instanceof RegExp) return RegExp.prototype.toString.call(value);
  if (/^\[object (?:Number|String|Boolean)\]$/.test(Object.prototype.toString.call(value)))
    return `[${name}: ${shown(value.valueOf(), inner)}]`;
  const list = listOf(value, inner);
  if (list !== undefined) {
    const { head, items, hidden, brackets } = list;
    const all = [...items, ...members(value, inner, hidden)];
    const [open = "", close = ""] = brackets;
    const body = all.length === 0 ? `${open}${close}` : `${open} ${all.join(", ")} ${close}`;
    return head === "" ? body : `${head} ${body}`;
  }
  const tag = tagOf(value, name);
  const parts = members(value, inner, []);
  const head = name === "Object" && tag === "" ? "" : `${name}${tag} `;
  return parts.length === 0 ? `${head}{}` : `${head}{ ${parts.join(", ")} }`;
}

interface List {
  readonly head: string;
  readonly items: readonly string[];
  /** Members that `items` includes already. */
  readonly hidden: readonly string[];
  readonly brackets: string;
}

function listOf(value: object, state: State): List | undefined {
  const name = constructorName(value);
  if (Array.isArray(value)) {
    const head = name === "Array" ? "" : `${name}(${value.length})`;
    return { head, items: arrayItems(value, state), hidden: ["length"], brackets: "[]" };
  }
  if (value instanceof Map) {
    const items = some(
      [...value],
      ([key, content]) => `${shown(key, state)} => ${shown(content, state)}`,
    );
    return { head: `${name}(${value.size})`, items, hidden: [], brackets: "{}" };
  }
  if (value instanceof Set) {
    const items = some([...value], (content) => shown(content, state));
    return { head: `${name}(${value.size})`, items, hidden: [], brackets: "{}" };
  }
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    const numbers = value as unknown as ArrayLike<unknown>;
    const items = some(numbers, (content) => shown(content, state));
    return { head: `${name}(${numbers.length})`, items, hidden: [], brackets: "[]" };
  }
  if (value instanceof ArrayBuffer) {
    const items = [`byteLength: ${value.byteLength}`];
    return { head: name, items, hidden: [], brackets: "{}" };
  }
  return undefined;
}

function arrayItems(array: readonly unknown[], state: State): string[] {
  const items: string[] = [];
  let holes = 0;
  const endHoles = (): void => {
    if (holes > 0) items.push(`<${holes} empty item${holes === 1 ? "" : "s"}>`);
    holes = 0;
  };
  const length = Math.min(array.length, 1_000_000);
  let index = 0;
  for (; index < length && items.length < maxItems; index += 1) {
    if (Object.hasOwn(array, index)) {
      endHoles();
      items.push(shown(array[index], state));
    } else holes += 1;
  }
  endHoles();
  const left = array.length - index;
  if (left > 0) items.push(`... ${left} more item${left === 1 ? "" : "s"}`);
  return items;
}

function some<Item>(items: ArrayLike<Item>, text: (item: Item) => string): string[] {
  const first = Array.from({ length: Math.min(items.length, maxItems) }, (_, index) =>
    text(items[index] as Item),
  );
  const left = items.length - first.length;
  return left > 0 ? [...first, `... ${left} more item${left === 1 ? "" : "s"}`] : first;
}

function ofError(error: Error, state: State): string {
  const text = shared.part("web").describeError(error);
  const parts = members(error, state, ["stack", "message", "cause", "name"]);
  // In a nested error, the stack would break the line.
  const line = state.around.length > 1 ? `[${text.split("\n", 1)[0] ?? ""}]` : text;
  return parts.length === 0 ? line : `${line} { ${parts.join(", ")} }`;
}

/** The enumerable members as `name: value`. */
function members(value: object, state: State, hidden: readonly string[]): string[] {
  const isList = Array.isArray(value) || ArrayBuffer.isView(value);
  const keys = Reflect.ownKeys(value).filter(
    (key) =>
      !(isList && typeof key === "string" && /^\d+$/.test(key)) &&
      !(typeof key === "string" && hidden.includes(key)) &&
      Reflect.getOwnPropertyDescriptor(value, key)?.enumerable === true,
  );
  const parts = keys.slice(0, maxItems).map((key) => {
    const name = typeof key === "symbol" ? String(key) : keyText(key);
    return `${name}: ${content(Reflect.getOwnPropertyDescriptor(value, key), state)}`;
  });
  const left = keys.length - parts.length;
  return left > 0 ? [...parts, `... ${left} more item${left === 1 ? "" : "s"}`] : parts;
}

function content(descriptor: PropertyDescriptor | undefined, state: State): string {
  if (descriptor === undefined) return "undefined";
  const { get, set } = descriptor;
  if (get !== undefined) return set === undefined ? "[Getter]" : "[Getter/Setter]";
  return set === undefined ? shown(descriptor.value, state) : "[Setter]";
}

function keyText(key: string): string {
  return /^[a-zA-Z_$][\w$]*$/.test(key) ? key : quoted(key);
}

/** From its class; the object itself may have a member with that name. */
function constructorName(value: object): string {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null) return "[Object: null prototype]";
  const made = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value as unknown;
  const name = typeof made === "function" ? made.name : "";
  return name === "" ? constructorName(prototype) : name;
}

function tagOf(value: object, name: string): string {
  const tag = (value as { readonly [Symbol.toStringTag]?: unknown })[Symbol.toStringTag];
  return typeof tag === "string" && tag !== "" && tag !== name ? ` [${tag}]` : "";
}
