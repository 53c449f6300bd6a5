import { Effect, Stream } from "effect";
import { expect, test } from "vitest";
import { FakeServer } from "../testing/fake-server.ts";
import { goodHealth, originalServer } from "../testing/server-answers.ts";
import type { ScheduleDescription } from "../connection/schedule-types.ts";
import { FlawlessClient } from "./flawless-client.ts";

const nightly: ScheduleDescription = {
  name: "nightly",
  cron: "0 2 * * *",
  timeZone: "UTC",
  everyMs: null,
  anchor: null,
  module: "reports",
  version: null,
  workflow: "daily",
  overlap: "skip",
  catchUpMs: 0,
  jitterMs: 0,
  pausedAt: null,
  endsAt: null,
  createdAt: "2026-01-02T02:30:00.000Z",
  updatedAt: "2026-01-02T02:30:00.000Z",
  nextAt: null,
  running: [],
  waitingAt: null,
  counts: { started: 0, skipped: 0, missed: 0, failed: 0 },
  input: "null",
  next: [],
  last: [],
};

const start = {
  at: "2026-01-02T02:00:00.000Z",
  kind: "trigger",
  decidedAt: "2026-01-02T02:00:00.000Z",
  outcome: "started",
  workflow: "wkf_1",
  error: null,
} as const;

function run<A, E>(server: FakeServer, program: Effect.Effect<A, E, FlawlessClient>): Promise<A> {
  const layer = FlawlessClient.layer({ url: server.url, sleep: async () => undefined });
  return Effect.runPromise(Effect.provide(program, layer));
}

test("schedules are created, listed, changed and deleted with effects", async () => {
  const described = { json: { ok: nightly } };
  const { name } = nightly;
  await using server = await FakeServer.start({
    ...goodHealth,
    "PUT /api/schedules/nightly": described,
    "GET /api/schedules/nightly": described,
    "PATCH /api/schedules/nightly": described,
    "POST /api/schedules/nightly/pause": { json: { ok: { ...nightly, pausedAt: start.at } } },
    "POST /api/schedules/nightly/resume": described,
    "POST /api/schedules/nightly/trigger": { json: { ok: start } },
    "POST /api/schedules/nightly/backfill": { json: { ok: { started: 2, startedBefore: 1 } } },
    "DELETE /api/schedules/nightly": { json: { ok: {} } },
    "GET /api/schedules": [
      { json: { ok: { schedules: [nightly], cursor: null } } },
      { json: { ok: { schedules: [nightly], cursor: "a" } } },
      { json: { ok: { schedules: [{ ...nightly, name: "other" }], cursor: null } } },
    ],
  });
  const program = Effect.gen(function* () {
    const { schedules } = yield* FlawlessClient;
    const range = { from: "2026-01-01T00:00:00Z", to: "2026-01-03T00:00:00Z" };
    return {
      created: yield* schedules.create({ name, cron: "0 2 * * *", workflow: "reports/daily" }),
      described: yield* schedules.describe(name, { times: 3 }),
      changed: yield* schedules.update(name, { overlap: "skip" }),
      pausedAt: (yield* schedules.pause(name)).pausedAt,
      resumed: yield* schedules.resume(name),
      start: yield* schedules.trigger(name, { overlap: "allow", idempotencyKey: "now" }),
      backfill: yield* schedules.backfill(name, range),
      page: (yield* schedules.page({ limit: 5 })).schedules.length,
      names: (yield* Stream.runCollect(schedules.list())).map((each) => each.name),
      deleted: yield* schedules.delete(name),
    };
  });

  expect(await run(server, program)).toEqual({
    created: nightly,
    described: nightly,
    changed: nightly,
    pausedAt: start.at,
    resumed: nightly,
    start,
    backfill: { started: 2, startedBefore: 1 },
    page: 1,
    names: ["nightly", "other"],
    deleted: undefined,
  });
  const paths = server.requests.map(({ path }) => path);
  expect(paths).toContain("/api/schedules/nightly?times=3");
  expect(paths).toContain("/api/schedules/nightly/trigger?overlap=allow");
  expect(paths).toContain("/api/schedules?limit=5");
  expect(paths).toContain("/api/schedules?cursor=a");
});

test("failures of schedules are errors of the effect, and of the stream", async () => {
  await using server = await FakeServer.start(originalServer);
  const program = Effect.gen(function* () {
    const { schedules } = yield* FlawlessClient;
    return [
      (yield* Effect.flip(schedules.pause("nightly")))._tag,
      (yield* Effect.flip(schedules.page({ limit: 0 })))._tag,
      (yield* Effect.flip(Stream.runCollect(schedules.list())))._tag,
    ];
  });
  expect(await run(server, program)).toEqual([
    "NotSupportedByServerError",
    "InvalidOptionError",
    "NotSupportedByServerError",
  ]);
});
