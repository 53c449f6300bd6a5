import { expect, test } from "vitest";
import { toPublicId, WorkflowIds } from "../workflow/workflow-id.ts";
import { TestClock } from "../testing/test-clock.ts";
import { partitionOfId, partitionOfKey, partitionOfSchedule } from "./partition-of.ts";

test("an id determines its partition", () => {
  const ids = new WorkflowIds(new TestClock(), 0, { count: 32, index: 7 });
  expect([ids.next(), ids.next()].map((id) => partitionOfId(toPublicId(id), 32))).toEqual([7, 7]);
  expect(partitionOfId("wkf_", 32)).toBeUndefined();
  expect(partitionOfId("order 7", 32)).toBeUndefined();
});

test("a key always has the same partition, and keys are spread over all", () => {
  expect(["a", "order-7", "x".repeat(255)].map((key) => partitionOfKey(key, 32))).toEqual([
    18, 2, 26,
  ]);
  const partitions = Array.from({ length: 1_000 }, (_, index) =>
    partitionOfKey(`key ${index}`, 32),
  );
  expect(new Set(partitions).size).toBe(32);
});

test("everything that a schedule starts is in its partition, and schedules are spread over all", () => {
  for (const name of ["nightly", "a.b-c_d"]) {
    const starts = ["2026-01-02T03:00:00.000Z", "2026-01-02T04:00:00.000Z", "trigger/x"];
    const keys = starts.map((start) => `flawless:schedule/${name}/${start}`);
    const partition = partitionOfSchedule(name, 32);
    expect(keys.map((key) => partitionOfKey(key, 32))).toEqual([partition, partition, partition]);
  }
  const partitions = Array.from({ length: 1_000 }, (_, index) =>
    partitionOfSchedule(`schedule-${index}`, 32),
  );
  expect(new Set(partitions).size).toBe(32);
});
