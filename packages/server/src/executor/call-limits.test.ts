import { describe, expect, test } from "vitest";
import { hostileModules } from "../testing/hostile-modules.ts";
import { strangeModule, type StrangeModule } from "../testing/strange-module.ts";
import { TestEngine } from "../testing/test-engine.ts";
import {
  excessOfCall,
  headerCharacters,
  messageTypeCharacters,
  maxHeaders,
  maxMessageTypes,
  nameCharacters,
  urlCharacters,
} from "./call-limits.ts";

const many = (count: number, text: string): string =>
  Array.from({ length: count }, () => JSON.stringify(text)).join(",");
const receive = (types: string): string => `{"RecvMessage":[{"secs":0,"nanos":0},[${types}]]}`;
const request = (parts: { method?: string; url?: string; headers?: [string, string][] }): string =>
  JSON.stringify({
    HTTPRequest: {
      config: { idempotent: false, timeout: { secs: 1, nanos: 0 }, response_body_limit: 10 },
      method: "GET",
      url: "http://site/",
      headers: [],
      body: "",
      ...parts,
    },
  });
const headers = (count: number, value: string): [string, string][] =>
  Array.from({ length: count }, () => ["x", value]);

/** The outcome of a workflow that makes this call. */
async function outcome(call: string, limits = {}): Promise<unknown> {
  await using engine = await TestEngine.open({ module: "raw_calls", limits });
  engine.http.script = (sent) => ({
    statusCode: 200,
    url: sent.url,
    headers: [],
    body: Buffer.of(),
  });
  const { id } = await engine
    .startText("submit", JSON.stringify({ input: call }))
    .catch((error: unknown) => ({ id: (error as { readonly workflowId: string }).workflowId }));
  const { status, error } = await engine.end(id);
  return status === "completed" ? status : error;
}

const refused = (message: string): unknown => ({
  code: "CALL_LIMIT",
  message: expect.stringContaining(message),
});

test.each(["talks-nonsense", "calls-from-outside", "debugs"])(
  "a workflow fails if it endlessly makes calls that are not recorded: %s",
  async (name) => {
    await using engine = await TestEngine.open({ limits: { journalSteps: 2_000 } });
    const module = hostileModules.find((hostile) => hostile.name === name);
    await engine.engine.deploy(strangeModule(module as StrangeModule));
    const start = { module: name, version: "1.0.0", workflow: "start", input: "null" };
    const { id } = await engine.engine.start(start, { detached: true });

    expect((await engine.end(id)).error).toEqual(refused("more than 2000 host calls"));
  },
);

describe("a workflow fails if it makes", () => {
  test.each([
    ["1001 types of messages", receive(many(maxMessageTypes + 1, "a"))],
    ["characters of types", receive(many(2, "x".repeat(messageTypeCharacters / 2 + 1)))],
    ["1001 headers", request({ headers: headers(maxHeaders + 1, "y") })],
    ["characters of headers", request({ headers: headers(2, "y".repeat(headerCharacters / 2)) })],
    ["characters of a URL", request({ url: `http://site/${"x".repeat(urlCharacters)}` })],
    ["characters of a method", request({ method: "X".repeat(nameCharacters + 1) })],
    ["GetSecret with 1025", `{"GetSecret":"${"x".repeat(nameCharacters + 1)}"}`],
    ["of a name", `{"StartWorkflow":["${"x".repeat(nameCharacters + 1)}","null"]}`],
    ["1048577 characters; 1048576 are allowed", receive("").padEnd(2 ** 20 + 1)],
  ])("a call with too many %s", async (message, call) => {
    expect(await outcome(call)).toEqual(refused(message));
  });

  test("a call with more characters than callCharacters", async () => {
    const log = `{"Log":{"Info":"${"x".repeat(1_000)}"}}`;
    expect(await outcome(log, { callCharacters: 1_000 })).toEqual(refused("callCharacters"));
    expect(await outcome(log, { callCharacters: 100 })).toEqual(refused("callCharacters"));
  });

  test("a child with an input of more characters than textCharacters", () => {
    const start = (length: number): string | undefined =>
      excessOfCall(
        { kind: "StartWorkflow", workflow: "w", input: "x".repeat(length) },
        { callCharacters: 1_000, textCharacters: 10, journalSteps: 100 },
      );
    expect(start(10)).toBeUndefined();
    expect(start(11)).toBe(
      "StartWorkflow with 11 characters of input (the limit textCharacters); 10 are allowed",
    );
  });
});

describe("what real workflows do:", () => {
  test.each([
    ["many types", receive(many(maxMessageTypes, "type"))],
    ["many headers", request({ headers: headers(maxHeaders, "a value") })],
    ["a long URL", request({ url: `http://site/${"x".repeat(8_000)}` })],
    ["a long log line", `{"Log":{"Info":"${"x".repeat(2 ** 20)}"}}`],
  ])("a call with %s is allowed", async (_what, call) => {
    expect(await outcome(call)).toBe("completed");
  });
});
