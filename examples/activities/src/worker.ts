import { ActivityWorker } from "@flawless-ts/sdk";
import { activities } from "./activities.ts";

await using worker = new ActivityWorker({
  url: process.env["FLAWLESS_URL"] ?? "http://127.0.0.1:27288",
  queue: "orders",
  activities,
  concurrency: 50,
});
process.once("SIGTERM", () => void worker.close());
await worker.run();
