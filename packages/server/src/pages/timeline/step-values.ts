import {
  decodeHostAnswer,
  decodeHostCall,
  type HostAnswer,
  type HostCall,
  type HttpHeaders,
} from "@flawless-ts/wasm-module";
import type { HistoryStep } from "../../engine/index.ts";

/** A value that a step took or returned, with a title for people. */
export interface StepValue {
  readonly title: string;
  /** JSON or any other text. */
  readonly text: string;
}

/** The values to show for a step, in addition to its short summary. */
export function stepValues({
  call,
  answer,
}: Pick<HistoryStep, "call" | "answer">): readonly StepValue[] {
  try {
    const made = decodeHostCall(call);
    return [
      ...valuesOfCall(made),
      ...(answer === null ? [] : valuesOfAnswer(decodeHostAnswer(answer), made)),
    ].filter(({ text }) => text !== "");
  } catch {
    // Hard to read, but complete.
    return [
      { title: "Call", text: call },
      { title: "Answer", text: answer ?? "" },
    ].filter(({ text }) => text !== "");
  }
}

function valuesOfCall(call: HostCall): readonly StepValue[] {
  switch (call.kind) {
    case "Log":
    case "ReplayDebug":
      return [{ title: "Message", text: call.message }];
    case "SendResponse":
      return [{ title: "Response", text: call.json }];
    case "HTTPRequest":
      return [
        { title: "Request headers", text: headerLines(call.request.headers) },
        { title: "Request body", text: bodyText(call.request.body) },
      ];
    case "StartWorkflow":
      return [{ title: "Input", text: call.input }];
    default:
      return [];
  }
}

function valuesOfAnswer(answer: HostAnswer, call: HostCall): readonly StepValue[] {
  switch (answer.kind) {
    case "String":
      return [{ title: call.kind === "GetInput" ? "Input" : "Value", text: answer.value }];
    case "HTTPResponse": {
      const { result } = answer;
      if (result.kind === "Transport") {
        return [{ title: "Failure", text: result.error.message ?? result.error.kind }];
      }
      return [
        { title: "Response headers", text: headerLines(result.response.headers) },
        { title: "Response body", text: bodyText(result.response.body) },
      ];
    }
    case "Message":
      return [{ title: "Message", text: answer.json }];
    case "Secret":
      // A workflow's history has its secrets replaced already, but this must not depend on that.
      return [{ title: "Secret", text: answer.value === null ? "there is none" : "[secret]" }];
    default:
      return [];
  }
}

function headerLines(headers: HttpHeaders): string {
  return headers.map(([name, value]) => `${name}: ${value}`).join("\n");
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function bodyText(base64: string): string {
  const bytes = Buffer.from(base64, "base64");
  try {
    return utf8.decode(bytes);
  } catch {
    return `(${bytes.length.toLocaleString("en-US")} bytes that are no text)`;
  }
}
