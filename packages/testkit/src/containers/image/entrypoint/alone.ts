import { constants } from "node:os";
import { pathToFileURL } from "node:url";
import type { RoleCommand } from "./roles.ts";

/** Runs one role in this process, because a container is ready sooner without a second process. */
export async function runAlone({ file, args, environment }: RoleCommand): Promise<void> {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    // Signals have no default action for a container's first process, so one that arrives before the role listens would
    // be lost.
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) {
        process.exit(128 + constants.signals[signal]);
      }
    });
  }
  Object.assign(process.env, environment);
  process.argv.splice(1, process.argv.length - 1, file, ...args);
  await import(pathToFileURL(file).href);
}
