import { hostname } from "node:os";
import { ControlPlaneError } from "./errors.ts";

/**
 * The name of this node: what it is given, or the machine's name.
 *
 * @throws ControlPlaneError `INVALID_REQUEST`
 */
export function nodeIdOf(given: string | undefined): string {
  const id = given ?? (hostname() || "node");
  if (!/^[\w.:@-]{1,128}$/.test(id)) {
    throw new ControlPlaneError(
      "INVALID_REQUEST",
      `A node's id has 1 to 128 letters, digits or . _ : @ -, unlike ${JSON.stringify(id.slice(0, 200))}.`,
    );
  }
  return id;
}
