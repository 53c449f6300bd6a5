import { parentPort } from "node:worker_threads";
import { Mismatch } from "../recording/call-log.ts";
import type { FromThread, ThreadTask } from "./messages.ts";
import { ImportsRefused } from "./further-imports.ts";
import { runGuest } from "./run-guest.ts";
import { transfersOf } from "./transfers.ts";

const send = (message: FromThread, transfers: readonly ArrayBuffer[] = []): void =>
  parentPort?.postMessage(message, [...transfers]);

// A panic's innermost functions belong to the language's runtime.
Error.stackTraceLimit = 100;

parentPort?.on("message", (task: ThreadTask) => void run(task));

/** Any other error ends the thread, which reports why. */
async function run(task: ThreadTask): Promise<void> {
  try {
    const result = await runGuest(task, send);
    const transfers = transfersOf(result.changed.map(([, content]) => content));
    send({ type: "ended", result }, transfers);
  } catch (error) {
    if (error instanceof ImportsRefused) {
      send({ type: "refused", reason: error.message, cause: error.cause });
      return;
    }
    if (!(error instanceof Mismatch)) throw error;
    const { step, recorded, came } = error;
    send({ type: "mismatch", step, recorded, came });
  }
}
