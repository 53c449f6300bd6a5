import type * as nodeOs from "node:os";
import { optionalNodeBuiltin } from "@flawless-ts/wasm-module/internal";
import { randomHex } from "../random-hex.ts";

/** A name that no other worker has: the host's, and so many random bytes. */
export function ownName(randomBytes: number): string {
  return `${optionalNodeBuiltin<typeof nodeOs>("node:os")?.hostname() ?? "worker"}-${randomHex(randomBytes)}`;
}
