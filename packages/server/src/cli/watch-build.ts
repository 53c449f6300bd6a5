import { resolve } from "node:path";
import { type Console, warnOf } from "@flawless-ts/http-service/program";
import { BuildCliError } from "./module-build.ts";

/**
 * Builds a file at once, and again whenever it, or what it imports, changes. What goes wrong is told on stderr: it may be
 * right after the next change.
 *
 * @param build gives the files that were read, as absolute paths
 * @param signal ends it
 */
export async function watchBuild(
  file: string,
  build: () => Promise<readonly string[]>,
  console: Console,
  signal: AbortSignal,
): Promise<void> {
  const { waitForChange } = await import("@flawless-ts/module-builder");
  let files: readonly string[] = [resolve(file)];
  let since: number;
  do {
    since = Date.now();
    try {
      files = await build();
    } catch (error) {
      warnOf(error, console);
      if (error instanceof BuildCliError) {
        files = [...new Set([...files, ...error.files])];
      }
    }
  } while (await waitForChange(files, since, signal));
}
