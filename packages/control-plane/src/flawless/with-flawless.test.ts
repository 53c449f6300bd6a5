import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { ControlPlane, Flawless, Worker } from "@flawless-ts/sdk";
import { startServer } from "@flawless-ts/server";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { describe, expect, onTestFinished, test } from "vitest";
import { startControlPlane } from "../control-plane.ts";

interface Together {
  readonly flawless: Flawless;
  readonly controlPlane: ControlPlane;
  /** Until the control plane's own modules are deployed. */
  readonly ready: () => Promise<void>;
}

/** A control plane at its defaults, with a Flawless server to which `modules` were deployed before. */
async function start(modules: readonly Uint8Array[] = []): Promise<Together> {
  const stack = new AsyncDisposableStack();
  onTestFinished(() => stack.disposeAsync());
  const directory = stack.use(new TemporaryDirectory());
  const server = stack.use(await startServer({ directory: directory.join("flawless"), port: 0 }));
  const flawless = stack.use(new Flawless({ url: server.url }));
  for (const module of modules) {
    await flawless.deploy(module);
  }
  const { url } = stack.use(
    await startControlPlane({
      directory: directory.join("control-plane"),
      port: 0,
      flawlessUrl: server.url,
    }),
  );
  const controlPlane = stack.use(new ControlPlane({ url }));
  const status = async (): Promise<unknown> => (await controlPlane.health()).status;
  const ready = async (): Promise<void> => {
    await expect.poll(status, { timeout: 20_000 }).toBe("ok");
  };
  return { flawless, controlPlane, ready };
}

describe("the genuine crawler", () => {
  test("can be deployed after the control plane's own module", async () => {
    const { flawless, ready } = await start();
    await ready();
    expect(await flawless.deploy(fixtureBytes("crawler"))).toMatchObject({
      name: "crawler",
      version: "0.1.8",
    });
  });

  test("is found by a control plane that starts later", async () => {
    const { flawless, ready } = await start([fixtureBytes("crawler")]);
    await ready();
    const names = (await flawless.listModules()).map(({ name }) => name);
    expect(names.toSorted()).toEqual(["crawler", "flawless-ts-crawler"]);
  });
});

test("a payload reaches the workflow as it was published, with every digit", async () => {
  const { flawless, controlPlane } = await start([fixtureBytes("conformance")]);
  const payload = { id: "order-7", exact: 2n ** 64n - 1n, text: "grün", none: null, list: [0.1] };
  const id = await controlPlane.publish({ payload });
  const echo = { module: "conformance", version: "1.0.0", workflow: "echo" } as const;
  await using worker = new Worker({
    controlPlane,
    flawless,
    toStart: (job) => ({ ...echo, input: job.payload }),
  });
  void worker.run();
  const status = async (): Promise<unknown> => (await controlPlane.job(id))?.status;
  await expect.poll(status, { timeout: 20_000 }).toBe("Completed");
  const { workflows } = await flawless.listWorkflows({ module: "conformance" });

  expect((await controlPlane.job(id))?.payload).toEqual(payload);
  expect((await flawless.workflow(workflows[0]?.id ?? "").info()).response).toBe(
    '{"id":"order-7","exact":18446744073709551615,"text":"grün","none":null,"list":[0.1]}',
  );
});
