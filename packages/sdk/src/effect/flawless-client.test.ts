import { defineContract, defineModule, defineWorkflow, type } from "@flawless-ts/wasm-module";
import {
  Cause,
  type Config,
  ConfigProvider,
  Effect,
  Exit,
  Fiber,
  Layer,
  Schema,
  Stream,
} from "effect";
import { describe, expect, expectTypeOf, test } from "vitest";
import type { FlawlessOptions } from "../options/flawless-options.ts";
import { FakeServer, unusedUrl, type FakeAnswer } from "../testing/fake-server.ts";
import {
  completedWorkflow,
  goodHealth,
  originalServer,
  refusal,
  runningWorkflow,
} from "../testing/server-answers.ts";
import type { InvalidOptionError } from "../errors/index.ts";
import type { ExtraRequestError, ResponseError, SendError, StartError } from "./client-errors.ts";
import type { EffectModule } from "./effect-module.ts";
import type { EffectWorkflow } from "./effect-workflow.ts";
import { FlawlessClient } from "./flawless-client.ts";

/** Runs a program with a client of this server, without pauses. */
async function run<A, E>(
  server: { readonly url: string },
  program: Effect.Effect<A, E, FlawlessClient>,
  options: Partial<FlawlessOptions> = {},
): Promise<A> {
  const layer = FlawlessClient.layer({ url: server.url, sleep: async () => undefined, ...options });
  return Effect.runPromise(Effect.provide(program, layer));
}

const shop = defineContract({
  name: "shop",
  version: "1.0.0",
  workflows: {
    checkout: {
      input: Schema.toStandardSchemaV1(Schema.Struct({ order: Schema.Int })),
      response: type<string>(),
      messages: { approve: type<boolean>(), ping: type<undefined>() },
    },
    nightly: {},
  },
});

const deployed: FakeAnswer = { json: { ok: { name: "shop", version: "1.0.0" } } };
const started: FakeAnswer = { json: { ok: { id: "wkf_1", response: '"done"' } } };

