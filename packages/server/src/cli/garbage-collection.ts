import { setFlagsFromString } from "node:v8";

/**
 * Makes V8 collect garbage less eagerly in this process, and lets idle threads request a collection.
 *
 * Later versions of V8 do the first by default, and no longer have the flag. Each guest has a megabyte of memory, but uses only a
 * few pages of it. V8 14 counts it in full against a fixed limit of 64 MB, so it would collect after every few dozen guests, and
 * spend a third of the server's time on that.
 */
export function configureGarbageCollection(): void {
  setFlagsFromString("--expose-gc");
  if (process.versions.v8.startsWith("14.")) {
    setFlagsFromString("--external-memory-accounted-in-global-limit");
  }
}
