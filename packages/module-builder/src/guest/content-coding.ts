import { engine } from "./engine.ts";

/** Codings by their names in `content-encoding`. Source: RFC 9110, 8.4.1. */
const codings: Readonly<Record<string, "gzip" | "deflate">> = {
  gzip: "gzip",
  "x-gzip": "gzip",
  deflate: "deflate",
};

/**
 * Decodes a body's content codings.
 *
 * @param header the value of `content-encoding`.
 * @param limit max bytes of output; what exceeds it is dropped, as the host does with a body that has no coding.
 * @throws {TypeError} for an unknown coding, and if the bytes are invalid.
 */
export function withoutCodings(body: Uint8Array, header: string | null, limit: number): Uint8Array {
  const names = (header ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "" && name !== "identity");
  // The response to HEAD has the header, but no body.
  if (body.length === 0) return body;
  let bytes = body;
  for (const name of names.toReversed()) {
    const coding = codings[name];
    if (coding === undefined) {
      throw new TypeError(
        `the response's body has the content-encoding ${name}, but a workflow decodes gzip and deflate only: ` +
          'send the header "accept-encoding": "gzip"',
      );
    }
    const decoded = engine.inflate(coding, bytes, limit, bytes.length >= limit);
    if (decoded === undefined) {
      throw new TypeError(
        `the response's body is not whole or no ${coding}, although its content-encoding says ${name}`,
      );
    }
    bytes = new Uint8Array(decoded);
  }
  return bytes;
}
