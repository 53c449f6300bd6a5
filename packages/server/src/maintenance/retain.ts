import { InvalidOptionError, type DurationLike } from "@flawless-ts/wasm-module";
import { parseDuration } from "@flawless-ts/wasm-module/internal";
import type { Logger } from "pino";
import { type Clock, systemClock } from "../time/clock.ts";
import type { WorkflowStore } from "../store/workflow-store.ts";
import { Retention } from "./retention.ts";

/**
 * @returns milliseconds
 * @throws InvalidOptionError if it is not a duration above 0
 */
export function retainMsOf(retain: DurationLike | undefined): number | undefined {
  if (retain === undefined) return undefined;
  try {
    const milliseconds = parseDuration(retain);
    if (milliseconds > 0) return milliseconds;
  } catch (error) {
    throw new InvalidOptionError("retain", `${(error as TypeError).message}.`);
  }
  throw new InvalidOptionError("retain", "expected a time above 0.");
}

/**
 * Lets a server delete workflows some time after they end.
 *
 * @param retainMs undefined to never delete them
 */
export function retain(
  store: WorkflowStore,
  retainMs: number | undefined,
  logger: Logger,
  clock: Clock = systemClock,
): Retention | undefined {
  if (retainMs === undefined) {
    return undefined;
  }
  return new Retention({
    store,
    clock,
    retainMs,
    onError: (error) => logger.error({ err: error }, "ended workflows could not be forgotten"),
    onPruned: (count) => logger.info({ count }, "forgot workflows that ended long ago"),
  });
}
