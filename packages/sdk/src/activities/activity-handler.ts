import {
  defineActivities,
  type ActivityDefinitions,
  type ActivityLogger,
} from "@flawless-ts/wasm-module";
import { optionNames, refuseUnknownOptions } from "@flawless-ts/wasm-module/internal/client";
import type { ActivityFailureReport } from "../connection/activity-types.ts";
import { atLeast } from "../options/checks.ts";
import { silentLogger } from "../worker/silent-logger.ts";
import { activityOf, runActivity } from "./run-activity.ts";

/** Options of {@link createActivityHandler}. */
export interface ActivityHandlerOptions {
  /** The max size of an input, in bytes. Default 8 MiB. */
  readonly maxRequestBytes?: number | undefined;
  /** Default: none. */
  readonly logger?: ActivityLogger | undefined;
}

/** Responds to a request, like a server's standard `fetch` handler. */
export type ActivityHandler = (request: Request) => Promise<Response>;

const names = optionNames<ActivityHandlerOptions>({ maxRequestBytes: true, logger: true });

/**
 * Runs activities behind a URL, for workflows on a server without queues, such as the original one. They call
 * `context.activities<typeof activities>({ url: "https://app.example/activities" })`; the last part of a request's path
 * is the activity's name. `heartbeat` does nothing there, and `signal` is the request's: aborted when the caller has
 * gone.
 *
 * Whoever can reach the URL can call them, so authenticate callers first (as the example in docs/activities.md does).
 *
 * @throws {InvalidOptionError} naming what is not an activity, or the first invalid option.
 */
export function createActivityHandler(
  activities: ActivityDefinitions,
  options: ActivityHandlerOptions = {},
): ActivityHandler {
  refuseUnknownOptions(options, names);
  const defined = defineActivities(activities);
  const maxBytes = atLeast(1, "maxRequestBytes", options.maxRequestBytes ?? 8 * 1024 * 1024);
  const { logger = silentLogger } = options;
  return async (request) => {
    const name = nameIn(request.url);
    const definition = activityOf(defined, name);
    if (definition === undefined) {
      return refusal(
        404,
        "ACTIVITY_NOT_FOUND",
        `There is no activity "${name.slice(0, 100)}" here.`,
      );
    }
    if (request.method !== "POST") {
      return refusal(405, "METHOD_NOT_ALLOWED", "An activity is called by POST.");
    }
    const attempt = Number(request.headers.get("x-activity-attempt") ?? 1);
    if (!Number.isSafeInteger(attempt) || attempt < 1) {
      return refusal(
        400,
        "INVALID_REQUEST",
        "Expected a whole number from 1 on in the header x-activity-attempt.",
      );
    }
    const input = await textOf(request, maxBytes);
    if (input === null) {
      return refusal(413, "TOO_LARGE", `The input is larger than ${maxBytes} bytes.`);
    }
    if (!isJson(input)) {
      return refusal(400, "INVALID_REQUEST", "Expected the activity's input as JSON.");
    }
    const result = await runActivity(definition, input === "" ? "null" : input, {
      name,
      queue: "",
      attempt,
      idempotencyKey: request.headers.get("idempotency-key") ?? "",
      workflowId: request.headers.get("x-workflow-id") ?? "",
      signal: request.signal,
      lastDetails: undefined,
      logger,
      heartbeat: () => undefined,
    });
    if ("value" in result) {
      return new Response(result.value, { headers: jsonType });
    }
    logger.warn({ activity: name, attempt, error: result.error }, "The attempt failed.");
    return new Response(failureText(result.error), { status: 500, headers: jsonType });
  };
}

const jsonType = { "content-type": "application/json; charset=utf-8" } as const;

function nameIn(url: string): string {
  const last = new URL(url).pathname.split("/").at(-1) ?? "";
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

async function textOf(request: Request, maxBytes: number): Promise<string | null> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.length;
    // Leaving the loop cancels the rest.
    if (bytes > maxBytes) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function isJson(text: string): boolean {
  if (text === "") return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function refusal(status: number, code: string, message: string): Response {
  const error = { code, name: "Error", message, stack: null, details: null, retryable: false };
  return Response.json({ error }, { status });
}

function failureText(report: ActivityFailureReport): string {
  const retryable = String(!report.nonRetryable);
  return `{"error":{"code":"FAILED","retryable":${retryable},${membersOf(report)}}}`;
}

/** Details are already JSON text: their numbers may have more digits than a JavaScript number. */
function membersOf({ name, message, stack, details, cause }: ActivityFailureReport): string {
  return [
    `"name":${JSON.stringify(name)}`,
    `"message":${JSON.stringify(message)}`,
    `"stack":${JSON.stringify(stack)}`,
    `"details":${details ?? "null"}`,
    `"cause":${cause === null ? "null" : `{${membersOf(cause)}}`}`,
  ].join(",");
}
