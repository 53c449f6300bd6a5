import { ActivityWorker, defineActivities } from "@flawless-ts/sdk";
import { note, randomNumber, timeOfDay } from "./steps.ts";

const [url = ""] = process.argv.slice(2);

const worker = new ActivityWorker({
  url,
  queue: "bench",
  activities: defineActivities({ random: randomNumber, time: timeOfDay, note }),
  // As many as there are callers, so that none of them waits for another.
  concurrency: 1_000,
});
await worker.ready();
process.send?.({ ready: true });
process.once("SIGTERM", () => void worker.close());
await worker.run();
process.exit(0);
