import { describe } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** What this machine lacks, if the suite was skipped for it. */
    missing?: string;
  }
}

/**
 * A suite that depends on the machine. If something is missing, it is skipped, and the last line of the run says why.
 *
 * @param missing such as "there is no cargo"; `null` for nothing
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
