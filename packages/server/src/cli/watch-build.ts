import { resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { FileStates } from "@flawless-ts/module-builder";
import { BuildCliError } from "./module-build.ts";

/** In milliseconds; short compared to a build. */
const settleMs = 30;

/**
 * Builds a file immediately, and again whenever it or one of its imports changes.
 *
 * @param build returns the files that were read, as absolute paths
 * @param failed called with an error, which the next change may fix
 * @param signal stops it
 */
export async function watchBuild(
  file: string,
  build: () => Promise<readonly string[]>,
  failed: (error: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  const { fileStates, haveChanged, waitForChange } = await import("@flawless-ts/module-builder");
  let files: readonly string[] = [resolve(file)];
  let before: FileStates;
  let isOld: boolean;
  do {
    before = await fileStates(files);
    isOld = false;
    try {
      files = await build();
    } catch (error) {
      // Before the failure is known to anybody who might put things back as they were.
      isOld = haveChanged(before, await fileStates(files));
      failed(error);
      if (error instanceof BuildCliError) {
        files = [...new Set([...files, ...error.files])];
      }
    }
  } while ((isOld || (await waitForChange(files, before, signal))) && (await settled(signal)));
}

/** Editors may write a file in several steps, and several files at once. */
async function settled(signal: AbortSignal): Promise<boolean> {
  await setTimeout(settleMs, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
