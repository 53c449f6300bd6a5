// Run as a process of its own by a test: supervises the commands that its argument has as JSON.
import type { RoleCommand } from "../image/entrypoint/roles.ts";
import { supervise } from "../image/entrypoint/supervise.ts";

process.exitCode = await supervise(JSON.parse(process.argv[2] ?? "[]") as RoleCommand[]);
