import { operation } from "./operation.ts";
import { waitOperation } from "./wait-operation.ts";
import { waitForTime } from "./waits.ts";

/** Waits for this many milliseconds. */
export function sleepFor(milliseconds: number, signal?: unknown): Promise<void> {
  return operation<void>(
    (settle) => waitOperation(waitForTime(milliseconds, () => settle.resolve())),
    signal,
  );
}
