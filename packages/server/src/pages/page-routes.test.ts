import { diffRegions } from "@flawless-ts/http-service/pages";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { FastifyInstance, LightMyRequestResponse } from "@flawless-ts/http-service/fastify";
import type { ApiOptions } from "../api/api-options.ts";
import { createApi } from "../api/create-api.ts";
import type { EngineApi } from "../api/engine-api.ts";
import { exampleWorkflow, fakeEngine, pagesOf } from "../testing/fake-engine.ts";
import { readWorkflow } from "./workflow-regions.ts";
import { responseTo } from "../testing/scripted-http-client.ts";
import { TestEngine } from "../testing/test-engine.ts";

const hostile = `<script>alert("x")</script>`;
const escaped = "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;";

let engine: TestEngine;
let app: FastifyInstance;

beforeEach(async () => {
  engine = await TestEngine.open({ secrets: { KEY: "hunter2" } });
  onTestFinished(() => engine[Symbol.asyncDispose]());
  app = open();
});

function open(options: ApiOptions = {}, api: EngineApi = engine.engine): FastifyInstance {
  const opened = createApi(api, options);
  onTestFinished(() => opened.close());
  return opened;
}

function get(url: string, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> {
  return app.inject({ url, headers: { accept: "text/html", ...headers } });
}

function post(
  url: string,
  fields: Record<string, string> = {},
  headers: Record<string, string> = { "sec-fetch-site": "same-origin" },
): Promise<LightMyRequestResponse> {
  return app.inject({
    method: "POST",
    url,
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    payload: new URLSearchParams(fields).toString(),
  });
}

/** The text of a page without its markup. */
function textOf({ body }: LightMyRequestResponse): string {
  return body
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .replaceAll("&quot;", '"');
}

function idsIn({ body }: LightMyRequestResponse): readonly string[] {
  return [...body.matchAll(/<tr data-key="(wkf_\w+)"/g)].map(([, id]) => id ?? "");
}

describe("the list of workflows", () => {
  test("shows each with its state and what it waits for, and counts the states", async () => {
    await engine.run("add", { a: 1, b: 2 });
    await expect(engine.run("panic_before_response", { message: hostile })).rejects.toThrow();
    const sleeper = await engine.launch("sleep_ms", { ms: 60_000 });
    const receiver = await engine.launch("receive");
    const page = await get("/");
    const tiles = [...page.body.matchAll(/<dt><a[^>]*>(.+)<\/a><\/dt>\s*<dd>(\d+)/g)];

    expect([page.statusCode, page.headers["content-type"]]).toEqual([
      200,
      "text/html; charset=utf-8",
    ]);
    expect(tiles.map(([, state, count]) => `${state} ${count}`)).toEqual([
      "Running 2",
      "Completed 1",
      "Failed 1",
      "Cancelled 0",
    ]);
    expect(idsIn(page)).toHaveLength(4);
    expect(idsIn(page).slice(0, 2)).toEqual([receiver, sleeper]);
    expect(textOf(page)).toContain("Waits for a message: approve");
    expect(textOf(page)).toContain("1 asleep");
    expect(page.body).toContain("Sleeps, wakes up <time");
    expect(page.body).toContain(escaped);
    expect(page.body).not.toContain(hostile);
  });

  test("can be filtered by state, module, version and name", async () => {
    const { id: added } = await engine.startText("add", '{"a":1,"b":2}');
    const receiver = await engine.launch("receive");

    expect(idsIn(await get("/?status=running"))).toEqual([receiver]);
    expect(idsIn(await get("/?workflow=add&module=&status="))).toEqual([added]);
    expect(idsIn(await get("/?module=conformance"))).toHaveLength(2);
    expect(idsIn(await get("/?module=conformance:1.0.0&workflow=receive"))).toEqual([receiver]);
    expect(idsIn(await get("/?module=conformance:2.0.0"))).toEqual([]);
    expect(textOf(await get("/?module=other"))).toContain("No workflow fits.");
  });

  test("redirects an id to the page of that workflow", async () => {
    const { statusCode, headers } = await get("/?workflow=+wkf_1+");
    expect([statusCode, headers["location"]]).toEqual([303, "/workflows/wkf_1"]);
  });

  test("can be searched by id, name, label, key, time and input", async () => {
    const start = async (workflow: string, more: object): Promise<string> => {
      const request = { module: "conformance", version: "1.0.0", workflow, input: "null", ...more };
      return (await engine.engine.start(request, { detached: true })).id;
    };
    const labelled = await start("noop", { labels: { order: "7=b" }, idempotencyKey: "k-1" });
    const other = await start("receive", { input: '{"needle":1}', idempotencyKey: "l-1" });
    const found = async (query: Record<string, string>): Promise<readonly string[]> =>
      idsIn(await get(`/?${new URLSearchParams(query).toString()}`));

    expect(await found({ label: "order=7=b" })).toEqual([labelled]);
    expect(await found({ label: "order=8" })).toEqual([]);
    expect(await found({ key: "k-" })).toEqual([labelled]);
    expect(await found({ input: "needle" })).toEqual([other]);
    expect(await found({ find: "rec" })).toEqual([other]);
    expect(await found({ find: labelled.slice(0, 5) })).toContain(labelled);
    expect(await found({ from: "2026-01-01", before: "2026-01-03" })).toHaveLength(2);
    expect(await found({ before: "2026-01-01" })).toEqual([]);
    expect((await get(`/?find=${labelled}`)).headers["location"]).toBe(`/workflows/${labelled}`);
    const page = await get("/?input=needle&status=running");
    expect(textOf(page)).toContain("were looked through");
    expect(page.body).toContain('href="/?status=failed&amp;input=needle"');
    expect(page.body).toContain('href="/?input=needle" aria-current="true"');
  });

  test("has pages", async () => {
    for (let number = 0; number < 53; number += 1) {
      await engine.startText("noop");
    }
    const first = await get("/?workflow=noop");
    const older = /<a href="([^"]+)" rel="next">Older/.exec(first.body)?.[1] ?? "";
    const second = await get(older.replaceAll("&amp;", "&"));

    expect(idsIn(first)).toHaveLength(50);
    expect(idsIn(second)).toHaveLength(3);
    expect(older).toContain("workflow=noop");
    expect(second.body).toContain('<a href="/?workflow=noop">Newest</a>');
    expect(second.body).not.toContain("Older");
  });

  test.each([
    "status=asleep",
    "cursor=wkf_%00",
    "status=running&status=failed",
    "label=order",
    "from=yesterday",
  ])("refuses invalid conditions: %s", async (query) => {
    const { statusCode, body } = await get(`/?${query}`);

    expect(statusCode).toBe(400);
    expect(body).toContain("<h1>That did not work</h1>");
  });
});

