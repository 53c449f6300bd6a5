import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { WorkflowCounts } from "../../store/workflow-store.ts";
import { CountedWorkflows } from "./counted-workflows.ts";

const counts: WorkflowCounts = { running: 1, completed: 2, failed: 3, cancelled: 4, sleeping: 1 };

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

test("workflows are counted once for all simultaneous requests, and for a while after that", async () => {
  const count = vi.fn<() => Promise<WorkflowCounts>>(async () => counts);
  const counted = new CountedWorkflows({ counts: count });
  expect(await Promise.all([counted.read(), counted.read()])).toEqual([counts, counts]);
  vi.advanceTimersByTime(100);
  await counted.read();
  expect(count).toHaveBeenCalledTimes(1);

  vi.advanceTimersByTime(100);
  await counted.read();
  expect(count).toHaveBeenCalledTimes(2);
});

test("the longer counting takes, the rarer it gets, but at least once a minute", async () => {
  const count = vi.fn<() => Promise<WorkflowCounts>>(async () => {
    vi.advanceTimersByTime(500);
    return counts;
  });
  const counted = new CountedWorkflows({ counts: count });
  await counted.read();
  vi.advanceTimersByTime(24_999);
  await counted.read();
  expect(count).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  await counted.read();
  expect(count).toHaveBeenCalledTimes(2);

  count.mockImplementation(async () => {
    vi.advanceTimersByTime(1_000_000);
    return counts;
  });
  vi.advanceTimersByTime(25_000);
  await counted.read();
  vi.advanceTimersByTime(60_000);
  await counted.read();
  expect(count).toHaveBeenCalledTimes(4);
});

test("a failure is reported, and the next request tries again", async () => {
  const count = vi.fn<() => Promise<WorkflowCounts>>(async () => counts);
  count.mockRejectedValueOnce(new Error("no disk"));
  const counted = new CountedWorkflows({ counts: count });

  await expect(counted.read()).rejects.toThrow("no disk");
  expect(await counted.read()).toEqual(counts);
});
