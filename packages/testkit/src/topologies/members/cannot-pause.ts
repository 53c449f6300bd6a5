import { TestkitError } from "../../errors.ts";

/** The error for members in this process: pausing one would pause the test. */
export function cannotPause(what: "node" | "worker"): TestkitError {
  return new TestkitError(
    "FLAWLESS_TESTKIT_NOT_SUPPORTED",
    `A ${what} of the topology in-process can't be halted: the test runs in the same process. Use a topology with containers.`,
  );
}
