import { describe, expect, test } from "vitest";
import { EventRecorder } from "../../testing/event-recorder.ts";
import { responseTo } from "../../testing/scripted-http-client.ts";
import { TestEngine } from "../../testing/test-engine.ts";
import { combineObservers, type EngineObserver, type ObservedCommit } from "./engine-observer.ts";

const url = "http://site/";

describe("an observer of an engine", () => {
  test("gets a workflow and its calls in order", async () => {
    const seen = new EventRecorder();
    await using engine = await TestEngine.open({ observers: [seen] });
    await engine.run("http_sequence", { urls: [url] });
    await engine.engine.whenIdle();

    expect(seen.take()).toEqual([
      "start http_sequence",
      "GetInput 0 ms",
      "begin HTTPRequest",
      "HTTPRequest 0 ms",
      "SendResponse 0 ms",
      "end http_sequence completed",
    ]);
  });

  test("learns how a workflow failed, and when the engine stopped", async () => {
    const seen = new EventRecorder();
    await using engine = await TestEngine.open({ observers: [seen] });
    await expect(engine.run("panic_before_response", { message: "no" })).rejects.toThrow("no");
    await engine.engine.close();

    expect(seen.take()).toEqual([
      "start panic_before_response",
      "GetInput 0 ms",
      "Log 0 ms",
      "end panic_before_response failed PANIC",
      "stop",
    ]);
  });

  test("gets no secrets", async () => {
    const heard: string[] = [];
    const listener: EngineObserver = {
      callAnswered: (_workflow, { call, answer }) => void heard.push(call, answer),
      callBegan: (_workflow, _kind, call) => void heard.push(call),
    };
    const secrets = { TOKEN: "s3cret-text" };
    await using engine = await TestEngine.open({ observers: [listener], secrets });
    await engine.run("secret", { name: "TOKEN" });
    await engine.run("http_sequence", { urls: [`${url}?key=${secrets.TOKEN}`] });
    await engine.engine.whenIdle();

    expect(heard).toContain('{"Secret":"[secret]"}');
    expect(heard.join()).toContain(`${url}?key=[secret]`);
    expect(heard.join()).not.toContain(secrets.TOKEN);
  });

  test("doesn't get again what a replay answers, after each wait", async () => {
    const seen = new EventRecorder();
    await using engine = await TestEngine.open({ observers: [seen], limits: { idleGuestMs: 0 } });
    await engine.launch("sleep_steps", { count: 2, ms: 10 });
    await engine.pass(20);

    expect(seen.take()).toEqual([
      "start sleep_steps",
      "GetInput 0 ms",
      "begin Sleep",
      "suspend sleep_steps",
      "resume sleep_steps",
      "begin Sleep",
      "Sleep 10 ms, resumed",
      "begin Sleep",
      "suspend sleep_steps",
      "resume sleep_steps",
      "begin Sleep",
      "Sleep 10 ms, resumed",
      "SendResponse 0 ms",
      "end sleep_steps completed",
    ]);
  });

  test("doesn't get again what a replay answers, after a crash", async () => {
    const seen = new EventRecorder();
    await using before = await TestEngine.open({ observers: [seen] });
    await before.launch("sleep_steps", { count: 1, ms: 10 });
    await using after = await before.restart();
    seen.take();
    await after.pass(10);

    expect(seen.take()).toEqual([
      "resume sleep_steps",
      "begin Sleep",
      "Sleep 10 ms, resumed",
      "SendResponse 0 ms",
      "end sleep_steps completed",
    ]);
  });

  test("gets children, and whose they are", async () => {
    const seen = new EventRecorder();
    await using engine = await TestEngine.open({ observers: [seen] });
    await engine.run("start_child", { url, body: "x" });
    await engine.engine.whenIdle();

    expect(seen.take()).toEqual(
      expect.arrayContaining([
        "start start_child",
        "start child of a parent",
        "end child completed",
      ]),
    );
  });

  test("gets what came with the start", async () => {
    const seen = new EventRecorder();
    await using engine = await TestEngine.open({ observers: [seen] });
    await engine.engine.start({
      module: "conformance",
      version: "1.0.0",
      workflow: "logs",
      input: "null",
      origin: { requestId: "r-1", trace: { traceparent: "00-1", tracestate: null } },
    });

    expect(seen.traceparent).toBe("00-1");
    expect(engine.logs[0]).toMatchObject({ requestId: "r-1", version: "1.0.0", workflow: "logs" });
  });

  test("gets each transaction", async () => {
    const commits: ObservedCommit[] = [];
    await using engine = await TestEngine.open({
      observers: [{ committed: (commit) => commits.push(commit) }],
    });
    await engine.run("add", { a: 1, b: 2 });
    await engine.engine.whenIdle();
    const journal = await engine.engine.journal(
      (await engine.engine.list()).workflows[0]?.id ?? "",
    );
    const characters = commits.reduce((sum, commit) => sum + commit.journalCharacters, 0);

    expect(journal.steps).toHaveLength(2);
    expect(characters).toBeGreaterThan(journal.steps.length * 10);
    expect(commits.every(({ milliseconds, writes }) => milliseconds >= 0 && writes > 0)).toBe(true);
  });

  test("adds headers to requests, but not to the journal", async () => {
    await using engine = await TestEngine.open({
      observers: [{ requestHeaders: () => [["Traceparent", "ours"]] }],
    });
    engine.http.script = (request) => responseTo(request);
    const headers = [["traceparent", "the guest's"]];
    await engine.run("http", { method: "GET", url });
    await engine.run("http", { method: "GET", url, headers });
    const [own, others] = engine.http.sent.map((sent) =>
      sent.headers.filter(([name]) => name.toLowerCase() === "traceparent"),
    );
    const [, first] = (await engine.engine.list()).workflows;

    expect(own).toEqual([["Traceparent", "ours"]]);
    expect(others).toEqual(headers);
    expect(JSON.stringify(await engine.steps(first?.id ?? ""))).not.toContain("ours");
  });

  test("that throws is reported, and does not stop anything from working", async () => {
    const seen = new EventRecorder();
    const broken = (): never => {
      throw new Error("broken observer");
    };
    await using engine = await TestEngine.open({
      observers: [{ workflowStarted: broken, requestHeaders: broken }, seen],
    });
    await engine.run("http_sequence", { urls: [url] });

    expect(seen.take()[0]).toBe("start http_sequence");
    expect(engine.takeErrors()).toHaveLength(2);
  });
});

describe("several observers", () => {
  test("combine to none if there are none", () => {
    expect(combineObservers([], () => undefined)).toBeUndefined();
  });

  test("combine to what at least one of them has, with all their headers", () => {
    const heard: string[] = [];
    const one: EngineObserver = {
      stopped: () => heard.push("one"),
      requestHeaders: () => [["a", "1"]],
    };
    const other: EngineObserver = {
      stopped: () => heard.push("other"),
      requestHeaders: () => [["b", "2"]],
    };
    const both = combineObservers([one, other], () => undefined);
    both?.stopped?.(0, () => true);
    const workflow = { id: "wkf_1", module: "m", version: "1", workflow: "w" };

    expect(heard).toEqual(["one", "other"]);
    expect(Object.keys(both ?? {}).toSorted()).toEqual(["requestHeaders", "stopped"]);
    expect(
      both?.requestHeaders?.({ ...workflow, parent: null, createdAt: 0, requestId: null }),
    ).toEqual([
      ["a", "1"],
      ["b", "2"],
    ]);
  });
});
