import { decodeHostAnswer, decodeHostCall, parseJson, writeJson } from "@flawless-ts/wasm-module";
import { extensionName } from "../host-calls/extensions/extension-answer.ts";

/** Members of an object that came as JSON. */
export type JsonMembers = Readonly<Record<string, unknown>>;

/** A host call that asks for an extension (docs/host-extensions.md), and its answer. */
export interface ExtensionStep {
  /** Such as `run`. */
  readonly name: string;
  readonly request: JsonMembers;
  /** Null while there is none. */
  readonly answer: JsonMembers | null;
  /** Why it was refused; null where it was not. */
  readonly refused: string | null;
}

/** Reads a step that asks for an extension; null for any other one, and where it can't be read. */
export function readExtensionStep(call: string, answer: string | null): ExtensionStep | null {
  // Most steps are none, and their bodies may be large.
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

/** The value where it is an object, else an empty one. */
export function members(value: unknown): JsonMembers {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonMembers)
    : {};
}

/** Text as it is, anything else as JSON, nothing as "". */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : value === undefined ? "" : writeJson(value);
}

function membersIn(base64: string): JsonMembers {
  return members(parseJson(Buffer.from(base64, "base64").toString()));
}
