import {
  decodeHostAnswer,
  decodeHostCall,
  durationToMilliseconds,
  type HostAnswer,
  type HostCall,
} from "@flawless-ts/wasm-module";
import { toPublicId } from "../workflow/workflow-id.ts";
import { extensionWords } from "./extension-words.ts";
import { type ExtensionStep, readExtensionStep } from "./extension-step.ts";
import { httpOutcome, plain, quoted, sleepText, type StepWords, waitText } from "./words.ts";

/** Long enough for any line; longer ones can be expanded. */
const maxCallLength = 1_000_000;

/**
 * A step in words, for people.
 *
 * @param answer null while it is waiting
 */
export function stepWords(
  call: string,
  answer: string | null,
  extension: ExtensionStep | null = readExtensionStep(call, answer),
): StepWords {
  if (extension !== null) {
    return extensionWords(extension);
  }
  try {
    // What a guest sends may be megabytes, but a line shows little of it.
    if (call.length <= maxCallLength || call.startsWith('{"HTTPRequest"')) {
      return words(decodeHostCall(call), answer === null ? null : decodeHostAnswer(answer));
    }
  } catch {
    // Shown unchanged.
  }
  return plain("other", call, answer ?? "");
}

function words(call: HostCall, answer: HostAnswer | null): StepWords {
  switch (call.kind) {
    case "GetInput":
      return plain("small", "Read the input");
    case "TimeNow":
      return plain("small", "Read the clock", answer?.kind === "Time" ? isoTime(answer) : "");
    case "Random":
      return plain(
        "small",
        "Drew a random number",
        answer?.kind === "Value" ? String(answer.value) : "",
      );
    case "GetSecret": {
      const isThere = answer?.kind === "Secret" && answer.value !== null;
      return plain("small", `Read the secret ${call.name}`, isThere ? "" : "there is none");
    }
    case "Log":
      return { ...plain("log", call.message), level: call.level, isBad: call.level === "Error" };
    case "ReplayDebug":
      return { ...plain("log", call.message), level: "Debug" };
    case "SendResponse": {
      const unheard = answer?.kind === "ResponseSent" && !answer.sent;
      return plain("end", `Responded ${call.json}`, unheard ? "nobody waited for it" : "");
    }
    case "Sleep":
      return plain("wait", sleepText(durationToMilliseconds(call.duration), answer !== null));
    case "HTTPRequest": {
      const what = `${call.request.method} ${call.request.url}`;
      const came = answer?.kind === "HTTPResponse" ? httpOutcome(answer.result) : {};
      return { ...plain("http", what), ...came };
    }
    case "RecvMessage": {
      const limit = call.timeout === null ? null : durationToMilliseconds(call.timeout);
      if (answer?.kind === "Message") {
        return plain("message", `Received ${quoted(answer.type)} ${answer.json}`);
      }
      return plain("message", waitText(call.types, limit, answer !== null));
    }
    case "StartWorkflow": {
      const id = answer?.kind === "Value" ? toPublicId(Number(answer.value)) : null;
      return {
        ...plain(
          "workflow",
          `Started ${call.workflow}(${call.input === "null" ? "" : call.input})`,
        ),
        workflow: id,
      };
    }
  }
}

function isoTime({ sinceEpoch }: Extract<HostAnswer, { readonly kind: "Time" }>): string {
  return new Date(durationToMilliseconds(sinceEpoch)).toISOString();
}
