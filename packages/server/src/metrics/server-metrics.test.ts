import { describe, expect, onTestFinished, test } from "vitest";
import { createApi } from "../api/create-api.ts";
import { EngineError } from "../errors.ts";
import { fakeEngine } from "../testing/fake-engine.ts";
import { TestEngine, type TestEngineOptions } from "../testing/test-engine.ts";
import { otherSeries, SeriesLimit } from "./series-limit.ts";
import { ServerMetrics } from "./server-metrics.ts";

/** The samples of a metric, as Prometheus would read them: labels and value. */
function samples(text: string, name: string): readonly string[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .map((line) => line.slice(name.length).trim());
}

async function measured(options: TestEngineOptions = {}): Promise<{
  engine: TestEngine;
  metrics: ServerMetrics;
}> {
  const metrics = new ServerMetrics();
  const engine = await TestEngine.open({ ...options, observers: [metrics.observer] });
  onTestFinished(() => engine[Symbol.asyncDispose]());
  metrics.watch(engine.engine, { journalFileBytes: async () => 4_096 });
  return { engine, metrics };
}

describe("the metrics", () => {
  test("omit what must be read from the store while the store is unavailable", async () => {
    const { engine } = await measured();
    const metrics = new ServerMetrics();
    await engine.launch("receive");
    let isAway = true;
    metrics.watch({
      statistics: () => engine.engine.statistics(),
      health: () => engine.engine.health(),
      activities: engine.engine.activities,
      schedules: engine.engine.schedules,
      counts: async () => {
        if (isAway) {
          throw new EngineError("JOURNAL_UNAVAILABLE", "It is away.");
        }
        return engine.engine.counts();
      },
    });
    const away = (await metrics.scrape()).text;
    expect(samples(away, "flawless_workflows")).toEqual([]);
    expect(samples(away, "flawless_workflows_sleeping")).toEqual([]);
    expect(samples(away, "flawless_guests_resident")).toEqual(["1"]);
    isAway = false;
    expect(samples((await metrics.scrape()).text, "flawless_workflows_sleeping")).toEqual(["0"]);
  });

  test("count workflows by state and outcome", async () => {
    const { engine, metrics } = await measured();
    await engine.run("add", { a: 1, b: 2 });
    await expect(engine.run("panic_before_response", { message: "x" })).rejects.toThrow(
      EngineError,
    );
    await engine.launch("sleep_ms", { ms: 1_000 });
    await engine.launch("receive");
    const text = (await metrics.scrape()).text;

    expect(samples(text, "flawless_workflows")).toEqual([
      '{status="running"} 2',
      '{status="completed"} 1',
      '{status="failed"} 1',
      '{status="cancelled"} 0',
    ]);
    expect(samples(text, "flawless_workflows_sleeping")).toEqual(["1"]);
    expect(samples(text, "flawless_workflows_started_total")).toContain(
      '{module="conformance",workflow="add"} 1',
    );
    expect(samples(text, "flawless_workflows_ended_total")).toEqual([
      '{module="conformance",workflow="add",status="completed"} 1',
      '{module="conformance",workflow="panic_before_response",status="failed"} 1',
    ]);
    expect(samples(text, "flawless_workflow_duration_seconds_count")).toEqual([
      '{status="completed"} 1',
      '{status="failed"} 1',
    ]);
    expect(samples(text, "flawless_guests_resident")).toEqual(["2"]);
    expect(samples(text, "flawless_workflows_computing")).toEqual(["0"]);
    expect(samples(text, "flawless_executor_threads")).toEqual(["1"]);
    expect(samples(text, "flawless_journal_writable")).toEqual(["1"]);
    expect(samples(text, "flawless_journal_file_bytes")).toEqual(["4096"]);
  });

  test("count host calls once, however often they are replayed", async () => {
    const { engine, metrics } = await measured({ limits: { idleGuestMs: 0 } });
    const counted = async (kind: string): Promise<number> => {
      const line = samples((await metrics.scrape()).text, "flawless_host_calls_total").find(
        (sample) => sample.startsWith(`{kind="${kind}"}`),
      );
      return Number(line?.split(" ")[1]);
    };
    // The threads are shared by all tests of this file.
    const before = { sleeps: await counted("Sleep"), inputs: await counted("GetInput") };
    await engine.launch("sleep_steps", { count: 3, ms: 10 });
    await engine.pass(30);

    expect((await counted("Sleep")) - before.sleeps).toBe(3);
    expect((await counted("GetInput")) - before.inputs).toBe(1);
    expect(samples((await metrics.scrape()).text, "flawless_replays_total")).toEqual(["3"]);
    expect(samples((await metrics.scrape()).text, "flawless_suspensions_total")).toEqual(["3"]);
  });

  test("count schedules, and the outcomes of their times", async () => {
    const { engine, metrics } = await measured();
    const { schedules } = engine.engine;
    const request = { everyMs: 1_000, module: "conformance", workflow: "receive" };
    await schedules.create("s", request);
    await schedules.create("t", { ...request, overlap: "bufferOne" });
    await engine.pass(3_000);
    const { text } = await metrics.scrape();
    expect(samples(text, "flawless_schedules")).toEqual(["2"]);
    expect(samples(text, "flawless_schedule_decisions_total").toSorted()).toEqual([
      '{outcome="skipped"} 3',
      '{outcome="started"} 2',
      '{outcome="waiting"} 1',
    ]);
  });

  test("count activities by queue, and how their attempts ended", async () => {
    const { engine, metrics } = await measured();
    const { activities } = engine.engine;
    activities.register("orders", { worker: "w1", concurrency: 5, activities: { charge: {} } });
    for (const key of ["one", "two"]) {
      activities.open(
        {
          key,
          workflow: "wkf_one",
          queue: "orders",
          name: "charge",
          input: "null",
          policy: {},
          scheduledAt: engine.clock.now(),
          restored: false,
          progress: null,
        },
        { progress: async () => undefined, done: () => undefined },
      );
    }
    const [task] = await activities.poll("orders", { worker: "w1", max: 1, waitMs: null });
    activities.report("orders", "w1", [{ lease: task?.lease ?? "", value: "1" }]);
    const text = (await metrics.scrape()).text;

    expect(samples(text, "flawless_activity_tasks")).toEqual([
      '{queue="orders",state="waiting"} 1',
      '{queue="orders",state="running"} 0',
      '{queue="orders",state="retrying"} 0',
    ]);
    expect(samples(text, "flawless_activity_workers")).toEqual(['{queue="orders"} 1']);
    expect(samples(text, "flawless_activity_attempts_total")).toEqual([
      '{queue="orders",activity="charge",outcome="completed"} 1',
    ]);
    expect(samples(text, "flawless_activity_attempt_duration_seconds_count")).toEqual([
      '{outcome="completed"} 1',
    ]);
  });

  test("count transactions, their duration and their content", async () => {
    const { engine, metrics } = await measured();
    await engine.run("add", { a: 1, b: 2 });
    const text = (await metrics.scrape()).text;
    const [commits = "0"] = samples(text, "flawless_commit_duration_seconds_count");

    expect(Number(commits)).toBeGreaterThan(0);
    expect(Number(samples(text, "flawless_commit_writes_total")[0])).toBeGreaterThan(1);
    expect(Number(samples(text, "flawless_journal_characters_total")[0])).toBeGreaterThan(50);
  });
});

