import { NativeConnection, Worker } from "@temporalio/worker";
import * as activities from "./temporal-activities.ts";

const [address = "", bundle = ""] = process.argv.slice(2);

const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection,
  taskQueue: "bench",
  workflowBundle: { codePath: bundle },
  activities,
});
const running = worker.run();
process.send?.({ ready: true });
// On SIGTERM, the worker itself shuts down properly.
await running;
await connection.close();
process.disconnect?.();
