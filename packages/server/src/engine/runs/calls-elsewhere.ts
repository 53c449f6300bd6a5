import { ExtensionError } from "../../host-calls/extensions/extension-answer.ts";
import type { LeavingCall } from "../../host-calls/extensions/other-workflows.ts";
import type { Elsewhere, ErrandAnswer, ErrandWork } from "../elsewhere.ts";

/** What is to be done in another partition for a call. */
export interface CallElsewhere {
  readonly partition: number;
  /** The workflow that makes the call. */
  readonly from: number;
  readonly work: ErrandWork;
}

/** In the journal, of a call that is answered in another partition: what it asks for stands in the call. */
export const called = "called";

/**
 * Has something done in another partition for a call, which is answered with what came of it. Nobody has to wait for that:
 * the journal knows of the call before anything else happens, so that it is asked for again after a restart.
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
    // The workflow has ended, or the engine stops: the next one asks again.
  });
}

/** What a guest is told of an errand that was refused; undefined where it was done. */
export function refusalOf(answer: Extract<ErrandAnswer, { kind: "refused" }>): ExtensionError;
export function refusalOf(answer: ErrandAnswer): ExtensionError | undefined;
export function refusalOf(answer: ErrandAnswer): ExtensionError | undefined {
  return answer.kind === "refused"
    ? new ExtensionError(answer.statusCode, answer.code, answer.message)
    : undefined;
}
