import type { Operation } from "./operation.ts";
import { pauseWaiting, resumeWaiting, stopWaiting, type Wait, waitAnew } from "./waits.ts";

/** The operation that a wait for time or for messages is. */
export function waitOperation(wait: Wait): Operation {
  return {
    pause: () => pauseWaiting(wait),
    resume: () => resumeWaiting(wait),
    waitAnew: () => waitAnew(wait),
    abort: () => stopWaiting(wait),
  };
}
