import { expect, test } from "vitest";
import { runWithCrash } from "../../testing/crash-sweep.ts";
import { memoryModes } from "../../testing/test-engine.ts";

const request = (path: string, idempotent: boolean): unknown => ({
  kind: "http",
  request: {
    config: { idempotent, timeout: { secs: 60, nanos: 0 }, response_body_limit: 100 },
    method: "POST",
    url: `http://site/${path}`,
    headers: [],
    body: "",
  },
});
const begin = (operation: number, what: unknown): unknown => ({
  ask: ["begin", { operation, ...(what as object) }],
});
const waitForAny = { ask: ["wait", { operations: [1, 2, 3] }] };
const steps = [
  begin(1, request("once", false)),
  begin(2, request("again", true)),
  begin(3, { kind: "sleep", ms: 40 }),
  waitForAny,
  { ask: ["wait", { operations: [3] }] },
];

test.each(
  memoryModes.flatMap((mode) => (["before", "after"] as const).map((side) => ({ ...mode, side }))),
)(
  "a crash $side each transaction interrupts or repeats only what was open, $mode",
  async ({ limits, side }) => {
    let crashes = 0;
    for (let commit = 1; ; commit += 1) {
      const swept = { module: "extensions", workflow: "script", input: steps, limits } as const;
      const run = await runWithCrash(swept, { side, commit });
      if (!run.crashed) {
        break;
      }
      const where = `crash ${side} transaction ${commit}`;
      if (run.workflow === undefined && run.requests.length === 0) {
        continue;
      }
      crashes += 1;
      const answers = JSON.parse(run.workflow?.response ?? "null") as {
        readonly body: { readonly operation?: number };
      }[];
      expect(run.workflow?.status, where).toBe("completed");
      expect(answers.at(-1)?.body, where).toEqual({ operation: 3, result: {} });
      expect([1, 2], where).toContain(answers.at(-2)?.body.operation);
      const times = (path: string): number =>
        run.requests.filter((line) => line === `POST /${path}`).length;
      expect(times("once"), where).toBeLessThanOrEqual(1);
      expect(times("again"), where).toBeGreaterThanOrEqual(1);
      expect(times("again"), where).toBeLessThanOrEqual(2);
    }
    expect(crashes).toBeGreaterThan(0);
  },
);
