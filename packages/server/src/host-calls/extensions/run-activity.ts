import type { OpenActivity } from "../../activities/index.ts";
import type { WaitingCall, WaitingCallContext } from "../waiting-call.ts";
import type { ActivityOperation } from "./activity-operation.ts";
import { activityResult } from "./activity-result.ts";
import { extensionAnswer } from "./extension-answer.ts";

/** In the journal: the activity was called, and nothing more is known. */
const called = "called";

/**
 * Runs an activity and waits for it. The call is in the journal before a worker gets it, and so is each failed
 * attempt, so that a restarted server can continue.
 */
export function runActivity(
  url: string,
  { queue, name, input, policy }: ActivityOperation,
  context: WaitingCallContext,
): WaitingCall {
  const { detail, workflowId, madeAt: scheduledAt } = context;
  if (detail === null) {
    context.record(called);
  }
  let open: OpenActivity | undefined;
  let isCancelled = false;
  const show = (): void => {
    context.waitsFor({ on: "activity", queue, name, attempt: open?.attempt ?? 1 }, 0);
  };
  show();
  const begin = (): void => {
    const restored = detail !== null;
    const progress = detail === called ? null : detail;
    const key = context.key();
    open = context.activities.open(
      { key, workflow: workflowId, queue, name, input, policy, scheduledAt, restored, progress },
      {
        progress: async (line) => {
          context.progress(line);
          show();
          await context.durable();
        },
        done: (outcome) => context.answer(extensionAnswer(url, activityResult(outcome))),
      },
    );
  };
  context.durable().then(
    () => {
      if (!isCancelled) {
        begin();
      }
    },
    () => {
      // The journal can't be written, which the engine itself reports.
    },
  );
  return {
    canLeaveMemory: true,
    goesOn: true,
    cancel: () => {
      isCancelled = true;
      open?.abort();
    },
  };
}
