import { InvalidOptionError } from "@flawless-ts/wasm-module/internal/client";

/** Refuses early what no server accepts; the server checks the rest. @throws {InvalidOptionError} */
export function checkLabels(option: string, labels: unknown): void {
  const isObject = typeof labels === "object" && labels !== null && !Array.isArray(labels);
  const wrong = isObject
    ? Object.entries(labels).find(([, value]) => typeof value !== "string")
    : [];
  if (wrong === undefined) return;
  throw new InvalidOptionError(
    option,
    wrong.length === 0
      ? "expected an object of texts."
      : `expected the label ${JSON.stringify(wrong[0])} to be text.`,
  );
}
