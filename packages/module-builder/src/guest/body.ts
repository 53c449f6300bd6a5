import { bytesOf, isBytes } from "./bytes.ts";
import { utf8 } from "./encoding.ts";

/** What is sent. */
export interface BodyBytes {
  readonly bytes: Uint8Array;
  /** Used as the `content-type` header unless the sender has set one. */
  readonly type?: string;
}

/** Anything that can be a body; its class may be in another part of the library. */
export interface BodySource {
  /** @internal */
  "flawless:body"(): BodyBytes;
}

/** @throws {TypeError} for anything that can't be a body. */
export function bodyOf(body: unknown): BodyBytes {
  if (body === null || body === undefined) return { bytes: new Uint8Array() };
  if (typeof body === "string") return { bytes: utf8(body), type: "text/plain;charset=UTF-8" };
  if (isBytes(body)) return { bytes: bytesOf(body) };
  if (typeof body === "object" && "flawless:body" in body) {
    return (body as BodySource)["flawless:body"]();
  }
  throw new TypeError(
    "expected a body as text, bytes, URLSearchParams, Blob or FormData; use JSON.stringify for objects",
  );
}
