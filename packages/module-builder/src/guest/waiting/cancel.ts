import type { CancelledError } from "@flawless-ts/wasm-module";
import { receiveMessage } from "../host.ts";
import { shared } from "../shared.ts";

/** The type of the message by which a server asks a workflow to cancel. Clients can't send it. */
export const cancelType = "flawless:cancel";

const { cancelling } = shared;
/** Called on cancellation, in addition to what is ended by it. */
const listeners = new Set<(error: CancelledError) => void>();

/** Types of messages that a `wait` must name to learn of cancellation. Plain calls learn of it whatever they name. */
export function cancelTypes(): readonly string[] {
  return cancelling.asked === undefined && cancelling.shields === 0 ? [cancelType] : [];
}

/** Adds a listener, which is called at most once. */
export function onCancel(listener: (error: CancelledError) => void): void {
  listeners.add(listener);
}

/** Handles a message of type {@link cancelType} with this data. */
export function hearCancel(data: unknown): void {
  if (cancelling.asked !== undefined) return;
  const { reason } = (data ?? {}) as { readonly reason?: unknown };
  const error = new shared.CancelledError(typeof reason === "string" ? reason : undefined);
  cancelling.asked = error;
  endAll(error);
  for (const listener of listeners) listener(error);
  listeners.clear();
}

/** Checks whether the workflow is asked to cancel. */
export function takeCancel(): boolean {
  const types = cancelTypes();
  const message = types.length === 0 ? undefined : receiveMessage(0, types);
  if (message !== undefined) hearCancel(JSON.parse(message.json));
  return message !== undefined;
}

/** Runs a function that can't be cancelled. */
export async function uncancellable<Value>(run: () => Value | PromiseLike<Value>): Promise<Value> {
  cancelling.shields += 1;
  try {
    return await run();
  } finally {
    cancelling.shields -= 1;
    // What other code began meanwhile is no longer protected.
    if (cancelling.shields === 0 && cancelling.asked !== undefined) endAll(cancelling.asked);
  }
}

function endAll(error: CancelledError): void {
  for (const cancel of cancelling.open) cancel(error);
}
