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

/** A control plane with default options, and a Flawless server on which `modules` were deployed before. */
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

/** JSON texts exactly as JavaScript writes them. */
const payloads: readonly string[] = [
  '{"id":"order-7","exact":18446744073709551615,"least":-9223372036854775808,"none":null,"list":[0.1]}',
  '{"text":"grün, 日本, 🐎, \\"quoted\\" \\\\ \\u0000\\n\u2028","":"no name","žluť":{"__proto__":{"deep":[[],{}]}}}',
  "[1.7976931348623157e+308,5e-324,-0.5,9007199254740993,true]",
  `${"[".repeat(90)}1${"]".repeat(90)}`,
  '"text alone"',
  "null",
];

test("payloads reach the workflow unchanged, to the last digit", { timeout: 120_000 }, async () => {
  const { flawless, controlPlane } = await start();
  const module = await flawless.deploy(fixtureBytes("conformance"));
  await using worker = new Worker({
    controlPlane,
    flawless,
    toStart: { module, workflow: "echo" },
    idleDelayMs: 10,
  });
  void worker.run();
  for (const [index, payload] of payloads.entries()) {
    const id = `job-with-payload-${index}`;
    const published = await fetch(`${controlPlane.url}/api/queue/publish`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: `{"job_id":"${id}","payload":${payload}}`,
    });
    expect(published.status).toBe(200);
    const status = async (): Promise<unknown> => (await controlPlane.job(id))?.status;
    await expect.poll(status, { timeout: 20_000 }).toBe("Completed");
    const { workflows } = await flawless.listWorkflows({ module: module.name, limit: 1 });
    const workflow = flawless.workflow(workflows[0]?.id ?? "");
    expect((await workflow.journal()).input).toBe(payload);
    expect((await workflow.info()).response).toBe(payload);
  }
});
