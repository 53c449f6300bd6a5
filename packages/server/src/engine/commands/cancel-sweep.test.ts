import { expect, test } from "vitest";
import { crashedRuns } from "../../testing/crash-sweep.ts";
import { memoryModes } from "../../testing/test-engine.ts";

const cancel = "flawless:cancel";
const post = (path: string, idempotent: boolean): object => ({
  HTTPRequest: {
    config: { idempotent, timeout: { secs: 300, nanos: 0 }, response_body_limit: 100 },
    method: "POST",
    url: `http://site${path}`,
    headers: [],
    body: "",
  },
});
const endCancelled = { ask: ["fail", { error: { name: "CancelledError", message: "" } }] };

test.each(memoryModes)(
  "a workflow whose request to cancel was confirmed compensates, whenever a crash comes, $mode",
  async ({ limits }) => {
    const swept = {
      module: "extensions",
      workflow: "script",
      input: [
        { call: { RecvMessage: [null, ["go", cancel]] } },
        { call: post("/undo", true) },
        { call: post("/once", false) },
        endCancelled,
      ],
      limits,
      cancel: true,
    } as const;
    const runs = await crashedRuns(swept);
    expect(runs.length).toBeGreaterThan(4);
    for (const { run, where, workflow } of runs) {
      expect(workflow, where).toMatchObject({ status: "cancelled", error: null });
      expect(workflow.cancelBy, where).not.toBeNull();
      const times = (path: string): number =>
        run.requests.filter((line) => line === `POST ${path}`).length;
      expect([1, 2], where).toContain(times("/undo"));
      // Sent once, or reported as possibly not sent.
      expect(times("/once"), where).toBeLessThanOrEqual(1);
      expect(times("/once") + run.interrupted.length, where).toBeGreaterThanOrEqual(1);
    }
  },
);

test.each(memoryModes)(
  "one that never checks is ended in time, whenever a crash comes, $mode",
  async ({ limits }) => {
    const sleep = { call: { Sleep: { secs: 3, nanos: 0 } } };
    const runs = await crashedRuns({
      module: "extensions",
      workflow: "script",
      input: [sleep, { call: post("/never", true) }],
      limits: { ...limits, compensatingMs: 30 },
      cancel: true,
    });
    expect(runs.length).toBeGreaterThan(2);
    for (const { run, where, workflow } of runs) {
      expect(workflow.status, where).toBe("cancelled");
      expect(run.requests, where).toEqual([]);
    }
  },
);
