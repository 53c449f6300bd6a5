import { expect, test } from "vitest";
import { ExecutorPool } from "./executor/executor-pool.ts";
import { startServer, type FlawlessServer } from "./server.ts";
import type { ServerOptions } from "./server-options.ts";

function start(options: object): Promise<FlawlessServer> {
  return startServer(options as ServerOptions);
}

test.each([
  [{ directory: ".", engineLimits: {} }, "engineLimits", "Expected one of directory"],
  [{ directory: ".", retainMs: 5 }, "retainMs", "Did you mean `retain`?"],
  [{ directroy: "." }, "directroy", "Did you mean `directory`?"],
  [{ directory: ".", network: { denyprivate: true } }, "network.denyprivate", "denyPrivate`?"],
  [{ directory: ".", executors: { thread: 2 } }, "executors.thread", "`executors.threads`?"],
  [{ directory: ".", executors: { threads: 0 } }, "executors.threads", "a whole number above 0"],
  [{ directory: ".", executors: { timers: globalThis } }, "executors.timers", "Expected one of"],
])("a server refuses %j", async (options, option, advice) => {
  await expect(start(options)).rejects.toMatchObject({
    code: "FLAWLESS_INVALID_OPTION",
    option,
    message: expect.stringContaining(advice),
  });
});

test("executors refuse a misspelled option", () => {
  expect(() => new ExecutorPool({ thread: 2 } as object)).toThrow(
    expect.objectContaining({ option: "executors.thread" }),
  );
});