describe("GET /metrics", () => {
  test("has requests by route, event streams and the metrics of the process", async () => {
    const metrics = new ServerMetrics();
    const app = createApi(fakeEngine(), { metrics });
    onTestFinished(() => app.close());
    await app.inject({ url: "/api/workflows/wkf_1" });
    await app.inject({ url: "/nothing" });
    const { body, headers } = await app.inject({ url: "/metrics" });

    expect(headers["content-type"]).toMatch(/^text\/plain; version=/);
    expect(samples(body, "flawless_http_request_duration_seconds_count")).toEqual([
      '{method="GET",route="/api/workflows/:id",status="200"} 1',
      '{method="GET",route="unknown",status="404"} 1',
    ]);
    expect(samples(body, "flawless_event_streams")).toEqual(["0"]);
    expect(samples(body, "process_resident_memory_bytes")).toHaveLength(1);
  });

  test("requires the token, and doesn't exist without metrics", async () => {
    const guarded = createApi(fakeEngine(), { metrics: new ServerMetrics(), tokens: ["secret"] });
    const without = createApi(fakeEngine());
    onTestFinished(() => guarded.close());
    onTestFinished(() => without.close());

    expect((await guarded.inject({ url: "/metrics" })).statusCode).toBe(401);
    expect((await without.inject({ url: "/metrics" })).statusCode).toBe(404);
  });
});

describe("labels", () => {
  test("beyond the limit are counted together", () => {
    const names = new SeriesLimit(2);

    expect(["a", "b", "c", "a", "d"].map((name) => names.limited(name))).toEqual([
      "a",
      "b",
      otherSeries,
      "a",
      otherSeries,
    ]);
  });

  test("of workflows don't grow without limit", async () => {
    const metrics = new ServerMetrics();
    for (let index = 0; index < 600; index += 1) {
      metrics.observer.workflowStarted?.(
        {
          id: "wkf_1",
          module: "m",
          version: "1",
          workflow: `w${index}`,
          parent: null,
          createdAt: 0,
          requestId: null,
        },
        null,
      );
    }
    const started = samples((await metrics.scrape()).text, "flawless_workflows_started_total");

    expect(started).toHaveLength(501);
    expect(started.at(-1)).toBe('{module="other",workflow="other"} 100');
  });
});

test("everything recorded before the library is loaded is counted too", async () => {
  const metrics = new ServerMetrics();
  onTestFinished(() => metrics[Symbol.dispose]());
  const commit = { milliseconds: 1, writes: 2, journalCharacters: 3 };
  for (let number = 0; number < 2_500; number += 1) {
    metrics.observer.committed?.(commit);
  }
  const early = await metrics.scrape();
  metrics.observer.committed?.(commit);
  const late = await metrics.scrape();

  expect(samples(early.text, "flawless_commit_writes_total")).toEqual(["5000"]);
  expect(samples(late.text, "flawless_journal_characters_total")).toEqual(["7503"]);
});
