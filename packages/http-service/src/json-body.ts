import type { FastifyInstance, FastifyRequest } from "#libraries/fastify";
import { ApiError } from "./api-error.ts";

const dangerousKeys = ["__proto__", "constructor", "prototype"] as const;

/** Not in a `WeakMap`: the young generation's collector keeps what is in one, with all that it refers to. */
const keptText = Symbol("the text of the body");

interface WithText {
  [keptText]?: string;
}

/** The JSON text of a request, in scopes that keep it. Its numbers may have more digits than the parsed ones. */
export function bodyTextOf(request: FastifyRequest): string {
  return (request as FastifyRequest & WithText)[keptText] ?? "null";
}

/**
 * Makes `scope` accept JSON bodies, strictly: valid UTF-8 and JSON, without keys that could reach a prototype.
 *
 * @param keepText keeps the text of each body for {@link bodyTextOf}, to read payloads from. Then a body may have any keys below
 *   its first level. Default false.
 */
export function acceptJsonBodies(
  scope: FastifyInstance,
  maxBytes: number,
  { keepText = false }: { readonly keepText?: boolean } = {},
): void {
  const dangerousKeysBelow = keepText ? "ignore" : "error";
  const parse = scope.getDefaultJsonParser(dangerousKeysBelow, dangerousKeysBelow);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  scope.addContentTypeParser(
    "application/json",
    { parseAs: "buffer", bodyLimit: maxBytes },
    (request, bytes, done) => {
      if (bytes.length === 0) {
        // The schema says whether a route needs a body.
        done(null, undefined);
        return;
      }
      let text: string;
      try {
        text = decoder.decode(bytes as Buffer);
      } catch (cause) {
        done(new ApiError("INVALID_REQUEST", "The body is not valid UTF-8.", { cause }), undefined);
        return;
      }
      void parse(request, text, (error: Error | null, body: unknown) => {
        if (error !== null) {
          done(new ApiError("INVALID_REQUEST", whyRefused(text), { cause: error }), undefined);
          return;
        }
        if (keepText) {
          (request as FastifyRequest & WithText)[keptText] = text;
        }
        const fault = faultOf(body);
        done(fault === undefined ? null : new ApiError("INVALID_REQUEST", fault), body);
      });
    },
  );
}

/** Explains why a body was refused, because the parser doesn't. */
function whyRefused(text: string): string {
  try {
    JSON.parse(text);
    return "The body must not have a key named __proto__, or one named prototype in a constructor.";
  } catch {
    return "The body is not valid JSON.";
  }
}

/** The bodies of these services are flat objects, except for payloads, so only the first level needs checking. */
function faultOf(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null) {
    return undefined;
  }
  for (const key of dangerousKeys) {
    if (Object.hasOwn(body, key)) {
      return `The body must not have a key named ${key}.`;
    }
  }
  for (const [key, value] of Object.entries(body)) {
    if (typeof value === "string" && !value.isWellFormed()) {
      return `The text at ${JSON.stringify(key)} in the body contains an unpaired surrogate, which UTF-8 can't encode.`;
    }
  }
  return undefined;
}
