// A server with two engines, the second of which terminates once the server accepts requests.
import type { Worker } from "node:worker_threads";
import { startServer } from "../server.ts";

const [directory = ""] = process.argv.slice(2);
const workers: Worker[] = [];
process.on("worker", (worker) => workers.push(worker));
await startServer({ directory, engines: 2, port: 0 });
// The engine's thread was started before all threads of journals and guests in this process.
await workers[0]?.terminate();
setInterval(() => undefined, 60_000);
