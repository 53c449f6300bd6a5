import {
  Cause,
  type Config,
  ConfigProvider,
  Effect,
  Exit,
  Fiber,
  Layer,
  Option,
  Stream,
} from "effect";
import { describe, expect, test } from "vitest";
import type { ControlPlaneOptions } from "../control-plane/options.ts";
import type { InvalidOptionError } from "../errors/index.ts";
import { clientOf } from "../testing/client-of.ts";
import {
  controlPlaneOf,
  firstForm,
  secondForm,
  secondFormJob,
} from "../testing/control-plane-answers.ts";
import { FakeControlPlane } from "../testing/fake-cluster.ts";
import { startFlawless } from "../testing/fake-flawless.ts";
import { FakeServer } from "../testing/fake-server.ts";
import { HeldSleep } from "../testing/held-sleep.ts";
import { ControlPlaneClient } from "./control-plane-client.ts";
import { runWorker } from "./run-worker.ts";

const topic = "0f".repeat(32);

/** Runs a program with a client of this server, without pauses. */
async function run<A, E>(
  server: { readonly url: string },
  program: Effect.Effect<A, E, ControlPlaneClient>,
  options: Partial<ControlPlaneOptions> = {},
): Promise<A> {
  const layer = ControlPlaneClient.layer({
    url: server.url,
    sleep: async () => undefined,
    ...options,
  });
  return await Effect.runPromise(Effect.provide(program, layer));
}

const worker = {
  id: "w",
  worker_type: "wasm",
  status: "online",
  endpoint_id: "w",
  registered_at: 1,
  last_heartbeat: 2,
};

