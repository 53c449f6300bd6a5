import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { delimiter } from "node:path";
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

test("`flawless dev` builds, deploys, runs workers, follows changes, and reports failures", async () => {
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

test("a worker of `flawless dev` ends with it, however that ends", async () => {
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

interface News {
  readonly event: string;
  readonly [name: string]: unknown;
}

test("`flawless dev --json` reports events of files that disappear and return, one value per line", async () => {
  using directory = new TemporaryDirectory();
  await mkdir(directory.join("src"));
  const orders = directory.join("src/orders.ts");
  const parcels = directory.join("src/parcels.ts");
  await writeFile(directory.join("package.json"), '{"type":"module"}');
  await writeFile(orders, source("throw new Error('too dear');"));
  await writeFile(parcels, source("return 1;").replace('"orders"', '"parcels"'));
  const args = ["dev", orders, parcels, "--json", "--bind", "127.0.0.1:0"];
  await using dev = new CliProcess(args, { cwd: directory.path });
  const news = (): readonly News[] =>
    dev.stdout
      .slice(0, dev.stdout.lastIndexOf("\n") + 1)
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as News);
  const told = (event: string, file?: string): readonly News[] =>
    news().filter((each) => each.event === event && (file === undefined || each["file"] === file));
  const builds = (file: string): number => told("deployed", file).length;

  await until(() => builds(orders) === 1 && builds(parcels) === 1);
  const [ready] = told("ready");
  expect(ready).toEqual({ event: "ready", url: expect.any(String), pid: dev.pid });
  expect(told("deployed", parcels)).toMatchObject([
    {
      event: "deployed",
      file: parcels,
      name: "parcels",
      version: "1.0.0",
      workflows: ["pay"],
      ms: expect.any(Number),
      warnings: [],
    },
  ]);

  await using flawless = new Flawless({ url: String(ready?.["url"]) });
  await expect(flawless.module("orders", "1.0.0").execute("pay", null)).rejects.toThrow();
  await until(() => told("failed").length === 1);
  expect(told("failed")[0]).toMatchObject({
    module: "orders",
    workflow: "pay",
    page: expect.stringMatching(/^http:\S+\/workflows\/wkf_\w+$/),
    error: expect.stringMatching(/Error: too dear\n.*orders\.ts:3:/),
  });

  await rename(directory.join("src"), directory.join("away"));
  await until(() => told("buildFailed", orders).length > 0);
  expect(told("buildFailed", orders)[0]).toMatchObject({
    message: expect.stringContaining("Can't find "),
    problems: [{ code: "FLAWLESS_BUILD_SOURCE", place: null }],
  });
  await until(() => told("buildFailed", parcels).length > 0);
  await rename(directory.join("away"), directory.join("src"));
  await until(() => builds(orders) > 1 && builds(parcels) > 1);

  // What an import needs comes after it.
  await writeFile(orders, `import { one } from "./lib/one.ts";\n${source("return one;")}`);
  await until(() =>
    told("buildFailed", orders).some(({ message }) => /lib\/one/.test(String(message))),
  );
  const before = builds(orders);
  await mkdir(directory.join("src/lib"));
  await writeFile(directory.join("src/lib/one.ts"), "export const one: number = 1;");
  await until(() => builds(orders) > before);
  expect(await flawless.module("orders", "1.0.0").execute("pay", null)).toBe(1);

  dev.kill("SIGINT");
  expect(await dev.end).toMatchObject({ code: 0, signal: null });
});

test("a running workflow keeps its version, on `flawless dev` too", async () => {
  using directory = new TemporaryDirectory();
  const file = directory.join("orders.ts");
  await writeFile(file, source("await context.receive('go'); return 'old';"));
  const args = ["dev", file, "--bind", "127.0.0.1:0"];
  await using dev = new CliProcess(args, { cwd: directory.path });
  const url = / is ready on (\S+)/.exec(await dev.firstLine)?.[1] ?? "";
  await using flawless = new Flawless({ url });
  await until(() => dev.stdout.includes("deployed "));
  const module = flawless.module("orders", "1.0.0");
  const old = await module.start("pay", null);
  await writeFile(file, source("await context.receive('go'); return 'new';"));
  await until(() => dev.stdout.split("deployed ").length > 2);
  const young = await module.start("pay", null);
  await Promise.all([old.send("go", null), young.send("go", null)]);
  expect([await old.response(), await young.response()]).toEqual(["old", "new"]);
});

test("`flawless dev` and its workers end gracefully on Ctrl-C", async () => {
  using directory = new TemporaryDirectory();
  await writeFile(directory.join("package.json"), '{"type":"module"}');
  await writeFile(directory.join("orders.ts"), source("return 1;"));
  await writeFile(directory.join("activities.ts"), "export const activities = { price: () => 7 };");
  const args = ["dev", "orders.ts", "--worker", "q=activities.ts", "--bind", "127.0.0.1:0"];
  await using dev = new CliProcess(args, { cwd: directory.path, group: true });
  await until(() => dev.stdout.includes("runs price") && dev.stdout.includes("deployed "));
  dev.killGroup("SIGINT");
  // Both write to the same pipes: they are closed when both have ended.
  const { code, stderr } = await dev.end;
  expect(code).toBe(0);
  expect(stderr).toContain("The worker has left its queue");
});

test("`flawless dev` reports another server on its directory or its port", async () => {
  using directory = new TemporaryDirectory();
  await writeFile(directory.join("orders.ts"), source("return 1;"));
  const args = ["dev", "orders.ts", "--bind", "127.0.0.1:0"];
  await using dev = new CliProcess(args, { cwd: directory.path });
  const url = / is ready on (\S+)/.exec(await dev.firstLine)?.[1] ?? "";
  await using second = new CliProcess(args, { cwd: directory.path });
  expect(await second.end).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(
      /^error: The working directory \S+ is in use by another server\./m,
    ),
  });
  const elsewhere = ["dev", "orders.ts", "--working-dir", "other", "--bind", new URL(url).host];
  await using third = new CliProcess(elsewhere, { cwd: directory.path });
  expect(await third.end).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^error: 127\.0\.0\.1:\d+ is in use/m),
  });
});

test.skipIf(process.platform !== "linux")(
  "`flawless dev --open` opens the page of workflows",
  async () => {
    using directory = new TemporaryDirectory();
    const opened = directory.join("opened");
    await writeFile(directory.join("orders.ts"), source("return 1;"));
    await writeFile(directory.join("xdg-open"), `#!/bin/sh\necho "$1" > "${opened}"\n`);
    await chmod(directory.join("xdg-open"), 0o755);
    const args = ["dev", "orders.ts", "--open", "--bind", "127.0.0.1:0"];
    await using dev = new CliProcess(args, {
      cwd: directory.path,
      env: { PATH: [directory.path, process.env["PATH"]].join(delimiter) },
    });
    const url = / is ready on (\S+)/.exec(await dev.firstLine)?.[1] ?? "";
    const read = (): Promise<string> => readFile(opened, "utf8").catch(() => "");
    await expect.poll(read).toBe(`${url}\n`);
  },
);

test("`flawless dev` says what --worker expects", async () => {
  const { code, stderr } = await runCli(["dev", "orders.ts", "--worker", "activities.ts"]);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining("such as orders=src/activities.ts, but got activities.ts"),
  });
});
