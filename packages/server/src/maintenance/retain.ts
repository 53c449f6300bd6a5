import type { Logger } from "pino";
import { systemClock } from "../engine/clock.ts";
import { EngineError } from "../errors.ts";
import type { Journal } from "../journal/journal.ts";
import { Retention } from "./retention.ts";

/** @throws EngineError `INVALID_REQUEST` for a time that is no number above 0 */
export function assertRetainMs(retainMs: number | undefined): void {
  if (retainMs !== undefined && !(Number.isFinite(retainMs) && retainMs > 0)) {
    throw new EngineError(
      "INVALID_REQUEST",
      `expected retainMs to be a number of milliseconds above 0, but got ${retainMs}`,
    );
  }
}

/**
 * Lets a server forget workflows so long after their end.
 *
 * @param retainMs undefined to keep them
 */
export function retain(
  journal: Journal,
  retainMs: number | undefined,
  logger: Logger,
): Retention | undefined {
  if (retainMs === undefined) {
    return undefined;
  }
  return new Retention({
    journal,
    clock: systemClock,
    retainMs,
    onError: (error) => logger.error({ err: error }, "ended workflows could not be forgotten"),
    onPruned: (count) => logger.info({ count }, "forgot workflows that ended long ago"),
  });
}
