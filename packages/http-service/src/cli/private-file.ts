import { stat } from "node:fs/promises";
import type { Console } from "./console.ts";

const othersMayRead = 0o077;

/** Warns where other users of the machine can get at a file that holds secrets. */
export async function warnIfReadableByOthers(console: Console, path: string): Promise<void> {
  if (process.platform === "win32") {
    return;
  }
  const { mode } = await stat(path);
  if ((mode & othersMayRead) !== 0) {
    const octal = (mode & 0o777).toString(8).padStart(3, "0");
    console.warn(
      `warning: other users of this machine can get at ${path} (mode ${octal}). Let only its owner: chmod 600.`,
    );
  }
}
