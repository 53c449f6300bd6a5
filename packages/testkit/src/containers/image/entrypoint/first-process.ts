import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

const pausesMs = 15;

/**
 * The words that the container's first process was told, from its command line; null while that process is not our
 * entrypoint yet. A container counts as running a moment before its program does: until then it is the runtime's own
 * (`runc init`).
 */
export function wordsAfterEntrypoint(commandLine: string): readonly string[] | null {
  const words = commandLine.split("\0").slice(0, -1);
  // A small init may stand in front of it.
  const entrypoint = words.findIndex((word) => word.endsWith("/entrypoint/main.js"));
  return entrypoint === -1 ? null : words.slice(entrypoint + 1);
}

/**
 * Waits until the container's first process is our entrypoint.
 *
 * @param readCommandLine for tests
 * @returns what it was told to run
 * @throws Error when it is not within `timeoutMs`
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
