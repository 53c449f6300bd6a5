import { describe, expect, test } from "vitest";
import {
  controlPlaneOf,
  firstForm,
  firstFormJob,
  secondForm,
  secondFormJob,
} from "../testing/control-plane-answers.ts";
import { FakeServer, type SeenRequest } from "../testing/fake-server.ts";
import { refusal } from "../testing/server-answers.ts";
import type { ControlPlane } from "./control-plane.ts";
import type { Job } from "./types.ts";

const job: Job = {
  id: "job-7",
  status: "Claimed",
  payload: { id: 7, url: "https://example.com" },
  claimedBy: "node-1",
  completedBy: null,
  assignedWorkerId: null,
  createdAt: 1_700_000_000,
  updatedAt: 1_700_000_009,
  startedAt: null,
  errorMessage: null,
  retryCount: 0,
  workerTypes: [],
  requestId: null,
};
const secondJob: Job = {
  ...job,
  requestId: "request-1",
  assignedWorkerId: "worker-1",
  retryCount: 1,
  workerTypes: ["wasm"],
};

function bodyOf(request: SeenRequest | undefined): unknown {
  return JSON.parse(request?.body.toString() ?? "");
}

describe("publish", () => {
  test("first form: sends id and payload", async () => {
    await using server = await FakeServer.start({
      ...firstForm,
      "POST /queue/publish": { text: "" },
    });
    await using client = controlPlaneOf(server);
    expect(await client.publish({ id: 'a"b', payload: { n: 9_007_199_254_740_993n } })).toBe('a"b');
    expect(server.seen("POST /queue/publish")[0]?.body.toString()).toBe(
      '{"job_id":"a\\"b","payload":{"n":9007199254740993}}',
    );
  });

  test("first form: generates an id", async () => {
    await using server = await FakeServer.start({
      ...firstForm,
      "POST /queue/publish": { text: "" },
    });
    await using client = controlPlaneOf(server);
    const ids = [await client.publish({ payload: 1 }), await client.publish({ payload: 1 })];
    expect(new Set(ids).size).toBe(2);
    const sent = server.seen("POST /queue/publish").map(bodyOf);
    expect(sent).toEqual(ids.map((id) => ({ job_id: id, payload: 1 })));
  });

  test("payloads keep the digits of 64-bit integers in both directions", async () => {
    const job =
      '{"job_id":"a","payload":{"id":18446744073709551615},"status":"Claimed","created_at":1,"updated_at":1}';
    await using server = await FakeServer.start({
      "POST /queue/publish": { text: "Job a published" },
      "POST /queue/claim": { text: job },
    });
    await using client = controlPlaneOf(server, { form: "first" });
    const payload = { id: 2n ** 64n - 1n };
    await client.publish({ id: "a", payload });
    expect(server.seen("POST /queue/publish")[0]?.body.toString()).toBe(
      '{"job_id":"a","payload":{"id":18446744073709551615}}',
    );
    expect(await client.claim()).toMatchObject({ payload });
  });

  test("a payload that JSON can't represent is refused with its path, and nothing is sent", async () => {
    await using server = await FakeServer.start({
      "POST /queue/publish": { text: "Job a published" },
    });
    await using client = controlPlaneOf(server, { form: "first" });
    const payloads = [new Error("x"), new Date(Number.NaN), /x/, new Map(), Number.NaN, () => 1];
    for (const payload of payloads) {
      await expect(
        client.publish({ id: "a", payload: { deep: [payload as never] } }),
      ).rejects.toMatchObject({
        code: "FLAWLESS_NOT_JSON",
        path: "$.deep[0]",
      });
    }
    expect(server.requests).toEqual([]);
  });

  test.each([
    { text: "Job job-9 published" },
    { json: { id: "job-9" } },
    { json: { job_id: "job-9" } },
  ])("second form: leaves the id to the server and returns it from %j", async (answer) => {
    await using server = await FakeServer.start({
      ...secondForm,
      "POST /api/queue/publish": answer,
    });
    await using client = controlPlaneOf(server);
    expect(await client.publish({ payload: { url: "u" } })).toBe("job-9");
    expect(bodyOf(server.seen("POST /api/queue/publish")[0])).toEqual({
      payload: { url: "u" },
      url: "u",
    });
  });

  test.each([
    ['{"id":"order-7","n":9007199254740993}', { id: "order-7", n: 9_007_199_254_740_993n }],
    ['{"id":18446744073709551615}', { id: 18_446_744_073_709_551_615n }],
    ["[1]", [1]],
    ['"text"', "text"],
    ["{}", {}],
    ['{"job_id":"mine","payload":1}', { job_id: "mine", payload: 1 }],
  ])("second form: sends the payload %s as it is", async (text, payload) => {
    await using server = await FakeServer.start({
      ...secondForm,
      "POST /api/queue/publish": { json: { id: "job-1" } },
    });
    await using client = controlPlaneOf(server);
    await client.publish({ payload });
    expect(server.seen("POST /api/queue/publish")[0]?.body.toString()).toBe(`{"payload":${text}}`);
  });

  test("second form: needs an id in the response", async () => {
    await using server = await FakeServer.start({
      ...secondForm,
      "POST /api/queue/publish": { text: "fine" },
    });
    await using client = controlPlaneOf(server);
    await expect(client.publish({ payload: { a: 1 } })).rejects.toMatchObject({
      code: "FLAWLESS_UNEXPECTED_ANSWER",
    });
  });

  test.each([
    ["a", '{"job_id":"a","payload":{"url":"u"}'],
    [undefined, '{"payload":{"url":"u"},"url":"u"'],
  ])("sends the types of workers that may have it: id %s", async (id, start) => {
    const route = "POST /api/queue/publish";
    await using server = await FakeServer.start({
      ...secondForm,
      [route]: { json: { job_id: "a" } },
    });
    await using client = controlPlaneOf(server);
    await client.publish({ id, payload: { url: "u" }, workerTypes: ["wasm"] });
    expect(server.seen(route)[0]?.body.toString()).toBe(
      `${start},"compatible_worker_types":["wasm"]}`,
    );
  });

  test("a publish with an own id is retried", async () => {
    await using server = await FakeServer.start({
      ...secondForm,
      "POST /api/queue/publish": ["hang up", { text: "Job a published" }],
    });
    await using client = controlPlaneOf(server);
    expect(await client.publish({ id: "a", payload: null })).toBe("a");
    expect(server.seen("POST /api/queue/publish")).toHaveLength(2);
  });

  test("an own id isn't supported by mvm-ci's second form", async () => {
    await using server = await FakeServer.start({
      ...secondForm,
      "POST /api/queue/publish": [
        { status: 422, text: "missing field `url`" },
        { text: "Job job-1 published" },
        { status: 422, text: "missing field `url`" },
      ],
    });
    await using client = controlPlaneOf(server);
    await expect(client.publish({ id: "a", payload: {} })).rejects.toMatchObject({
      code: "FLAWLESS_NOT_SUPPORTED_BY_SERVER",
    });
    await expect(client.publish({ id: "a", payload: {} })).rejects.toMatchObject({
      code: "FLAWLESS_UNEXPECTED_ANSWER",
    });
    await expect(client.publish({ payload: { order: 7 } })).rejects.toMatchObject({
      code: "FLAWLESS_NOT_SUPPORTED_BY_SERVER",
      feature: "publishing a payload without `url`",
    });
  });

  test("is not retried once it was sent, if it could publish twice", async () => {
    await using server = await FakeServer.start({
      ...firstForm,
      "POST /queue/publish": ["hang up", { text: "" }],
    });
    await using client = controlPlaneOf(server);
    await expect(client.publish({ id: "a", payload: {} })).rejects.toMatchObject({
      maybeSent: true,
    });
    expect(server.seen("POST /queue/publish")).toHaveLength(1);
  });

  test("refuses anything but JSON, and an empty id", async () => {
    await using client = controlPlaneOf({ url: "http://127.0.0.1:1" });
    await expect(client.publish({ payload: Number.NaN })).rejects.toMatchObject({
      code: "FLAWLESS_NOT_JSON",
    });
    await expect(client.publish({ id: "", payload: {} })).rejects.toMatchObject({ option: "id" });
  });

  test("reports a conflict", async () => {
    await using server = await FakeServer.start({
      ...firstForm,
      "POST /queue/publish": refusal(409, "JOB_CONFLICT", "other payload"),
    });
    await using client = controlPlaneOf(server);
    await expect(client.publish({ id: "a", payload: {} })).rejects.toMatchObject({
      code: "FLAWLESS_CONFLICT",
      serverCode: "JOB_CONFLICT",
      message: /other payload \(status 409\)/,
    });
  });
});

