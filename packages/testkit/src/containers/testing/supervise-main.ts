// Run as a separate process by a test: supervises the commands in its argument, which is JSON.
import type { RoleCommand } from "../image/entrypoint/roles.ts";
import { supervise } from "../image/entrypoint/supervise.ts";

process.exitCode = await supervise(JSON.parse(process.argv[2] ?? "[]") as RoleCommand[]);
