import type * as nodeOs from "node:os";
import { optionalNodeBuiltin } from "@flawless-ts/wasm-module/internal";
import { randomHex } from "../random-hex.ts";

/** A unique name: the host's, and this many random bytes. */
export function ownName(randomBytes: number): string {
  return `${optionalNodeBuiltin<typeof nodeOs>("node:os")?.hostname() ?? "worker"}-${randomHex(randomBytes)}`;
}