describe("the page of a workflow", () => {
  test("shows its steps with times, durations and values", async () => {
    engine.http.script = (request) => {
      engine.clock.advance(1_500);
      return responseTo(request, { body: '{"big":18446744073709551615}' });
    };
    const { id } = await engine.startText("http_sequence", '{"urls":["http://site/a?b=1&c=2"]}');
    await engine.engine.whenIdle();
    const page = await get(`/workflows/${id}`);
    const steps = [...page.body.matchAll(/<tr data-key="step-(\d+)"[^]*?<\/tr>/g)];

    expect(steps.map(([, number]) => number)).toEqual(["1", "2", "3"]);
    expect(steps[1]?.[0]).toContain("GET http://site/a?b=1&amp;c=2");
    expect(steps[1]?.[0]).toContain('<span class="outcome">→ 200</span>');
    expect(steps[1]?.[0]).toContain(">1.5 s<");
    expect(steps[1]?.[0]).toContain("&quot;big&quot;: 18446744073709551615");
    expect(steps[2]?.[0]).toContain("Responded ");
    expect(textOf(page)).toContain("after 1.5 s");
    expect(page.body).not.toContain(`action="/workflows/${id}/messages"`);
    expect(page.body).not.toContain(`action="/workflows/${id}/cancel"`);
  });

  test("shows why it failed, as text", async () => {
    const start = engine.startText("panic_before_response", JSON.stringify({ message: hostile }));
    await expect(start).rejects.toThrow();
    const [failed] = (await engine.engine.list()).workflows;
    const page = await get(`/workflows/${failed?.id}`);

    expect(textOf(page)).toContain("Failed: PANIC");
    expect(page.body).toContain(escaped);
    expect(page.body).not.toContain(hostile);
    expect(textOf(page)).toContain("panics.rs:");
  });

  test("shows the error that it ended with, and its causes", async () => {
    await using extended = await TestEngine.open({ module: "extensions" });
    const error = {
      name: "CardDeclined",
      message: hostile,
      stack: `CardDeclined: ${hostile}\n    at charge (orders.ts:12:3)`,
      cause: {
        name: "AggregateError",
        message: "Nobody answers.",
        errors: [{ name: "Reset", message: "", stack: "at reset (net.ts:1:1)" }],
      },
    };
    const id = await extended.launch("script", [{ ask: ["fail", { error }] }]);
    await extended.end(id);
    app = open({}, extended.engine);
    const page = await get(`/workflows/${id}`);

    expect(page.body).toContain("Failed: CardDeclined");
    expect(page.body).toContain(
      [
        `<pre tabindex="0">CardDeclined: ${escaped}`,
        "    at charge (orders.ts:12:3)",
        "Caused by: AggregateError: Nobody answers.",
        "Error 1: Reset",
        "at reset (net.ts:1:1)</pre",
      ].join("\n"),
    );
    expect(page.body).not.toContain(hostile);
  });

  test("shows what it has published", async () => {
    await using extended = await TestEngine.open({ module: "extensions" });
    const value = { step: "packing", note: hostile };
    const id = await extended.launch("script", [{ ask: ["state", { value }] }]);
    app = open({}, extended.engine);
    const page = await get(`/workflows/${id}`);

    expect(textOf(page)).toMatch(/State \{ [^}]*"step": "packing" \}/);
    expect(page.body).not.toContain(hostile);
  });

  test("shows its run, and when it must end", async () => {
    await using extended = await TestEngine.open({ module: "extensions" });
    const sleep = { call: { Sleep: { secs: 60, nanos: 0 } } };
    const id = await extended.launch("script", [{ ask: ["continue", { input: [sleep] }] }]);
    await extended.engine.cancel(id);
    app = open({}, extended.engine);
    const text = textOf(await get(`/workflows/${id}`));
    expect(text).toMatch(/Run\s*2/);
    expect(text).toMatch(/Cancelling\s*Has to end\s*2026-01-02 03:05:05 UTC/);
  });

  test("shows what it waits for, and can cancel it", async () => {
    const id = await engine.launch("receive_timeout", { ms: 60_000 });
    const page = await get(`/workflows/${id}`);

    expect(textOf(page)).toContain("Waits for a message: approve · gives up");
    expect(textOf(page)).toContain('Waits for "approve", 1 minute at most');
    expect(page.body).toContain(`action="/workflows/${id}/cancel"`);
    expect(page.body).toContain(`action="/workflows/${id}/terminate"`);
    expect(page.body).toContain('<span class="badge active">waits</span>');
  });

  test("links to parent and child", async () => {
    const { id } = await engine.startText("start_child", '{"url":"http://site/","body":"x"}');
    await engine.engine.whenIdle();
    const parent = await get(`/workflows/${id}`);
    const child = /<\/details>\s*<a href="\/workflows\/(wkf_\w+)"/.exec(parent.body)?.[1] ?? "";

    expect((await get(`/workflows/${child}`)).body).toContain(`href="/workflows/${id}"`);
  });

  test("shows a workflow's family as a tree", async () => {
    const { id } = await engine.startText("start_child", '{"url":"http://site/","body":"x"}');
    await engine.engine.whenIdle();
    const parent = await get(`/workflows/${id}`);
    const child = /class="tree">[^]*href="\/workflows\/(wkf_\w+)"/.exec(parent.body)?.[1] ?? "";
    const page = await get(`/workflows/${child}`);

    expect(textOf(parent)).toMatch(/start_child \(this one\) \w+ wkf_\w+ Completed/);
    expect(textOf(page)).toMatch(
      new RegExp(`Family start_child ${id} Completed \\w+ \\(this one\\)`),
    );
    const alone = await engine.launch("receive");
    expect(textOf(await get(`/workflows/${alone}`))).not.toContain("this one");
  });

  test("sends its readers no more than may be buffered for them", async () => {
    const text = `"${"'".repeat(300)}"`;
    const journalPage = pagesOf(
      Array.from({ length: 100 }, (_, index) => ({
        step: index + 1,
        at: exampleWorkflow.createdAt,
        answeredAt: exampleWorkflow.createdAt,
        call: index % 2 === 0 ? `{"Log":{"Info":${text.repeat(1)}}}` : `{"SendResponse":${text}}`,
        answer: '"Unit"',
      })),
    );
    const long = JSON.stringify("'".repeat(100_000));
    const api = fakeEngine({ journalPage, state: async () => long });
    const regions = await readWorkflow(api, exampleWorkflow.id, null);

    expect(JSON.stringify(diffRegions(null, regions)).length).toBeLessThan(2 ** 20);
  });

  test("shows a hundred of many steps, and links to the others", async () => {
    const id = await engine.launch("sleep_steps", { count: 250, ms: 1 });
    await engine.pass(250);
    const stepsOf = async (query: string): Promise<readonly number[]> => {
      const { body } = await get(`/workflows/${id}${query}`);
      return [...body.matchAll(/data-key="step-(\d+)"/g)].map(([, step]) => Number(step));
    };
    const last = await stepsOf("");
    const page = await get(`/workflows/${id}`);

    expect([last.length, last[0], last.at(-1)]).toEqual([92, 161, 252]);
    expect(textOf(page)).toContain("Steps 161 to 252 of 252. First Earlier");
    expect(page.body).toContain(`href="/workflows/${id}?from=61#steps"`);
    expect((await stepsOf("?from=53")).at(0)).toBe(53);
    expect(textOf(await get(`/workflows/${id}?from=53`))).toContain("First Earlier Later Last");
    expect(await stepsOf("?from=400")).toEqual([]);
    expect((await get(`/workflows/${id}?from=0`)).statusCode).toBe(400);
  });

  test("cuts long values, and shows more of them on the step's page", async () => {
    const text = `"${"long ".repeat(200_000)}"`;
    const { id } = await engine.startText("echo", text);
    const whole = await get(`/workflows/${id}`);
    const step = await get(`/workflows/${id}/steps/1`);

    expect(whole.body.length).toBeLessThan(200_000);
    expect(textOf(whole)).toContain("The first 4,000 of 1,000,002 characters. More of it");
    expect(whole.body).toContain(`<a href="/workflows/${id}/steps/1">More of it</a>`);
    expect(step.body.length).toBeGreaterThan(1_000_000);
    expect(step.body.length).toBeLessThan(1_100_000);
    expect((await get(`/workflows/${id}/steps/9`)).statusCode).toBe(404);
  });

  test("never shows secrets", async () => {
    const { id } = await engine.startText("secret", '{"name":"KEY"}');
    const pages = [`/workflows/${id}`, `/workflows/${id}/steps/2`, `/workflows/${id}/steps/3`];
    for (const path of pages) {
      const { body, statusCode } = await get(path);
      expect(statusCode).toBe(200);
      expect(body).not.toContain("hunter2");
    }
  });

  test("is an error for an unknown workflow, as a page only for people", async () => {
    const { statusCode, headers, body } = await get("/workflows/wkf_7");
    const json = await get("/workflows/wkf_7", { accept: "application/json" });

    expect([statusCode, headers["flawless-error-code"]]).toEqual([404, "WORKFLOW_NOT_FOUND"]);
    expect(body).toContain("There is no workflow wkf_7");
    expect([json.statusCode, json.json()]).toEqual([404, { error: "There is no workflow wkf_7." }]);
    expect((await get(`/workflows/${encodeURIComponent(hostile)}`)).body).not.toContain(hostile);
  });
});

