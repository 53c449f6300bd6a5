// A server of two engines, the second of which ends by itself once callers can come.
import type { Worker } from "node:worker_threads";
import { startServer } from "../server.ts";

const [directory = ""] = process.argv.slice(2);
const workers: Worker[] = [];
process.on("worker", (worker) => workers.push(worker));
await startServer({ directory, engines: 2, port: 0 });
// The engine's thread was started before all those that journals and guests have here.
await workers[0]?.terminate();
setInterval(() => undefined, 60_000);
