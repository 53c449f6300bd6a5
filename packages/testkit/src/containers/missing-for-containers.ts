import { TestkitError } from "../errors.ts";

/** Packages that only containers need, not in-process tests: optional peers of this package. */
const packages = ["testcontainers", "tar-stream"] as const;

/**
 * The error for a package that can't be loaded.
 *
 * @param cause what Node threw
 * @returns null if the package is installed, but fails
 */
export function missingForContainers(
  name: (typeof packages)[number],
  cause: unknown,
): TestkitError | null {
  const code = (cause as { readonly code?: unknown } | null)?.code;
  const message = cause instanceof Error ? cause.message : "";
  const isMissing = code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND";
  if (!isMissing || !message.includes(`'${name}'`)) return null;
  return new TestkitError(
    "FLAWLESS_TESTKIT_NO_TESTCONTAINERS",
    `Containers need the package ${name}, which is not installed. Run \`npm install --save-dev ${packages.join(" ")}\`.`,
    { cause },
  );
}
