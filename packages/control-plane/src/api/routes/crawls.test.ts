import type { LightMyRequestResponse } from "@flawless-ts/http-service/fastify";
import { describe, expect, test } from "vitest";
import { TestApi } from "../../testing/test-api.ts";

function newJob(
  api: TestApi,
  body: string,
  accept: string = "*/*",
): Promise<LightMyRequestResponse> {
  return api.app.inject({
    method: "POST",
    url: "/new-job",
    payload: body,
    headers: { "content-type": "application/x-www-form-urlencoded", accept },
  });
}

describe("POST /new-job", () => {
  test("adds job-N with its number and the URL, and returns the list", async () => {
    await using api = new TestApi();
    await newJob(api, "url=https%3A%2F%2Fexample.com%2F%3Fa%3D1%26b");
    const reply = await newJob(api, "url=https://second.example");

    expect(reply.statusCode).toBe(200);
    expect(reply.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(reply.payload).toMatch(/^<table[^]*job-1[^]*job-0/);
    expect((await api.get("/queue/list")).json()).toMatchObject([
      { job_id: "job-0", payload: { id: 0, url: "https://example.com/?a=1&b" } },
      { job_id: "job-1", payload: { id: 1, url: "https://second.example" } },
    ]);
  });

  test.each([
    ["", 422],
    ["url=", 422],
    ["other=1", 422],
    ["url=a&url=b", 400],
    ["url=%ff", 400],
    ["__proto__=1", 422],
  ])("refuses %j", async (body, status) => {
    await using api = new TestApi();
    const reply = await newJob(api, body);
    expect(reply.statusCode).toBe(status);
    expect((await api.get("/queue/stats")).json()).toMatchObject({ pending: 0 });
  });

  test("ignores other fields, and returns the job as JSON on request", async () => {
    await using api = new TestApi();
    const reply = await newJob(api, "url=a&more=b", "application/json");
    expect(reply.json()).toMatchObject({ id: "job-0", payload: { id: 0, url: "a" } });
  });

  test("shows user input as text", async () => {
    await using api = new TestApi();
    const reply = await newJob(api, `url=${encodeURIComponent("<script>alert('&')</script>")}`);
    expect(reply.payload).not.toContain("<script>");
    expect(reply.payload).toContain("&lt;script&gt;alert(&#39;&amp;&#39;)");
    expect((await api.get("/list")).payload).toContain("&lt;script&gt;alert(&#39;&amp;&#39;)");
  });
});

describe("POST /ui-update", () => {
  function report(api: TestApi, status: string, urlsLeft: number): Promise<LightMyRequestResponse> {
    return api.post("/ui-update", { id: 0, status, url: "https://a", urls_left: urlsLeft });
  }

  test("completes the job with the first Done, and changes nothing after that", async () => {
    await using api = new TestApi();
    await newJob(api, "url=https://a");
    const states = [];
    for (const status of ["Request", "Parse", "Done", "Request", "Parse", "Error"]) {
      states.push((await report(api, status, 5)).json());
    }

    expect(states).toEqual(
      ["InProgress", "InProgress", "Completed", "Completed", "Completed", "Completed"].map(
        (status) => ({ job_id: "job-0", status }),
      ),
    );
  });

  test("keeps the progress of the job", async () => {
    await using api = new TestApi();
    await newJob(api, "url=https://a");
    await report(api, "Request", 9);
    await report(api, "Parse", 8);
    expect((await api.get("/api/queue/status/job-0")).json()).toMatchObject({
      progress: {
        status: "Parse",
        url: "https://a",
        urls_left: 8,
        reports: 2,
        updated_at: api.clock.seconds,
      },
    });
  });

  test("fails the job on Error", async () => {
    await using api = new TestApi();
    await newJob(api, "url=https://a");
    await report(api, "Error", 9);
    expect((await api.get("/api/queue/status/job-0")).json()).toMatchObject({
      status: "Failed",
      error_message: "The workflow reported an error at https://a.",
    });
  });

  test("is accepted for a job that isn't in the queue, as mvm-ci does", async () => {
    await using api = new TestApi();
    const reply = await report(api, "Done", 0);
    expect([reply.statusCode, reply.json()]).toEqual([200, { job_id: "job-0", status: null }]);
  });

  test.each([
    [{}],
    [{ id: 1, status: "Finished", url: "u", urls_left: 0 }],
    [{ id: "1", status: "Done", url: "u", urls_left: 0 }],
    [{ id: 1, status: "Done", url: "u", urls_left: -1 }],
    [{ id: 1.5, status: "Done", url: "u", urls_left: 0 }],
    [{ id: 1, status: "Done", urls_left: 0 }],
  ])("refuses %j", async (body) => {
    await using api = new TestApi();
    expect((await api.post("/ui-update", body)).statusCode).toBe(422);
  });
});
