import type { CallScope } from "../http/call-scope.ts";
import type { HttpAnswer, HttpRequest } from "../http/messages.ts";
import type { Transport } from "../http/transport.ts";
import { readBody, readRefusal, unexpected } from "./answers.ts";

/** Asks a server for its version. */
export async function askVersion(
  transport: Transport,
  scope: CallScope,
  repeat: HttpRequest["repeat"],
): Promise<string> {
  return readVersion(await transport.send({ method: "GET", path: "/version", repeat }, scope));
}

/** Parses a version: plain text, or a JSON string. */
export function readVersion(answer: HttpAnswer): string {
  const text = answer.text.trim();
  if (text.startsWith("{"))
    throw readRefusal(answer, readBody(answer)) ?? unexpected(answer, "expected a version");
  const version = text.startsWith('"') ? readBody(answer) : text;
  const plausible = typeof version === "string" && /^[^\s<>]{1,100}$/.test(version);
  if (answer.status >= 300 || !plausible) throw unexpected(answer, "expected a version");
  return version;
}
