import { CancelledError } from "@flawless-ts/wasm-module";
import { receiveMessage } from "./host.ts";

/** The type of the message by which a server asks a workflow to cancel. No client can send one. */
export const cancelType = "flawless:cancel";

/** What a server says of a request that it ended because the workflow is asked to cancel. */
const endedRequest = "the workflow was asked to cancel";

let asked: CancelledError | undefined;
/** How many functions run that cancelling does not reach. */
let shields = 0;
/** What ends when the workflow is asked to cancel. */
const open = new Set<(error: CancelledError) => void>();
/** Who hears of it beside them. */
const listeners = new Set<(error: CancelledError) => void>();

/** Types of messages that a `wait` has to name, so as to be asked to cancel. Plain calls are asked whatever they name. */
export function cancelTypes(): readonly string[] {
  return asked === undefined && shields === 0 ? [cancelType] : [];
}

/** Whether a request to cancel has to wait. */
export function isShielded(): boolean {
  return shields > 0 && asked === undefined;
}

/** Why nothing more may be waited for; undefined where it may. */
export function refusal(): CancelledError | undefined {
  return shields === 0 ? asked : undefined;
}

/** What the workflow was told when it was asked to cancel. */
export function cancellation(): CancelledError | undefined {
  return asked;
}

/** Has `cancel` called when the workflow is asked to cancel. */
export function endByCancelling(cancel: (error: CancelledError) => void): void {
  open.add(cancel);
}

/** Takes that back. */
export function noMoreCancelling(cancel: (error: CancelledError) => void): void {
  open.delete(cancel);
}

/** Has somebody told, once. */
export function onCancel(listener: (error: CancelledError) => void): void {
  listeners.add(listener);
}

/** Hears a message of the type {@link cancelType} with this data. */
export function hearCancel(data: unknown): void {
  if (asked !== undefined) return;
  const { reason } = (data ?? {}) as { readonly reason?: unknown };
  asked = new CancelledError(typeof reason === "string" ? reason : undefined);
  endAll(asked);
  for (const listener of listeners) listener(asked);
  listeners.clear();
}

/** Whether a request's failure means that the workflow is asked to cancel; then it is. */
export function wasEndedByCancelling(message: string | null | undefined): boolean {
  return message === endedRequest && takeCancel();
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
  shields += 1;
  try {
    return await run();
  } finally {
    shields -= 1;
    // What others began meanwhile is not protected any more.
    if (shields === 0 && asked !== undefined) endAll(asked);
  }
}

function endAll(error: CancelledError): void {
  for (const cancel of open) cancel(error);
}
