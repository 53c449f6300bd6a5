import { startServer } from "../server.ts";

// A server of two engines that exits without closing anything, as where it is told twice to stop.
const [directory = ""] = process.argv.slice(2);
await startServer({ directory, engines: 2, port: 0 });
process.exit(3);