describe("the forms", () => {
  test("send a message, and return to the workflow", async () => {
    const id = await engine.launch("receive");
    const answer = await post(
      `/workflows/${id}/messages`,
      { type: "approve", data: '{"by":"Ann"}' },
      { "sec-fetch-site": "same-origin", accept: "text/html" },
    );
    await engine.engine.whenIdle();

    expect([answer.statusCode, answer.headers["location"]]).toEqual([303, `/workflows/${id}`]);
    expect(await engine.response(id)).toEqual({ by: "Ann" });
  });

  test.each(["cancel", "terminate"])("%s, and respond to scripts with JSON", async (manner) => {
    const id = await engine.launch("receive");
    const answer = await post(`/workflows/${id}/${manner}`);

    expect([answer.statusCode, answer.json()]).toEqual([200, { ok: true }]);
    expect(await engine.status(id)).toBe("cancelled");
  });

  test("report what is wrong", async () => {
    const id = await engine.launch("receive");
    const path = `/workflows/${id}/messages`;

    expect((await post(path, { type: "", data: "1" })).statusCode).toBe(400);
    expect((await post(path, { type: "approve" })).statusCode).toBe(400);
    expect((await post(path, { type: "approve", data: "{" })).statusCode).toBe(400);
    await engine.engine.cancel(id);
    const late = await post(path, { type: "approve", data: "1" });
    expect([late.statusCode, late.json()]).toEqual([
      409,
      { error: expect.stringContaining("is cancelled") as string },
    ]);
  });

  test.each([
    ["another site", { "sec-fetch-site": "cross-site" }],
    ["another port", { "sec-fetch-site": "same-site", origin: "http://localhost:80" }],
    ["a page in a sandbox", { origin: "null" }],
    ["nobody who says", {}],
  ])("are refused from %s", async (_who, headers) => {
    const id = await engine.launch("receive");
    const answers = await Promise.all(
      ["cancel", "terminate", "messages"].map((action) =>
        post(`/workflows/${id}/${action}`, { type: "approve", data: "{}" }, headers),
      ),
    );

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([403, 403, 403]);
    expect(await engine.status(id)).toBe("running");
  });

  test("are accepted from this origin from browsers without fetch metadata", async () => {
    const id = await engine.launch("receive");
    const headers = { host: "localhost:8080", origin: "http://localhost:8080" };

    expect((await post(`/workflows/${id}/cancel`, {}, headers)).statusCode).toBe(200);
  });
});