describe("claim", () => {
  test("first form: sends nothing", async () => {
    await using server = await FakeServer.start({
      ...firstForm,
      "POST /queue/claim": { json: firstFormJob },
    });
    await using client = controlPlaneOf(server);
    expect(await client.claim({ workerId: "w", workerType: "wasm" })).toEqual(job);
    expect(server.seen("POST /queue/claim")).toMatchObject([{ path: "/queue/claim" }]);
    expect(server.seen("POST /queue/claim")[0]?.body).toHaveLength(0);
  });

  test("second form: sends worker and type", async () => {
    await using server = await FakeServer.start({
      ...secondForm,
      "POST /api/queue/claim": { json: secondFormJob },
    });
    await using client = controlPlaneOf(server);
    expect(await client.claim({ workerId: "w&1", workerType: "wasm" })).toEqual(secondJob);
    await client.claim();
    expect(server.seen("POST /api/queue/claim").map(({ path }) => path)).toEqual([
      "/api/queue/claim?worker_id=w%261&worker_type=wasm",
      "/api/queue/claim",
    ]);
  });

  test("returns null if there is no job", async () => {
    await using server = await FakeServer.start({
      ...secondForm,
      "POST /api/queue/claim": { status: 204, text: "" },
    });
    await using client = controlPlaneOf(server);
    expect(await client.claim()).toBeNull();
  });

  test.each(["hang up", { status: 503, text: "busy" }] as const)(
    "is not repeated once it was sent: %j",
    async (answer) => {
      await using server = await FakeServer.start({
        ...secondForm,
        "POST /api/queue/claim": [answer, { json: secondFormJob }],
      });
      await using client = controlPlaneOf(server);
      await expect(client.claim()).rejects.toThrow();
      expect(server.seen("POST /api/queue/claim")).toHaveLength(1);
    },
  );

  test.each([
    { ...secondFormJob, status: "Lost" },
    { ...secondFormJob, id: undefined },
    "job",
    null,
  ])("refuses an answer that is no job: %j", async (json) => {
    await using server = await FakeServer.start({
      ...secondForm,
      "POST /api/queue/claim": { json },
    });
    await using client = controlPlaneOf(server);
    await expect(client.claim()).rejects.toMatchObject({ code: "FLAWLESS_UNEXPECTED_ANSWER" });
  });
});

