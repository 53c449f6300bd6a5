import { describe, expect, test } from "vitest";
import {
  HeldResponses,
  requestLine,
  responseTo,
  type Script,
} from "../../testing/scripted-http-client.ts";
import { TestEngine } from "../../testing/test-engine.ts";
import { isSettled } from "../../testing/until.ts";

const graceMs = 600_000;
const post = (path: string): object => ({ method: "POST", url: `http://site${path}`, body: "" });
const http = (path: string): object => ({
  kind: "http",
  request: {
    config: {
      idempotent: false,
      timeout: { secs: 120, nanos: 0 },
      response_body_limit: 1_000,
    },
    method: "POST",
    url: `http://site${path}`,
    headers: [],
    body: "",
  },
});

/** Responds only to requests that may be repeated. */
function holdingOthers(held: HeldResponses): Script {
  return (request) => (request.idempotent ? responseTo(request) : held.script(request));
}

describe("draining", () => {
  test("lets requests end that may be sent only once, and everything else continue", async () => {
    await using before = await TestEngine.open();
    const held = new HeldResponses();
    before.http.script = holdingOthers(held);
    const first = await before.launch("http", post("/first"));
    const drained = before.engine.drain({ graceMs });
    const urls = ["http://site/1", "http://site/2"];
    const repeatable = await before.launch("http_sequence", { urls, idempotent: true });
    const waiting = await before.launch("http", post("/second"));

    expect((await before.end(repeatable)).status).toBe("completed");
    expect(before.http.lines).toEqual(["POST /first", "GET /1", "GET /2"]);
    expect(await isSettled(drained)).toBe(false);
    held.release({ body: "taken" });
    await drained;
    await before.engine.close({ leaveRequestsAfterMs: graceMs });

    before.http.script = (request) => responseTo(request, { body: "new" });
    await using after = await before.restart();
    await after.engine.whenIdle();
    expect(await after.response(first)).toMatchObject({ ok: { body: "taken" } });
    expect(await after.response(waiting)).toMatchObject({ ok: { body: "new" } });
    expect(after.http.lines.slice(3)).toEqual(["POST /second"]);
  });

  test("does not wait for requests that may be repeated: the next engine sends them again", async () => {
    await using before = await TestEngine.open();
    const held = new HeldResponses();
    before.http.script = held.script;
    const urls = ["http://site/1"];
    const id = await before.launch("http_sequence", { urls, idempotent: true });
    await before.engine.drain({ graceMs });
    await before.engine.close({ graceMs, leaveRequestsAfterMs: 0 });
    expect(before.http.sent.map(({ signal }) => signal.aborted)).toEqual([true]);

    before.http.script = (request) => responseTo(request, { body: "again" });
    await using after = await before.restart();
    await after.engine.whenIdle();
    expect(await after.response(id)).toMatchObject([{ ok: { body: "again" } }]);
    expect(after.http.sent).toHaveLength(2);
  });

  test("waits briefly for requests that may be repeated, because most end soon", async () => {
    await using before = await TestEngine.open();
    const held = new HeldResponses();
    before.http.script = held.script;
    const urls = ["http://site/1"];
    const id = await before.launch("http_sequence", { urls, idempotent: true });
    await before.engine.drain({ graceMs });
    const closed = before.engine.close({ graceMs, leaveRequestsAfterMs: graceMs });
    held.release({ body: "taken" });
    await closed;

    await using after = await before.restart();
    await after.engine.whenIdle();
    expect(await after.response(id)).toMatchObject([{ ok: { body: "taken" } }]);
    expect(after.http.sent).toHaveLength(1);
  });

  test("lets no operation begin that is such a request: the next engine begins it", async () => {
    await using before = await TestEngine.open({ module: "extensions" });
    await before.engine.drain({ graceMs });
    const script = [
      { ask: ["begin", { operation: 1, kind: "sleep", ms: 0 }] },
      { ask: ["begin", { operation: 2, ...http("/order") }] },
      { ask: ["wait", { operations: [2] }] },
      { ask: ["run", http("/last")] },
    ];
    const id = await before.launch("script", script);
    expect(before.http.sent).toEqual([]);
    await before.engine.close({ graceMs, leaveRequestsAfterMs: 0 });

    await using after = await before.restart();
    await after.engine.whenIdle();
    expect(after.http.sent.map(requestLine)).toEqual(["POST /order", "POST /last"]);
    expect((await after.info(id)).status).toBe("completed");
    expect(JSON.stringify(await after.response(id))).not.toContain("RequestInterrupted");
  });

  test("takes no longer than its limit; whatever is still under way then is interrupted", async () => {
    await using before = await TestEngine.open();
    before.http.script = () => new Promise(() => undefined);
    const id = await before.launch("http", post("/order"));
    await before.engine.drain({ graceMs: 1 });
    await before.engine.close({ graceMs, leaveRequestsAfterMs: 0 });

    await using after = await before.restart();
    await after.engine.whenIdle();
    expect(await after.response(id)).toMatchObject({
      transport_error: { kind: "RequestInterrupted" },
    });
  });
});
