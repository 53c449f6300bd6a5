import { hostname } from "node:os";
import { InvalidOptionError } from "@flawless-ts/wasm-module";
import { ControlPlaneError } from "./errors.ts";

/**
 * The name of this node: what it is given, or the machine's name.
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

/**
 * Another node's name, as a request tells it.
 *
 * @throws ControlPlaneError `INVALID_REQUEST`
 */
export function requestedNodeId(text: string): string {
  if (!isNodeId(text)) {
    throw new ControlPlaneError(
      "INVALID_REQUEST",
      `Expected a node's id of ${rule}, but got ${shown(text)}.`,
    );
  }
  return text;
}

const rule = "1 to 128 letters, digits or . _ : @ -";

function isNodeId(text: string): boolean {
  return /^[\w.:@-]{1,128}$/.test(text);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}
