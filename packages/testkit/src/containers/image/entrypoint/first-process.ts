import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const pausesMs = 15;

/**
 * The arguments of the container's first process, from its command line; null while that process is not our entrypoint
 * yet. A container counts as running a moment before its program does: until then, the process is the runtime's own
 * (`runc init`).
 */
export function wordsAfterEntrypoint(commandLine: string): readonly string[] | null {
  const words = commandLine.split("\0").slice(0, -1);
  // A small init may come before it.
  const entrypoint = words.findIndex((word) => word.endsWith("/entrypoint/main.js"));
  return entrypoint === -1 ? null : words.slice(entrypoint + 1);
}

/**
 * Waits until the container's first process is our entrypoint.
 *
 * @param readCommandLine for tests
 * @returns its arguments, which say what to run
 * @throws Error if it is not within `timeoutMs`
 */
export async function wordsOfFirstProcess(
  timeoutMs: number,
  readCommandLine: () => Promise<string> = () => readFile("/proc/1/cmdline", "utf8"),
): Promise<readonly string[]> {
  const begin = performance.now();
  for (;;) {
    const commandLine = await readCommandLine();
    const words = wordsAfterEntrypoint(commandLine);
    if (words !== null) {
      return words;
    }
    if (performance.now() - begin >= timeoutMs) {
      const shown = commandLine.replaceAll("\0", " ").trim();
      throw new Error(`the container has not started its program yet, but runs "${shown}"`);
    }
    await sleep(pausesMs);
  }
}
