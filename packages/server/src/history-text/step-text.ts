import {
  decodeHostAnswer,
  decodeHostCall,
  durationToMilliseconds,
  type HostAnswer,
  type HostCall,
  type HttpResult,
} from "@flawless-ts/wasm-module";
import { toPublicId } from "../workflow/workflow-id.ts";
import { type ExtensionStep, readExtensionStep } from "./extension-step.ts";
import { extensionWords } from "./extension-words.ts";
import { spanText } from "./span-text.ts";

/**
 * A host call in a few words: plain English for extensions, the ABI's own names for other calls, and the JSON itself if
 * it can't be read.
 */
export function callText(json: string): string {
  const extension = readExtensionStep(json, null);
  return extension !== null
    ? extensionWords(extension).what
    : (attempt(() => describeCall(decodeHostCall(json))) ?? json);
}

/** The answer, without what the call says already. */
export function answerText(callJson: string, json: string): string {
  const extension = readExtensionStep(callJson, json);
  return extension !== null
    ? extensionAnswerText(extension)
    : (attempt(() => describeAnswer(callJson, decodeHostAnswer(json))) ?? json);
}

/** What the words of the call didn't say yet. */
function extensionAnswerText(step: ExtensionStep): string {
  const { outcome, what } = extensionWords(step);
  const before = extensionWords({ ...step, answer: null, refused: null }).what;
  return outcome !== "" || what === before ? outcome : what;
}

function describeCall(call: HostCall): string {
  switch (call.kind) {
    case "GetInput":
    case "TimeNow":
      return call.kind;
    case "Log":
      return `Log ${call.level}: ${call.message}`;
    case "SendResponse":
      return `SendResponse ${call.json}`;
    case "Random":
      return `Random ${call.type}`;
    case "Sleep":
      return `Sleep ${spanText(durationToMilliseconds(call.duration))}`;
    case "HTTPRequest": {
      const { method, url, body, config } = call.request;
      return [method, url, fromBase64(body), config.idempotent ? "(idempotent)" : ""]
        .filter((part) => part !== "")
        .join(" ");
    }
    case "GetSecret":
      return `GetSecret ${call.name}`;
    case "RecvMessage": {
      const { timeout, types } = call;
      const within = timeout === null ? "" : ` within ${spanText(durationToMilliseconds(timeout))}`;
      return `RecvMessage ${types.join(" or ")}${within}`;
    }
    case "StartWorkflow":
      return `StartWorkflow ${call.workflow} ${call.input}`;
    case "ReplayDebug":
      return `ReplayDebug ${call.message}`;
  }
}

function describeAnswer(callJson: string, answer: HostAnswer): string {
  switch (answer.kind) {
    case "Unit":
      return "";
    case "Value":
      // A guest knows its children by number; everyone else, by public id.
      return callJson.startsWith('{"StartWorkflow"')
        ? toPublicId(Number(answer.value))
        : String(answer.value);
    case "String":
      return answer.value;
    case "ResponseSent":
      return answer.sent ? "" : "nobody waited for it";
    case "HTTPResponse":
      return describeResult(answer.result);
    case "Time":
      return new Date(durationToMilliseconds(answer.sinceEpoch)).toISOString();
    case "Message":
      return `${answer.type} ${answer.json}`;
    case "Timeout":
      return "timed out";
    case "Secret":
      return answer.value ?? "there is none";
  }
}

function describeResult(result: HttpResult): string {
  if (result.kind === "Transport") {
    const { kind, message } = result.error;
    return message === null ? kind : `${kind}: ${message}`;
  }
  const { statusCode, body } = result.response;
  return `${statusCode} ${fromBase64(body)}`.trimEnd();
}

function fromBase64(body: string): string {
  return Buffer.from(body, "base64").toString();
}

function attempt(describe: () => string): string | undefined {
  try {
    return describe();
  } catch {
    return undefined;
  }
}
