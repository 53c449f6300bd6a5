/** Values that match the actual behavior; any other value would be silently ignored. */
interface Honoured {
  readonly values: readonly unknown[];
  /** What to do instead. */
  readonly advice: string;
}

const noCookies: Honoured = {
  values: ["omit", "same-origin", "include"],
  advice: "the host keeps no cookies: send the header cookie",
};

/** Options of the standard's `fetch` that the host can't change. Source: `RequestInit` in the Fetch Standard. */
const fixedOptions: Readonly<Record<string, Honoured>> = {
  cache: {
    values: ["default", "no-store", "reload", "no-cache"],
    advice: "the host has no cache",
  },
  credentials: noCookies,
  duplex: { values: ["half"], advice: "leave it out" },
  integrity: { values: [""], advice: "compare crypto.subtle.digest of the body" },
  keepalive: { values: [true, false], advice: "leave it out" },
  mode: { values: ["cors"], advice: "a workflow has no origin: leave it out" },
  priority: { values: ["auto", "high", "low"], advice: "leave it out" },
  redirect: {
    values: ["follow"],
    advice: "the host follows redirects: look at response.redirected and response.url",
  },
  referrer: { values: ["", "about:client"], advice: "send the header referer" },
  referrerPolicy: {
    values: ["", "no-referrer"],
    advice: "the host sends no referrer of its own: leave it out",
  },
  window: { values: [null], advice: "leave it out" },
};

/** The options that have an effect. */
const knownOptions: ReadonlySet<string> = new Set([
  "method",
  "headers",
  "body",
  "signal",
  "idempotent",
  "timeout",
  "responseBodyLimit",
]);

/** The standard converts only these to upper case. */
const knownMethods = /^(?:delete|get|head|options|post|put)$/i;
const validMethod = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;

/** @throws {TypeError} for an option that would be ignored, unless it is undefined. */
export function refuseUnknownOptions(options: object): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`expected fetch's options as an object, but got ${String(options)}`);
  }
  const unknown: string[] = [];
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || knownOptions.has(name)) continue;
    const fixed = Object.hasOwn(fixedOptions, name) ? fixedOptions[name] : undefined;
    if (fixed === undefined) unknown.push(name);
    else if (!fixed.values.includes(value)) {
      const values = fixed.values.map((each) => JSON.stringify(each)).join(", ");
      throw new TypeError(
        `a workflow's fetch takes ${values} as ${name}, but got ${JSON.stringify(value) ?? String(value)}: ${fixed.advice}`,
      );
    }
  }
  if (unknown.length > 0) {
    throw new TypeError(
      `a workflow's fetch takes ${[...knownOptions].join(", ")}, but got ${unknown.join(", ")}`,
    );
  }
}

/** A request's method as it is sent. @throws {TypeError} if it is invalid. */
export function methodOf(method: unknown): string {
  const name = String(method);
  if (!validMethod.test(name)) {
    throw new TypeError(`expected a method such as "POST", but got ${JSON.stringify(name)}`);
  }
  return knownMethods.test(name) ? name.toUpperCase() : name;
}
