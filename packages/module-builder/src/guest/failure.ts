import { engine } from "./engine.ts";
import { log } from "./host.ts";
import { placeOf, type SourcePositions, stackFrames, userStack } from "./source-positions.ts";

/** The max number of related errors that are reported: causes, their causes, and the errors in an AggregateError. */
const maxRelated = 10;

/** An error's name, message, stack with locations in the user's files, and causes. */
export function describeError(error: Error): string {
  return parts(error).join("\n");
}

/**
 * Logs why the workflow fails, in the format of the `flawless` crate's panic hook, which hosts know; the stack follows.
 */
export function logFailure(workflow: string, error: unknown): void {
  const [summary = "", ...rest] =
    error instanceof Error ? parts(error) : [`thrown: ${show(error)}`];
  const place = placeOf(rest);
  const where = place === undefined ? "" : `, ${place}`;
  log("Error", [`workflow '${workflow}' panicked at '${summary}'${where}`, ...rest].join("\n"));
}

/** A thrown value as reported to a server with extensions. */
export interface ThrownJson {
  readonly name: string;
  readonly message: string;
  /** With its first line, and locations in the user's files. */
  readonly stack?: string;
  readonly cause?: ThrownJson;
  /** The errors in an AggregateError. */
  readonly errors?: readonly ThrownJson[];
}

/** Describes an error in as much detail as {@link logFailure}, but as an object. */
export function thrownJson(
  error: unknown,
  related: { left: number } = { left: maxRelated },
): ThrownJson {
  if (!(error instanceof Error)) return { name: "thrown", message: show(error).toWellFormed() };
  const { cause, errors } = error as { readonly cause?: unknown; readonly errors?: unknown };
  const other = (value: unknown): ThrownJson[] => {
    if (related.left === 0) return [];
    related.left -= 1;
    return [thrownJson(value, related)];
  };
  const [told] = cause === undefined || cause === null ? [] : other(cause);
  const head = `${error.name}: ${error.message}`;
  return {
    name: String(error.name).toWellFormed(),
    message: String(error.message).toWellFormed(),
    stack: [head, ...framesOf(error)].join("\n").toWellFormed(),
    ...(told === undefined ? {} : { cause: told }),
    ...(Array.isArray(errors) ? { errors: errors.flatMap(other) } : {}),
  };
}

/** The frames of QuickJS's stack, mapped to the user's files. */
export function userStackOf(raw: string, sourceMap: string): string[] {
  return userStack(raw, JSON.parse(sourceMap) as SourcePositions);
}

function parts(error: Error): string[] {
  const related = { left: maxRelated };
  return [`${error.name}: ${error.message}`, ...framesOf(error), ...relatives(error, related)];
}

/** The causes of an error, and the errors in an AggregateError. */
function relatives(error: Error, related: { left: number }): string[] {
  const { cause, errors } = error as { readonly cause?: unknown; readonly errors?: unknown };
  return [
    ...(cause === undefined || cause === null ? [] : relative("Caused by", cause, related)),
    ...(Array.isArray(errors)
      ? errors.flatMap((one: unknown, index) => relative(`Error ${index + 1}`, one, related))
      : []),
  ];
}

function relative(title: string, error: unknown, related: { left: number }): string[] {
  if (related.left === 0) return [];
  related.left -= 1;
  if (!(error instanceof Error)) return [`${title}: ${show(error)}`];
  const head = `${title}: ${error.name}: ${error.message}`;
  return [head, ...framesOf(error), ...relatives(error, related)];
}

function framesOf(error: Error): string[] {
  const own = Object.getOwnPropertyDescriptor(error, "stack");
  const sourceMap = own === undefined || own.get !== undefined ? "" : engine.sourceMap();
  // An own property was set by QuickJS, as for DOMException, or by the user.
  return sourceMap === ""
    ? stackFrames(String(error.stack ?? ""))
    : userStackOf(String(own?.value ?? ""), sourceMap);
}

function show(value: unknown): string {
  try {
    return typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  } catch {
    return String(value);
  }
}
