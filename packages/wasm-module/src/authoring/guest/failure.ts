import { engine } from "./engine.ts";
import { log } from "./host.ts";
import { placeOf, type SourcePositions, userStack } from "./source-positions.ts";

const mostCauses = 5;

/** An error's name, message, stack in terms of the user's files, and causes. */
export function describeError(error: Error): string {
  return parts(error).join("\n");
}

/**
 * Logs why the workflow fails, in the words of the `flawless` crate's panic hook, which hosts know; the stack comes
 * after them.
 */
export function logFailure(workflow: string, error: unknown): void {
  const [summary = "", ...rest] =
    error instanceof Error ? parts(error) : [`thrown: ${show(error)}`];
  const place = placeOf(rest);
  const where = place === undefined ? "" : `, ${place}`;
  log("Error", [`workflow '${workflow}' panicked at '${summary}'${where}`, ...rest].join("\n"));
}

function parts(error: Error): string[] {
  const positions = readPositions();
  const lines = [`${error.name}: ${error.message}`, ...userStack(error.stack ?? "", positions)];
  let cause = error.cause;
  for (let count = 0; cause !== undefined && cause !== null && count < mostCauses; count += 1) {
    if (!(cause instanceof Error)) {
      lines.push(`Caused by: ${show(cause)}`);
      break;
    }
    lines.push(
      `Caused by: ${cause.name}: ${cause.message}`,
      ...userStack(cause.stack ?? "", positions),
    );
    cause = cause.cause;
  }
  return lines;
}

function readPositions(): SourcePositions | undefined {
  // Not kept: it can be larger than everything else that a workflow has in memory.
  const text = engine.sourceMap();
  return text === "" ? undefined : (JSON.parse(text) as SourcePositions);
}

function show(value: unknown): string {
  try {
    return typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  } catch {
    return String(value);
  }
}
