import { decodeHostAnswer, decodeHostCall, parseJson, writeJson } from "@flawless-ts/wasm-module";
import { extensionName } from "../host-calls/extensions/extension-answer.ts";

/** The members of a JSON object. */
export type JsonMembers = Readonly<Record<string, unknown>>;

/** A host call to an extension (docs/host-extensions.md), and its answer. */
export interface ExtensionStep {
  /** Such as `run`. */
  readonly name: string;
  readonly request: JsonMembers;
  /** Null until there is one. */
  readonly answer: JsonMembers | null;
  /** Why it was refused; null if it was not. */
  readonly refused: string | null;
}

/** Reads a call to an extension; null for any other step, and if it can't be read. */
export function readExtensionStep(call: string, answer: string | null): ExtensionStep | null {
  // Most steps are not, and their bodies may be large.
  if (!call.startsWith('{"HTTPRequest"') || !call.includes('"flawless:')) {
    return null;
  }
  try {
    const made = decodeHostCall(call);
    const name = made.kind === "HTTPRequest" ? extensionName(made.request.url) : undefined;
    if (made.kind !== "HTTPRequest" || name === undefined) {
      return null;
    }
    const request = membersIn(made.request.body);
    const given = answer === null ? null : decodeHostAnswer(answer);
    if (given === null) {
      return { name, request, answer: null, refused: null };
    }
    if (given.kind !== "HTTPResponse") {
      return null;
    }
    const { result } = given;
    if (result.kind === "Transport") {
      return { name, request, answer: {}, refused: result.error.message ?? result.error.kind };
    }
    const body = membersIn(result.response.body);
    const { error } = body;
    return {
      name,
      request,
      answer: body,
      refused: result.kind === "Ok" ? null : textOf(members(error)["message"] ?? result.statusCode),
    };
  } catch {
    return null;
  }
}

/** The value if it is an object, otherwise an empty one. */
export function members(value: unknown): JsonMembers {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonMembers)
    : {};
}

/** Strings as they are, anything else as JSON, nothing as "". */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : value === undefined ? "" : writeJson(value);
}

function membersIn(base64: string): JsonMembers {
  return members(parseJson(Buffer.from(base64, "base64").toString()));
}
