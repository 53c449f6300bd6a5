import type { Remote } from "../remote.ts";
import { shared } from "../shared.ts";
import { ask, notSupported, refusalOf } from "./ask.ts";
import { abandoned, markBegun, takeBegun } from "./begun.ts";

/** The result of `wait`. */
type Awaited =
  | { readonly operation: number; readonly result: unknown }
  | {
      readonly message: {
        readonly type: string;
        readonly data: unknown;
        readonly update: boolean;
        readonly number: number;
      };
    }
  | { readonly timeout: true };

/** The host's code for a request that ended because the workflow was asked to cancel. */
const cancelled = "CANCELLED";
let last = 0;

/**
 * Begins everything that was requested, and waits until something ends.
 *
 * @param alone the only operation, if there is just one: it begins and ends in one call.
 */
export function waitSideBySide(alone: Remote | undefined): void {
  if (alone !== undefined) {
    run(alone);
    return;
  }
  for (const remote of shared.unbegun) {
    if (!begin(remote)) return;
  }
  wait();
}

function run(remote: Remote): void {
  shared.unbegun.delete(remote);
  shared.fixDeadlines();
  const isShielded = shared.isShielded();
  const described = remote.describe();
  const answer = ask("run", isShielded ? `{"uncancellable":true,${described.slice(1)}` : described);
  if (answer === undefined) failWithout(remote);
  else if (answer.refusal === undefined) remote.ended(answer.value);
  // The code that waits for it learns of it like all other code.
  else if (answer.refusal.reason !== cancelled || !shared.part("waiting").takeCancel())
    remote.failed(refusalOf(answer.refusal, remote.feature));
}

/** @returns whether more may be begun. */
function begin(remote: Remote): boolean {
  const answer = ask("begin", `{"operation":${last + 1},${remote.describe().slice(1)}`);
  // Then requests are sent one after the other.
  if (answer === undefined && remote.plain !== undefined) return false;
  shared.unbegun.delete(remote);
  if (answer === undefined) {
    failWithout(remote);
    return false;
  }
  if (answer.refusal !== undefined) {
    remote.failed(refusalOf(answer.refusal, remote.feature));
    return false;
  }
  last += 1;
  remote.number = last;
  markBegun(remote);
  return true;
}

function failWithout(remote: Remote): void {
  if (remote.plain === undefined) remote.failed(notSupported(remote.feature, remote.advice));
  else remote.plain();
}

function wait(): void {
  const awaited = [...shared.begun.keys()];
  const waiting = shared.part("waiting");
  const types = [...waiting.awaitedTypes(), ...waiting.cancelTypes()];
  // Otherwise a plain wait of the ABI will do.
  if (awaited.length === 0 && !shared.mayBeUpdates() && !shared.isShielded()) return;
  const next = waiting.firstToEnd();
  const timeoutMs = next === undefined ? undefined : Math.ceil(next.left);
  const operations = [...awaited, ...abandoned.keys()];
  const answer = ask("wait", JSON.stringify({ operations, types, timeoutMs }));
  if (answer === undefined) return;
  if (answer.refusal !== undefined) throw answer.refusal;
  const ended = answer.value as Awaited;
  if ("operation" in ended) {
    takeBegun(ended.operation)?.ended(ended.result);
  } else if ("message" in ended) {
    const { type, data, update, number } = ended.message;
    waiting.hear({ type, data, ...(update ? { update: number } : {}) });
  } else if (next !== undefined) {
    shared.endByTime(next.wait);
  }
}

shared.host.abort = (number) => {
  ask("abort", JSON.stringify({ operation: number }));
};
