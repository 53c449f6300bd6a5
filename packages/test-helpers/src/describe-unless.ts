import { describe } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** What this machine lacks, so that the suite was skipped. */
    missing?: string;
  }
}

/**
 * A suite that needs something of the machine. It is skipped where that is missing, and the last line of the run says why.
 *
 * @param missing such as "there is no cargo". `null`: nothing
 */
export function describeUnless(missing: string | null, name: string, suite: () => void): void {
  describe.skipIf(missing !== null)(
    `${name}`,
    { meta: missing === null ? {} : { missing } },
    () => {
      suite();
    },
  );
}
