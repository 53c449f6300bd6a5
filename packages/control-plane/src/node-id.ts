import { hostname } from "node:os";
import { InvalidOptionError } from "@flawless-ts/wasm-module";

/**
 * The name of this node: the given one, or the host name.
 *
 * @throws InvalidOptionError
 */
export function nodeIdOf(given: string | undefined): string {
  const id = given ?? (hostname() || "node");
  if (!isNodeId(id)) {
    throw new InvalidOptionError("nodeId", `expected ${rule}, but got ${shown(id)}.`);
  }
  return id;
}

const rule = "1 to 128 letters, digits or . _ : @ -";

function isNodeId(text: string): boolean {
  return /^[\w.:@-]{1,128}$/.test(text);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}
