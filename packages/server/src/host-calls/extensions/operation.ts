import { decodeHostCall, type HttpRequest, writeJson } from "@flawless-ts/wasm-module";
import { type ActivityOperation, activityOperation } from "./activity-operation.ts";
import { ExtensionError, isExtensionUrl } from "./extension-answer.ts";
import { membersOf, show, whole } from "./request-members.ts";

/** Something that runs beside a workflow (docs/host-extensions.md). */
export type Operation =
  | { readonly kind: "http"; readonly request: HttpRequest }
  | { readonly kind: "sleep"; readonly ms: number }
  | {
      readonly kind: "result";
      /** The id of the workflow whose end it waits for. */
      readonly id: string;
    }
  | { readonly kind: "activity"; readonly activity: ActivityOperation };

/** The request of an operation that must not be begun again if its outcome is unknown; undefined for all others. */
export function requestSentOnce(operation: Operation): HttpRequest | undefined {
  return operation.kind === "http" && !operation.request.config.idempotent
    ? operation.request
    : undefined;
}

/** @throws ExtensionError */
export function readOperation(body: unknown): Operation {
  const { id, kind, ms, request } = membersOf(body, "The body");
  switch (kind) {
    case "http":
      return { kind, request: readRequest(request) };
    case "sleep":
      return { kind, ms: whole("ms", ms, 0) };
    case "activity":
      return { kind, activity: activityOperation(body) };
    case "result":
      if (typeof id !== "string") {
        throw ExtensionError.invalid(`id: expected a workflow's id, but got ${show(id)}.`);
      }
      return { kind, id };
    default:
      throw ExtensionError.invalid(
        `kind: expected "http", "sleep", "activity" or "result", but got ${show(kind)}.`,
      );
  }
}

function readRequest(given: unknown): HttpRequest {
  let call;
  try {
    call = decodeHostCall(writeJson({ HTTPRequest: membersOf(given, "request") }));
  } catch (error) {
    throw ExtensionError.invalid(
      `request: expected an HTTPRequest of the guest ABI: ${(error as Error).message}`,
    );
  }
  if (call.kind !== "HTTPRequest" || isExtensionUrl(call.request.url)) {
    throw ExtensionError.invalid("request: an operation can't ask for an extension.");
  }
  return call.request;
}
