import { TemporaryDirectory } from "@flawless-ts/test-helpers";
import { type HrTime, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { startServer } from "@flawless-ts/server";
import { Engine } from "@flawless-ts/server/internal";
import { TestEnvironment, type TestEnvironmentOptions } from "@flawless-ts/testkit";
import { type DeployedModule, Flawless } from "@flawless-ts/sdk";
import { fixtureBytes } from "@flawless-ts/test-helpers/fixtures";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { traceWorkflows, type TracingOptions } from "./trace-workflows.ts";

let exporter: InMemorySpanExporter;
let provider: BasicTracerProvider;

beforeEach(() => {
  exporter = new InMemorySpanExporter();
  provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
});

afterEach(() => provider.shutdown());

function tracing(options: TracingOptions = {}): ReturnType<typeof traceWorkflows> {
  return traceWorkflows({ tracer: provider.getTracer("test"), ...options });
}

async function open(
  options: TestEnvironmentOptions = {},
  traced: TracingOptions = {},
): Promise<{
  env: TestEnvironment;
  module: DeployedModule;
}> {
  const env = await TestEnvironment.create({ ...options, observers: [tracing(traced)] });
  onTestFinished(() => env[Symbol.asyncDispose]());
  return { env, module: await env.deploy(fixtureBytes("conformance")) };
}

function ms([seconds, nanos]: HrTime): number {
  return seconds * 1_000 + nanos / 1_000_000;
}

/** Each span as one line, in the order of their starts: name, parent, and how long it took. */
function lines(): readonly string[] {
  const spans = exporter.getFinishedSpans();
  const nameOf = (id: string | undefined): string =>
    spans.find((span) => span.spanContext().spanId === id)?.name ?? "nobody";
  return spans
    .toSorted((a, b) => ms(a.startTime) - ms(b.startTime))
    .map(
      (span) =>
        `${span.name} < ${nameOf(span.parentSpanContext?.spanId)}, ${Math.round(ms(span.duration))} ms`,
    );
}

function named(name: string): readonly ReadableSpan[] {
  return exporter.getFinishedSpans().filter((span) => span.name === name);
}

describe("the traces of workflows", () => {
  test("go from the start to each call, with its outcome", async () => {
    const { env, module } = await open({
      http: { "GET http://site/*": { status: 503, after: "250 ms" } },
    });
    const run = await module.start("http_sequence", { urls: ["http://me:pw@site/a?token=1"] });
    await run.completion();
    const [workflow] = named("workflow http_sequence");
    const [request] = named("GET");

    expect(lines().toSorted()).toEqual([
      "GET < workflow http_sequence, 250 ms",
      "GetInput < workflow http_sequence, 0 ms",
      "SendResponse < workflow http_sequence, 0 ms",
      "workflow http_sequence < nobody, 250 ms",
    ]);
    expect(workflow?.kind).toBe(SpanKind.SERVER);
    expect(workflow?.attributes).toEqual({
      "flawless.workflow.id": run.id,
      "flawless.workflow.name": "http_sequence",
      "flawless.module.name": "conformance",
      "flawless.module.version": "1.0.0",
      "flawless.workflow.status": "completed",
    });
    expect(workflow?.status.code).toBe(SpanStatusCode.UNSET);
    expect(request?.kind).toBe(SpanKind.CLIENT);
    expect(request?.attributes).toEqual({
      "flawless.call.kind": "HTTPRequest",
      "flawless.call.resumed": false,
      "flawless.http.idempotent": false,
      "http.request.method": "GET",
      "http.response.status_code": 503,
      "error.type": "503",
      "server.address": "site",
      "server.port": 80,
      "url.full": "http://site/a",
    });
    expect(request?.status.code).toBe(SpanStatusCode.ERROR);
    expect(env.requests).toHaveLength(1);
  });

  test("extend to workflows' requests, without a trace in their journals", async () => {
    const { env, module } = await open({ http: { "GET http://site/": {} } });
    const run = await module.start("http_sequence", { urls: ["http://site/"] });
    await run.completion();
    const context = named("GET")[0]?.spanContext();
    const [request] = env.requests;

    expect(request?.headers["traceparent"]).toBe(`00-${context?.traceId}-${context?.spanId}-01`);
    expect(JSON.stringify(await run.history())).not.toContain("traceparent");
  });

  test("leave requests unchanged if told to", async () => {
    const { env, module } = await open({ http: { "GET http://site/": {} } }, { propagate: false });
    await (await module.start("http_sequence", { urls: ["http://site/"] })).completion();

    expect(env.requests[0]?.headers).not.toHaveProperty("traceparent");
  });

  test("have a span for each stay in memory, and none for replays", async () => {
    const { module } = await open({ alwaysReplay: true });
    const run = await module.start("sleep_steps", { count: 2, ms: 1_000 });
    await run.completion();
    const stays = named("workflow sleep_steps");

    expect(named("Sleep").map(({ duration }) => ms(duration))).toEqual([1_000, 1_000]);
    expect(named("GetInput")).toHaveLength(1);
    expect(stays.map(({ attributes }) => attributes["flawless.workflow.resumed"])).toEqual([
      undefined,
      true,
      true,
    ]);
    expect(stays.map(({ attributes }) => attributes["flawless.workflow.status"])).toEqual([
      "running",
      "running",
      "completed",
    ]);
    const [first, second, third] = stays;
    expect(second?.parentSpanContext?.spanId).toBe(first?.spanContext().spanId);
    expect(third?.parentSpanContext?.spanId).toBe(first?.spanContext().spanId);
    expect(named("Sleep")[0]?.attributes).toMatchObject({
      "flawless.call.resumed": true,
      "flawless.sleep.ms": 1_000,
    });
  });

  test("start over after a crash, without what is replayed", async () => {
    const { env, module } = await open();
    const run = await module.start("receive");
    await env.crash();
    await run.send("approve", { by: "Ann" });
    await run.completion();
    const [before, after] = named("workflow receive");

    expect(before?.attributes["flawless.workflow.status"]).toBe("running");
    expect(after?.attributes).toMatchObject({
      "flawless.workflow.id": run.id,
      "flawless.workflow.resumed": true,
      "flawless.workflow.status": "completed",
    });
    expect(named("RecvMessage")).toHaveLength(1);
    expect(named("RecvMessage")[0]?.attributes).toMatchObject({
      "flawless.message.types": ["approve"],
      "flawless.message.type": "approve",
      "flawless.call.resumed": true,
    });
  });

  test("say why a workflow failed, without its texts unless requested", async () => {
    for (const texts of [false, true]) {
      exporter.reset();
      const { module } = await open({}, { texts });
      await (await module.start("panic_before_response", { message: "key 7" })).completion();
      const [workflow] = named("workflow panic_before_response");

      expect(workflow?.attributes["error.type"]).toBe("PANIC");
      expect(workflow?.status.code).toBe(SpanStatusCode.ERROR);
      expect(workflow?.status.message?.includes("key 7")).toBe(texts);
    }
  });

  test("contain children, as part of their parent's trace", async () => {
    const { module } = await open({ http: { "POST http://site/": {} } });
    const run = await module.start("start_child", { url: "http://site/", body: "x" });
    await run.completion();
    await expect.poll(() => named("workflow child")).toHaveLength(1);
    const [parent] = named("workflow start_child");
    const [child] = named("workflow child");

    expect(child?.parentSpanContext?.spanId).toBe(parent?.spanContext().spanId);
    expect(named("StartWorkflow")[0]?.attributes).toMatchObject({
      "flawless.child.workflow": "child",
      "flawless.child.id": child?.attributes["flawless.workflow.id"],
    });
  });

  test("can omit calls that take no time, and are limited", async () => {
    const { module } = await open({}, { localCalls: false });
    await (await module.start("logs")).completion();
    expect(lines()).toEqual(["workflow logs < nobody, 0 ms"]);

    exporter.reset();
    const limited = await open({}, { maxCalls: 2 });
    await (await limited.module.start("logs")).completion();
    const [workflow] = named("workflow logs");
    expect(exporter.getFinishedSpans()).toHaveLength(3);
    expect(workflow?.attributes["flawless.calls.without_span"]).toBeGreaterThan(2);
  });

  test("end when the engine stops", async () => {
    const engine = await Engine.open({ observers: [tracing()] });
    await engine.deploy(fixtureBytes("conformance"));
    const start = { module: "conformance", version: "1.0.0", workflow: "receive", input: "null" };
    await engine.start(start, { detached: true });
    await engine.whenIdle();
    expect(named("workflow receive")).toEqual([]);
    await engine.close();

    expect(named("workflow receive")[0]?.attributes["flawless.workflow.status"]).toBe("running");
  });

  test("continue if the engine of another partition stops", async () => {
    const observers = [tracing()];
    const partition = (index: number): Promise<Engine> =>
      Engine.open({ observers, ids: { count: 2, index } });
    const [one, other] = await Promise.all([partition(0), partition(1)]);
    for (const engine of [one, other]) {
      await engine.deploy(fixtureBytes("conformance"));
      const start = { module: "conformance", version: "1.0.0", workflow: "receive", input: "null" };
      await engine.start(start, { detached: true });
      await engine.whenIdle();
    }
    await one.close();
    expect(named("workflow receive")).toHaveLength(1);
    await other.close();
    expect(named("workflow receive")).toHaveLength(2);
  });

  test("use the global tracer by default", () => {
    trace.setGlobalTracerProvider(provider);
    onTestFinished(() => trace.disable());
    const workflow = { id: "wkf_1", module: "m", version: "1", workflow: "w", parent: null };
    const observer = traceWorkflows();
    observer.workflowStarted?.({ ...workflow, createdAt: 0, requestId: null }, null);
    observer.stopped?.(1_500.25, () => true);

    expect(exporter.getFinishedSpans().map(({ name, duration }) => [name, ms(duration)])).toEqual([
      ["workflow w", 1_500.25],
    ]);
  });
});

describe("a server with traces", () => {
  test("continues its caller's trace", async () => {
    const directory = new TemporaryDirectory();
    onTestFinished(() => directory.remove());
    await using server = await startServer({
      directory: directory.path,
      port: 0,
      observers: [tracing()],
    });
    await using flawless = new Flawless({ url: server.url });
    await flawless.deploy(fixtureBytes("conformance"));
    const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    const answer = await fetch(`${server.url}/api/workflow/start`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
      },
      body: JSON.stringify({
        module: "conformance",
        version: "1.0.0",
        workflow: "noop",
        input: "null",
      }),
    });
    expect(answer.status).toBe(200);
    await expect.poll(() => named("workflow noop")).toHaveLength(1);
    const [workflow] = named("workflow noop");

    expect(workflow?.spanContext().traceId).toBe(traceId);
    expect(workflow?.parentSpanContext?.spanId).toBe("00f067aa0ba902b7");
  });
});