describe("FlawlessClient", () => {
  test("deploys, starts, sends, watches and cancels", async () => {
    const cancelled = { ...completedWorkflow, status: "cancelled" } as const;
    const journal = { ...runningWorkflow, input: "null", steps: [] };
    await using server = await FakeServer.start({
      ...goodHealth,
      "GET /version": { text: "0.1.0" },
      "POST /api/module/deploy": deployed,
      "POST /api/workflow/start": started,
      "POST /api/workflow/send-msg/wkf_1": { text: '"ok"' },
      "GET /api/workflows/wkf_1": { json: { ok: runningWorkflow } },
      "GET /api/workflows/wkf_1/journal": { json: { ok: journal } },
      "GET /api/workflows/wkf_1/state": { json: { ok: { state: '{"step":1}' } } },
      "POST /api/workflows/wkf_1/updates": {
        json: { ok: { status: "answered", key: "k", value: "3" } },
      },
      "POST /api/workflows/wkf_1/cancel": { json: { ok: cancelled } },
      "POST /api/workflows/wkf_1/terminate": { json: { ok: cancelled } },
      "POST /api/workflows/terminate": { json: { ok: { count: 3, cursor: null } } },
      "POST /api/workflows/restart": {
        json: { ok: { count: 2, failed: 0, failures: [], cursor: null } },
      },
      "GET /api/workflows/wkf_1/wait": { json: { ok: cancelled } },
      "GET /api/modules": { json: { ok: [] } },
    });
    const program = Effect.gen(function* () {
      const flawless = yield* FlawlessClient;
      yield* flawless.waitUntilReady();
      const module = yield* flawless.deploy(Uint8Array.of(0), { contract: shop });
      const checkout = yield* module.start("checkout", { order: 7 }, { idempotencyKey: "k" });
      yield* checkout.send("approve", true);
      yield* checkout.send("ping");
      return {
        url: flawless.url,
        version: yield* flawless.version(),
        health: (yield* flawless.health()).status,
        module: [module.name, module.version],
        run: [checkout.id, yield* module.execute("checkout", { order: 7 })],
        status: (yield* checkout.info()).status,
        steps: (yield* checkout.journal()).steps,
        published: yield* checkout.state(),
        updated: yield* (yield* flawless.workflow("wkf_1")).update("add", 1, {
          idempotencyKey: "u",
        }),
        cancelled: (yield* checkout.cancel()).status,
        terminated: (yield* checkout.terminate()).status,
        others: yield* flawless.terminateWorkflows({ module: "shop" }),
        restarted: (yield* flawless.restartWorkflows({ status: "failed" })).count,
        completion: yield* checkout.completion(),
        modules: yield* flawless.listModules(),
      };
    });
    expect(await run(server, program)).toEqual({
      url: server.url,
      version: "0.1.0",
      health: "ok",
      module: ["shop", "1.0.0"],
      run: ["wkf_1", "done"],
      status: "running",
      steps: [],
      published: { step: 1 },
      updated: 3,
      cancelled: "cancelled",
      terminated: "cancelled",
      others: 3,
      restarted: 2,
      completion: { status: "cancelled" },
      modules: [],
    });
    expect(server.seen("POST /api/workflow/start")[0]?.headers["idempotency-key"]).toBe("k");
  });

  test("supports exact integers, optional inputs, and schemas' conversions", async () => {
    await using server = await FakeServer.start({
      "POST /api/workflow/start": {
        json: { ok: { id: "wkf_1", response: '{"id":9007199254740993,"at":"2026-01-02"}' } },
      },
      "POST /api/workflow/send-msg/wkf_1": { text: '"ok"' },
    });
    const at = Schema.toStandardSchemaV1(Schema.Struct({ at: Schema.DateFromString }));
    const elsewhere = defineContract({
      name: "elsewhere",
      version: "1",
      workflows: { w: { input: at, response: at } },
    });
    const module = defineModule({
      name: "module",
      version: "1",
      workflows: {
        optional: async (input?: { readonly id: number | bigint }) => input ?? { id: 1 },
        dated: defineWorkflow({
          input: at,
          messages: { move: at },
          run: async (input) => {
            expectTypeOf(input.at).toEqualTypeOf<Date>();
          },
        }),
      },
    });
    const program = Effect.gen(function* () {
      const flawless = yield* FlawlessClient;
      const own = yield* flawless.module(module);
      const optional = yield* own.execute("optional");
      expectTypeOf(optional).toEqualTypeOf<{ readonly id: number | bigint }>();
      yield* own.execute("optional", { id: 9007199254740993n });
      yield* own.execute("dated", { at: "2026-01-02" });
      const dated = yield* own.workflow("dated", "wkf_1");
      yield* dated.send("move", { at: "2026-01-03" });
      const other = yield* flawless.module(elsewhere);
      const converted = yield* other.execute("w", { at: "2026-01-02" });
      const lost = yield* Effect.flip(own.execute("optional", { id: Number.NaN }));
      return { id: optional.id, at: converted.at, lost: lost._tag };
    });
    expect(await run(server, program)).toEqual({
      id: 9007199254740993n,
      at: new Date("2026-01-02"),
      lost: "NotJsonError",
    });
    const sent = server.requests.map(({ body }) => {
      const { input, data } = JSON.parse(body.toString()) as Readonly<Record<string, string>>;
      return input ?? data;
    });
    expect(sent).toEqual([
      "null",
      '{"id":9007199254740993}',
      '{"at":"2026-01-02"}',
      '{"at":"2026-01-03"}',
      '{"at":"2026-01-02T00:00:00.000Z"}',
    ]);
  });

  test("finds modules and workflows by name and id", async () => {
    await using server = await FakeServer.start({
      ...goodHealth,
      "POST /api/workflow/start": started,
      "GET /api/workflows/wkf_7": { json: { ok: { ...runningWorkflow, id: "wkf_7" } } },
      "POST /api/workflow/send-msg/wkf_7": { text: '"ok"' },
    });
    const program = Effect.gen(function* () {
      const flawless = yield* FlawlessClient;
      const typed = yield* flawless.module(shop);
      const untyped = yield* flawless.module("shop", "1.0.0");
      yield* (yield* typed.workflow("checkout", "wkf_7")).send("approve", false);
      const byId = yield* flawless.workflow("wkf_7");
      return {
        started: (yield* typed.start("checkout", { order: 1 })).id,
        untyped: yield* untyped.execute("checkout", { order: 1 }),
        byId: (yield* byId.info()).id,
      };
    });
    expect(await run(server, program)).toEqual({
      started: "wkf_1",
      untyped: "done",
      byId: "wkf_7",
    });
  });

  test("streams all workflows, page by page", async () => {
    const page = (id: string, cursor: string | null): FakeAnswer => ({
      json: { ok: { workflows: [{ ...runningWorkflow, id }], cursor } },
    });
    await using server = await FakeServer.start({
      "GET /api/workflows": [page("wkf_1", "p2"), page("wkf_2", "p3"), page("wkf_3", null)],
    });
    const ids = (count: number): Effect.Effect<string[], ExtraRequestError, FlawlessClient> =>
      Effect.gen(function* () {
        const flawless = yield* FlawlessClient;
        const all = flawless.workflows({ status: "running" });
        return (yield* Stream.runCollect(Stream.take(all, count))).map(({ id }) => id);
      });
    expect(await run(server, ids(9))).toEqual(["wkf_1", "wkf_2", "wkf_3"]);
    expect(server.requests.map(({ path }) => path)).toEqual([
      "/api/workflows?status=running",
      "/api/workflows?status=running&cursor=p2",
      "/api/workflows?status=running&cursor=p3",
    ]);
    expect(await run(server, ids(1))).toEqual(["wkf_3"]);
    expect(server.requests).toHaveLength(4);
  });
});

