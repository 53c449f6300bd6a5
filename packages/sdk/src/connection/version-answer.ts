import type { HttpAnswer } from "../http/messages.ts";
import { readBody, readRefusal, unexpected } from "./answers.ts";

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