describe("the pages", () => {
  test("list modules and their workflows", async () => {
    const page = await get("/modules");

    expect(textOf(page)).toContain("conformance 1.0.0");
    expect(page.body).toContain('<a href="/?module=conformance%3A1.0.0&amp;workflow=add">add</a>');
  });

  test("show activity queues, their workers and their tasks", async () => {
    const { activities } = engine.engine;
    const unit = textOf(await get("/activities"));
    expect(unit).toContain("0 queues. ");
    activities.register("orders", { worker: hostile, concurrency: 5, activities: { charge: {} } });
    const task = {
      key: "key",
      workflow: "wkf_one",
      queue: "orders",
      name: "charge",
      input: "null",
      policy: {},
      scheduledAt: engine.clock.now(),
      restored: false,
      progress: null,
    };
    activities.open(task, { progress: async () => undefined, done: () => undefined });
    const page = await get("/activities");

    expect(page.body).toContain(escaped);
    expect(page.body).not.toContain(hostile);
    expect(textOf(page)).toContain("1 queue. ");
    expect(textOf(page)).toContain("orders 1 0 0 1 0 completed");
    expect(textOf(page)).toContain("0 of 5 charge");
    expect(page.body).toContain('<a href="/workflows/wkf_one">');
    expect(textOf(page)).toContain("waiting, attempt 1");
  });

  test.each(["/", "/modules", "/activities"])(
    "run nothing at %s except their own files",
    async (path) => {
      const { headers, body } = await get(path);
      const policy = String(headers["content-security-policy"]);

      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
      expect(policy).not.toContain("unsafe");
      expect(body).not.toMatch(/ style=| on\w+=|<style/);
      expect(body.match(/<script/g)).toHaveLength(1);
    },
  );

  test("request only files that the server has", async () => {
    const { body } = await get("/");
    const addresses = [...body.matchAll(/(?:src|rel="\w+" href)="([^"]+)"/g)].map(
      ([, address]) => address ?? "",
    );
    const answers = await Promise.all(addresses.map((address) => get(address)));

    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
  });

  test("need the token, which browsers send as a password", async () => {
    const id = await engine.launch("receive");
    app = open({ tokens: ["secret"] });
    const paths = ["/", "/modules", "/activities", `/workflows/${id}`, `/events/workflows/${id}`];
    for (const path of [...paths, "/events/workflows", `/workflows/${id}/steps/1`]) {
      const { statusCode, headers } = await get(path);
      expect(statusCode).toBe(401);
      expect(headers["www-authenticate"]).toContain("Basic realm=");
    }
    expect((await post(`/workflows/${id}/cancel`)).statusCode).toBe(401);
    expect(await engine.status(id)).toBe("running");
    const authorization = `Basic ${Buffer.from("me:secret").toString("base64")}`;
    expect((await get("/", { authorization })).statusCode).toBe(200);
  });
});

