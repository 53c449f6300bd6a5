import { setFlagsFromString } from "node:v8";

/**
 * Makes V8 collect garbage less eagerly in this process, and lets idle threads request a collection.
 *
 * Each guest has a megabyte of memory, but uses only a few pages of it. V8 14 counts it in full against a fixed limit of 64 MB,
 * so it would collect after every few dozen guests, and spend a third of the server's time on that. Later versions of V8 don't,
 * and no longer have the flag.
 *
 * V8 also makes objects old from the start if most of those that the same code made before were still in use at some collection,
 * which requests under load are. All that they refer to then survives, too: a third of what a request allocates, in some runs of
 * the same server and not in others.
 */
export function configureGarbageCollection(): void {
  setFlagsFromString("--expose-gc");
  setFlagsFromString("--no-allocation-site-pretenuring");
  if (process.versions.v8.startsWith("14.")) {
    setFlagsFromString("--external-memory-accounted-in-global-limit");
  }
}