describe("list, job and stats", () => {
  test.each([
    ["first", firstForm, "GET /queue/list", firstFormJob, job],
    ["second", secondForm, "GET /api/queue/list", secondFormJob, secondJob],
  ] as const)("%s form", async (_form, routes, route, wire, expected) => {
    await using server = await FakeServer.start({ ...routes, [route]: { json: [wire] } });
    await using client = controlPlaneOf(server);
    expect(await client.list()).toEqual([expected]);
    expect(await client.job("job-7")).toEqual(expected);
    expect(await client.job("job-8")).toBeNull();
    expect(await client.stats()).toEqual({
      total: 7,
      pending: 1,
      claimed: 0,
      inProgress: 2,
      completed: 3,
      failed: 1,
    });
  });
});

test("job requests one job if the server supports that", async () => {
  await using server = await FakeServer.start({
    ...secondForm,
    "GET /api/queue/status/job-7": { json: secondFormJob },
    "GET /api/queue/status/job-8": refusal(404, "JOB_NOT_FOUND", "There is no job job-8."),
    "GET /api/queue/status/job-9": refusal(503, "STORE_UNAVAILABLE", "disk full"),
  });
  await using client = controlPlaneOf(server);
  expect(await client.job("job-7")).toEqual(secondJob);
  expect(await client.job("job-8")).toBeNull();
  await expect(client.job("job-9")).rejects.toMatchObject({ status: 503 });
  expect(server.seen("GET /api/queue/list")).toHaveLength(0);
});

