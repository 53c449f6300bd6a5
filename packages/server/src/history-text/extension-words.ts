import { decodeHostAnswer, writeJson } from "@flawless-ts/wasm-module";
import { type ExtensionStep, type JsonMembers, members, textOf } from "./extension-step.ts";
import { spanWords } from "./span-words.ts";
import { httpOutcome, plain, sleepText, type StepWords, waitText } from "./words.ts";

const cancelType = "flawless:cancel";

/** A call to an extension, in words. */
export function extensionWords(step: ExtensionStep): StepWords {
  const said = wordsOf(step);
  return step.refused === null
    ? said
    : { ...said, outcome: `refused: ${step.refused}`, isBad: true };
}

function wordsOf({ name, request, answer }: ExtensionStep): StepWords {
  const id = typeof request["id"] === "string" ? request["id"] : "";
  const about = { workflow: id === "" ? null : id };
  switch (name) {
    case "info":
      return plain("small", "Read who it is");
    case "continue":
      return plain("end", `Goes on anew with ${textOf(request["input"] ?? null)}`);
    case "state":
      return plain("state", `State ${writeJson(request["value"] ?? null)}`);
    case "reply":
      return replyWords(request);
    case "start": {
      const child = answer === null ? undefined : answer["id"];
      const input = request["input"] ?? null;
      const what = `Started ${textOf(request["workflow"])}(${input === null ? "" : writeJson(input)})`;
      return { ...plain("workflow", what), workflow: typeof child === "string" ? child : null };
    }
    case "send": {
      const data = writeJson(request["data"] ?? null);
      return { ...plain("message", `Sent ${writeJson(request["type"] ?? "")} ${data}`), ...about };
    }
    case "cancel":
      return { ...plain("workflow", `Asked ${id} to cancel`), ...about };
    case "terminate":
      return { ...plain("workflow", `Terminated ${id}`), ...about };
    case "fail": {
      const error = members(request["error"]);
      return { ...plain("end", `Failed: ${errorText(error)}`), isBad: true };
    }
    case "begin":
      return operationWords(request, null, false);
    case "run":
      return operationWords(request, answer, answer !== null);
    case "wait":
      return waitWords(request, answer);
    case "abort":
      return plain("other", `Gave up operation ${textOf(request["operation"])}`);
    default:
      return plain("other", `flawless:v1/${name} ${writeJson(request)}`, textOf(answer ?? ""));
  }
}

function replyWords(request: JsonMembers): StepWords {
  const { error, message, value } = request;
  return error === undefined
    ? plain("message", `Answered update ${textOf(message)} with ${textOf(value ?? null)}`)
    : plain("message", `Rejected update ${textOf(message)}: ${errorText(members(error))}`);
}

/**
 * An operation in words: of `run`, or of `begin` together with the `wait` that got its result.
 *
 * @param result null until there is one
 * @param isOver whether the workflow knows that it ended
 */
export function operationWords(
  request: JsonMembers,
  result: JsonMembers | null,
  isOver: boolean,
): StepWords {
  const id = textOf(request["id"]);
  switch (request["kind"]) {
    case "activity": {
      const input = request["input"] ?? null;
      const what = `Activity ${textOf(request["name"])}(${input === null ? "" : writeJson(input)})`;
      return { ...plain("activity", what), ...(result === null ? {} : activityOutcome(result)) };
    }
    case "http": {
      const asked = members(request["request"]);
      const what = `${textOf(asked["method"])} ${textOf(asked["url"])}`;
      return { ...plain("http", what), ...(result === null ? {} : exchangeOutcome(result)) };
    }
    case "sleep":
      return plain("wait", sleepText(Number(request["ms"]), isOver));
    case "result":
      return {
        ...plain("workflow", `${isOver ? "Waited" : "Waits"} for the end of ${id}`),
        ...(result === null ? {} : endOutcome(result)),
        workflow: id,
      };
    default:
      return plain(
        "other",
        `Operation ${writeJson(request)}`,
        result === null ? "" : writeJson(result),
      );
  }
}

function waitWords(request: JsonMembers, answer: JsonMembers | null): StepWords {
  const operations = listOf(request["operations"]).map(textOf);
  const types = listOf(request["types"]).map(textOf);
  // Not worth telling: modules from TypeScript always wait for cancellation as well.
  const wanted = types.filter((type) => type !== cancelType);
  const { timeoutMs } = request;
  const limit = timeoutMs === undefined || timeoutMs === null ? null : Number(timeoutMs);
  const message = answer === null ? undefined : answer["message"];
  if (message !== undefined) {
    const { data, type, update } = members(message);
    const what = `Received ${update === true ? "update " : ""}${writeJson(type ?? "")} ${textOf(writeJson(data ?? null))}`;
    return type === cancelType ? plain("message", "Was asked to cancel") : plain("message", what);
  }
  if (answer !== null && answer["operation"] !== undefined) {
    return plain(
      "wait",
      `Waited for operation ${textOf(answer["operation"])}`,
      writeJson(answer["result"] ?? null),
    );
  }
  const isOver = answer !== null;
  if (operations.length > 0) {
    const what = operations.length === 1 ? "operation" : "the first of the operations";
    const atMost = limit === null ? "" : `, ${spanWords(limit)} at most`;
    const messages =
      wanted.length === 0 ? "" : ` or ${wanted.map((type) => writeJson(type)).join(" or ")}`;
    return plain(
      "wait",
      `${isOver ? "Waited" : "Waits"} for ${what} ${operations.join(", ")}${messages}${atMost}`,
      isOver ? "the time was over" : "",
    );
  }
  return wanted.length === 0 && limit !== null
    ? plain("wait", sleepText(limit, isOver))
    : plain("message", waitText(wanted.length === 0 ? types : wanted, limit, isOver));
}

function activityOutcome(result: JsonMembers): Pick<StepWords, "outcome" | "isBad"> {
  const { error, value } = result;
  return error === undefined
    ? { outcome: writeJson(value ?? null), isBad: false }
    : { outcome: errorText(members(error)), isBad: true };
}

function exchangeOutcome(result: JsonMembers): Pick<StepWords, "outcome" | "isBad"> {
  try {
    const answer = decodeHostAnswer(writeJson({ HTTPResponse: result }));
    if (answer.kind === "HTTPResponse") {
      return httpOutcome(answer.result);
    }
  } catch {
    // Shown unchanged.
  }
  return { outcome: writeJson(result), isBad: false };
}

function endOutcome(result: JsonMembers): Pick<StepWords, "outcome" | "isBad"> {
  const { error, response, status } = result;
  switch (status) {
    case "completed":
      return { outcome: writeJson(response ?? null), isBad: false };
    case "failed":
      return { outcome: `failed: ${errorText(members(error))}`, isBad: true };
    default:
      return { outcome: textOf(status), isBad: true };
  }
}

function errorText({ code, message, name }: JsonMembers): string {
  return [name ?? code, message]
    .map(textOf)
    .filter((part) => part !== "")
    .join(": ");
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}
