import { expect, test } from "vitest";
import { BoundedLog } from "./bounded-log.ts";
import { memoryLogger } from "./memory-logger.ts";

test("lines are stored as in a container's log, with errors but without debug output", () => {
  const log = new BoundedLog();
  const logger = memoryLogger(log, "worker");
  logger.info({ id: "worker1" }, "Registered");
  logger.debug("too much");
  logger.error({ err: new Error("gone") }, "the control plane is away");
  const [first = "", second = "", ...rest] = log.text.split("\n");
  expect(first).toMatch(
    /^worker \| \{"level":30,"time":"[^"]+","id":"worker1","msg":"Registered"\}$/,
  );
  expect(second).toMatch(/^worker \| .*"message":"gone".*"msg":"the control plane is away"\}$/);
  expect(rest).toEqual([""]);
});
