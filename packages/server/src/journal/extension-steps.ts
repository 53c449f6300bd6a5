import { decodeHostAnswer, decodeHostCall, parseJson } from "@flawless-ts/wasm-module";
import { extensionName } from "../host-calls/extensions/extension-answer.ts";
import type { JournalRecord } from "./journal-line.ts";

/** A step that called an extension of the host, and its answer. */
export interface ExtensionStep {
  readonly name: string;
  readonly body: unknown;
  readonly status: number;
  readonly answer: unknown;
}

/** @returns undefined for a step of another kind, or one without an answer */
export function extensionStep({ call, answer }: JournalRecord): ExtensionStep | undefined {
  // Most steps are not, and need not be decoded.
  if (answer === null || !call.includes('"flawless:')) {
    return undefined;
  }
  const asked = decodeHostCall(call);
  const told = decodeHostAnswer(answer);
  const name = asked.kind === "HTTPRequest" ? extensionName(asked.request.url) : undefined;
  if (asked.kind !== "HTTPRequest" || told.kind !== "HTTPResponse" || name === undefined) {
    return undefined;
  }
  const { result } = told;
  return result.kind === "Transport"
    ? undefined
    : {
        name,
        body: readBody(asked.request.body),
        status: result.response.statusCode,
        answer: readBody(result.response.body),
      };
}

/** Integers are exact. @returns undefined for anything but JSON */
function readBody(base64: string): unknown {
  try {
    return parseJson(Buffer.from(base64, "base64").toString());
  } catch {
    return undefined;
  }
}
