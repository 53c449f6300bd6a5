import { setTimeout as sleep } from "node:timers/promises";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { expect, onTestFailed, test } from "vitest";
import { ServerProcess } from "./server-process.ts";

const limitMs = 1_800;

test("a pause of the whole server doesn't count for a guest that computes", async () => {
  await using server = await ServerProcess.start({
    parameters: ["--limit", `guestTimeLimitMs=${limitMs}`],
  });
  onTestFailed(() => console.error(`the server wrote:\n${server.output}`));
  const module = await server.flawless.deploy(fixtureBytes("conformance"));
  const { workflow } = await module.executeWithHandle("busy_loop_after_response", null);

  process.kill(server.pid ?? 0, "SIGSTOP");
  await sleep(limitMs + 200);
  process.kill(server.pid ?? 0, "SIGCONT");
  expect(await workflow.info()).toMatchObject({ status: "running" });

  // Its own time still counts.
  expect(await workflow.completion()).toMatchObject({
    status: "failed",
    error: { code: "TIME_LIMIT" },
  });
});
