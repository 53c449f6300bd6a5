/** Errors of the native library end with the places in its sources, and the calls that led there. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [told = ""] = message.split(/\s*Stack backtrace:/);
  const lines = told
    .replaceAll(/\s*\([^\s()]*\.rs:\d+:\d+\)/g, "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && line !== "Caused by:");
  return lines.join(": ").replace(/[.:]+$/, "");
}
