import { expect, test } from "vitest";
import { workerSummary } from "./worker-rows.ts";

test.each([
  [{ online: 0, draining: 0, offline: 0 }, 0, "0 online"],
  [{ online: 2, draining: 1, offline: 3 }, 6, "2 online, 1 draining, 3 lost"],
  [{ online: 1_200, draining: 0, offline: 0 }, 100, "1,200 online, 100 of them shown"],
])("workers are summarized: %j", (counts, shown, text) => {
  expect(workerSummary(counts, shown)).toBe(text);
});
