import { text } from "../arguments.ts";
import { getSecret } from "../host.ts";

/** A secret by its name; undefined if it doesn't exist. */
export function secret(name: string): string | undefined {
  return getSecret(text(name, "a secret's name"));
}