describe("setStatus", () => {
  test.each([
    ["first", firstForm, "POST /queue/status/a%2Fb", { status: "Failed" }],
    [
      "second",
      secondForm,
      "POST /api/queue/status/a%2Fb",
      { status: "Failed", error_message: "because" },
    ],
  ] as const)("%s form; retried on failure", async (_form, routes, route, body) => {
    await using server = await FakeServer.start({
      ...routes,
      [route]: ["hang up", { text: "Status updated" }],
    });
    await using client = controlPlaneOf(server);
    await client.setStatus("a/b", "Failed", { errorMessage: "because" });
    expect(server.seen(route).map(bodyOf)).toEqual([body, body]);
  });

  test.each([
    [404, "FLAWLESS_NOT_FOUND"],
    [409, "FLAWLESS_CONFLICT"],
    [400, "FLAWLESS_INVALID_REQUEST"],
    [401, "FLAWLESS_UNAUTHORIZED"],
    [500, "FLAWLESS_SERVER_REFUSED"],
    [503, "FLAWLESS_SERVER_UNAVAILABLE"],
  ])("status %i is %s", async (status, code) => {
    await using server = await FakeServer.start({
      ...secondForm,
      "POST /api/queue/status/a": { status, text: "the server's reason" },
    });
    await using client = controlPlaneOf(server);
    await expect(client.setStatus("a", "Completed")).rejects.toMatchObject({
      code,
      status,
      serverMessage: `the server's reason (status ${status})`,
    });
  });
});

describe("newJob and uiUpdate", () => {
  test.each([{ text: "<html>" }, { status: 303, headers: { location: "/" }, text: "" }])(
    "send the form and the progress: %j",
    async (answer) => {
      await using server = await FakeServer.start({
        "POST /new-job": answer,
        "POST /ui-update": { text: "" },
      });
      await using client = controlPlaneOf(server);
      await client.newJob("https://example.com/?a=b&c");
      await client.uiUpdate({ id: 7, status: "Parse", url: "last", urlsLeft: 3 });
      expect(server.requests).toMatchObject([
        { headers: { "content-type": "application/x-www-form-urlencoded" } },
        { headers: { "content-type": "application/json" } },
      ]);
      expect(server.requests.map(({ body }) => body.toString())).toEqual([
        "url=https%3A%2F%2Fexample.com%2F%3Fa%3Db%26c",
        '{"id":7,"status":"Parse","url":"last","urls_left":3}',
      ]);
    },
  );

  test("are not retried once they were sent", async () => {
    await using server = await FakeServer.start({
      "POST /new-job": ["hang up", { text: "" }],
      "POST /ui-update": ["hang up", { text: "" }],
    });
    await using client: ControlPlane = controlPlaneOf(server);
    await expect(client.newJob("u")).rejects.toMatchObject({ maybeSent: true });
    const update = { id: 1, status: "Done", url: "u", urlsLeft: 0 } as const;
    await expect(client.uiUpdate(update)).rejects.toMatchObject({ maybeSent: true });
    expect(server.requests).toHaveLength(2);
    await expect(client.uiUpdate({ ...update, id: 1.5 })).rejects.toMatchObject({ option: "id" });
  });
});
