import type { LogLevel } from "@flawless-ts/wasm-module";
import { log } from "../host.ts";
import { format } from "./format.ts";
import { inspect } from "./inspect.ts";
import type { ConsoleMethod } from "./method-names.ts";
import { table } from "./table.ts";

type Method = (...values: readonly unknown[]) => void;

/** The max number of counters and of timers. */
const maxLabels = 1000;
/** The max depth of indented groups. */
const deepestGroup = 40;

const counts = new Map<string, number>();
const times = new Map<string, number>();
let groups = 0;

/** Logs values as a line, indented for each open group. */
export function write(level: LogLevel, values: readonly unknown[]): void {
  writeText(
    level,
    readable(() => format(values)),
  );
}

function writeText(level: LogLevel, text: string): void {
  const indent = "  ".repeat(Math.min(groups, deepestGroup));
  log(level, indent === "" ? text : indent + text.replaceAll("\n", `\n${indent}`));
}

/** The methods of `console` that do more than log values at a level. */
export const methods: Readonly<Record<ConsoleMethod, Method>> = {
  assert: (condition, ...values) => {
    if (condition) return;
    const [first, ...rest] = values;
    if (values.length === 0) write("Error", ["Assertion failed"]);
    else if (typeof first === "string") write("Error", [`Assertion failed: ${first}`, ...rest]);
    else write("Error", ["Assertion failed:", ...values]);
  },
  clear: () => undefined,
  count: (label) => {
    const name = labelOf(label);
    const count = (counts.get(name) ?? 0) + 1;
    keep(counts, name, count);
    writeText("Info", `${name}: ${count}`);
  },
  countReset: (label) => {
    if (!counts.delete(labelOf(label)))
      writeText("Warn", `Count for '${labelOf(label)}' does not exist`);
  },
  dir: (value) => writeText("Info", inspect(value)),
  dirxml: (...values) => write("Info", values),
  group: (...values) => {
    if (values.length > 0) write("Info", values);
    groups += 1;
  },
  groupCollapsed: (...values) => methods.group(...values),
  groupEnd: () => {
    groups = Math.max(0, groups - 1);
  },
  profile: () => undefined,
  profileEnd: () => undefined,
  table: (value, columns) =>
    writeText(
      "Info",
      readable(() => table(value, columns) ?? format([value])),
    ),
  time: (label) => {
    const name = labelOf(label);
    if (times.has(name)) writeText("Warn", `Label '${name}' already exists for console.time()`);
    else keep(times, name, Date.now());
  },
  timeEnd: (label) => {
    tellTime(label, []);
    times.delete(labelOf(label));
  },
  timeLog: (label, ...values) => tellTime(label, values),
  timeStamp: () => undefined,
};

/** A proxy may throw on any access. */
function readable(text: () => string): string {
  try {
    return text();
  } catch {
    return "[unreadable]";
  }
}

function tellTime(label: unknown, values: readonly unknown[]): void {
  const name = labelOf(label);
  const start = times.get(name);
  if (start === undefined) writeText("Warn", `No such label '${name}' for console.time()`);
  else write("Info", ["%s: %sms", name, Date.now() - start, ...values]);
}

function labelOf(label: unknown): string {
  try {
    return label === undefined ? "default" : String(label);
  } catch {
    return "default";
  }
}

/** The oldest one is dropped if necessary. */
function keep(map: Map<string, number>, name: string, value: number): void {
  const [oldest] = map.keys();
  if (map.size >= maxLabels && !map.has(name) && oldest !== undefined) map.delete(oldest);
  map.set(name, value);
}
