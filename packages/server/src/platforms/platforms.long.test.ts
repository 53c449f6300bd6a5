import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describeUnless, platforms, TemporaryDirectory, workerd } from "@flawless-ts/test-helpers";
import { describe, expect, onTestFinished, test } from "vitest";
import { bundlers } from "./testing/bundle-scenario.ts";
import { expectedResult, expectedWithoutReasons, ScenarioHost } from "./testing/scenario-host.ts";
import { WorkerProcess } from "./testing/worker-process.ts";

const program = fileURLToPath(new URL("testing/run-scenario.ts", import.meta.url));
const run = promisify(execFile);

for (const { name, command, missing } of platforms) {
  describeUnless(missing, `the built client on ${name}`, () => {
    test("deploys, starts, waits, sends, fails and closes correctly", async () => {
      await using host = await ScenarioHost.start();
      const [file, ...args] = command;
      const { stdout } = await run(file, [...args, program], {
        env: { ...process.env, NODE_OPTIONS: "", SCENARIO: JSON.stringify(host.input) },
        timeout: 120_000,
      });
      expect(JSON.parse(stdout)).toEqual(expectedResult);
    }, 120_000);
  });
}

describe.each(Object.entries(bundlers))("the client bundled by %s", (_name, bundle) => {
  test("runs without other packages, and doesn't contain undici", async () => {
    const code = await bundle("run-scenario.ts", "node");
    expect(code.length).toBeLessThan(210_000);
    const directory = new TemporaryDirectory();
    onTestFinished(() => directory.remove());
    const file = directory.join("scenario.mjs");
    writeFileSync(file, code);
    await using host = await ScenarioHost.start();
    const { stdout } = await run(process.execPath, [file], {
      env: { ...process.env, NODE_OPTIONS: "", SCENARIO: JSON.stringify(host.input) },
      timeout: 120_000,
    });
    expect(JSON.parse(stdout)).toEqual(expectedResult);
  }, 120_000);
});

describeUnless(workerd.missing, "the client in a worker of Cloudflare's", () => {
  test.each(Object.entries(bundlers))(
    "bundled by %s works",
    async (_name, bundle) => {
      await using worker = await WorkerProcess.start(await bundle("worker-scenario.ts", "browser"));
      await using host = await ScenarioHost.start();
      const answer = await fetch(worker.url, { method: "POST", body: JSON.stringify(host.input) });
      expect(await answer.json()).toEqual(expectedWithoutReasons);
    },
    120_000,
  );
});
