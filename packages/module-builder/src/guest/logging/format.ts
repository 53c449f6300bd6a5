import { inspect } from "./inspect.ts";

/**
 * Values as one string, after filling in the first one's format specifiers. Source: the Console Standard, 2.2
 * "Formatter".
 */
export function format(values: readonly unknown[]): string {
  const [first, ...rest] = values;
  if (typeof first !== "string" || rest.length === 0) return values.map(shown).join(" ");
  const text = first.replace(/%[sdifjoOc%]/g, (specifier) => {
    if (specifier === "%%") return "%";
    if (rest.length === 0) return specifier;
    return filledIn(specifier, rest.shift());
  });
  return [text, ...rest.map(shown)].join(" ");
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : inspect(value);
}

function filledIn(specifier: string, value: unknown): string {
  switch (specifier) {
    case "%s":
      return typeof value === "object" && value !== null ? textOf(value) : shown(value);
    case "%d":
      return typeof value === "bigint" ? `${value}n` : number(value, Number);
    case "%i":
      return typeof value === "bigint"
        ? `${value}n`
        : number(value, (text) => Number.parseInt(String(text), 10));
    case "%f":
      return number(value, (text) => Number.parseFloat(String(text)));
    case "%j":
      return json(value);
    // Logs don't support styles.
    case "%c":
      return "";
    default:
      return inspect(value);
  }
}

/** An object's own string, if its class provides one. */
function textOf(value: object): string {
  try {
    const { toString } = value;
    const isOwn = toString !== Object.prototype.toString && toString !== Array.prototype.toString;
    if (isOwn && typeof toString === "function" && !(value instanceof Error)) return String(value);
  } catch {
    // Shown as an object instead.
  }
  return inspect(value);
}

function number(value: unknown, convert: (value: unknown) => number): string {
  return typeof value === "symbol" || typeof value === "object" ? "NaN" : inspect(convert(value));
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "undefined";
  } catch {
    return "[not JSON]";
  }
}
