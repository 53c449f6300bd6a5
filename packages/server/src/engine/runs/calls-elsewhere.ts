import { ExtensionError } from "../../host-calls/extensions/extension-answer.ts";
import type { LeavingCall } from "../../host-calls/extensions/other-workflows.ts";
import type { Elsewhere, ErrandAnswer, ErrandWork } from "../elsewhere.ts";

/** What another partition has to do for a call. */
export interface CallElsewhere {
  readonly partition: number;
  /** The workflow that makes the call. */
  readonly from: number;
  readonly work: ErrandWork;
}

/** The journal's note of a call that is answered in another partition. The call itself says what it requests. */
export const called = "called";

/**
 * Has another partition do something for a call, and answers the call with the outcome. The journal knows of the call
 * before anything else happens, so after a restart the request is made again, and nobody has to wait for it.
 *
 * @param note as of `LeavingCall.leave`
 */
export function askElsewhere(
  elsewhere: Pick<Elsewhere, "send">,
  { partition, from, work }: CallElsewhere,
  call: LeavingCall,
  settle: (answer: ErrandAnswer) => void,
  note: string = called,
): void {
  const ask = async (): Promise<void> => {
    const by = { workflow: from, ...(await call.leave(note)) };
    const answer = await elsewhere.send(partition, { by, work }, call.signal);
    if (call.isOpen()) {
      settle(answer);
    }
  };
  ask().catch(() => {
    // The workflow has ended, or the engine is stopping. The next engine asks again.
  });
}

/** The error that a guest gets for an errand that was refused; undefined if it was done. */
export function refusalOf(answer: Extract<ErrandAnswer, { kind: "refused" }>): ExtensionError;
export function refusalOf(answer: ErrandAnswer): ExtensionError | undefined;
export function refusalOf(answer: ErrandAnswer): ExtensionError | undefined {
  return answer.kind === "refused"
    ? new ExtensionError(answer.statusCode, answer.code, answer.message)
    : undefined;
}
