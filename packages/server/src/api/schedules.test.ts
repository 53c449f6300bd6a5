import { expect, test, vi } from "vitest";
import { EngineError } from "../errors.ts";
import { fakeEngine } from "../testing/fake-engine.ts";
import { createApi } from "./create-api.ts";
import type { ScheduleApi } from "./engine-api.ts";

type Answer = { readonly status: number; readonly code: unknown; readonly body: unknown };

async function ask(
  methods: Partial<ScheduleApi>,
  method: "GET" | "PUT" | "PATCH" | "POST" | "DELETE",
  url: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const engine = fakeEngine();
  const api = createApi({ ...engine, schedules: { ...engine.schedules, ...methods } });
  const answer = await api.inject({ method, url, headers, ...(body && { payload: body }) });
  await api.close();
  const { "flawless-error-code": code } = answer.headers;
  return { status: answer.statusCode, code, body: answer.json() };
}

const request = { module: "m", workflow: "w", cron: "@daily" };

test("a schedule is created under the name in the path, with the body's settings", async () => {
  const create = vi.fn<ScheduleApi["create"]>(fakeEngine().schedules.create);
  const answer = await ask({ create }, "PUT", "/api/schedules/nightly", request);
  expect(answer).toMatchObject({ status: 200, body: { ok: { name: "hourly", last: [{}] } } });
  expect(create.mock.calls).toEqual([["nightly", { ...request, input: "null" }]]);
});

test.each([
  ["an unknown member", { ...request, crno: "x" }],
  ["no workflow", { module: "m", cron: "@daily" }],
  ["an unknown overlap", { ...request, overlap: "no" }],
  ["a duration that isn't a number", { ...request, catchUpMs: "1d" }],
])("%s is refused", async (_what, body) => {
  const answer = await ask({}, "PUT", "/api/schedules/s", body);
  expect(answer).toMatchObject({ status: 400, code: "INVALID_REQUEST" });
});

test("a change contains only what changes", async () => {
  const update = vi.fn<ScheduleApi["update"]>(fakeEngine().schedules.update);
  const changes = { version: null, endsAt: null, everyMs: 5_000 };
  expect(await ask({ update }, "PATCH", "/api/schedules/s", changes)).toMatchObject({ status: 200 });
  expect(update.mock.calls).toEqual([["s", changes]]);
});

test("a manual start has the caller's key, or a new one", async () => {
  const trigger = vi.fn<ScheduleApi["trigger"]>(fakeEngine().schedules.trigger);
  const url = "/api/schedules/s/trigger?overlap=allow";
  await ask({ trigger }, "POST", url, undefined, { "idempotency-key": "k" });
  await ask({ trigger }, "POST", "/api/schedules/s/trigger");
  expect(trigger.mock.calls).toEqual([
    ["s", { key: "k", overlap: "allow" }],
    ["s", { key: expect.stringMatching(/^[\w-]{36}$/) as string, overlap: undefined }],
  ]);
});

test.each([
  ["SCHEDULE_NOT_FOUND", 404],
  ["SCHEDULE_EXISTS", 409],
  ["LIMIT_REACHED", 429],
  ["INVALID_REQUEST", 400],
] as const)("%s is answered with %d", async (code, status) => {
  const create = async (): Promise<never> => {
    throw new EngineError(code, "No.");
  };
  expect(await ask({ create }, "PUT", "/api/schedules/s", request)).toMatchObject({ status, code });
});

test("other operations are passed on unchanged", async () => {
  const range = { from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z" };
  const methods = {
    list: vi.fn<ScheduleApi["list"]>(fakeEngine().schedules.list),
    describe: vi.fn<ScheduleApi["describe"]>(fakeEngine().schedules.describe),
    backfill: vi.fn<ScheduleApi["backfill"]>(fakeEngine().schedules.backfill),
    pause: vi.fn<ScheduleApi["pause"]>(fakeEngine().schedules.pause),
    resume: vi.fn<ScheduleApi["resume"]>(fakeEngine().schedules.resume),
    delete: vi.fn<ScheduleApi["delete"]>(fakeEngine().schedules.delete),
  };
  const answers = [
    await ask(methods, "GET", "/api/schedules?limit=5&cursor=a"),
    await ask(methods, "GET", "/api/schedules/s?times=3"),
    await ask(methods, "POST", "/api/schedules/s/backfill", range),
    await ask(methods, "POST", "/api/schedules/s/pause"),
    await ask(methods, "POST", "/api/schedules/s/resume"),
    await ask(methods, "DELETE", "/api/schedules/s"),
  ];
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
  expect(methods.list).toHaveBeenCalledWith({ limit: 5, cursor: "a" });
  expect(methods.describe).toHaveBeenCalledWith("s", { times: 3 });
  expect(methods.backfill).toHaveBeenCalledWith("s", range);
  for (const method of [methods.pause, methods.resume, methods.delete]) {
    expect(method).toHaveBeenCalledWith("s");
  }
  expect(await ask(methods, "GET", "/api/schedules?limit=0")).toMatchObject({ status: 400 });
  expect(await ask(methods, "GET", "/api/schedules/s?times=101")).toMatchObject({ status: 400 });
});