describe("ControlPlaneClient", () => {
  test("does what ControlPlane does", async () => {
    await using server = await FakeServer.start({
      ...secondForm,
      "GET /health": { json: { status: "ok" } },
      "POST /api/queue/publish": { text: "Job job-7 published" },
      "POST /api/queue/claim": [{ json: secondFormJob }, { status: 204, text: "" }],
      "GET /api/queue/list": { json: [secondFormJob] },
      "POST /api/queue/status/job-7": { text: "" },
      "POST /new-job": { text: "" },
      "POST /ui-update": { text: "" },
      "GET /api/nodes": { json: [{ id: "node-1" }] },
      "POST /api/workers/register": { status: 201, json: worker },
      "POST /api/workers/w/heartbeat": { text: "" },
      "GET /api/workers": { json: [worker] },
      "GET /api/workers/w": { json: worker },
      "POST /api/workers/w/drain": { text: "" },
      "GET /api/workers/stats": { json: { total: 1, online: 1, draining: 0, offline: 0 } },
      "POST /api/iroh/blob/store": { json: { hash: "abc" } },
      "GET /api/iroh/blob/abc": { text: "bytes" },
      "POST /api/iroh/gossip/join": { text: "" },
      "POST /api/iroh/gossip/broadcast": { text: "" },
    });
    const program = Effect.gen(function* () {
      const client = yield* ControlPlaneClient;
      yield* client.waitUntilReady();
      const results = {
        url: client.url,
        same: client.client.url,
        form: yield* client.form(),
        published: yield* client.publish({ payload: { url: "u" } }),
        claimed: Option.map(yield* client.claim({ workerId: "w" }), ({ id }) => id),
        none: yield* client.claim(),
        listed: (yield* client.list()).length,
        found: Option.isSome(yield* client.job("job-7")),
        missing: Option.isSome(yield* client.job("job-8")),
        total: (yield* client.stats()).total,
        health: (yield* client.health()).status,
        nodes: (yield* client.nodes()).length,
        registered: yield* client.workers.register({ type: "wasm", name: "w" }),
        workers: (yield* client.workers.list()).length,
        worker: (yield* client.workers.get("w")).status,
        online: (yield* client.workers.stats()).online,
        stored: yield* client.blobs.store(new Uint8Array([1])),
        bytes: (yield* client.blobs.get("abc")).length,
        streamed: Buffer.concat(yield* Stream.runCollect(client.blobs.stream("abc"))).toString(),
      };
      yield* client.setStatus("job-7", "Failed", { errorMessage: "because" });
      yield* client.newJob("u");
      yield* client.uiUpdate({ id: 7, status: "Done", url: "u", urlsLeft: 0 });
      yield* client.workers.heartbeat("w", 1);
      yield* client.workers.drain("w");
      yield* client.gossip.join(topic);
      yield* client.gossip.broadcast(topic, "hello");
      return results;
    });
    expect(await run(server, program)).toEqual({
      url: server.url,
      same: server.url,
      form: "second",
      published: "job-7",
      claimed: Option.some("job-7"),
      none: Option.none(),
      listed: 1,
      found: true,
      missing: false,
      total: 7,
      health: "ok",
      nodes: 1,
      registered: "w",
      workers: 1,
      worker: "online",
      online: 1,
      stored: "abc",
      bytes: 5,
      streamed: "bytes",
    });
    expect(server.seen("POST /api/queue/claim")[0]?.path).toContain("worker_id=w");
    expect(server.seen("POST /api/queue/status/job-7")[0]?.body.toString()).toContain("because");
    const posts = ["/new-job", "/ui-update", "/api/workers/w/heartbeat", "/api/workers/w/drain"];
    for (const path of [...posts, "/api/iroh/gossip/join", "/api/iroh/gossip/broadcast"]) {
      expect(server.seen(`POST ${path}`)).toHaveLength(1);
    }
  });

  test("errors are caught by their tags", async () => {
    await using server = await FakeServer.start(firstForm);
    const program = Effect.gen(function* () {
      const client = yield* ControlPlaneClient;
      const unsupported = yield* client.workers
        .list()
        .pipe(
          Effect.catchTag("NotSupportedByServerError", ({ feature }) => Effect.succeed(feature)),
        );
      const messages = Stream.runCollect(client.gossip.subscribe(topic)).pipe(
        Effect.catchTag("NotFoundError", ({ status }) => Effect.succeed(status)),
      );
      return [unsupported, yield* messages];
    });
    expect(await run(server, program)).toEqual(["registering workers", 404]);
  });

  test("interruption ends listening", async () => {
    await using server = await FakeServer.start({
      ...secondForm,
      [`GET /api/iroh/gossip/subscribe/${topic}`]: {
        chunks: ["data: one\n\n"],
        after: "stay open",
      },
    });
    const heard = Promise.withResolvers<string>();
    const program = Effect.gen(function* () {
      const client = yield* ControlPlaneClient;
      const listening = Stream.runForEach(client.gossip.subscribe(topic), ({ data }) =>
        Effect.sync(() => heard.resolve(data)),
      );
      const fiber = yield* Effect.forkChild(listening);
      const data = yield* Effect.promise(() => heard.promise);
      yield* Fiber.interrupt(fiber);
      const exit = yield* Fiber.await(fiber);
      // Before the layer closes its client, which closes all connections.
      yield* Effect.promise(() => server.noConnections());
      return [data, Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)];
    });
    expect(await run(server, program, { form: "second" })).toEqual(["one", true]);
  });

  test("taking a part of a stream ends it", async () => {
    await using server = await FakeServer.start({
      ...secondForm,
      [`GET /api/iroh/gossip/subscribe/${topic}`]: {
        chunks: ["data: one\n\ndata: two\n\n"],
        after: "stay open",
      },
    });
    const program = Effect.gen(function* () {
      const client = yield* ControlPlaneClient;
      const taken = yield* Stream.runCollect(Stream.take(client.gossip.subscribe(topic), 1));
      yield* Effect.promise(() => server.noConnections());
      return taken;
    });
    expect(await run(server, program, { form: "second" })).toEqual([
      { event: "message", data: "one", id: null },
    ]);
  });

  test("the control plane comes from the configuration", async () => {
    await using server = await FakeServer.start(secondForm);
    const configured = (
      env: Readonly<Record<string, string>>,
    ): Layer.Layer<ControlPlaneClient, InvalidOptionError | Config.ConfigError> =>
      Layer.provide(
        ControlPlaneClient.layerConfig(),
        ConfigProvider.layer(ConfigProvider.fromEnv({ env })),
      );
    const form = Effect.gen(function* () {
      return yield* (yield* ControlPlaneClient).form();
    });
    const given = { CONTROL_PLANE_TICKET: server.url, CONTROL_PLANE_TOKEN: "secret" };
    expect(await Effect.runPromise(Effect.provide(form, configured(given)))).toBe("second");
    expect(server.requests[0]?.headers.authorization).toBe("Bearer secret");
    const iroh = configured({ CONTROL_PLANE_TICKET: "iroh+h3://abc" });
    expect(await Effect.runPromise(Effect.flip(Effect.provide(form, iroh)))).toMatchObject({
      option: "CONTROL_PLANE_TICKET",
    });
    const none = await Effect.runPromiseExit(Effect.provide(form, configured({})));
    expect(Exit.isFailure(none)).toBe(true);
  });
});

describe("runWorker", () => {
  test("works until it is interrupted, and returns its jobs", async () => {
    await using plane = await FakeControlPlane.start("second");
    await using flawless = await startFlawless();
    await using controlPlaneClient = controlPlaneOf(plane);
    await using flawlessClient = clientOf(flawless);
    plane.add(1);
    const sleep = new HeldSleep(30_000, 8000).sleep;
    const working = runWorker({
      controlPlane: controlPlaneClient,
      flawless: flawlessClient,
      sleep,
    });
    const program = Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(working);
      yield* Effect.promise(() => plane.until("job-1 Completed"));
      yield* Fiber.interrupt(fiber);
    });
    await Effect.runPromise(program);
    expect(plane.events.at(-1)).toBe("drain");
  });

  test("fails with the error that prevents it from working", async () => {
    await using plane = await FakeControlPlane.start("second", {
      "POST /api/workers/register": { status: 401, text: "who?" },
    });
    await using controlPlane = controlPlaneOf(plane);
    const failing = runWorker({ controlPlane, run: async () => undefined });
    expect(await Effect.runPromise(Effect.flip(failing))).toMatchObject({
      _tag: "UnauthorizedError",
    });
    const invalid = runWorker({ controlPlane });
    expect(await Effect.runPromise(Effect.flip(invalid))).toMatchObject({ option: "flawless" });
  });
});
