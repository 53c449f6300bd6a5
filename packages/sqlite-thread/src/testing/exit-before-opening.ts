import { join } from "node:path";
import { unmarkAtExit } from "../unmark-at-exit.ts";

// Ends before a thread has even looked at the file.
const [directory = "", fileName = ""] = process.argv.slice(2);
unmarkAtExit(join(directory, fileName));
process.exit(3);
