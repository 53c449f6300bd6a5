import type { FastifyInstance, FastifyRequest } from "fastify";
import { ApiError } from "./api-error.ts";

const dangerousKeys = ["__proto__", "constructor", "prototype"] as const;

const texts = new WeakMap<FastifyRequest, string>();

/** The JSON text of a request in a scope that keeps it: numbers in it may have more digits than the parsed ones. */
export function bodyTextOf(request: FastifyRequest): string {
  return texts.get(request) ?? "null";
}

/**
 * Makes `scope` read JSON bodies, strictly: valid UTF-8 and JSON, no keys that could reach a prototype.
 *
 * @param keepText keeps the text of each body for {@link bodyTextOf}, from which payloads are read: below the first level a
 *   body may have any keys then. Default false.
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
        // A route that wants a body says so by its schema.
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
          texts.set(request, text);
        }
        const fault = faultOf(body);
        done(fault === undefined ? null : new ApiError("INVALID_REQUEST", fault), body);
      });
    },
  );
}

/** The parser doesn't tell. */
function whyRefused(text: string): string {
  try {
    JSON.parse(text);
    return "The body must not have a key named __proto__, or one named prototype in a constructor.";
  } catch {
    return "The body is not valid JSON.";
  }
}

/** The bodies of these services are flat objects, but for payloads: their first level is all there is to look at. */
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
      return `The text at ${JSON.stringify(key)} in the body holds half of a surrogate pair, which UTF-8 can't express.`;
    }
  }
  return undefined;
}