describe("the event streams", () => {
  async function listening(options: ApiOptions): Promise<string> {
    app = open(options);
    return app.listen({ host: "127.0.0.1", port: 0 });
  }

  test("are limited, and end when the server closes", async () => {
    const url = `${await listening({ limits: { eventStreams: 1 } })}/events/workflows`;
    const first = await fetch(url);
    const second = await fetch(url);
    expect([first.status, second.status]).toEqual([200, 429]);
    const [text] = await Promise.all([first.text(), app.close()]);

    expect(text).toMatch(/^: open\n/);
  });

  test("are refused for an unknown workflow", async () => {
    expect((await get("/events/workflows/wkf_7")).statusCode).toBe(404);
    expect((await app.inject({ method: "HEAD", url: "/events/workflows" })).statusCode).toBe(405);
  });

  test("stop listening to the engine when the last page closes", async () => {
    const stop = vi.fn<() => void>();
    const listen = vi.fn<(changed: (id: string) => void) => () => void>(() => stop);
    const watch = { observer: {}, listen } as unknown as NonNullable<ApiOptions["watch"]>;
    const url = await listening({ watch });
    const leave = [new AbortController(), new AbortController()];
    for (const [index, path] of [
      "/events/workflows",
      "/events/workflows?status=failed",
    ].entries()) {
      await fetch(`${url}${path}`, { signal: leave[index]?.signal ?? null });
    }
    leave[0]?.abort();
    await vi.waitFor(() => expect(listen).toHaveBeenCalledTimes(1));
    expect(stop).not.toHaveBeenCalled();
    leave[1]?.abort();
    await vi.waitFor(() => expect(stop).toHaveBeenCalledTimes(1));
  });
});
