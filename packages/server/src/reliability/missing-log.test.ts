import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { expect, onTestFailed, test } from "vitest";
import { journalFileName } from "../store/sqlite/sqlite-workflow-store.ts";
import { checkDirectory } from "../maintenance/check-directory.ts";
import { ServerProcess } from "./server-process.ts";

test("a server that was killed doesn't silently continue without its write-ahead log", async () => {
  await using server = await ServerProcess.start();
  onTestFailed(() => console.error(`the server wrote:\n${server.output}`));
  const module = await server.flawless.deploy(fixtureBytes("conformance"));
  const { id } = (await module.executeWithHandle("add", { a: 2, b: 3 })).workflow;
  server.kill();
  await server.end;
  const log = join(server.directory, `${journalFileName}-wal`);
  renameSync(log, `${log}.away`);

  await expect(server.restart()).rejects.toThrow(
    /The journal \S+ is damaged: its write-ahead log \S+ is missing.*flawless check/s,
  );
  const report = await checkDirectory(server.directory);
  expect(report.ok).toBe(false);
  expect(report.findings).toContainEqual({
    severity: "fault",
    what: expect.stringContaining("flawless.sqlite-wal is missing"),
    repair: null,
  });

  rmSync(log, { force: true });
  renameSync(`${log}.away`, log);
  await server.restart();
  expect((await server.flawless.workflow(id).info()).response).toBe("5");

  // If terminated gracefully, it moves the log into the file, and lacks nothing afterwards.
  server.terminate();
  await server.end;
  expect([existsSync(log), (await checkDirectory(server.directory)).ok]).toEqual([false, true]);
  await server.restart();
  expect((await server.flawless.workflow(id).info()).response).toBe("5");
});
