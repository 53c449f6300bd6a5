import { parentPort } from "node:worker_threads";
import { Mismatch } from "../recording/call-log.ts";
import type { FromThread, ThreadTask } from "./messages.ts";
import { runGuest } from "./run-guest.ts";

const send = (message: FromThread): void => parentPort?.postMessage(message);

parentPort?.on("message", (task: ThreadTask) => void run(task));

/** Whatever else is thrown ends the thread, which tells why. */
async function run(task: ThreadTask): Promise<void> {
  try {
    send({ type: "ended", result: await runGuest(task, () => send({ type: "running" })) });
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    const { step, recorded, came } = error;
    send({ type: "mismatch", step, recorded, came });
  }
}
