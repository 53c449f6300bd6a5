import type { CancelledError } from "@flawless-ts/wasm-module";
import { receiveMessage } from "../host.ts";
import { shared } from "../shared.ts";

/** The type of the message by which a server asks a workflow to cancel. No client can send one. */
export const cancelType = "flawless:cancel";

const { cancelling } = shared;
/** Who hears of it beside what ends by it. */
const listeners = new Set<(error: CancelledError) => void>();

/** Types of messages that a `wait` has to name, so as to be asked to cancel. Plain calls are asked whatever they name. */
export function cancelTypes(): readonly string[] {
  return cancelling.asked === undefined && cancelling.shields === 0 ? [cancelType] : [];
}

/** Has somebody told, once. */
export function onCancel(listener: (error: CancelledError) => void): void {
  listeners.add(listener);
}

/** Hears a message of the type {@link cancelType} with this data. */
export function hearCancel(data: unknown): void {
  if (cancelling.asked !== undefined) return;
  const { reason } = (data ?? {}) as { readonly reason?: unknown };
  const error = new shared.CancelledError(typeof reason === "string" ? reason : undefined);
  cancelling.asked = error;
  endAll(error);
  for (const listener of listeners) listener(error);
  listeners.clear();
}

/** Looks whether the workflow is asked to cancel. */
export function takeCancel(): boolean {
  const types = cancelTypes();
  const message = types.length === 0 ? undefined : receiveMessage(0, types);
  if (message !== undefined) hearCancel(JSON.parse(message.json));
  return message !== undefined;
}

/** Runs a function that cancelling does not reach. */
export async function uncancellable<Value>(run: () => Value | PromiseLike<Value>): Promise<Value> {
  cancelling.shields += 1;
  try {
    return await run();
  } finally {
    cancelling.shields -= 1;
    // What others began meanwhile is not protected any more.
    if (cancelling.shields === 0 && cancelling.asked !== undefined) endAll(cancelling.asked);
  }
}

function endAll(error: CancelledError): void {
  for (const cancel of cancelling.open) cancel(error);
}
