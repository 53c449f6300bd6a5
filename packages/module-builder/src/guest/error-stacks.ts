import { engine } from "./engine.ts";
import { part } from "./part-loader.ts";

/** A part of QuickJS's class that TypeScript's library lacks. */
interface ErrorClass {
  captureStackTrace(target: object, from?: unknown): void;
}

// Source: QuickJS-ng 0.16, where `stack` is an accessor of the prototype, and captureStackTrace defines an own
// property.
const { get: rawStack, set: setStack } =
  Object.getOwnPropertyDescriptor(Error.prototype, "stack") ?? {};
const { captureStackTrace } = Error as unknown as ErrorClass;

/** Gives `error.stack` the same first line as in other engines, and locations in the user's files. */
export function setUpErrorStacks(): void {
  define(Error.prototype, "stack", {
    get(this: object) {
      const raw: unknown = rawStack?.call(this);
      return typeof raw === "string" ? shownStack(this, raw) : raw;
    },
    ...(setStack === undefined ? {} : { set: setStack }),
  });
  const captured = {
    captureStackTrace(target: object, from?: unknown): void {
      captureStackTrace(target, from);
      const { value: raw = "" } = Object.getOwnPropertyDescriptor(target, "stack") ?? {};
      define(target, "stack", {
        get: () => shownStack(target, String(raw)),
        set: (value: unknown) => define(target, "stack", { value, writable: true }),
      });
    },
  };
  define(Error, "captureStackTrace", { value: captured.captureStackTrace, writable: true });
}

function define(target: object, name: string, descriptor: PropertyDescriptor): void {
  Object.defineProperty(target, name, { configurable: true, ...descriptor });
}

/** Computed only on access, because decoding the source map takes a lot of memory. */
function shownStack(error: object, raw: string): string {
  const head = headOf(error);
  const sourceMap = engine.sourceMap();
  // While a module is built there is no source map, and memory may have run out.
  if (sourceMap === "") return `${head}\n${raw}`;
  return [head, ...part("web").userStackOf(raw, sourceMap)].join("\n");
}

function headOf(error: object): string {
  try {
    return String(Error.prototype.toString.call(error));
  } catch {
    return "Error";
  }
}
