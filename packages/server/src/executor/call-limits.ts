import type { HostCall } from "@flawless-ts/wasm-module";

/** An engine's limits on one host call. */
export interface CallLimits {
  /** Max characters of a whole call. */
  readonly callCharacters: number;
  /** Max characters of an input or a response inside it. */
  readonly textCharacters: number;
  /** Max calls that are not recorded in the journal: those that can't be answered, and `ReplayDebug`. */
  readonly journalSteps: number;
}

/** Max types that one `RecvMessage` may ask for. */
export const maxMessageTypes = 1_000;
/** Max characters of all these types together. */
export const messageTypeCharacters: number = 64 * 1024;
/** Max headers of one request. */
export const maxHeaders = 1_000;
/** Max characters of their names and values together. */
export const headerCharacters: number = 256 * 1024;
/** Max characters of a request's URL. */
export const urlCharacters: number = 64 * 1024;
/** Max characters of the name of a secret, a workflow or a method. */
export const nameCharacters = 1_024;
/** Max characters of a call that can't carry a long text. */
const plainCallCharacters = 1024 * 1024;

/** The start of calls that may carry a long text, as the guest's crate writes them. */
const longCall = /^\{"(?:HTTPRequest|SendResponse|StartWorkflow|Log|ReplayDebug)":/;

/**
 * Checks a call's min number of characters, so that one that is too long need not even be read.
 *
 * @returns which limit it exceeds; undefined if none
 */
export function excessOfLength(length: number, limits: CallLimits): string | undefined {
  const { callCharacters } = limits;
  return length > callCharacters
    ? `a host call of more than ${callCharacters} characters (the limit callCharacters)`
    : undefined;
}

/**
 * @param calls how many calls the guest has made that are not in its journal
 * @returns which limit that exceeds; undefined if none
 */
export function excessOfUnrecorded(calls: number, limits: CallLimits): string | undefined {
  const { journalSteps } = limits;
  return calls > journalSteps
    ? `more than ${journalSteps} host calls that can't be answered or are not recorded (the limit journalSteps)`
    : undefined;
}

/**
 * Checks a call's length, so that one that is too long need not even be parsed.
 *
 * @returns which limit it exceeds; undefined if none
 */
export function excessOfText(text: string, limits: CallLimits): string | undefined {
  const { length } = text;
  if (length > plainCallCharacters && !longCall.test(text)) {
    return `a host call of ${length} characters; ${plainCallCharacters} are allowed where no request, text or input is in it`;
  }
  return excessOfLength(length, limits);
}

/**
 * Checks the size of a call's parts, because what leaves the guest's thread is handled by the one thread that all
 * workflows share.
 *
 * @returns which limit it exceeds; undefined if none
 */
export function excessOfCall(call: HostCall, limits: CallLimits): string | undefined {
  switch (call.kind) {
    case "RecvMessage":
      return (
        exceeds("RecvMessage with", call.types.length, "types of messages", maxMessageTypes) ??
        exceeds("RecvMessage with", lengthOf(call.types), typeUnit, messageTypeCharacters)
      );
    case "HTTPRequest": {
      const { method, url, headers } = call.request;
      return (
        exceeds("an HTTPRequest with", method.length, "characters of a method", nameCharacters) ??
        exceeds("an HTTPRequest with", url.length, "characters of a URL", urlCharacters) ??
        exceeds("an HTTPRequest with", headers.length, "headers", maxHeaders) ??
        exceeds("an HTTPRequest with", lengthOf(headers.flat()), headerUnit, headerCharacters)
      );
    }
    case "GetSecret":
      return exceeds("GetSecret with", call.name.length, "characters of a name", nameCharacters);
    case "StartWorkflow": {
      const { workflow, input } = call;
      const { textCharacters } = limits;
      return (
        exceeds("StartWorkflow with", workflow.length, "characters of a name", nameCharacters) ??
        exceeds("StartWorkflow with", input.length, inputUnit, textCharacters)
      );
    }
    default:
      return undefined;
  }
}

const typeUnit = "characters of types of messages";
const headerUnit = "characters of headers";
const inputUnit = "characters of input (the limit textCharacters)";

function exceeds(what: string, count: number, unit: string, limit: number): string | undefined {
  return count > limit ? `${what} ${count} ${unit}; ${limit} are allowed` : undefined;
}

function lengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0);
}
