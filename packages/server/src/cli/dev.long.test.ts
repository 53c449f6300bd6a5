import { writeFile } from "node:fs/promises";
import { Flawless } from "@flawless-ts/sdk";
import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { expect, test } from "vitest";
import { CliProcess } from "../testing/cli-process.ts";
import { runCli } from "../testing/run-cli.ts";
import { until } from "../testing/until.ts";

const source = (body: string): string =>
  `import { defineModule } from "@flawless-ts/wasm-module";
export default defineModule({ name: "orders", version: "1.0.0", workflows: { pay: async (_input, context) => {
  ${body}
} } });`;

test("`flawless dev` builds, deploys, runs workers, follows changes, and tells what fails", async () => {
  using directory = new TemporaryDirectory();
  const file = directory.join("orders.ts");
  const activities = directory.join("activities.ts");
  await writeFile(directory.join("package.json"), '{"type":"module"}');
  await writeFile(file, source("return await context.activities({ queue: 'q' }).price();"));
  await writeFile(activities, "export const activities = { price: () => 7 };");
  const args = ["dev", file, "--worker", `q=${activities}`, "--bind", "127.0.0.1:0"];
  await using dev = new CliProcess(args, { cwd: directory.path });
  const url = / is ready on (\S+)/.exec(await dev.firstLine)?.[1] ?? "";
  await using flawless = new Flawless({ url });
  const pay = (): Promise<unknown> => flawless.module("orders", "1.0.0").execute("pay", null);

  await until(() => dev.stdout.includes("deployed orders:1.0.0 (pay) in "));
  expect(await pay()).toBe(7);

  await writeFile(file, source("return 8;"));
  await until(() => dev.stdout.split("deployed ").length > 2);
  expect(await pay()).toBe(8);

  await writeFile(file, source("return ;;; const;"));
  await until(() => dev.stderr.includes("orders.ts:3"));
  expect(await pay()).toBe(8);

  await writeFile(file, source("throw new Error('too dear');"));
  await until(() => dev.stdout.split("deployed ").length > 3);
  await expect(pay()).rejects.toThrow("too dear");
  await until(() => /failed: orders:1\.0\.0\/pay, http:\S+\n {2}Error: too dear/.test(dev.stderr));
  expect(dev.stderr).toMatch(/orders\.ts:3:/);

  dev.kill("SIGTERM");
  expect((await dev.end).code).toBe(0);
});

test("a worker of `flawless dev` does not outlive it, however that ends", async () => {
  using directory = new TemporaryDirectory();
  const file = directory.join("orders.ts");
  await writeFile(directory.join("package.json"), '{"type":"module"}');
  await writeFile(file, source("return 1;"));
  await writeFile(
    directory.join("activities.ts"),
    "console.log(`worker process ${process.pid}`); export const activities = { price: () => 7 };",
  );
  const args = ["dev", file, "--worker", "q=activities.ts", "--bind", "127.0.0.1:0"];
  await using dev = new CliProcess(args, { cwd: directory.path });
  const workerPid = (): number => Number(/worker process (\d+)/.exec(dev.stdout)?.[1]);
  await until(() => workerPid() > 0);
  const runs = (): boolean => {
    try {
      return process.kill(workerPid(), 0);
    } catch {
      return false;
    }
  };
  expect(runs()).toBe(true);
  dev.kill("SIGKILL");
  await until(() => !runs());
});

test("`flawless dev` says what --worker takes", async () => {
  const { code, stderr } = await runCli(["dev", "orders.ts", "--worker", "activities.ts"]);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining("such as orders=src/activities.ts, but got activities.ts"),
  });
});
