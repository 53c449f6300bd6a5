import { writeJson } from "@flawless-ts/wasm-module";
import {
  type ExtensionStep,
  type JsonMembers,
  members,
} from "../../history-text/extension-step.ts";
import { stepValues, type StepValue } from "./step-values.ts";

/** The values to show for a step that uses an extension, in addition to its words. */
export function extensionValues({
  name,
  request,
  answer,
  refused,
}: ExtensionStep): readonly StepValue[] {
  if (refused !== null) {
    return [value("Request", request), { title: "Refused", text: refused }];
  }
  switch (name) {
    case "run":
      return [
        ...operationValues(request),
        ...(answer === null ? [] : resultValues(request, answer)),
      ];
    case "begin":
      return operationValues(request);
    case "state":
      return [value("State", request["value"])];
    case "start":
      return [value("Input", request["input"]), value("Options", without(request, ["input"]))];
    case "send":
      return [value("Data", request["data"])];
    case "fail":
      return [value("Error", request["error"])];
    case "continue":
      return [value("Input", request["input"])];
    case "wait": {
      const message = members(answer?.["message"]);
      const taken = message["type"] === undefined ? answer : message["data"];
      return [value("Waits for", request), ...(answer === null ? [] : [value("Got", taken)])];
    }
    default:
      return [value("Request", request), ...(answer === null ? [] : [value("Answer", answer)])];
  }
}

/** The result of an operation. */
export function resultValues(request: JsonMembers, result: JsonMembers): readonly StepValue[] {
  if (request["kind"] === "http") {
    return exchangeValues(request, result).filter(({ title }) => !title.startsWith("Request"));
  }
  if (result["error"] !== undefined) {
    return [value("Error", result["error"])];
  }
  return request["kind"] === "sleep" ? [] : [value("Result", result["value"] ?? result)];
}

function operationValues(request: JsonMembers): readonly StepValue[] {
  switch (request["kind"]) {
    case "activity":
      return [
        value("Input", request["input"]),
        value("Options", without(request, ["input", "kind", "operation"])),
      ];
    case "http":
      return exchangeValues(request, null);
    default:
      return [];
  }
}

/** The same values as for a request that is not an operation. */
function exchangeValues(request: JsonMembers, result: JsonMembers | null): readonly StepValue[] {
  return stepValues({
    call: writeJson({ HTTPRequest: request["request"] ?? null }),
    answer: result === null ? null : writeJson({ HTTPResponse: result }),
  });
}

function without(all: JsonMembers, names: readonly string[]): JsonMembers {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !names.includes(name)));
}

function value(title: string, of: unknown): StepValue {
  return { title, text: writeJson(of ?? null) };
}
