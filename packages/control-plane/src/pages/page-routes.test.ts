import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { FlawlessState } from "../flawless/flawless-link.ts";
import { TestApi, type TestApiOptions } from "../testing/test-api.ts";

let api: TestApi;

beforeEach(() => {
  api = open();
});

function open(options: TestApiOptions = {}): TestApi {
  const opened = new TestApi(options);
  onTestFinished(() => opened[Symbol.asyncDispose]());
  return opened;
}

function flawlessIs(state: Partial<FlawlessState>): TestApiOptions["flawless"] & object {
  const url = "http://127.0.0.1:27288";
  return { url, ask: async () => ({ url, status: "ready", reason: null, modules: [], ...state }) };
}

/** The text of a piece of HTML. */
function textOf(html: string | undefined): string {
  return (html ?? "")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
}

const hostile = `<script>alert("x")</script>`;

describe("the dashboard", () => {
  test.each(["/", "/dashboard"])("is at %s, as a complete page", async (path) => {
    const { statusCode, headers, body } = await api.get(path);

    expect([statusCode, headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    expect(headers["cache-control"]).toBe("no-store");
    expect(body).toContain("<title>Control plane node-1</title>");
    expect(body).toMatch(/<form\s+id="add-job"\s+method="post"\s+action="\/new-job"/);
    expect(body).toContain("No jobs yet.");
    expect(body).toContain("No worker has registered.");
  });

  test("counts the jobs by state", async () => {
    for (let number = 0; number < 3; number += 1) {
      await api.post("/api/queue/publish", { url: "https://example.com/" });
    }
    await api.post("/queue/claim");
    const { body } = await api.get("/");
    const tiles = [...body.matchAll(/<dt><a[^>]*>(.+)<\/a><\/dt>\s*<dd>(.+)<\/dd>/g)];

    expect(tiles.map(([, state, jobs]) => `${state} ${jobs}`)).toEqual([
      "Pending 2",
      "Claimed 1",
      "In progress 0",
      "Completed 0",
      "Failed 0",
    ]);
  });

  test("shows a job's progress, retries and reason", async () => {
    await api.post("/api/workers/register", { worker_type: "wasm", worker_id: "w" });
    await api.post("/api/queue/publish", { url: "https://example.com/" });
    await api.post("/api/queue/claim?worker_id=w");
    await api.post("/api/workers/w/drain");
    await api.post("/queue/claim");
    await api.post("/ui-update", { id: 1, status: "Parse", url: "u", urls_left: 9 });
    expect((await api.get("/")).body).toContain(
      '<progress aria-label="Progress of job-1" max="29" value="1"></progress>',
    );
    await api.post("/api/queue/status/job-1", { status: "Failed", error_message: "no luck" });
    const { body } = await api.get("/");

    expect(body).toContain("1 retry");
    expect(body).toContain('<span class="reason">no luck</span>');
  });

  test("marks lost workers", async () => {
    await api.post("/api/workers/register", { worker_type: "firecracker", worker_id: "w" });
    expect((await api.get("/")).body).toContain('<span class="badge good">Online</span>');
    api.clock.advance(1_000_000);
    await api.context.queue.returnLost();
    const { body } = await api.get("/");

    expect(body).toContain('<span class="badge bad">Lost</span>');
    expect(body).toContain("firecracker");
    expect(body).toContain('<time datetime="2026-01-02T03:04:05.000Z">2026-01-02 03:04:05 UTC');
    expect(body).toContain("0 online, 1 lost");
  });

  test.each([
    [{ modules: ["crawler:0.1.8"] }, "Ready", "crawler:0.1.8"],
    [{ status: "unreachable", reason: hostile }, "Unreachable", "&lt;script&gt;"],
  ] as const)("shows the state of Flawless: %j", async (state, badge, detail) => {
    const { body } = await open({ flawless: flawlessIs(state) }).get("/");

    expect(body).toContain(`>${badge}</span>`);
    expect(body).toContain(detail);
    expect(body).not.toContain(hostile);
  });

  test("shows user input as text", async () => {
    await api.post("/api/queue/publish", { url: hostile });
    await api.post("/queue/publish", { job_id: "other", payload: { [hostile]: 1 } });
    await api.post("/ui-update", { id: 1, status: "Request", url: hostile, urls_left: 1 });
    await api.post("/queue/status/other", { status: "Failed", error_message: hostile });
    await api.post("/api/queue/status/job-1", { status: "Failed", error_message: hostile });
    await api.post("/api/workers/register", {
      worker_type: "wasm",
      worker_id: "w",
      endpoint_id: `"><img src=x onerror=alert(1)>`,
      metadata: { note: hostile },
    });
    for (const path of [
      "/",
      "/list",
      "/dashboard/jobs",
      "/dashboard/workers",
      "/dashboard/recent-jobs",
    ]) {
      const { body } = await api.open(path);
      expect(body.match(/<script[^>]*>/g) ?? []).toHaveLength(path.startsWith("/dash") ? 0 : 1);
      expect(body).not.toContain("<img");
    }
    expect((await api.get("/")).body).toContain(
      "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;",
    );
  });

  test.each(["/", "/list", "/dashboard/queue"])("allows only its own files at %s", async (path) => {
    const { headers, body } = await api.get(path);
    const policy = String(headers["content-security-policy"]);

    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(body).not.toMatch(/ style=| on\w+=|<style|https?:\/\/(?!example)/);
  });

  test("requests only files that the server has", async () => {
    const { body } = await api.get("/");
    const addresses = [...body.matchAll(/(?:src|rel="\w+" href)="([^"]+)"/g)].map(
      ([, address]) => address ?? "",
    );
    const answers = await Promise.all(addresses.map((address) => api.get(address)));

    expect(answers.map(({ headers }) => headers["content-type"])).toEqual([
      "image/svg+xml",
      "text/css; charset=utf-8",
      "text/javascript; charset=utf-8",
    ]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
    expect(answers[2]?.headers["cache-control"]).toContain("immutable");
  });

  test.each([
    ["queue", "queue-title"],
    ["jobs", "jobs-title"],
    ["workers", "workers-title"],
  ])("serves the section %s separately", async (name, title) => {
    const { body } = await api.get(`/dashboard/${name}`);

    expect(body).toMatch(new RegExp(`^<section aria-labelledby="${title}">`));
    expect(body.match(/<section/g)).toHaveLength(1);
  });

  test("requires the token, as the rest of the API does", async () => {
    const guarded = open({ tokens: ["secret"] });
    for (const path of ["/", "/dashboard/events", "/dashboard/jobs", "/list"]) {
      expect((await guarded.get(path)).statusCode).toBe(401);
    }
  });
});

describe("the fragments of mvm-ci's dashboard", () => {
  test("show the cluster, the queue and the nodes", async () => {
    await api.post("/api/workers/register", { worker_type: "wasm" });
    await api.post("/api/queue/publish", { url: "u" });
    const [health, stats, nodes] = await Promise.all(
      ["cluster-health", "queue-stats", "control-plane-nodes"].map((name) =>
        api.get(`/dashboard/${name}`),
      ),
    );

    expect(health?.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(textOf(health?.body)).toBe(
      "Cluster Health Control plane (1 node) Healthy Active workers 1",
    );
    expect(textOf(stats?.body)).toBe(
      "Queue Statistics Pending 1 Claimed 0 In progress 0 Completed 0 Failed 0",
    );
    expect(textOf(nodes?.body)).toBe("node-1 http://node-1:3020");
  });

  test("list the latest jobs, sorted as requested", async () => {
    for (const id of ["b", "c", "a"]) {
      await api.post("/queue/publish", { job_id: id, payload: { url: `https://${id}` } });
    }
    api.clock.advance(3_000);
    await api.post("/queue/status/b", { status: "InProgress" });
    api.clock.advance(2_000);
    await api.post("/queue/status/b", { status: "Completed" });
    api.clock.advance(1_000);
    await api.post("/queue/status/c", { status: "Claimed" });
    const order = async (query: string): Promise<readonly string[]> =>
      [
        ...(await api.get(`/dashboard/recent-jobs${query}`)).body.matchAll(/<td>([abc])<\/td>/g),
      ].map(([, id]) => id ?? "");

    expect(await order("")).toEqual(["c", "b", "a"]);
    expect(await order("?sort=job_id")).toEqual(["a", "b", "c"]);
    expect(await order("?sort=status&more=1")).toEqual(["c", "b", "a"]);
    expect((await api.get("/dashboard/recent-jobs")).body).toMatch(
      /b<\/td>\s*<td>Completed<\/td>\s*<td>https:\/\/b<\/td>\s*<td>2s<\/td>/,
    );
  });

  test("accept a job from their form, and list it", async () => {
    expect(textOf((await api.get("/dashboard/recent-jobs")).body)).toContain("No jobs yet");
    const { statusCode, body } = await api.app.inject({
      method: "POST",
      url: "/dashboard/submit-job",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      payload: "url=https://example.com&more=1",
    });

    expect([statusCode, body]).toEqual([200, expect.stringContaining("https://example.com")]);
    expect((await api.get("/queue/list")).json()).toMatchObject([
      { id: "job-1", payload: { id: 1, url: "https://example.com" } },
    ]);
  });
});

describe("the event stream of the dashboard", () => {
  test("is limited, and a closed page makes room", async () => {
    const { app, context } = open({ limits: { eventStreams: 1 } });
    const url = `${await app.listen({ host: "127.0.0.1", port: 0 })}/dashboard/events`;
    const leave = new AbortController();
    const first = await fetch(url, { signal: leave.signal });
    const second = await fetch(url);

    expect([first.status, first.headers.get("content-type")]).toEqual([
      200,
      "text/event-stream; charset=utf-8",
    ]);
    expect([second.status, await second.json()]).toEqual([
      429,
      { error: expect.stringContaining("There are already 1 event streams open") },
    ]);
    leave.abort();
    await vi.waitFor(() => expect(context.streams.size).toBe(0));
    expect((await fetch(url, { signal: AbortSignal.timeout(500) })).status).toBe(200);
  });

  test("ends when the server closes", async () => {
    const { app } = open();
    const url = `${await app.listen({ host: "127.0.0.1", port: 0 })}/dashboard/events`;
    const answer = await fetch(url);
    const [text] = await Promise.all([answer.text(), app.close()]);

    expect(text).toMatch(/^: open\n/);
  });

  test("is not opened by a HEAD request", async () => {
    const { statusCode } = await api.app.inject({ method: "HEAD", url: "/dashboard/events" });

    expect([statusCode, api.context.streams.size]).toEqual([405, 0]);
  });
});

describe("the list of jobs", () => {
  test("is the form's response without JavaScript", async () => {
    const { statusCode, body } = await api.app.inject({
      method: "POST",
      url: "/new-job",
      headers: { "content-type": "application/x-www-form-urlencoded", accept: "text/html" },
      payload: `url=${encodeURIComponent("https://example.com/?a=1&b=2")}`,
    });

    expect(statusCode).toBe(200);
    expect(body).toContain("job-0");
    expect(body).toContain("https://example.com/?a=1&amp;b=2");
    expect(body).toContain('<a href="/">dashboard</a>');
  });

  test("says how many it leaves out", async () => {
    for (let number = 0; number < 201; number += 1) {
      await api.post("/api/queue/publish", { url: "https://example.com/" });
    }
    const { body } = await api.open("/list");

    expect(body).toContain("The newest 200 of 201.");
    expect(body.match(/<tr data-key/g)).toHaveLength(200);
  });
});

describe("the link from jobs to workflows", () => {
  const lists = "http://127.0.0.1:27288/?label=control-plane%3Ajob%3Djob-1";

  test("exists as soon as a worker has the job, if Flawless is known", async () => {
    api = open({ flawless: flawlessIs({}) });
    await api.post("/api/queue/publish", { url: "https://example.com/" });
    expect((await api.get("/")).body).not.toContain(lists);
    await api.post("/queue/claim");
    const pages = [await api.get("/"), await api.get("/dashboard/job/job-1")];

    expect(pages.map(({ body }) => body.includes(`href="${lists}"`))).toEqual([true, true]);
  });

  test.each(["endpointticket", "javascript:alert(1)"])(
    "doesn't exist if the server's address isn't a web address: %s",
    async (url) => {
      api = open({ flawless: { ...flawlessIs({ url }), url } });
      await api.post("/api/queue/publish", { url: "https://example.com/" });
      await api.post("/queue/claim");
      const { body } = await api.get("/dashboard/job/job-1");

      expect(body).not.toContain("control-plane%3Ajob");
      expect(body).not.toContain('href="javascript');
    },
  );
});

describe("the page of a job", () => {
  test("shows the job and its payload, as text", async () => {
    await api.post("/queue/publish", { job_id: "my job/1", payload: { [hostile]: 1 } });
    const { body, statusCode } = await api.get("/dashboard/job/my%20job%2F1");

    expect(statusCode).toBe(200);
    expect(textOf(body)).toContain("Job my job/1");
    expect(body).not.toContain(hostile);
    expect((await api.get("/dashboard/job/none")).statusCode).toBe(404);
  });
});

describe("the page of a state", () => {
  test("lists its jobs in pages, oldest first", async () => {
    for (let number = 0; number < 102; number += 1) {
      await api.post("/api/queue/publish", { url: "https://example.com/" });
    }
    await api.post("/queue/claim");
    const first = (await api.get("/dashboard/state/Pending")).body;
    const later = /href="([^"]+)" rel="next"/.exec(first)?.[1] ?? "";
    const rows = (html: string): number => html.match(/<tr data-key="job-/g)?.length ?? 0;

    expect([rows(first), rows((await api.get(later)).body)]).toEqual([100, 1]);
    expect(rows((await api.get("/dashboard/state/Claimed")).body)).toBe(1);
    expect((await api.get("/dashboard/state/Nothing")).statusCode).toBe(400);
    expect((await api.get("/dashboard/state/Failed?after=x")).statusCode).toBe(400);
  });
});