describe("errors", () => {
  test("are caught by their tags", async () => {
    await using server = await FakeServer.start({
      ...originalServer,
      "POST /api/workflow/start": refusal(404, "MODULE_NOT_FOUND", "no shop 1.0.0"),
    });
    const start = Effect.gen(function* () {
      const flawless = yield* FlawlessClient;
      const module = yield* flawless.module(shop);
      return yield* module.execute("checkout", { order: 7 });
    });
    const caught = start.pipe(
      Effect.catchTag("NotFoundError", (error) => Effect.succeed(error.serverMessage)),
    );
    expect(await run(server, caught)).toBe("no shop 1.0.0");

    const wrong = Effect.gen(function* () {
      const flawless = yield* FlawlessClient;
      const module = yield* flawless.module(shop);
      return yield* module.execute("checkout", { order: 1.5 });
    }).pipe(Effect.catchTag("ContractError", (error) => Effect.succeed(error.issues[0]?.path)));
    expect(await run(server, wrong)).toBe("$.order");

    const listed = Effect.gen(function* () {
      const flawless = yield* FlawlessClient;
      return yield* flawless.listModules();
    }).pipe(
      Effect.catchTag("NotSupportedByServerError", (error) => Effect.succeed(error.serverVersion)),
    );
    expect(await run(server, listed)).toBe("1.0.0-beta.3");
  });

  test("report a missing server", async () => {
    const program = Effect.gen(function* () {
      const flawless = yield* FlawlessClient;
      return yield* flawless.version();
    }).pipe(Effect.catchTag("FlawlessConnectionError", (error) => Effect.succeed(error.maybeSent)));
    expect(await run({ url: await unusedUrl() }, program)).toBe(false);
  });

  test("of invalid options occur when the layer is built", async () => {
    const program = Effect.gen(function* () {
      return (yield* FlawlessClient).url;
    });
    const exit = await Effect.runPromiseExit(
      Effect.provide(program, FlawlessClient.layer({ url: "nowhere" })),
    );
    expect(Exit.isFailure(exit) && Cause.squash(exit.cause)).toMatchObject({
      _tag: "InvalidOptionError",
      option: "url",
    });
  });

  test("other than Flawless errors are defects", async () => {
    const broken = new Error("broken sleep");
    const sleep = (): Promise<void> => Promise.reject(broken);
    const program = Effect.gen(function* () {
      return yield* (yield* FlawlessClient).version();
    });
    const layer = FlawlessClient.layer({ url: await unusedUrl(), sleep });
    const exit = await Effect.runPromiseExit(Effect.provide(program, layer));
    expect(Exit.isFailure(exit) && exit.cause.reasons).toMatchObject([
      { _tag: "Die", defect: broken },
    ]);
  });
});

