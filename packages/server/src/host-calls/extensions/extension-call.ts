import { parseJson, type HostCallOf } from "@flawless-ts/wasm-module";
import { answered, type WaitingCall, type WaitingCallContext } from "../waiting-call.ts";
import { activityOperation } from "./activity-operation.ts";
import { ExtensionError, extensionName, refusal } from "./extension-answer.ts";
import { runActivity } from "./run-activity.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/** A request to the host itself: see docs/host-extensions.md. */
export function extensionCall(
  call: HostCallOf<"HTTPRequest">,
  context: WaitingCallContext,
): WaitingCall {
  const { body, method, url } = call.request;
  try {
    if (extensionName(url) !== "run") {
      throw new ExtensionError(
        404,
        "UNKNOWN_EXTENSION",
        `This server has no extension ${JSON.stringify(url.slice(0, 100))}.`,
      );
    }
    if (method.toUpperCase() !== "POST") {
      throw new ExtensionError(405, "METHOD_NOT_ALLOWED", "Host extensions are asked by POST.");
    }
    return runActivity(url, activityOperation(readBody(body)), context);
  } catch (error) {
    if (!(error instanceof ExtensionError)) {
      throw error;
    }
    context.answer(refusal(url, error));
    return answered;
  }
}

function readBody(base64: string): unknown {
  try {
    return parseJson(decoder.decode(Buffer.from(base64, "base64")));
  } catch {
    throw ExtensionError.invalid("The body is not JSON in UTF-8.");
  }
}
