import type { CallLimits } from "../../executor/call-limits.ts";
import type { ExecutorPool } from "../../executor/executor-pool.ts";
import type { GuestModule } from "../../executor/guest-module.ts";
import type { GuestOutcome } from "../../executor/messages.ts";
import { parseJournal } from "../../journal/journal-line.ts";

/** Replaces what the journal has about a call that waits, because a replay waits for nothing. */
export const noDetail = "replay";

/** What is replayed. */
export interface ReplayedJournal {
  readonly workflow: string;
  /** JSON text. */
  readonly input: string;
  /** The texts of its journal. */
  readonly journal: readonly string[];
  /** The last recorded call, if it has only {@link noDetail} in place of an answer. */
  readonly openCall?: string | undefined;
}

/** The module and the threads for a replay. */
export interface ReplayOn {
  readonly guest: GuestModule;
  /** Identifies the module for threads: see `GuestStart`. */
  readonly moduleKey: string;
  readonly callLimits: CallLimits;
  readonly executors: ExecutorPool;
}

/**
 * Runs a guest on recorded answers. Nothing leaves the process, and no call gets an answer that is not recorded.
 *
 * @returns the first call after the recorded ones, or how the guest ended without one
 */
export async function replayJournal(
  { workflow, input, journal, openCall }: ReplayedJournal,
  { guest, moduleKey, callLimits, executors }: ReplayOn,
): Promise<string | GuestOutcome> {
  const engine = executors.registerEngine();
  const settings = { secrets: {}, seed: 0, guestTime: "given", callLimits } as const;
  const start = {
    workflowId: 0,
    run: 1,
    publicId: "",
    workflow,
    input,
    moduleKey,
    journal,
    callerPresent: false,
    now: 0,
  };
  try {
    return await new Promise<string | GuestOutcome>((resolve) => {
      const beyond = (lines: string, call?: string): string =>
        parseJournal([lines])[0]?.call ?? call ?? "another call";
      const run = executors.start(engine, settings, guest, start, {
        // The last recorded call waits again, however it is spelled now.
        waits: ({ lines, call, detail }) =>
          stop(detail === noDetail ? (openCall ?? call) : beyond(lines, call)),
        yields: ({ lines }) => (lines === "" ? run.resume(null, 0) : stop(beyond(lines))),
        responds: ({ lines }) => stop(beyond(lines)),
        ends: ({ lines, outcome }) => resolve(lines === "" ? outcome : beyond(lines)),
        lost: () =>
          resolve({ status: "failed", code: "MODULE_UNUSABLE", message: "its thread broke down" }),
      });
      function stop(call: string): void {
        run.drop();
        resolve(call);
      }
    });
  } finally {
    executors.forgetEngine(engine);
  }
}
