import {
  FlawlessConnectionError,
  ServerUnavailableError,
  type DeployedModule,
} from "@flawless-ts/sdk";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFailed, test } from "vitest";
import { OutsideWorld } from "./outside-world.ts";
import { ServerProcess } from "./server-process.ts";

const cleanEnd = { code: 0, signal: null };

let world: OutsideWorld;
let server: ServerProcess;
let conformance: DeployedModule;

beforeAll(async () => {
  world = await OutsideWorld.open();
});

afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
});

beforeEach(async () => {
  server = await ServerProcess.start();
  conformance = await server.flawless.deploy(fixtureBytes("conformance"));
  onTestFailed(() => console.error(`the server wrote:\n${server.output}`));
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

test("SIGTERM lets requests in flight finish, those of guests and of callers", async () => {
  const site = world.site("finish");
  const held = site.hold("/post");
  const input = { method: "POST", url: `${site.url}/post`, body: "once" };
  const answer = conformance.executeWithHandle("http", input);
  await held.arrived();
  server.terminate();
  await expectNoNewRequests();
  await held.answer();

  const { workflow, response } = await answer;
  expect(response).toMatchObject({ ok: { status: 200 } });
  expect(await server.end).toEqual(cleanEnd);
  await server.restart();
  expect(await workflow.completion()).toEqual({ status: "completed" });
  expect(site.requests).toHaveLength(1);
});

test("SIGTERM saves the response to a request that no caller waits for", async () => {
  const site = world.site("save");
  const held = site.hold("/post");
  const input = { method: "POST", url: `${site.url}/post`, body: "once" };
  const { id } = await conformance.start("http", input);
  await held.arrived();
  server.terminate();
  await expectNoNewRequests();
  await held.answer();

  expect(await server.end).toEqual(cleanEnd);
  await server.restart();
  const workflow = server.flawless.workflow(id);
  expect(await workflow.completion()).toEqual({ status: "completed" });
  expect(JSON.parse((await workflow.info()).response ?? "")).toMatchObject({
    ok: { status: 200 },
  });
  expect(site.requests).toHaveLength(1);
});

test("SIGTERM interrupts no request, however many are in flight or about to be sent", async () => {
  const site = world.site("many");
  const bodies = Array.from({ length: 60 }, (_, number) => `body ${number}`);
  const first = site.hold("/post");
  const starts = bodies.map((body) =>
    conformance.executeWithHandle("http", { method: "POST", url: `${site.url}/post`, body }),
  );
  const settled = Promise.allSettled(starts);
  await first.arrived();
  server.terminate();
  await first.answer();
  const started = await settled;
  expect(await server.end).toEqual(cleanEnd);
  await server.restart();

  const outcomes: unknown[] = [];
  for (const start of started) {
    if (start.status === "fulfilled") {
      const workflow = start.value.workflow;
      await workflow.completion();
      outcomes.push(JSON.parse((await workflow.info()).response ?? ""));
    }
  }
  expect(outcomes.filter((outcome) => !isOk(outcome))).toEqual([]);
  expect(outcomes.length).toBeGreaterThan(0);
});

test("after SIGTERM and a restart, sleeping and waiting workflows continue", async () => {
  const sleepers = await Promise.all(
    [1, 20, 60].map((ms) => conformance.start("sleep_steps", { count: 5, ms })),
  );
  const receiver = await conformance.start("receive_many", { count: 2 });
  await receiver.send("a", { n: 1 });
  server.terminate();
  expect(await server.end).toEqual(cleanEnd);
  await server.restart();
  await receiver.send("b", { n: 2 });

  for (const { id } of sleepers) {
    expect(await server.flawless.workflow(id).completion()).toEqual({ status: "completed" });
    expect(await server.flawless.workflow(id).info()).toMatchObject({ response: "5" });
  }
  await receiver.completion();
  expect(JSON.parse((await receiver.info()).response ?? "")).toEqual([
    { type: "a", n: 1 },
    { type: "b", n: 2 },
  ]);
});

test("after SIGTERM, callers of unfinished workflows get a retryable error", async () => {
  const waiting = conformance.execute("receive", null, { idempotencyKey: "approval" });
  const refusal = waiting.catch((error: unknown) => error);
  await expect.poll(receivers, { interval: 5 }).toHaveLength(1);
  server.terminate();

  expect(await refusal).toBeInstanceOf(ServerUnavailableError);
  expect(await server.end).toEqual(cleanEnd);
  await server.restart();
  const [id = ""] = await receivers();
  await server.flawless.workflow(id).send("approve", { by: "caller" });
  const again = await conformance.executeWithHandle("receive", null, {
    idempotencyKey: "approval",
  });
  expect([again.workflow.id, again.response]).toEqual([id, { by: "caller" }]);
});

test("a second SIGTERM ends the process immediately, and loses nothing", async () => {
  const site = world.site("impatient");
  const held = site.hold("/0");
  const urls = [0, 1, 2].map((index) => `${site.url}/${index}`);
  const input = { urls, idempotent: true };
  const { id } = await conformance.start("http_sequence", input);
  await held.arrived();
  server.terminate();
  await expectNoNewRequests();
  server.terminate();

  expect(await server.end).toEqual({ code: 143, signal: null });
  await server.restart();
  expect(await server.flawless.workflow(id).completion()).toEqual({ status: "completed" });
});

function isOk(outcome: unknown): boolean {
  return typeof outcome === "object" && outcome !== null && "ok" in outcome;
}

/** The ids of the workflows that wait for a message. */
async function receivers(): Promise<readonly string[]> {
  const { workflows } = await server.flawless.listWorkflows({ workflow: "receive" });
  return workflows.filter(({ waiting }) => waiting?.on === "message").map(({ id }) => id);
}

/** Resolves when the server has begun to stop. */
async function expectNoNewRequests(): Promise<void> {
  const ask = async (): Promise<unknown> => server.flawless.version().catch((error) => error);
  const refused = (answer: unknown): boolean =>
    FlawlessConnectionError.is(answer) || ServerUnavailableError.is(answer);
  await expect.poll(async () => refused(await ask()), { interval: 5 }).toBe(true);
}