describe("interruption", () => {
  test("aborts the request", async () => {
    const asked = Promise.withResolvers<void>();
    await using server = await FakeServer.start({
      "GET /version": () => {
        asked.resolve();
        return "stay silent";
      },
    });
    const program = Effect.gen(function* () {
      const flawless = yield* FlawlessClient;
      const fiber = yield* Effect.forkChild(flawless.version());
      yield* Effect.promise(() => asked.promise);
      yield* Effect.promise(async () => expect(await server.openConnections()).toBe(1));
      yield* Fiber.interrupt(fiber);
      yield* Effect.promise(() => server.noConnections());
      return yield* Fiber.await(fiber);
    });
    const exit = await run(server, program);
    expect(Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)).toBe(true);
  });
});

describe("the layer", () => {
  test("closes its client with its scope", async () => {
    await using server = await FakeServer.start({ "GET /version": { text: "0.1.0" } });
    const escaped = await run(
      server,
      Effect.gen(function* () {
        return yield* FlawlessClient;
      }),
    );
    expect(await Effect.runPromise(Effect.flip(escaped.version()))).toMatchObject({
      _tag: "ClientClosedError",
    });
  });

  test("reads URL and token from the configuration", async () => {
    await using server = await FakeServer.start({ "GET /version": { text: "0.1.0" } });
    const program = Effect.gen(function* () {
      const flawless = yield* FlawlessClient;
      return [flawless.url, yield* flawless.version()];
    });
    const configured = (
      env: Readonly<Record<string, string>>,
    ): Layer.Layer<FlawlessClient, InvalidOptionError | Config.ConfigError> =>
      Layer.provide(
        FlawlessClient.layerConfig(),
        ConfigProvider.layer(ConfigProvider.fromEnv({ env })),
      );
    const given = configured({ FLAWLESS_URL: server.url, FLAWLESS_TOKEN: "secret" });
    expect(await Effect.runPromise(Effect.provide(program, given))).toEqual([server.url, "0.1.0"]);
    expect(server.requests[0]?.headers.authorization).toBe("Bearer secret");
    const url = Effect.gen(function* () {
      return (yield* FlawlessClient).url;
    });
    expect(await Effect.runPromise(Effect.provide(url, configured({})))).toBe(
      "http://127.0.0.1:27288",
    );
  });
});

test("the types follow the contract", () => {
  type Shop = EffectModule<typeof shop>;
  const check = (module: Shop, workflow: EffectWorkflow<typeof shop, "checkout">): void => {
    expectTypeOf(module.start("checkout", { order: 1 })).toEqualTypeOf<
      Effect.Effect<EffectWorkflow<typeof shop, "checkout">, StartError>
    >();
    expectTypeOf(module.execute("checkout", { order: 1 })).toEqualTypeOf<
      Effect.Effect<string, StartError>
    >();
    expectTypeOf(workflow.response()).toEqualTypeOf<Effect.Effect<string, ResponseError>>();
    expectTypeOf(module.start("nightly", undefined)).toEqualTypeOf<
      Effect.Effect<EffectWorkflow<typeof shop, "nightly">, StartError>
    >();
    expectTypeOf(workflow.send("approve", true)).toEqualTypeOf<Effect.Effect<void, SendError>>();
    // @ts-expect-error the input is missing
    module.start("checkout");
    // @ts-expect-error a fiber's interruption replaces signals
    module.start("nightly", undefined, { signal: new AbortController().signal });
    // @ts-expect-error the data is wrong
    workflow.send("approve", "yes");
  };
  expect(check).toBeTypeOf("function");
});
