import type { Operation } from "./operation.ts";
import { pauseWaiting, resumeWaiting, stopWaiting, type Wait, waitAnew } from "./waits.ts";

/** The operation for a wait for time or messages. */
export function waitOperation(wait: Wait): Operation {
  return {
    pause: () => pauseWaiting(wait),
    resume: () => resumeWaiting(wait),
    waitAnew: () => waitAnew(wait),
    abort: () => stopWaiting(wait),
  };
}
