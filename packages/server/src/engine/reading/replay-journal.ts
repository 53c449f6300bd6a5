import type { CallLimits } from "../../executor/call-limits.ts";
import type { ExecutorPool } from "../../executor/executor-pool.ts";
import type { GuestModule } from "../../executor/guest-module.ts";
import type { GuestOutcome } from "../../executor/messages.ts";
import { parseJournal } from "../../journal/journal-line.ts";

/** Stands where the journal has what a call waits for; nothing is waited for in a replay. */
export const noDetail = "replay";

/** What is replayed. */
export interface ReplayedJournal {
  readonly workflow: string;
  /** JSON text. */
  readonly input: string;
  /** The texts of its journal. */
  readonly journal: readonly string[];
  /** What the last recorded call is, where that has no answer, but {@link noDetail}. */
  readonly openCall?: string | undefined;
}

/** On what it is replayed. */
export interface ReplayOn {
  readonly guest: GuestModule;
  /** By which threads know the module: see `GuestStart`. */
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
        // The last recorded call waits again, in whatever way it is spelled now.
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
